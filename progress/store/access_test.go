package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// vault is the access tables of a database of their own.
type vault struct {
	testing.TB
	*store.Access
}

func eachVault(t *testing.T, run func(t *testing.T, v vault)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, vault{t, store.NewAccess(d)}) })
}

func (v vault) change(fn func(*store.AccessTx) error) {
	v.Helper()
	if err := v.Change(ctx, fn); err != nil {
		v.Fatal(err)
	}
}

var (
	stamp  = epoch.Truncate(time.Microsecond)
	person = store.Person{Name: "ann", Role: "member", Groups: []string{"a", "\"b\""}, CreatedAt: stamp, CreatedBy: "admin"}
	token  = store.Token{
		ID: "t1", Hash: "h1", Person: "ann", Name: "ci", Scopes: []string{"read", "report"}, CreatedAt: stamp, CreatedBy: "admin",
		ExpiresAt: stamp.Add(time.Second), RevokedAt: stamp.Add(2 * time.Second), UsedAt: stamp.Add(3 * time.Second),
		Origin: store.Origin{Token: "t0", AdminMark: "m"},
	}
	session = store.Session{
		ID: "s1", Hash: "h1", Person: "ann", Scopes: []string{"read"},
		CreatedAt: stamp, UsedAt: stamp.Add(time.Second), EndsAt: stamp.Add(time.Hour),
		Origin: store.Origin{Token: "t1", AdminMark: "n"},
	}
	code = store.Code{
		Hash: "h1", Person: "ann", Scopes: []string{}, CreatedAt: stamp, CreatedBy: "bob",
		ExpiresAt: stamp.Add(time.Second), SessionEndsAt: stamp.Add(time.Minute),
		Origin: store.Origin{Token: "t2", AdminMark: "o"},
	}
)

// plenty is a cap that is not reached.
const plenty = 1000

// login stores a session where there is room for it.
func login(x *store.AccessTx, s store.Session) error {
	ended, err := x.AddSession(ctx, s, plenty)
	if err == nil && ended > 0 {
		err = fmt.Errorf("%d sessions were ended", ended)
	}
	return err
}

// fill stores one of each.
func (v vault) fill() {
	v.Helper()
	v.change(func(x *store.AccessTx) error {
		return errors.Join(x.SavePerson(ctx, person), x.AddToken(ctx, token), login(x, session), x.AddCode(ctx, code, plenty))
	})
}

func holds[T any](t testing.TB, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// TestAccessRows holds that people and credentials are read as they were
// written, by every road.
func TestAccessRows(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		v.fill()
		for _, k := range []store.Key{{Hash: "h1"}, {ID: "t1"}} {
			tok, p, ok, err := v.Token(ctx, k)
			if !ok || err != nil {
				t.Fatal(k, ok, err)
			}
			holds(t, tok, token)
			holds(t, p, person)
		}
		for _, k := range []store.Key{{Hash: "h1"}, {ID: "s1"}} {
			s, p, ok, err := v.Session(ctx, k)
			if !ok || err != nil {
				t.Fatal(k, ok, err)
			}
			holds(t, s, session)
			holds(t, p, person)
		}
		v.change(func(x *store.AccessTx) error {
			p, ok, err := x.Person(ctx, "ann")
			if !ok || err != nil {
				t.Error(ok, err)
			}
			holds(t, p, person)
			got, ok, err := x.Token(ctx, "t1")
			if !ok || err != nil {
				t.Error(ok, err)
			}
			holds(t, got, token)
			return nil
		})
		read, ok, err := v.Code(ctx, "h1")
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		holds(t, read, code)
		v.change(func(x *store.AccessTx) error {
			taken, ok, err := x.TakeCode(ctx, "h1")
			if !ok {
				t.Error("no code")
			}
			holds(t, taken, code)
			return err
		})
	})
}

// TestAccessNothing holds that what is not there is no error.
func TestAccessNothing(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		_, _, token, err1 := v.Token(ctx, store.Key{Hash: "none"})
		_, _, session, err2 := v.Session(ctx, store.Key{ID: "none"})
		_, person, err3 := v.Person(ctx, "none")
		_, code, err4 := v.Code(ctx, "none")
		if err := errors.Join(err1, err2, err3, err4); err != nil || token || session || person || code {
			t.Error(token, session, person, code, err)
		}
		v.change(func(x *store.AccessTx) error {
			_, token, err1 := x.Token(ctx, "none")
			_, person, err2 := x.Person(ctx, "none")
			_, code, err3 := x.TakeCode(ctx, "none")
			if token || person || code {
				t.Error(token, person, code)
			}
			return errors.Join(err1, err2, err3, x.RevokeToken(ctx, "none", stamp), x.EndSession(ctx, "none"), x.EndSessions(ctx, "none"))
		})
	})
}

