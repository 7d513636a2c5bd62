package access

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// How long a session lasts without use and at all, and a login code.
const (
	sessionIdle = 30 * 24 * time.Hour
	sessionMost = 90 * 24 * time.Hour
	codeLasts   = time.Hour
)

// Login begins a session with a token or a login code, and gives the session's
// secret. The code is then used up. The error is Unauthorized for a secret that
// is neither, Unavailable when the database fails, or that of ctx.
func (a *Access) Login(ctx context.Context, secret string) (session string, c Caller, err error) {
	if shaped(secret, codePrefix) {
		return a.loginByCode(ctx, digestOf(secret).String())
	}
	return a.loginByToken(ctx, secret)
}

func (a *Access) loginByToken(ctx context.Context, secret string) (session string, c Caller, err error) {
	by, err := a.Token(ctx, secret)
	if err != nil {
		return "", Caller{}, err
	}
	id, _ := by.tokenID()
	return a.begin(ctx, func(tx *store.AccessTx) (store.Session, error) {
		if id == configured {
			return store.Session{Person: by.Person, Scopes: Scopes(allRights), Token: id}, nil
		}
		t, ok, err := tx.Token(ctx, id)
		if err == nil && (!ok || !t.RevokedAt.IsZero()) {
			err = unauthorized("this token was revoked")
		}
		return store.Session{Person: t.Person, Scopes: t.Scopes, Token: id, EndsAt: t.ExpiresAt}, err
	})
}

func (a *Access) loginByCode(ctx context.Context, hash string) (session string, c Caller, err error) {
	spent := unauthorized("this login code is not known, was used already or has expired; ask for a new one")
	known, err := a.keep.HasCode(ctx, hash) // so that a guess never waits for those who write
	if err != nil {
		return "", Caller{}, trouble(err)
	}
	if !known {
		return "", Caller{}, spent
	}
	return a.begin(ctx, func(tx *store.AccessTx) (store.Session, error) {
		code, ok, err := tx.TakeCode(ctx, hash)
		if err == nil && (!ok || !a.now().Before(code.ExpiresAt)) {
			err = spent
		}
		return store.Session{Person: code.Person, Scopes: code.Scopes, EndsAt: code.SessionEndsAt}, err
	})
}

// begin stores a session. ground gives its person and scopes, and what bounds
// its end.
func (c *core) begin(ctx context.Context, ground func(*store.AccessTx) (store.Session, error)) (secret string, by Caller, err error) {
	secret = newSecret(sessionPrefix)
	err = c.write(ctx, func(tx *store.AccessTx) error {
		s, err := ground(tx)
		if err != nil {
			return err
		}
		p, ok, err := tx.Person(ctx, s.Person)
		if err == nil && (!ok || disabled(p)) {
			err = unauthorized("this person is disabled")
		}
		if err != nil {
			return err
		}
		now := c.stamp()
		s.ID, s.Hash, s.CreatedAt, s.UsedAt = newID(), digestOf(secret).String(), now, now
		s.EndsAt = earlier(now.Add(sessionMost), s.EndsAt)
		by = sessionCaller(s, p)
		return tx.AddSession(ctx, s)
	})
	if err != nil {
		return "", Caller{}, err
	}
	return secret, by, nil
}

// Logout ends the session of a secret. One that is over, or never was, is none
// to end, and no error.
func (a *Access) Logout(ctx context.Context, session string) error {
	c, err := a.Session(ctx, session)
	if progress.CodeOf(err) == progress.Unauthorized {
		return nil
	}
	if err != nil {
		return err
	}
	id, _ := c.sessionID()
	return a.change(ctx, func(tx *store.AccessTx) error { return tx.EndSession(ctx, id) })
}

// Invite makes a login code, which begins one session of a person within an
// hour. Admins may invite everyone; others only themselves, to a session with
// no more rights than they call with. The error is Forbidden, NotFound, or
// Conflict for a disabled person.
func (a *Access) Invite(ctx context.Context, by Caller, person progress.Person) (code string, expires time.Time, err error) {
	if err := own(by, person); err != nil {
		return "", time.Time{}, err
	}
	err = a.write(ctx, func(tx *store.AccessTx) error {
		p, ok, err := tx.Person(ctx, person)
		switch {
		case err != nil:
			return err
		case !ok:
			return nobody(person)
		case disabled(p):
			return refuse(progress.Conflict, "%s is disabled", person)
		}
		code, expires, err = a.addCode(ctx, tx, by, person)
		return err
	})
	if err != nil {
		return "", time.Time{}, err
	}
	return code, expires, nil
}

// addCode stores a new login code. What it begins has the rights of its maker
// at most, and ends with the maker's token.
func (c *core) addCode(ctx context.Context, tx *store.AccessTx, by Caller, person progress.Person) (string, time.Time, error) {
	secret, now := newSecret(codePrefix), c.stamp()
	code := store.Code{
		Hash: digestOf(secret).String(), Person: person, Scopes: Scopes(whole(by.Rights)),
		CreatedAt: now, CreatedBy: by.Person, ExpiresAt: now.Add(codeLasts), SessionEndsAt: by.bound,
	}
	return secret, code.ExpiresAt, tx.AddCode(ctx, code)
}
