package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
)

const (
	beginRead  = "BEGIN"
	beginWrite = "BEGIN IMMEDIATE"

	readers = 4 // more would only wait for the same cores and disk
)

// sqliteDB is a file, the lock that keeps other Heralds from it, and its
// connections. There is one writer, as SQLite has one write lock: waiting for
// a connection is fair and cheap, polling for the lock is neither.
type sqliteDB struct {
	lock   *flock.Flock
	writer *sessions
	reader *sessions
	path   string
}

func openSQLite(ctx context.Context, path string, o options) (_ backend, err error) {
	path, lock, err := claim(path)
	if err != nil {
		return nil, err
	}
	d := &sqliteDB{lock: lock, path: path}
	defer func() {
		if err != nil {
			_ = d.close()
		}
	}()
	if d.writer, err = pool(ctx, path, 1, beginWrite, writerParams(o)); err != nil {
		return nil, err
	}
	if err := prepareFile(ctx, d.writer, path, o); err != nil {
		return nil, err
	}
	d.reader, err = pool(ctx, path, readers, beginRead, readerParams(o))
	return d, err
}

// claim makes sure that the file is there, is ours alone and can be opened for
// writing. Nothing may open it besides SQLite after that: closing it would drop
// SQLite's locks on it.
func claim(path string) (string, *flock.Flock, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", nil, err
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // or two names of one file would make two locks
	}
	if i, err := os.Stat(path); err == nil && !i.Mode().IsRegular() {
		return "", nil, refuse(Invalid, "give the path of a file, such as "+filepath.Join(path, "herald.db"), "it is a folder or a device")
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return "", nil, err
	case !ok:
		return "", nil, refuse(Locked, "stop it, or give this one a database of its own", "another herald uses this database")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite would say 0644
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	return path, lock, nil
}

func writerParams(o options) url.Values {
	q := url.Values{
		"_busy_timeout": {strconv.FormatInt(o.busy.Milliseconds(), 10)},
		"_synchronous":  {"FULL"},
		"_pragma": {
			"temp_store(MEMORY)",
			"cache_size(-4096)", // KiB, filled as needed
			// The connection that lets the log grow over this many pages copies
			// it back, with two fsyncs, and the commit it belongs to waits. Hot
			// rows are written again and again and copied once, so 16 MiB save
			// three of four of the default's copies, and still replay at once.
			"wal_autocheckpoint(2000)",
			// A long reader, such as a backup, may let the log grow far beyond
			// that; give the disk space back afterwards.
			"journal_size_limit(67108864)",
		},
	}
	if o.maxPages > 0 {
		q.Add("_pragma", fmt.Sprintf("max_page_count(%d)", o.maxPages))
	}
	return q
}

func readerParams(o options) url.Values {
	return url.Values{
		"_busy_timeout": {strconv.FormatInt(o.busy.Milliseconds(), 10)},
		"_query_only":   {"1"},
		"_pragma":       {"temp_store(MEMORY)", "cache_size(-2048)"},
	}
}

func pool(ctx context.Context, path string, n int, begin string, params url.Values) (*sessions, error) {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: params.Encode()}
	c, err := sqlite.NewConnector(u.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(n)
	return newSessions(ctx, db, n, begin)
}

// prepareFile checks the file and sets what is kept in it. It runs outside of a
// transaction, where alone the journal mode can change.
func prepareFile(ctx context.Context, p *sessions, path string, o options) error {
	s := <-p.idle
	defer func() { p.idle <- s }()

	var mode, checked string
	var level int
	// Another program that is just reading blocks the change of the mode, and
	// SQLite does not wait for it.
	for end := time.Now().Add(o.busy); ; time.Sleep(10 * time.Millisecond) {
		err := s.conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		if err == nil {
			break
		}
		if !Retryable(err) || time.Now().After(end) {
			return err
		}
	}
	if mode != "wal" {
		return refuse(Invalid, "choose a folder on a local disk", "SQLite cannot keep a write-ahead log there (journal mode %s)", mode)
	}
	if err := s.conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level); err != nil {
		return err
	}
	if level != 2 {
		return refuse(Invalid, fixDisk, "SQLite would not wait for the disk (synchronous %d)", level)
	}
	if i, err := os.Stat(path); err != nil || i.Size() > o.checkUpTo {
		return err
	}
	if err := s.conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&checked); err != nil {
		return err
	}
	if checked != "ok" {
		return refuse(Corrupt, fixDamage, "%s", checked)
	}
	return nil
}

func (d *sqliteDB) begin(ctx context.Context, readOnly bool) (transaction, error) {
	if readOnly {
		return d.reader.begin(ctx)
	}
	return d.writer.begin(ctx)
}

func (*sqliteDB) lockSchema() string { return "" }
func (*sqliteDB) singleWriter() bool { return true }

func (d *sqliteDB) size() (file, log int64) {
	return sizeOf(d.path), sizeOf(d.path + "-wal")
}

// sizeOf looks at a file without opening it; one that is not there has 0 bytes.
func sizeOf(path string) int64 {
	i, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return i.Size()
}

// close closes the readers first, so that the writer is the last one and
// copies the log into the file; the lock goes when nothing is open any more.
func (d *sqliteDB) close() error {
	var errs []error
	for _, p := range []*sessions{d.reader, d.writer} {
		if p != nil {
			errs = append(errs, p.close())
		}
	}
	return errors.Join(append(errs, d.lock.Close())...)
}
