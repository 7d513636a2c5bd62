package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Token is a credential for programs, without its secret.
type Token = store.Token

// Session is a credential for browsers, without its secret.
type Session = store.Session

// Grant asks for a token.
type Grant struct {
	Person  progress.Person // "" for the caller
	Name    string          // 1 to 200 characters
	Scopes  []string        // of read, report, operate, approve, admin; at least one
	Expires time.Time       // zero for never
}

// Tokens lists a person's tokens, the oldest first, the revoked and expired for
// 90 days too. Admins may list everyone's, with "" all; others their own.
func (d *Directory) Tokens(ctx context.Context, by Caller, person progress.Person) ([]Token, error) {
	if err := own(by, person); err != nil {
		return nil, err
	}
	tokens, err := d.keep.Tokens(ctx, person)
	return tokens, trouble(err)
}

// MakeToken makes a token and gives its secret, which cannot be had again.
// Admins may make them for everyone, others for themselves; its scopes must be
// within the rights of both its maker and its person, and it must not outlast a
// token that its maker calls or logged in with. The error is Invalid with
// the field, Forbidden, NotFound, Conflict for a disabled person or one with 200
// good tokens, or Unauthorized when the caller's token was just revoked.
func (d *Directory) MakeToken(ctx context.Context, by Caller, g Grant) (t Token, secret string, err error) {
	if g.Person == "" {
		g.Person = by.Person
	}
	if err := own(by, g.Person); err != nil {
		return Token{}, "", err
	}
	if g, err = d.checked(by, g); err != nil {
		return Token{}, "", err
	}
	err = d.write(ctx, func(tx *store.AccessTx) error {
		p, err := receiver(ctx, tx, by, g.Person)
		if err != nil {
			return err
		}
		if beyond := rightsNamed(g.Scopes) &^ Rights(p.Role); beyond != 0 {
			return invalid("scopes", "%s is a %s, who may not %s", p.Name, p.Role, strings.Join(Scopes(beyond), ", "))
		}
		if err := d.checkRoom(ctx, tx, p.Name); err != nil {
			return err
		}
		t, secret, err = d.addToken(ctx, tx, by, Token{Person: p.Name, Name: g.Name, Scopes: g.Scopes, ExpiresAt: g.Expires})
		return err
	})
	if err != nil {
		return Token{}, "", err
	}
	return t, secret, nil
}

// checked is a grant with its name and scopes in order.
func (d *Directory) checked(by Caller, g Grant) (_ Grant, err error) {
	if g.Name, err = nameOf("name", g.Name); err != nil {
		return g, err
	}
	for _, s := range g.Scopes {
		if all := Scopes(allRights); !slices.Contains(all, s) {
			return g, invalid("scopes", "%q is not one of %s", s, strings.Join(all, ", "))
		}
	}
	rights := rightsNamed(g.Scopes)
	if rights == 0 {
		return g, invalid("scopes", "must have at least one of %s", strings.Join(Scopes(allRights), ", "))
	}
	if beyond := rights &^ whole(by.Rights); beyond != 0 {
		return g, &progress.Error{
			Code: progress.Forbidden, Field: "scopes",
			Say: "you may not " + strings.Join(Scopes(beyond), ", ") + " yourself, so you cannot let others",
		}
	}
	g.Scopes, g.Expires = Scopes(rights), g.Expires.UTC().Truncate(time.Microsecond)
	return g, d.checkExpiry(by, g.Expires)
}

// longest is how far away the end of a token may be; the database counts
// microseconds, and not for ever.
const longest = 100 * 366 * 24 * time.Hour

func (d *Directory) checkExpiry(by Caller, at time.Time) error {
	now, bound := d.now(), by.bound
	switch {
	case !bound.IsZero() && (at.IsZero() || at.After(bound)):
		return invalid("expires_at", "what you call with ends at %s; this cannot last longer", bound.UTC().Format(time.RFC3339))
	case at.IsZero():
		return nil
	case !at.After(now) || at.After(now.Add(longest)):
		return invalid("expires_at", "must be in the future, within 100 years")
	}
	return nil
}

// addToken stores a new token of which the person, name, scopes and end are
// given.
func (c *core) addToken(ctx context.Context, tx *store.AccessTx, by Caller, t Token) (Token, string, error) {
	secret := newSecret(tokenPrefix)
	t.ID, t.Hash, t.CreatedAt, t.CreatedBy, t.Origin = newID(), digestOf(secret).String(), c.stamp(), by.Person, by.origin
	lasting := t.Origin.AdminMark == "" // one that is not good for longer than a setting is no way in
	if lasting && slices.Contains(t.Scopes, progress.MayAdmin.String()) {
		if err := tx.SetAdminTokenAt(ctx, t.CreatedAt); err != nil {
			return Token{}, "", err
		}
	}
	return t, secret, tx.AddToken(ctx, t)
}

// RevokeToken ends a token and, by any chain, what was made with it: tokens,
// sessions and login codes, other people's too. Admins may revoke everyone's,
// others their own; another's is NotFound. One that is revoked already stays as
// it is.
func (d *Directory) RevokeToken(ctx context.Context, by Caller, id string) (Token, error) {
	var t Token
	err := d.change(ctx, func(tx *store.AccessTx) error {
		found, ok, err := tx.Token(ctx, id)
		if err != nil {
			return err
		}
		if !ok || own(by, found.Person) != nil {
			return refuse(progress.NotFound, "there is no token %q", id)
		}
		if t = found; !t.RevokedAt.IsZero() {
			return nil
		}
		t.RevokedAt = d.stamp()
		return tx.RevokeToken(ctx, id, t.RevokedAt)
	})
	if err != nil {
		return Token{}, err
	}
	return t, nil
}

// Sessions lists a person's sessions, the oldest first. Admins may list
// everyone's, with "" all; others their own.
func (d *Directory) Sessions(ctx context.Context, by Caller, person progress.Person) ([]Session, error) {
	if err := own(by, person); err != nil {
		return nil, err
	}
	sessions, err := d.keep.Sessions(ctx, person)
	return sessions, trouble(err)
}

// EndSession ends a session by its ID. Admins may end everyone's, others their
// own; another's is NotFound.
func (d *Directory) EndSession(ctx context.Context, by Caller, id string) error {
	s, _, ok, err := d.keep.Session(ctx, store.Key{ID: id})
	if err != nil {
		return trouble(err)
	}
	if !ok || own(by, s.Person) != nil {
		return refuse(progress.NotFound, "there is no session %q", id)
	}
	return d.change(ctx, func(tx *store.AccessTx) error { return tx.EndSession(ctx, id) })
}
