package db

import (
	"context"
	"database/sql"
	"fmt"
)

// transaction is what a backend begins: *sql.Tx on PostgreSQL, *session on
// SQLite. Rollback after Commit does nothing.
type transaction interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	Commit() error
	Rollback() error
}

// Tx is a transaction, given to the function of Write or Read. It must not be
// kept after that function returned, nor used by two goroutines at once.
type Tx struct {
	t transaction
}

// Exec runs a statement that returns no rows.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return tx.t.ExecContext(ctx, query, args...)
}

// Query runs a statement that returns rows. They must be closed, or read to
// their end, before the next statement.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.t.QueryContext(ctx, query, args...)
}

// QueryRow runs a statement that returns at most one row. Its Scan must be
// called, and gives sql.ErrNoRows when there is none.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.t.QueryRowContext(ctx, query, args...)
}

func (tx *Tx) commit() error {
	t := tx.t
	tx.t = ended{}
	if err := t.Commit(); err != nil {
		return &commitError{err}
	}
	return nil
}

// commitError is a commit that failed, or whose answer was lost.
type commitError struct{ err error }

func (e *commitError) Error() string { return fmt.Sprintf("commit: %v", e.err) }
func (e *commitError) Unwrap() error { return e.err }

// end rolls back a transaction that was not committed. What it would report is
// of no use: the connection is gone, and with it the transaction.
func (tx *Tx) end() {
	t := tx.t
	tx.t = ended{}
	_ = t.Rollback()
}

// ended is the transaction of a Tx that outlived its function. Without it, a
// kept Tx would speak in the middle of somebody else's transaction.
type ended struct{}

func (ended) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, sql.ErrTxDone
}

func (ended) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, sql.ErrTxDone
}

func (ended) QueryRowContext(context.Context, string, ...any) *sql.Row {
	return rowOf(sql.ErrTxDone)
}

func (ended) Commit() error   { return sql.ErrTxDone }
func (ended) Rollback() error { return nil }
