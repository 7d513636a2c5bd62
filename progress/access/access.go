package access

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Options are the settings of access. The zero value is that of a server that
// sets none. They hold a secret and do not print.
type Options struct {
	Open       bool             // callers without a credential are let in
	AdminToken string           `json:"-"` // a token of the person admin, 16 to 256 characters; "" for none
	Now        func() time.Time `json:"-"` // nil means time.Now
	Log        *slog.Logger     `json:"-"` // nil means slog.Default
}

// Format keeps the admin token out of logs and errors.
func (o Options) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, dots) }

// Access authenticates. Its methods may be called from any goroutine.
type Access struct {
	*core
	open bool
}

// core is what authentication and administration share.
type core struct {
	keep     *store.Access
	admin    *adminToken // nil without
	tokens   *desk
	sessions *desk
	people   *desk
	now      func() time.Time
	log      *slog.Logger
}

// New makes an Access on its tables. An AdminToken that is not fit to be one is
// Invalid.
func New(keep *store.Access, o Options) (*Access, error) {
	a := &Access{open: o.Open, core: &core{keep: keep, now: o.Now, log: o.Log}}
	if a.now == nil {
		a.now = time.Now
	}
	if a.log == nil {
		a.log = slog.Default()
	}
	if o.AdminToken != "" {
		if err := checkAdminToken(o.AdminToken); err != nil {
			return nil, err
		}
		a.admin = &adminToken{sum: digestOf(o.AdminToken), keep: keep}
	}
	l := loader{keep: keep, admin: a.admin}
	a.tokens, a.sessions, a.people = newDesk(l.token), newDesk(l.session), newDesk(l.person)
	return a, nil
}

// Close writes the last uses that are not stored yet.
func (a *Access) Close(ctx context.Context) error { return a.flush(ctx) }

// Directory is where people and credentials are administered.
func (a *Access) Directory() *Directory { return &Directory{a.core} }

// Open gives the caller without a credential; ok is false unless this is the
// open mode.
func (a *Access) Open() (c Caller, ok bool) {
	if !a.open {
		return Caller{}, false
	}
	return Caller{Actor: progress.Actor{Person: "local", Rights: everyday, All: true}, Credential: openCredential}, true
}

// Token authenticates a bearer token. The error is Unauthorized for one that is
// not good, Unavailable when the database cannot be asked, or that of ctx.
func (a *Access) Token(ctx context.Context, secret string) (Caller, error) {
	d := digestOf(secret)
	if a.admin != nil && d.same(a.admin.sum) {
		return a.tokens.admit(ctx, key{id: configured}, a.now())
	}
	if !shaped(secret, tokenPrefix) {
		return Caller{}, unauthorized("this is not a token of this server")
	}
	return a.tokens.admit(ctx, key{sum: d}, a.now())
}

// Session authenticates a session's secret, the value of its cookie. The errors
// are those of Token.
func (a *Access) Session(ctx context.Context, secret string) (Caller, error) {
	if !shaped(secret, sessionPrefix) {
		return Caller{}, unauthorized("this is not a session of this server")
	}
	return a.sessions.admit(ctx, key{sum: digestOf(secret)}, a.now())
}

// Still authenticates a caller again who was let in some time ago, and gives
// its present rights. The errors are those of Token.
func (a *Access) Still(ctx context.Context, c Caller) (Caller, error) {
	if id, ok := c.tokenID(); ok {
		return a.tokens.admit(ctx, key{id: id}, a.now())
	}
	if id, ok := c.sessionID(); ok {
		return a.sessions.admit(ctx, key{id: id}, a.now())
	}
	if local, ok := a.Open(); ok && c.Credential == local.Credential {
		return local, nil
	}
	return Caller{}, unauthorized("this needs a credential")
}

// Person gives what a person may do and see at present, whatever they call with;
// ok is false for one that is gone or disabled. In the open mode the caller
// without a credential is one too. It costs as little as Token. The error is
// Unavailable when the database cannot be asked, or that of ctx.
func (a *Access) Person(ctx context.Context, name progress.Person) (who progress.Actor, ok bool, err error) {
	if local, open := a.Open(); open && local.Person == name {
		return local.Actor, true, nil
	}
	c, err := a.people.admit(ctx, key{id: string(name)}, a.now())
	if progress.CodeOf(err) == progress.Unauthorized {
		return progress.Actor{}, false, nil
	}
	return c.Actor, err == nil, err
}

// change runs a transaction and lets this process see at once what it changed,
// or may have changed.
func (c *core) change(ctx context.Context, fn func(*store.AccessTx) error) error {
	defer c.forget()
	return c.write(ctx, fn)
}

// forget has every credential read again before it lets anyone in.
func (c *core) forget() {
	c.tokens.forget()
	c.sessions.forget()
	c.people.forget()
}

// write runs a transaction that takes nothing from anyone.
func (c *core) write(ctx context.Context, fn func(*store.AccessTx) error) error {
	err := c.keep.Change(ctx, fn)
	if c.keep.Uncertain(err) {
		return &progress.Error{
			Code: progress.Unavailable, Err: err,
			Say: "the database did not say whether this was written; look before you try it again",
		}
	}
	return trouble(err)
}
