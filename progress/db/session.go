package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// maxStatements is how many prepared statements a connection keeps. Few kinds of
// work need more; the bound is for texts that are built, such as IN lists and
// portions of rows.
const maxStatements = 256

var (
	errClosed   = errors.New("the database is closed")
	errRowsOpen = errors.New("rows of this transaction are still open: close them before the next statement")
)

// sessions is a fixed set of connections, lent to one transaction at a time.
// A sql.DB lends connections too, but a sql.Tx costs a goroutine and prepares
// BEGIN and COMMIT each time, on the path every report takes.
type sessions struct {
	db   *sql.DB
	idle chan *session
	done chan struct{}
	once sync.Once
}

// newSessions opens n connections of db, which it owns from then on; begin is
// the statement that starts a transaction on them.
func newSessions(ctx context.Context, db *sql.DB, n int, begin string) (*sessions, error) {
	p := &sessions{db: db, idle: make(chan *session, n), done: make(chan struct{})}
	for range n {
		s, err := newSession(ctx, db, begin)
		if err != nil {
			for range len(p.idle) {
				(<-p.idle).close()
			}
			return nil, errors.Join(err, db.Close())
		}
		s.home = p.idle
		p.idle <- s
	}
	return p, nil
}

func (p *sessions) begin(ctx context.Context) (transaction, error) {
	s, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.start.ExecContext(ctx); err != nil {
		p.idle <- s
		return nil, err
	}
	s.active = true
	return s, nil
}

func (p *sessions) take(ctx context.Context) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.done:
		return nil, errClosed
	default:
	}
	select {
	case s := <-p.idle:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, errClosed
	}
}

// close waits until every session is back, then closes them.
func (p *sessions) close() error {
	var err error
	p.once.Do(func() {
		close(p.done)
		for range cap(p.idle) {
			(<-p.idle).close()
		}
		err = p.db.Close()
	})
	return err
}

// session is a connection, the statements prepared on it, and, while active,
// the transaction that runs on it.
type session struct {
	conn                  *sql.Conn
	home                  chan *session
	start, commit, cancel *sql.Stmt // BEGIN, COMMIT, ROLLBACK

	prepared map[string]*prepared
	turn     uint64 // counts transactions

	write  bool
	active bool
	rows   *sql.Rows // the last Query's, perhaps open
	row    *sql.Row  // the last QueryRow's, perhaps not scanned
	failed error     // the first failure in this transaction
}

type prepared struct {
	*sql.Stmt
	turn uint64 // the last transaction that used it
}

func newSession(ctx context.Context, db *sql.DB, begin string) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, prepared: make(map[string]*prepared), write: begin != beginRead}
	for text, stmt := range map[string]**sql.Stmt{begin: &s.start, "COMMIT": &s.commit, "ROLLBACK": &s.cancel} {
		if *stmt, err = conn.PrepareContext(ctx, text); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return s, nil
}

func (s *session) close() {
	for _, p := range s.prepared {
		_ = p.Close()
	}
	for _, stmt := range []*sql.Stmt{s.start, s.commit, s.cancel} {
		_ = stmt.Close()
	}
	_ = s.conn.Close() // an error of the disk comes from the last commit, not from here
}

// ready says whether a statement may run now, and under which context. An
// interrupted write statement would roll SQLite's transaction back and leave
// the next statement to commit itself, and watching a context costs a
// goroutine a statement; so writes, which are short, run to their end.
func (s *session) ready(ctx context.Context) (context.Context, error) {
	if s.failed != nil {
		return ctx, fmt.Errorf("the transaction has failed already: %w", s.failed)
	}
	if s.open() {
		return ctx, errRowsOpen
	}
	if err := ctx.Err(); err != nil {
		return ctx, err
	}
	if s.write {
		ctx = context.Background()
	}
	return ctx, nil
}

// open reports whether the last query has rows that nobody has fetched yet.
// database/sql does not tell, but a closed Rows has no columns to name, and an
// empty Scan fails with ErrNoRows only where there is nothing left to scan, or
// with the context's error after the context closed the row.
func (s *session) open() bool {
	if s.rows != nil {
		if _, err := s.rows.Columns(); err == nil {
			return true
		}
		s.rows = nil
	}
	if s.row != nil {
		err := s.row.Scan()
		s.row = nil
		over := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
		return !errors.Is(err, sql.ErrNoRows) && !over
	}
	return false
}

