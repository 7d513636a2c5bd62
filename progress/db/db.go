package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"
)

//go:embed migrations/*.sql
var embedded embed.FS

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	b backend
}

// options are what tests vary; everybody else gets defaults.
type options struct {
	migrations fs.FS         // NNNN_name.sql at its root
	busy       time.Duration // how long SQLite waits for another program's lock
	checkUpTo  int64         // bytes up to which a SQLite file is checked at Open
	maxPages   int           // when not 0, the size at which a SQLite file counts as a full disk
}

func defaults() (options, error) {
	migrations, err := fs.Sub(embedded, "migrations")
	return options{migrations: migrations, busy: 5 * time.Second, checkUpTo: 64 << 20}, err
}

// Open opens the database at url, a SQLite file path (with or without a
// leading "sqlite:") or a postgres:// or postgresql:// URL, brings its schema
// up to date and proves that it can be written. A database that cannot be used
// gives an *OpenError; when ctx ends first, its error.
func Open(ctx context.Context, url string) (*DB, error) {
	o, err := defaults()
	if err != nil {
		return nil, fmt.Errorf("db: embedded migrations: %w", err)
	}
	return open(ctx, url, o)
}

func open(ctx context.Context, url string, o options) (*DB, error) {
	b, err := connect(ctx, url, o)
	if err != nil {
		return nil, diagnose(ctx, url, err)
	}
	d := &DB{b}
	if err := d.migrate(ctx, o.migrations); err != nil {
		_ = d.Close() // the reason it cannot be used says more
		return nil, diagnose(ctx, url, err)
	}
	return d, nil
}

// Close waits for the transactions under way, then closes all connections and
// lets go of the SQLite file. Later transactions fail.
func (d *DB) Close() error { return d.b.close() }

// SingleWriter reports whether this process is the only one that writes, as on
// SQLite; what it has read stays true until it changes it itself.
func (d *DB) SingleWriter() bool { return d.b.singleWriter() }

// Size is how many bytes a SQLite database has on disk, and its write-ahead log
// beside it: 0 and 0 for PostgreSQL.
func (d *DB) Size() (file, log int64) { return d.b.size() }

// Write runs fn in a transaction that may write, and commits when fn returns
// nil. Nil means that the changes are on disk. An error or a panic in fn, or a
// failed statement in it, leaves the database as it was; fn's error comes back
// as it is. On PostgreSQL the isolation is READ COMMITTED, and an error may be
// Retryable; on SQLite nobody else writes meanwhile, and once it runs, ctx is
// looked at between statements, not during one.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	t, err := d.b.begin(ctx, false)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{t: t}
	defer tx.end() // also when fn panics
	if err := fn(tx); err != nil {
		return err
	}
	return tx.commit()
}

// Read runs fn in a transaction that sees one snapshot of the database, taken
// at its first statement, and cannot write. It never waits for writers.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	t, err := d.b.begin(ctx, true)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{t: t}
	defer tx.end()
	return fn(tx)
}
