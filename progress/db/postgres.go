package db

import (
	"context"
	"database/sql"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresDB is a pool of connections to a server. pgx prepares each statement
// once per connection and keeps it, so database/sql need not.
type postgresDB struct {
	pool *sql.DB
}

func openPostgres(ctx context.Context, s string) (_ backend, err error) {
	cfg, err := pgx.ParseConfig(s)
	if err != nil {
		// The error holds the URL, and where the URL is no URL its text can only
		// guess which part is the password. So it is not wrapped, and perhaps not shown.
		cause := "the URL cannot be read"
		if _, bad := url.Parse(s); bad == nil {
			cause = err.Error()
		}
		return nil, refuse(Invalid, "write it as postgres://user:password@host:5432/name, with special characters of the password as %XX", "%s", cause)
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "herald"
	}
	cfg.RuntimeParams["synchronous_commit"] = "on"
	cfg.RuntimeParams["timezone"] = "UTC"

	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(10) // group commit needs few; nodes share the server's hundred
	db.SetMaxIdleConns(10)
	db.SetConnMaxIdleTime(5 * time.Minute)
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	var level string
	if err := db.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&level); err != nil {
		return nil, err
	}
	if level != "on" {
		return nil, refuse(Invalid, "let the connection pooler pass synchronous_commit on", "PostgreSQL would not wait for its disk (synchronous_commit %s)", level)
	}
	return &postgresDB{db}, nil
}

func (d *postgresDB) begin(ctx context.Context, readOnly bool) (transaction, error) {
	o := sql.TxOptions{Isolation: sql.LevelReadCommitted}
	if readOnly {
		o = sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := d.pool.BeginTx(ctx, &o)
	if err != nil {
		return nil, err // not tx, which would be a transaction that is not nil
	}
	return tx, nil
}

// lockSchema keeps to the transaction, so that a dead process leaves no lock
// behind; schemas of one database do not wait for each other.
func (*postgresDB) lockSchema() string {
	return "SELECT pg_advisory_xact_lock(1751478881, hashtext(current_schema()))" // "hera" in ASCII
}

func (*postgresDB) singleWriter() bool { return false }

// size is for the server's own monitoring to say.
func (*postgresDB) size() (file, log int64) { return 0, 0 }

func (d *postgresDB) close() error { return d.pool.Close() }
