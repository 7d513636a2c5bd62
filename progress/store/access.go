package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Access keeps people, their tokens, sessions and login codes. Its methods may
// be called from any goroutine.
type Access struct {
	s *Store
}

// NewAccess returns the access tables of an open database.
func NewAccess(d *db.DB) *Access { return &Access{New(d)} }

// Key finds one credential: by its hash or, where that is "", by its ID.
type Key struct {
	ID, Hash string
}

func (k Key) where(table string) (condition, arg string) {
	if k.Hash != "" {
		return table + `.hash = $1`, k.Hash
	}
	return table + `.id = $1`, k.ID
}

// Token reads a token and its person; ok is false if there is none.
func (a *Access) Token(ctx context.Context, k Key) (t Token, p Person, ok bool, err error) {
	where, arg := k.where("tokens")
	ok, err = a.one(ctx, append(t.fields(), p.fields()...),
		`SELECT `+tokenColumns+`, `+personColumns+` FROM tokens JOIN people ON people.name = tokens.person WHERE `+where, arg)
	return t, p, ok, err
}

// Session reads a session and its person; ok is false if there is none.
func (a *Access) Session(ctx context.Context, k Key) (s Session, p Person, ok bool, err error) {
	where, arg := k.where("sessions")
	ok, err = a.one(ctx, append(s.fields(), p.fields()...),
		`SELECT `+sessionColumns+`, `+personColumns+` FROM sessions JOIN people ON people.name = sessions.person WHERE `+where, arg)
	return s, p, ok, err
}

// Person reads a person; ok is false if there is none.
func (a *Access) Person(ctx context.Context, name progress.Person) (p Person, ok bool, err error) {
	ok, err = a.one(ctx, p.fields(), selectPerson, string(name))
	return p, ok, err
}

// Code reads a login code, good or expired; ok is false if there is none.
func (a *Access) Code(ctx context.Context, hash string) (c Code, ok bool, err error) {
	ok, err = a.one(ctx, c.fields(), `SELECT `+codeColumns+` FROM login_codes WHERE hash = $1`, hash)
	return c, ok, err
}

// Salt reads the salt of this database. Where it has none yet it takes fresh,
// of one of many callers, and keeps it.
func (a *Access) Salt(ctx context.Context, fresh string) (salt string, err error) {
	const query = `SELECT salt FROM access_state WHERE id = 1`
	if _, err = a.one(ctx, []any{&salt}, query); err != nil || salt != "" {
		return salt, err
	}
	err = a.Change(ctx, func(tx *AccessTx) error {
		if err := tx.exec(ctx, `UPDATE access_state SET salt = $1 WHERE id = 1 AND salt = ''`, fresh); err != nil {
			return err
		}
		_, err := one(ctx, tx.tx, []any{&salt}, query)
		return err
	})
	return salt, err
}

// one reads one row in a transaction of its own; ok is false if there is none.
func (a *Access) one(ctx context.Context, into []any, query string, args ...any) (ok bool, err error) {
	err = a.s.db.Read(ctx, func(tx *db.Tx) error {
		ok, err = one(ctx, tx, into, query, args...)
		return err
	})
	return ok, err
}

// People lists everyone by name, the disabled too.
func (a *Access) People(ctx context.Context) ([]Person, error) {
	return collect(ctx, a.s, func(rows *sql.Rows) (p Person, err error) {
		err = rows.Scan(p.fields()...)
		return p, err
	}, `SELECT `+personColumns+` FROM people ORDER BY people.name`)
}

// Tokens lists a person's tokens, or with "" everyone's, the oldest first; the
// revoked and expired too, until they are purged.
func (a *Access) Tokens(ctx context.Context, person progress.Person) ([]Token, error) {
	return collect(ctx, a.s, func(rows *sql.Rows) (t Token, err error) {
		err = rows.Scan(t.fields()...)
		return t, err
	}, `SELECT `+tokenColumns+` FROM tokens WHERE $1 = '' OR tokens.person = $1 ORDER BY tokens.created_at, tokens.id`, string(person))
}

// Sessions lists a person's sessions, or with "" everyone's, the oldest first;
// the expired too, until they are purged.
func (a *Access) Sessions(ctx context.Context, person progress.Person) ([]Session, error) {
	return collect(ctx, a.s, func(rows *sql.Rows) (s Session, err error) {
		err = rows.Scan(s.fields()...)
		return s, err
	}, `SELECT `+sessionColumns+` FROM sessions WHERE $1 = '' OR sessions.person = $1 ORDER BY sessions.created_at, sessions.id`, string(person))
}

// Uncertain reports whether a failed change may have been written all the same.
func (a *Access) Uncertain(err error) bool { return db.Uncertain(err) }

// Change runs a transaction that changes something. One runs at a time, on all
// nodes together, so what it reads stays true until it ends. When Change
// returns nil, what fn wrote is on disk; fn's error comes back as it is.
func (a *Access) Change(ctx context.Context, fn func(*AccessTx) error) error {
	return a.s.db.Write(ctx, func(tx *db.Tx) error {
		if a.s.db.SingleWriter() {
			return fn(&AccessTx{tx})
		}
		var id int64
		if err := tx.QueryRow(ctx, `SELECT id FROM access_state WHERE id = 1 FOR UPDATE`).Scan(&id); err != nil {
			return err
		}
		return fn(&AccessTx{tx})
	})
}

// Use is when a token or session was used last.
type Use struct {
	ID string
	At time.Time
}

// SaveUses stores last uses of tokens and of sessions, in small transactions.
// A use that comes less than apart after the stored one is dropped.
func (a *Access) SaveUses(ctx context.Context, apart time.Duration, tokens, sessions []Use) error {
	if err := a.saveUses(ctx, `UPDATE tokens SET used_at = $2 WHERE id = $1 AND used_at <= $3`, apart, tokens); err != nil {
		return err
	}
	return a.saveUses(ctx, `UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at <= $3`, apart, sessions)
}

func (a *Access) saveUses(ctx context.Context, query string, apart time.Duration, uses []Use) error {
	for part := range table.Chunks(uses) {
		if err := a.Change(ctx, func(tx *AccessTx) error {
			for _, u := range part {
				if err := tx.exec(ctx, query, u.ID, table.Micros(u.At), table.Micros(u.At.Add(-apart))); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// Old says what Purge deletes.
type Old struct {
	Now    time.Time // codes and sessions that ended by then
	Idle   time.Time // sessions that were not used after that
	Tokens time.Time // tokens that were revoked or expired before
}

// Purge deletes credentials that are of no use any more.
func (a *Access) Purge(ctx context.Context, o Old) error {
	return a.Change(ctx, func(tx *AccessTx) error {
		if err := tx.exec(ctx, `DELETE FROM login_codes WHERE expires_at <= $1`, table.Micros(o.Now)); err != nil {
			return err
		}
		if err := tx.exec(ctx, `DELETE FROM sessions WHERE ends_at <= $1 OR used_at <= $2`, table.Micros(o.Now), table.Micros(o.Idle)); err != nil {
			return err
		}
		return tx.exec(ctx, `DELETE FROM tokens WHERE revoked_at > 0 AND revoked_at < $1 OR expires_at > 0 AND expires_at < $1`, table.Micros(o.Tokens))
	})
}
