package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Role is the name of what a person is to Herald, such as "admin".
type Role string

// Person is someone who may have credentials.
type Person struct {
	Name       progress.Person
	Role       Role
	Groups     []string // names, without "group:"
	CreatedAt  time.Time
	CreatedBy  progress.Person
	DisabledAt time.Time // zero while no
}

// Origin is what a credential was made with, itself or by way of sessions and
// codes. What is made with it has the same origin, but for its token's ID.
type Origin struct {
	Token     string // the ID of the nearest token, "" for none
	AdminMark string // the fingerprint of the configured admin token that all began with, "" for none
}

// Token is a credential for programs, without its secret.
type Token struct {
	ID        string
	Hash      string // of the secret: SHA-256 in hexadecimal digits
	Person    progress.Person
	Name      string   // what its person calls it
	Scopes    []string // names of rights
	CreatedAt time.Time
	CreatedBy progress.Person
	ExpiresAt time.Time // zero for never
	RevokedAt time.Time // zero while not
	UsedAt    time.Time // about a minute exact; zero for never
	Origin    Origin
}

// Session is a credential for browsers, without its secret.
type Session struct {
	ID        string
	Hash      string // of the secret: SHA-256 in hexadecimal digits
	Person    progress.Person
	Scopes    []string // names of rights
	CreatedAt time.Time
	UsedAt    time.Time // about a minute exact
	EndsAt    time.Time // at the latest
	Origin    Origin
}

// Code begins one session, without its secret.
type Code struct {
	Hash          string // of the code: SHA-256 in hexadecimal digits
	Person        progress.Person
	Scopes        []string // names of rights
	CreatedAt     time.Time
	CreatedBy     progress.Person
	ExpiresAt     time.Time
	SessionEndsAt time.Time // at the latest; zero for no such bound
	Origin        Origin
}

// The columns, each in the order of its type's fields.
const (
	personColumns  = `people.name, people.role, people.member_of, people.created_at, people.created_by, people.disabled_at`
	tokenColumns   = `tokens.id, tokens.hash, tokens.person, tokens.name, tokens.scopes, tokens.created_at, tokens.created_by, tokens.expires_at, tokens.revoked_at, tokens.used_at, tokens.made_with, tokens.admin_mark` //nolint:gosec // names of columns, no credential
	sessionColumns = `sessions.id, sessions.hash, sessions.person, sessions.scopes, sessions.created_at, sessions.used_at, sessions.ends_at, sessions.made_with, sessions.admin_mark`
	codeColumns    = `hash, person, scopes, created_at, created_by, expires_at, session_ends_at, made_with, admin_mark`
)

func (p *Person) fields() []any {
	return []any{&p.Name, &p.Role, words{&p.Groups}, moment{&p.CreatedAt}, &p.CreatedBy, moment{&p.DisabledAt}}
}

func (t *Token) fields() []any {
	return []any{
		&t.ID, &t.Hash, &t.Person, &t.Name, words{&t.Scopes}, moment{&t.CreatedAt}, &t.CreatedBy,
		moment{&t.ExpiresAt}, moment{&t.RevokedAt}, moment{&t.UsedAt}, &t.Origin.Token, &t.Origin.AdminMark,
	}
}

func (s *Session) fields() []any {
	return []any{
		&s.ID, &s.Hash, &s.Person, words{&s.Scopes},
		moment{&s.CreatedAt}, moment{&s.UsedAt}, moment{&s.EndsAt}, &s.Origin.Token, &s.Origin.AdminMark,
	}
}

func (c *Code) fields() []any {
	return []any{
		&c.Hash, &c.Person, words{&c.Scopes}, moment{&c.CreatedAt}, &c.CreatedBy,
		moment{&c.ExpiresAt}, moment{&c.SessionEndsAt}, &c.Origin.Token, &c.Origin.AdminMark,
	}
}

// moment scans a time as micros stores it.
type moment struct{ *time.Time }

// Scan reads a column.
func (m moment) Scan(v any) error {
	us, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is a %T", v)
	}
	*m.Time = table.Time(us)
	return nil
}

// words scans a list as encode stores it.
type words struct{ list *[]string }

// Scan reads a column.
func (w words) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list is a %T", v)
	}
	return decode(s, w.list)
}

// one reads one row; false if there is none.
func one(ctx context.Context, tx *db.Tx, into []any, query string, args ...any) (bool, error) {
	err := tx.QueryRow(ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
