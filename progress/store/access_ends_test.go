package store_test

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// left names what is good yet of some codes and of all tokens and sessions.
func (v vault) left(codes ...string) (out []string) {
	v.Helper()
	tokens, err1 := v.Tokens(ctx, "")
	sessions, err2 := v.Sessions(ctx, "")
	if err := errors.Join(err1, err2); err != nil {
		v.Fatal(err)
	}
	for _, k := range tokens {
		if k.RevokedAt.IsZero() {
			out = append(out, "token "+k.ID)
		}
	}
	for _, s := range sessions {
		out = append(out, "session "+s.ID)
	}
	for _, c := range codes {
		_, ok, err := v.Code(ctx, c)
		if err != nil {
			v.Fatal(err)
		}
		if ok {
			out = append(out, "code "+c)
		}
	}
	slices.Sort(out)
	return out
}

// TestRevokeTree holds that a revoked token takes with it what was made with
// it, by any chain and of anyone, and nothing else.
func TestRevokeTree(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		// The tokens a, b and c were made one with the other, d with a; e and f are not of them.
		makers := map[string]string{"a": "f", "b": "a", "c": "b", "d": "a", "e": "", "f": ""}
		v.change(func(x *store.AccessTx) error {
			errs := []error{x.SavePerson(ctx, person), x.SavePerson(ctx, store.Person{Name: "bob"})}
			for id, maker := range makers {
				tok := store.Token{ID: id, Hash: id, Person: "ann", Origin: store.Origin{Token: maker}}
				if id == "d" {
					tok.RevokedAt = stamp
				}
				errs = append(errs, x.AddToken(ctx, tok),
					login(x, store.Session{ID: id, Hash: id, Person: "bob", Origin: store.Origin{Token: id}}),
					x.AddCode(ctx, store.Code{Hash: id, Person: "bob", Origin: store.Origin{Token: id}}, plenty))
			}
			return errors.Join(append(errs,
				login(x, store.Session{ID: "free", Hash: "free", Person: "ann"}),
				x.AddCode(ctx, store.Code{Hash: "free", Person: "ann"}, plenty),
				x.RevokeToken(ctx, "a", stamp.Add(time.Minute)))...)
		})
		holds(t, v.left("a", "b", "c", "d", "e", "f", "free"), []string{
			"code e", "code f", "code free", "session e", "session f", "session free", "token e", "token f",
		})
		for id, at := range map[string]time.Time{"a": stamp.Add(time.Minute), "c": stamp.Add(time.Minute), "d": stamp} {
			tok, _, _, err := v.Token(ctx, store.Key{ID: id})
			if err != nil || !tok.RevokedAt.Equal(at) {
				t.Errorf("%s was revoked at %s, want %s: %v", id, tok.RevokedAt, at, err)
			}
		}
	})
}

// TestRevokeEnds holds that the walk ends where rows are wrong, and where a
// chain is long.
func TestRevokeEnds(t *testing.T) {
	t.Parallel()
	const long = 300
	eachVault(t, func(t *testing.T, v vault) {
		v.change(func(x *store.AccessTx) error {
			errs := []error{x.SavePerson(ctx, person)}
			for i := range long {
				id, maker := strconv.Itoa(i), strconv.Itoa((i+long-1)%long) // a ring
				errs = append(errs, x.AddToken(ctx, store.Token{ID: id, Hash: id, Person: "ann", Origin: store.Origin{Token: maker}}))
			}
			return errors.Join(append(errs, x.RevokeToken(ctx, "7", stamp))...)
		})
		holds(t, v.left(), nil)
	})
}

func TestEndSessions(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		v.fill()
		v.change(func(x *store.AccessTx) error {
			return errors.Join(
				login(x, store.Session{ID: "s2", Hash: "h2", Person: "ann"}), login(x, store.Session{ID: "s3", Hash: "h3", Person: "bob"}),
				x.AddCode(ctx, store.Code{Hash: "h3", Person: "bob"}, plenty), x.EndSessions(ctx, "ann"))
		})
		holds(t, v.left("h1", "h3"), []string{"code h3", "session s3"})
	})
}

// TestRoom holds that of a person's sessions and codes the newest stay, among
// those of one moment the one that comes, and that others' are left alone.
func TestRoom(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		add := func(name progress.Person, id string, at time.Time, want int64) {
			t.Helper()
			v.change(func(x *store.AccessTx) error {
				ended, err := x.AddSession(ctx, store.Session{ID: id, Hash: id, Person: name, CreatedAt: at}, 2)
				if ended != want {
					t.Errorf("%s ended %d sessions, want %d", id, ended, want)
				}
				return errors.Join(err, x.AddCode(ctx, store.Code{Hash: id, Person: name, CreatedAt: at}, 2))
			})
		}
		v.change(func(x *store.AccessTx) error {
			return errors.Join(x.SavePerson(ctx, person), x.SavePerson(ctx, store.Person{Name: "bob"}))
		})
		all := []string{"a1", "a2", "a3", "a0", "b1"}
		add("bob", "b1", stamp.Add(-time.Hour), 0)
		add("ann", "a2", stamp.Add(time.Second), 0)
		add("ann", "a1", stamp, 0)
		add("ann", "a3", stamp.Add(time.Second), 1)
		holds(t, v.left(all...), []string{"code a2", "code a3", "code b1", "session a2", "session a3", "session b1"})
		add("ann", "a0", stamp.Add(time.Second), 1)
		holds(t, v.left(all...), []string{"code a0", "code a3", "code b1", "session a0", "session a3", "session b1"})
	})
}

func TestGoodTokens(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		later := stamp.Add(time.Microsecond)
		v.change(func(x *store.AccessTx) error {
			errs := []error{x.SavePerson(ctx, person)}
			for i, tok := range []store.Token{{}, {ExpiresAt: later}, {ExpiresAt: stamp}, {RevokedAt: stamp}, {RevokedAt: stamp, ExpiresAt: later}} {
				tok.ID, tok.Hash, tok.Person = strconv.Itoa(i), strconv.Itoa(i), "ann"
				errs = append(errs, x.AddToken(ctx, tok))
			}
			n, err1 := x.GoodTokens(ctx, "ann", stamp)
			m, err2 := x.GoodTokens(ctx, "bob", stamp)
			if n != 2 || m != 0 {
				t.Errorf("%d and %d good tokens, want 2 and 0", n, m)
			}
			return errors.Join(append(errs, err1, err2)...)
		})
	})
}

// TestSalt holds that of many who bring a salt one is heard, for good.
func TestSalt(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		got := make([]string, 20)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = v.Salt(ctx, strconv.Itoa(i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		last, err := v.Salt(ctx, "last")
		if all := slices.Compact(got); err != nil || len(all) != 1 || all[0] != last || last == "" || last == "last" {
			t.Error(all, last, err)
		}
	})
}
