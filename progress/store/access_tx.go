package store

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// AccessTx is a transaction of [Access.Change]. It must not be kept after the
// function that it was given to has returned.
type AccessTx struct {
	tx *db.Tx
}

const selectPerson = `SELECT ` + personColumns + ` FROM people WHERE people.name = $1`

// Person reads a person; ok is false if there is none.
func (x *AccessTx) Person(ctx context.Context, name progress.Person) (p Person, ok bool, err error) {
	ok, err = one(ctx, x.tx, p.fields(), selectPerson, string(name))
	return p, ok, err
}

// Enabled counts those of a role who are not disabled.
func (x *AccessTx) Enabled(ctx context.Context, r Role) (n int, err error) {
	_, err = one(ctx, x.tx, []any{&n}, `SELECT COUNT(*) FROM people WHERE role = $1 AND disabled_at = 0`, string(r))
	return n, err
}

// SavePerson writes a person, who may be new.
func (x *AccessTx) SavePerson(ctx context.Context, p Person) error {
	return x.exec(ctx, `INSERT INTO people (name, role, member_of, created_at, created_by, disabled_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET
		role = excluded.role, member_of = excluded.member_of, disabled_at = excluded.disabled_at`,
		string(p.Name), string(p.Role), encode(p.Groups), table.Micros(p.CreatedAt), string(p.CreatedBy), table.Micros(p.DisabledAt))
}

// Token reads a token by its ID; ok is false if there is none.
func (x *AccessTx) Token(ctx context.Context, id string) (t Token, ok bool, err error) {
	ok, err = one(ctx, x.tx, t.fields(), `SELECT `+tokenColumns+` FROM tokens WHERE id = $1`, id)
	return t, ok, err
}

// AddToken writes a new token.
func (x *AccessTx) AddToken(ctx context.Context, t Token) error {
	return x.exec(ctx, `INSERT INTO tokens (id, hash, person, name, scopes, created_at, created_by, expires_at, revoked_at, used_at, made_with, admin_mark)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.ID, t.Hash, string(t.Person), t.Name, encode(t.Scopes), table.Micros(t.CreatedAt), string(t.CreatedBy),
		table.Micros(t.ExpiresAt), table.Micros(t.RevokedAt), table.Micros(t.UsedAt), t.Origin.Token, t.Origin.AdminMark)
}

// GoodTokens counts a person's tokens that are neither revoked nor expired.
func (x *AccessTx) GoodTokens(ctx context.Context, person progress.Person, at time.Time) (n int, err error) {
	_, err = one(ctx, x.tx, []any{&n},
		`SELECT COUNT(*) FROM tokens WHERE person = $1 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $2)`, string(person), table.Micros(at))
	return n, err
}

// tree is a token and all that were made with it, with those, and so on. UNION
// takes each once, so the walk ends whatever the rows say.
const tree = `WITH RECURSIVE tree (id) AS (
	SELECT id FROM tokens WHERE id = $1
	UNION SELECT tokens.id FROM tokens JOIN tree ON tokens.made_with = tree.id)
`

// RevokeToken marks a token as revoked, and with it all that were made with it,
// by any chain, and ends the sessions and login codes that were. Those that
// were revoked before keep their time.
func (x *AccessTx) RevokeToken(ctx context.Context, id string, at time.Time) error {
	for _, query := range []string{
		tree + `DELETE FROM sessions WHERE made_with IN (SELECT id FROM tree)`,
		tree + `DELETE FROM login_codes WHERE made_with IN (SELECT id FROM tree)`,
	} {
		if err := x.exec(ctx, query, id); err != nil {
			return err
		}
	}
	return x.exec(ctx, tree+`UPDATE tokens SET revoked_at = $2 WHERE revoked_at = 0 AND id IN (SELECT id FROM tree)`, id, table.Micros(at))
}

// AddSession writes a new session. Of its person's others the newest stay, so
// that there are most at most; ended is how many did not.
func (x *AccessTx) AddSession(ctx context.Context, s Session, most int) (ended int64, err error) {
	done, err := x.tx.Exec(ctx, `DELETE FROM sessions WHERE person = $1 AND id NOT IN (
		SELECT id FROM sessions WHERE person = $2 ORDER BY created_at DESC, id DESC LIMIT $3)`, string(s.Person), string(s.Person), most-1)
	if err != nil {
		return 0, err
	}
	if ended, err = done.RowsAffected(); err != nil {
		return 0, err
	}
	return ended, x.exec(ctx, `INSERT INTO sessions (id, hash, person, scopes, created_at, used_at, ends_at, made_with, admin_mark)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Hash, string(s.Person), encode(s.Scopes), table.Micros(s.CreatedAt), table.Micros(s.UsedAt), table.Micros(s.EndsAt),
		s.Origin.Token, s.Origin.AdminMark)
}

// EndSession deletes the session of an ID.
func (x *AccessTx) EndSession(ctx context.Context, id string) error {
	return x.exec(ctx, `DELETE FROM sessions WHERE id = $1`, id)
}

// EndSessions deletes a person's sessions and login codes.
func (x *AccessTx) EndSessions(ctx context.Context, person progress.Person) error {
	if err := x.exec(ctx, `DELETE FROM sessions WHERE person = $1`, string(person)); err != nil {
		return err
	}
	return x.exec(ctx, `DELETE FROM login_codes WHERE person = $1`, string(person))
}

// AddCode writes a new login code. Of its person's others the newest stay, so
// that there are most at most.
func (x *AccessTx) AddCode(ctx context.Context, c Code, most int) error {
	if err := x.exec(ctx, `DELETE FROM login_codes WHERE person = $1 AND hash NOT IN (
		SELECT hash FROM login_codes WHERE person = $2 ORDER BY created_at DESC, hash DESC LIMIT $3)`,
		string(c.Person), string(c.Person), most-1); err != nil {
		return err
	}
	return x.exec(ctx, `INSERT INTO login_codes (`+codeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.Hash, string(c.Person), encode(c.Scopes), table.Micros(c.CreatedAt), string(c.CreatedBy),
		table.Micros(c.ExpiresAt), table.Micros(c.SessionEndsAt), c.Origin.Token, c.Origin.AdminMark)
}

// TakeCode deletes the login code of a hash and returns it; ok is false if
// there is none. Only one of many takers gets it.
func (x *AccessTx) TakeCode(ctx context.Context, hash string) (c Code, ok bool, err error) {
	ok, err = one(ctx, x.tx, c.fields(), `DELETE FROM login_codes WHERE hash = $1 RETURNING `+codeColumns, hash)
	return c, ok, err
}

// AdminTokenAt is when the first token with the scope admin was made, the zero
// time if none ever was. It outlives that token.
func (x *AccessTx) AdminTokenAt(ctx context.Context) (at time.Time, err error) {
	_, err = one(ctx, x.tx, []any{moment{&at}}, `SELECT admin_token_at FROM access_state WHERE id = 1`)
	return at, err
}

// SetAdminTokenAt notes when the first token with the scope admin was made.
func (x *AccessTx) SetAdminTokenAt(ctx context.Context, at time.Time) error {
	return x.exec(ctx, `UPDATE access_state SET admin_token_at = $1 WHERE id = 1 AND admin_token_at = 0`, table.Micros(at))
}

func (x *AccessTx) exec(ctx context.Context, query string, args ...any) error {
	_, err := x.tx.Exec(ctx, query, args...)
	return err
}
