package db

import (
	"context"
	"io/fs"
	"time"
)

const (
	MaxStatements = maxStatements
	Changes       = changes
)

var (
	Split          = split
	ReadMigrations = readMigrations
	Redact         = redact
)

// Vary is Open with other options; zero values keep the defaults.
type Vary struct {
	Migrations fs.FS
	Busy       time.Duration
	CheckUpTo  int64
	MaxPages   int
}

func (v Vary) Open(ctx context.Context, url string) (*DB, error) {
	o, err := defaults()
	if err != nil {
		return nil, err
	}
	if v.Migrations != nil {
		o.migrations = v.Migrations
	}
	if v.Busy != 0 {
		o.busy = v.Busy
	}
	if v.CheckUpTo != 0 {
		o.checkUpTo = v.CheckUpTo
	}
	o.maxPages = v.MaxPages
	return open(ctx, url, o)
}

// Prepared counts the statements that the writer of a SQLite database keeps.
func (d *DB) Prepared() int {
	p := d.b.(*sqliteDB).writer
	s := <-p.idle
	defer func() { p.idle <- s }()
	return len(s.prepared)
}

// Pragma asks the writer, or a reader, of a SQLite database.
func (d *DB) Pragma(name string, reader bool) (value string, err error) {
	p := d.b.(*sqliteDB).writer
	if reader {
		p = d.b.(*sqliteDB).reader
	}
	s := <-p.idle
	defer func() { p.idle <- s }()
	err = s.conn.QueryRowContext(context.Background(), "PRAGMA "+name).Scan(&value)
	return value, err
}