// runner is a statement to run: a prepared one, or one for this time only.
type runner interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

type once struct {
	conn  *sql.Conn
	query string
}

func (o once) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return o.conn.ExecContext(ctx, o.query, args...)
}

func (o once) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	return o.conn.QueryContext(ctx, o.query, args...)
}

func (o once) QueryRowContext(ctx context.Context, args ...any) *sql.Row {
	return o.conn.QueryRowContext(ctx, o.query, args...)
}

func (s *session) statement(ctx context.Context, query string) (runner, error) {
	if p, ok := s.prepared[query]; ok {
		p.turn = s.turn
		return p, nil
	}
	if len(s.prepared) >= maxStatements && !s.forget() {
		return once{s.conn, query}, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, positional(query))
	if err != nil {
		return nil, err
	}
	p := &prepared{stmt, s.turn}
	s.prepared[query] = p
	return p, nil
}

// forget drops the quarter of the statements that was used longest ago, and
// reports whether there was any. It leaves alone those of this transaction,
// which may be needed again and may have rows.
func (s *session) forget() bool {
	var old []string
	for query, p := range s.prepared {
		if p.turn != s.turn {
			old = append(old, query)
		}
	}
	slices.SortFunc(old, func(a, b string) int {
		return cmp.Compare(s.prepared[a].turn, s.prepared[b].turn)
	})
	for _, query := range old[:min(len(old), maxStatements/4)] {
		_ = s.prepared[query].Close()
		delete(s.prepared, query)
	}
	return len(old) > 0
}

func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, err := s.ready(ctx)
	if err != nil {
		return nil, s.fail(err)
	}
	p, err := s.statement(ctx, query)
	if err != nil {
		return nil, s.fail(err)
	}
	res, err := p.ExecContext(ctx, args...)
	return res, s.fail(err)
}

func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := s.ready(ctx)
	if err != nil {
		return nil, s.fail(err)
	}
	p, err := s.statement(ctx, query)
	if err != nil {
		return nil, s.fail(err)
	}
	rows, err := p.QueryContext(ctx, args...)
	s.rows = rows
	return rows, s.fail(err)
}

func (s *session) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, err := s.ready(ctx)
	if err != nil {
		return rowOf(s.fail(err))
	}
	p, err := s.statement(ctx, query)
	if err != nil {
		return rowOf(s.fail(err))
	}
	s.row = p.QueryRowContext(ctx, args...)
	_ = s.fail(s.row.Err()) // remembered; the caller gets it from Scan
	return s.row
}

// fail remembers the first failure, as PostgreSQL does: what follows a failed
// statement must not be committed.
func (s *session) fail(err error) error {
	if err != nil && s.failed == nil {
		s.failed = err
	}
	return err
}

// Commit commits and gives the session back, or rolls back and says why.
func (s *session) Commit() error {
	if !s.active {
		return sql.ErrTxDone
	}
	err := s.failed
	if err == nil {
		s.closeRows()
		_, err = s.commit.ExecContext(context.Background())
	}
	if err != nil {
		_ = s.Rollback() // err says more
		return err
	}
	s.release()
	return nil
}

// Rollback rolls back, if need be, and gives the session back. SQLite may have
// rolled back by itself after a severe error; that is no failure.
func (s *session) Rollback() error {
	if !s.active {
		return nil
	}
	s.closeRows()
	_, err := s.cancel.ExecContext(context.Background())
	s.release()
	return err
}

// closeRows ends the queries that the transaction left open, which would hold
// its snapshot and the session.
func (s *session) closeRows() {
	if s.open() && s.rows != nil {
		_ = s.rows.Close()
		s.rows = nil
	}
}

func (s *session) release() {
	s.active, s.failed = false, nil
	s.turn++
	s.home <- s
}

// rowOf is a row whose Scan gives err; sql.Row has no other maker.
func rowOf(err error) *sql.Row {
	db := sql.OpenDB(broken{err})
	defer func() { _ = db.Close() }()
	return db.QueryRowContext(context.Background(), "")
}

// broken is a connector that cannot connect.
type broken struct{ err error }

func (b broken) Connect(context.Context) (driver.Conn, error) { return nil, b.err }
func (b broken) Driver() driver.Driver                        { return nil }
