package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Everything in which the two databases differ is here and in the two files
// that open them, sqlite.go and postgres.go.

// backend is a database of one kind.
type backend interface {
	begin(ctx context.Context, readOnly bool) (transaction, error)
	// lockSchema is the statement that makes the transaction the only one that
	// migrates, or "" where each writing transaction is alone anyway.
	lockSchema() string
	singleWriter() bool
	size() (file, log int64)
	close() error
}

func connect(ctx context.Context, url string, o options) (backend, error) {
	if isPostgres(url) {
		return openPostgres(ctx, url)
	}
	path, err := sqlitePath(url)
	if err != nil {
		return nil, err
	}
	return openSQLite(ctx, path, o)
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// sqlitePath gives the file that a setting means. A scheme that is not known
// is refused, or a typing error would make a file called "postgre:/...".
func sqlitePath(s string) (string, error) {
	path, named := strings.CutPrefix(s, "sqlite:")
	switch {
	case path == "":
		return "", refuse(Invalid, fixSetting, "the setting is empty")
	case strings.Contains(path, ":memory:"):
		return "", refuse(Invalid, fixSetting, "a database in memory would forget its tasks")
	case strings.Contains(path, "://"), named && strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"):
		return "", refuse(Invalid, fixSetting, "this kind of URL is not known")
	case strings.ContainsRune(path, 0):
		return "", refuse(Invalid, fixSetting, "a path cannot hold a zero byte")
	}
	return path, nil
}

// Uncertain reports whether a failed Write may be on disk all the same: its
// commit failed, and the database did not say why. A PostgreSQL error has a
// state and means that it refused; SQLite says so when the disk is full or
// somebody else holds the lock.
func Uncertain(err error) bool {
	if _, commit := errors.AsType[*commitError](err); !commit || state(err) != "" {
		return false
	}
	switch code(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return false
	}
	return true
}

// Retryable reports whether a transaction failed only because of another one,
// so that running it again may succeed: PostgreSQL's serialization failure
// (40001), deadlock (40P01) and lock not available (55P03), SQLite's BUSY and
// LOCKED.
func Retryable(err error) bool {
	switch state(err) {
	case "40001", "40P01", "55P03":
		return true
	}
	code := code(err) & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

// Unique reports whether a statement failed because a row with the same key
// exists: PostgreSQL's 23505, SQLite's UNIQUE and PRIMARY KEY constraints.
func Unique(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return true
	}
	return state(err) == "23505"
}

// state is PostgreSQL's five-letter SQLSTATE, or "".
func state(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// code is SQLite's extended result code, or 0.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// What the operator can do, where it does not depend on more than the problem.
const (
	fixSetting = "set the database to a file path or to postgres://user@host/name"
	fixBusy    = "close the program that writes to it (a database browser, a sqlite3 shell in a transaction), then start herald again"
	fixSpace   = "free some space on its disk, then start herald again"
	fixRights  = "let the user that herald runs as write to the file and its folder, or choose another place"
	fixDamage  = "restore a backup, or move the file away to begin with an empty database"
	fixNewer   = "install the newest herald, or restore the backup from before the upgrade"
	fixOther   = "let the setting lead to a database, or a PostgreSQL schema, that belongs to herald alone"
	fixDisk    = "check the disk and its file system"

	fixServer     = "start PostgreSQL, or correct host and port in the URL"
	fixLogin      = "correct user and password in the URL"
	fixGrant      = "let the user of the URL create and change tables in its schema"
	fixPrimary    = "let the URL lead to the primary server, and allow it to write"
	fixServerDisk = "free some space on the disk of the PostgreSQL server, then start herald again"
	fixRestore    = "restore a backup of the PostgreSQL server"
	fixLock       = "wait until the other program is done with the schema, then start herald again"
)

// explain says what kind of problem an error of Open is, and the way out.
func explain(err error) (Problem, string) {
	if s := state(err); s != "" {
		return explainPostgres(s)
	}
	if c := code(err); c != 0 {
		return explainSQLite(c)
	}
	_, dialing := errors.AsType[*pgconn.ConnectError](err)
	_, talking := errors.AsType[*net.OpError](err)
	switch {
	case dialing, talking, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, driver.ErrBadConn), errors.Is(err, context.DeadlineExceeded):
		return Unreachable, fixServer
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return Full, fixSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return ReadOnly, fixRights
	case errors.Is(err, syscall.EIO):
		return Unreachable, fixDisk
	}
	return Invalid, fixSetting
}

func explainSQLite(code int) (Problem, string) {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE { // the -shm file could not grow
		return Full, fixSpace
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return Locked, fixBusy
	case sqlite3.SQLITE_FULL:
		return Full, fixSpace
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return ReadOnly, fixRights
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Corrupt, fixDamage
	case sqlite3.SQLITE_IOERR:
		return Unreachable, fixDisk
	}
	return Invalid, fixOther
}

// explainPostgres reads an SQLSTATE, whose first two letters are its class:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func explainPostgres(state string) (Problem, string) {
	switch state {
	case "25006":
		return ReadOnly, fixPrimary
	case "53300":
		return Unreachable, "raise max_connections of PostgreSQL, or close other programs that use it"
	case "42501":
		return ReadOnly, fixGrant
	case "53100":
		return Full, fixServerDisk
	case "55P03":
		return Locked, fixLock
	case "3D000":
		return Invalid, "create that database, or correct its name in the URL"
	case "3F000":
		return Invalid, "create the schema that the URL's search_path names, and let the user of the URL create tables in it"
	}
	switch state[:2] {
	case "28":
		return Invalid, fixLogin
	case "08", "53", "57":
		return Unreachable, fixServer
	case "XX":
		return Corrupt, fixRestore
	}
	return Invalid, fixOther
}
