package access

import (
	"context"
	"crypto/subtle"
	"math"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// loader reads credentials for the desks.
type loader struct {
	keep  *store.Access
	admin *adminToken
}

// row is how the store finds the credential of a key.
func (k key) row() store.Key {
	if k.id != "" {
		return store.Key{ID: k.id}
	}
	return store.Key{Hash: k.sum.String()}
}

// fits reports, in constant time, whether a row's hash is that of the key.
func (k key) fits(hash string) bool {
	return k.id != "" || subtle.ConstantTimeCompare([]byte(hash), []byte(k.sum.String())) == 1
}

func (l loader) token(ctx context.Context, k key) (*entry, error) {
	if k.id == configured {
		return l.configured(ctx)
	}
	t, p, ok, err := l.keep.Token(ctx, k.row())
	if err != nil {
		return nil, err
	}
	if !ok || !k.fits(t.Hash) {
		return nil, unauthorized("this token is not known")
	}
	e := newEntry(t.ID, tokenCaller(t, p), t.UsedAt)
	switch {
	case !t.RevokedAt.IsZero():
		e.dead = "this token was revoked"
	case disabled(p):
		e.dead = "the person of this token is disabled"
	}
	return e, l.admin.vouch(ctx, t.Origin)
}

func (l loader) session(ctx context.Context, k key) (*entry, error) {
	s, p, ok, err := l.keep.Session(ctx, k.row())
	if err != nil {
		return nil, err
	}
	if !ok || !k.fits(s.Hash) {
		return nil, unauthorized("this session is over; log in again")
	}
	e := newEntry(s.ID, sessionCaller(s, p), s.UsedAt)
	if disabled(p) {
		e.dead = "the person of this session is disabled"
	}
	return e, l.admin.vouch(ctx, s.Origin)
}

// person is a person without a credential. As with its token, what the tables say
// of Admin does not count while that one is configured.
func (l loader) person(ctx context.Context, k key) (*entry, error) {
	p, ok, err := l.keep.Person(ctx, progress.Person(k.id))
	if err != nil {
		return nil, err
	}
	if k.id == string(Admin) && l.admin != nil {
		p, ok = vouched(p), true
	}
	if !ok {
		return nil, unauthorized("this person is not known")
	}
	e := newEntry(k.id, callerOf(p, Scopes(allRights)), never)
	if disabled(p) {
		e.dead = "this person is disabled"
	}
	return e, nil
}

// vouched is Admin while its token is configured, whatever the tables say.
func vouched(p Person) Person {
	p.Name, p.Role, p.DisabledAt = Admin, RoleAdmin, time.Time{}
	return p
}

// configured is the token of Options.AdminToken. It is good whatever the tables
// say of its person, so that nobody locks out who runs the server.
func (l loader) configured(ctx context.Context) (*entry, error) {
	if l.admin == nil {
		return nil, unauthorized("HERALD_ADMIN_TOKEN is not set any more")
	}
	p, _, err := l.keep.Person(ctx, Admin)
	if err != nil {
		return nil, err
	}
	mark, err := l.admin.fingerprint(ctx)
	if err != nil {
		return nil, err
	}
	p.Name, p.Role = Admin, RoleAdmin
	c := tokenCaller(store.Token{ID: configured, Scopes: Scopes(allRights)}, p)
	c.origin = store.Origin{AdminMark: mark} // there is no row to revoke
	return newEntry(configured, c, never), nil
}

// never is a last use that keeps later ones from being noted: the configured
// token has no row to note them in, and people have none at all.
var never = time.UnixMicro(math.MaxInt64)

func newEntry(id string, c Caller, used time.Time) *entry {
	e := &entry{id: id, caller: c}
	if !used.IsZero() {
		e.used.Store(used.UnixMicro())
	}
	return e
}

func disabled(p Person) bool { return !p.DisabledAt.IsZero() }