func TestSavePersonTwice(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		v.fill()
		edited := store.Person{Name: "ann", Role: "admin", DisabledAt: stamp.Add(time.Minute)}
		v.change(func(x *store.AccessTx) error {
			n, err1 := x.Enabled(ctx, "member")
			err2 := x.SavePerson(ctx, edited)
			m, err3 := x.Enabled(ctx, "admin")
			if n != 1 || m != 0 {
				t.Errorf("%d members and %d enabled admins", n, m)
			}
			return errors.Join(err1, err2, err3)
		})
		edited.CreatedAt, edited.CreatedBy = person.CreatedAt, person.CreatedBy // as they were
		people, err := v.People(ctx)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, people, []store.Person{edited})
	})
}

func TestAccessLists(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		v.change(func(x *store.AccessTx) error {
			var errs []error
			for i, name := range []progress.Person{"bob", "ann", "bob"} {
				n := strconv.Itoa(i)
				errs = append(errs,
					x.SavePerson(ctx, store.Person{Name: name, Role: "member"}),
					x.AddToken(ctx, store.Token{ID: n, Hash: n, Person: name, CreatedAt: stamp.Add(-time.Duration(i) * time.Second)}),
					login(x, store.Session{ID: n, Hash: n, Person: name, CreatedAt: stamp.Add(-time.Duration(i) * time.Second)}))
			}
			return errors.Join(errs...)
		})
		for person, want := range map[progress.Person][]string{"": {"2", "1", "0"}, "bob": {"2", "0"}, "ann": {"1"}, "eve": nil} {
			tokens, err1 := v.Tokens(ctx, person)
			sessions, err2 := v.Sessions(ctx, person)
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			var got, also []string
			for _, k := range tokens {
				got = append(got, k.ID)
			}
			for _, s := range sessions {
				also = append(also, s.ID)
			}
			holds(t, got, want)
			holds(t, also, want)
		}
		people, err := v.People(ctx)
		if err != nil || len(people) != 2 || people[0].Name != "ann" {
			t.Error(people, err)
		}
	})
}

// TestOneTaker holds that of many who take a code at once, one gets it.
func TestOneTaker(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		v.fill()
		var got atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				taken := false
				err := v.Change(ctx, func(x *store.AccessTx) (err error) {
					_, taken, err = x.TakeCode(ctx, "h1")
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if taken {
					got.Add(1)
				}
			})
		}
		wg.Wait()
		if n := got.Load(); n != 1 {
			t.Errorf("%d took the code", n)
		}
	})
}

