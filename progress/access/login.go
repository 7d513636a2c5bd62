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
// secret. The code is then used up. The oldest of 100 sessions of a person makes
// room for one more. The error is Unauthorized for a secret that is neither,
// Unavailable when the database fails, or that of ctx.
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
	return a.begin(ctx, by.origin, func(tx *store.AccessTx) (store.Session, error) {
		id, _ := by.tokenID()
		if id == configured {
			return store.Session{Person: by.Person, Scopes: Scopes(allRights)}, nil
		}
		t, _, err := tx.Token(ctx, id)
		return store.Session{Person: t.Person, Scopes: t.Scopes, EndsAt: t.ExpiresAt}, err
	})
}

func (a *Access) loginByCode(ctx context.Context, hash string) (session string, c Caller, err error) {
	spent := unauthorized("this login code is not known, was used already or has expired; ask for a new one")
	seen, known, err := a.keep.Code(ctx, hash) // so that a guess never waits for those who write
	if err != nil {
		return "", Caller{}, trouble(err)
	}
	if !known {
		return "", Caller{}, spent
	}
	if err := a.admin.vouch(ctx, seen.Origin); err != nil {
		return "", Caller{}, trouble(err)
	}
	return a.begin(ctx, seen.Origin, func(tx *store.AccessTx) (store.Session, error) {
		code, ok, err := tx.TakeCode(ctx, hash)
		if err == nil && (!ok || !a.now().Before(code.ExpiresAt)) {
			err = spent
		}
		return store.Session{Person: code.Person, Scopes: code.Scopes, EndsAt: code.SessionEndsAt}, err
	})
}

// begin stores a session of an origin. ground gives its person and scopes, and
// what bounds its end.
func (c *core) begin(ctx context.Context, o store.Origin, ground func(*store.AccessTx) (store.Session, error)) (secret string, by Caller, err error) {
	secret = newSecret(sessionPrefix)
	var ended int64
	err = c.write(ctx, func(tx *store.AccessTx) error {
		if err := standing(ctx, tx, o); err != nil {
			return err
		}
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
		s.ID, s.Hash, s.CreatedAt, s.UsedAt, s.Origin = newID(), digestOf(secret).String(), now, now, o
		s.EndsAt = earlier(now.Add(sessionMost), s.EndsAt)
		by = sessionCaller(s, p)
		ended, err = tx.AddSession(ctx, s, mostSessions)
		return err
	})
	if ended > 0 {
		c.forget()
	}
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
// no more rights than they call with. The oldest of 20 open codes of a person
// makes room for one more. The error is Forbidden, NotFound, Conflict for a
// disabled person, or Unauthorized when the caller's token was just revoked.
func (a *Access) Invite(ctx context.Context, by Caller, person progress.Person) (code string, expires time.Time, err error) {
	if err := own(by, person); err != nil {
		return "", time.Time{}, err
	}
	err = a.write(ctx, func(tx *store.AccessTx) error {
		p, err := receiver(ctx, tx, by, person)
		if err != nil {
			return err
		}
		code, expires, err = a.addCode(ctx, tx, by, p.Name)
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
		Origin: by.origin,
	}
	return secret, code.ExpiresAt, tx.AddCode(ctx, code, mostCodes)
}
