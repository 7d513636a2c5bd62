package access

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// mint makes a token as somebody and gives who it stands for.
func (w world) mint(by Caller, person progress.Person, scopes ...string) (secret string, c Caller) {
	w.Helper()
	_, secret, err := w.Directory().MakeToken(ctx, by, Grant{Person: person, Name: "minted", Scopes: scopes})
	if err != nil {
		w.Fatal(err)
	}
	return secret, w.caller(secret)
}

// invited logs a person in by a code of somebody's.
func (w world) invited(by Caller, person progress.Person) Caller {
	w.Helper()
	code, _, err := w.Invite(ctx, by, person)
	if err != nil {
		w.Fatal(err)
	}
	_, c, err := w.Login(ctx, code)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// brood is what can be made by a caller with the right to administer, by chains
// of sessions, codes and tokens: callers, and codes that are open.
func (w world) brood(by Caller, secret string) (callers []Caller, codes []string) {
	w.Helper()
	_, session, err := w.Login(ctx, secret)
	if err != nil {
		w.Fatal(err)
	}
	_, minted := w.mint(session, Admin, "admin")
	invited := w.invited(minted, Admin)
	_, again := w.mint(invited, Admin, "admin")
	_, ann := w.mint(again, "ann", "read")
	callers = []Caller{session, minted, invited, again, ann, w.invited(ann, "ann"), w.invited(by, "ann")}
	for _, c := range []Caller{by, session, again} {
		code, _, err := w.Invite(ctx, c, "ann")
		if err != nil {
			w.Fatal(err)
		}
		codes = append(codes, code)
	}
	return callers, codes
}

// stay holds whether callers stay in, and codes let in, on a node.
func stay(t testing.TB, a *Access, want bool, callers []Caller, codes ...string) {
	t.Helper()
	for i, c := range callers {
		_, err := a.Still(ctx, c)
		if want && err != nil {
			t.Errorf("%d, %s: %v", i, c.Credential, err)
		}
		if !want {
			refused(t, err, progress.Unauthorized, "")
		}
	}
	for _, code := range codes {
		_, _, err := a.Login(ctx, code)
		if want && err != nil {
			t.Error(err)
		}
		if !want {
			refused(t, err, progress.Unauthorized, "")
		}
	}
}

// TestRevokeTakesAll holds that nothing that was made with a token, by any
// chain, outlives it, here at once and on another node soon; and that what was
// not made with it stays.
func TestRevokeTakesAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.node(Options{AdminToken: adminSecret})
		id, secret := w.token(Admin, time.Time{}, "admin")
		first := w.caller(secret)
		callers, codes := w.brood(first, secret)
		_, free := w.mint(boss, "ann", "read")
		_, parent := w.mint(boss, Admin, "admin")
		_, sister := w.mint(parent, "ann", "read")
		kept := []Caller{free, parent, sister, w.invited(boss, "ann"), w.invited(sister, "ann")}
		everyone := slices.Concat([]Caller{first}, callers, kept)
		stay(t, w.Access, true, everyone)
		stay(t, other, true, everyone)

		if _, err := w.Directory().RevokeToken(ctx, callers[len(callers)-1], id); progress.CodeOf(err) != progress.NotFound {
			t.Error("ann revoked the admin's token", err)
		}
		if _, err := w.Directory().RevokeToken(ctx, first, id); err != nil {
			t.Fatal(err)
		}
		stay(t, w.Access, false, slices.Concat([]Caller{first}, callers), codes...)
		stay(t, w.Access, true, kept)
		w.pass(fresh)
		stay(t, other, false, slices.Concat([]Caller{first}, callers), codes...)
		stay(t, other, true, kept)
	})
}

// TestNothingIsMadeWithTheRevoked holds that who was let in before a token was
// revoked makes nothing with it, nor with its session, after.
func TestNothingIsMadeWithTheRevoked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		id, secret := w.token("ann", time.Time{}, "read")
		_, session, err := w.Login(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		stale := []Caller{w.caller(secret), session}
		if _, err := w.Directory().RevokeToken(ctx, boss, id); err != nil {
			t.Fatal(err)
		}
		for _, c := range stale {
			_, _, err := w.Directory().MakeToken(ctx, c, Grant{Name: "x", Scopes: []string{"read"}})
			refused(t, err, progress.Unauthorized, "")
			_, _, err = w.Invite(ctx, c, "ann")
			refused(t, err, progress.Unauthorized, "")
		}
	})
}

// TestRevokeBesideMaking holds that nothing slips through while a token is
// revoked on one node and used on another.
func TestRevokeBesideMaking(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.node(Options{})
		for range 10 {
			id, secret := w.token("ann", time.Time{}, "read")
			c := w.caller(secret)
			made := make(chan string, 6)
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					if _, secret, err := other.Directory().MakeToken(ctx, c, Grant{Name: "x", Scopes: []string{"read"}}); err == nil {
						made <- secret
					}
				})
				wg.Go(func() {
					if code, _, err := other.Invite(ctx, c, "ann"); err == nil {
						if session, _, err := other.Login(ctx, code); err == nil {
							made <- session
						}
					}
				})
			}
			wg.Go(func() {
				if _, err := w.Directory().RevokeToken(ctx, boss, id); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			close(made)
			w.pass(fresh)
			for secret := range made {
				_, err1 := other.Token(ctx, secret)
				_, err2 := other.Session(ctx, secret)
				refused(t, err1, progress.Unauthorized, "")
				refused(t, err2, progress.Unauthorized, "")
			}
		}
	})
}