// TestOneChangeAtATime holds that what a change has read stays true until it
// ends: no group that anyone adds is lost.
func TestOneChangeAtATime(t *testing.T) {
	t.Parallel()
	const many = 20
	eachVault(t, func(t *testing.T, v vault) {
		v.fill()
		var wg sync.WaitGroup
		for i := range many {
			wg.Go(func() {
				err := v.Change(ctx, func(x *store.AccessTx) error {
					p, _, err := x.Person(ctx, "ann")
					if err != nil {
						return err
					}
					p.Groups = append(p.Groups, fmt.Sprint("new", i))
					return x.SavePerson(ctx, p)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		p, _, err := v.Person(ctx, "ann")
		if want := len(person.Groups) + many; err != nil || len(p.Groups) != want {
			t.Errorf("%d groups, want %d: %v", len(p.Groups), want, err)
		}
	})
}

func TestSaveUses(t *testing.T) {
	t.Parallel()
	const many = 150 // more than two portions
	eachVault(t, func(t *testing.T, v vault) {
		v.change(func(x *store.AccessTx) error {
			errs := []error{x.SavePerson(ctx, person)}
			for i := range many {
				n := strconv.Itoa(i)
				errs = append(errs,
					x.AddToken(ctx, store.Token{ID: n, Hash: n, Person: "ann"}),
					login(x, store.Session{ID: n, Hash: n, Person: "ann", UsedAt: stamp}))
			}
			return errors.Join(errs...)
		})
		// used holds that all tokens and sessions were used then last.
		used := func(at time.Time) {
			t.Helper()
			tokens, err1 := v.Tokens(ctx, "")
			sessions, err2 := v.Sessions(ctx, "")
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			for i := range many {
				if !tokens[i].UsedAt.Equal(at) || !sessions[i].UsedAt.Equal(at) {
					t.Fatalf("%s: %s and %s, want %s", tokens[i].ID, tokens[i].UsedAt, sessions[i].UsedAt, at)
				}
			}
		}
		save := func(at time.Time) {
			t.Helper()
			uses := []store.Use{{ID: "gone", At: at}}
			for i := range many {
				uses = append(uses, store.Use{ID: strconv.Itoa(i), At: at})
			}
			if err := v.SaveUses(ctx, time.Minute, uses, slices.Clone(uses)); err != nil {
				t.Fatal(err)
			}
		}
		first := stamp.Add(time.Minute)
		save(first)
		used(first)
		save(first.Add(time.Minute - time.Microsecond)) // too soon
		save(stamp)                                     // too old
		used(first)
		save(first.Add(time.Minute))
		used(first.Add(time.Minute))
	})
}

func TestPurgeAccess(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		late, early := stamp.Add(time.Microsecond), stamp.Add(-time.Microsecond)
		v.change(func(x *store.AccessTx) error {
			errs := []error{x.SavePerson(ctx, person)}
			for i, tok := range []store.Token{{}, {RevokedAt: early}, {RevokedAt: stamp}, {ExpiresAt: early}, {ExpiresAt: stamp}} {
				tok.ID, tok.Hash, tok.Person = strconv.Itoa(i), strconv.Itoa(i), "ann"
				errs = append(errs, x.AddToken(ctx, tok))
			}
			for i, s := range []store.Session{{UsedAt: late, EndsAt: late}, {UsedAt: stamp, EndsAt: late}, {UsedAt: late, EndsAt: stamp}} {
				s.ID, s.Hash, s.Person = strconv.Itoa(i), strconv.Itoa(i), "ann"
				errs = append(errs, login(x, s))
			}
			return errors.Join(append(errs,
				x.AddCode(ctx, store.Code{Hash: "gone", ExpiresAt: stamp}, plenty), x.AddCode(ctx, store.Code{Hash: "kept", ExpiresAt: late}, plenty))...)
		})
		if err := v.Purge(ctx, store.Old{Now: stamp, Idle: stamp, Tokens: stamp}); err != nil {
			t.Fatal(err)
		}
		var left []string
		tokens, err1 := v.Tokens(ctx, "")
		sessions, err2 := v.Sessions(ctx, "")
		for _, k := range tokens {
			left = append(left, "token "+k.ID)
		}
		for _, s := range sessions {
			left = append(left, "session "+s.ID)
		}
		_, gone, err3 := v.Code(ctx, "gone")
		_, kept, err4 := v.Code(ctx, "kept")
		if err := errors.Join(err1, err2, err3, err4); err != nil || gone || !kept {
			t.Error(gone, kept, err)
		}
		holds(t, left, []string{"token 0", "token 2", "token 4", "session 0"})
	})
}

// TestAdminTokenAt holds that the first time stays.
func TestAdminTokenAt(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		for _, want := range []time.Time{{}, stamp, stamp} {
			v.change(func(x *store.AccessTx) error {
				at, err := x.AdminTokenAt(ctx)
				if err == nil && !at.Equal(want) {
					err = fmt.Errorf("%s, want %s", at, want)
				}
				next := stamp
				if !at.IsZero() {
					next = stamp.Add(time.Hour)
				}
				return errors.Join(err, x.SetAdminTokenAt(ctx, next))
			})
		}
	})
}

func TestChangeGivesUp(t *testing.T) {
	t.Parallel()
	eachVault(t, func(t *testing.T, v vault) {
		mine := errors.New("mine")
		err := v.Change(ctx, func(x *store.AccessTx) error {
			return errors.Join(x.SavePerson(ctx, person), mine)
		})
		_, ok, _ := v.Person(ctx, "ann")
		if !errors.Is(err, mine) || ok || v.Uncertain(err) {
			t.Error(err, ok)
		}
		over, cancel := context.WithCancel(ctx)
		cancel()
		if err := v.Change(over, func(*store.AccessTx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
