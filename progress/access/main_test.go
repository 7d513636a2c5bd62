package access

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	ctx   = context.Background()
	epoch = time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC)
	boss  = Caller{Actor: progress.Actor{Person: Admin, Rights: allRights, All: true}, Credential: "token:boss"}
)

const adminSecret = "correct-horse-battery-staple"

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is an Access on a database of its own, with an admin and ann, a member
// of the group ops.
type world struct {
	testing.TB
	*Access
	*clock
	d *db.DB
}

func each(t *testing.T, run func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := world{TB: t, clock: &clock{at: epoch}, d: d}
		w.Access = w.node(Options{AdminToken: adminSecret})
		if _, err := w.Bootstrap(ctx); err != nil {
			t.Fatal(err)
		}
		w.add("ann", RoleMember, "ops")
		run(t, w)
	})
}

// node is another Access on the same database and clock.
func (w world) node(o Options) *Access {
	w.Helper()
	o.Now = w.time
	a, err := New(store.NewAccess(w.d), o)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func (w world) add(name string, r Role, groups ...string) Person {
	w.Helper()
	p, err := w.Directory().AddPerson(ctx, boss, name, r, groups)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

func (w world) edit(name progress.Person, e Edit) {
	w.Helper()
	if _, err := w.Directory().EditPerson(ctx, boss, name, e); err != nil {
		w.Fatal(err)
	}
}

// token makes a token of a person and gives its ID and secret.
func (w world) token(person progress.Person, expires time.Time, scopes ...string) (id, secret string) {
	w.Helper()
	t, secret, err := w.Directory().MakeToken(ctx, boss, Grant{Person: person, Name: "test", Scopes: scopes, Expires: expires})
	if err != nil {
		w.Fatal(err)
	}
	return t.ID, secret
}

// session logs a person in by a code of the admin's.
func (w world) session(person progress.Person) (secret string, c Caller) {
	w.Helper()
	code, _, err := w.Invite(ctx, boss, person)
	if err != nil {
		w.Fatal(err)
	}
	secret, c, err = w.Login(ctx, code)
	if err != nil {
		w.Fatal(err)
	}
	return secret, c
}

// caller gives who a token stands for.
func (w world) caller(secret string) Caller {
	w.Helper()
	c, err := w.Token(ctx, secret)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// refused holds that an error has a code, and a field where it is Invalid.
func refused(t testing.TB, err error, want progress.Code, field string) {
	t.Helper()
	e, ok := errors.AsType[*progress.Error](err)
	if !ok || e.Code != want || e.Field != field || e.Say == "" {
		t.Errorf("got %v, want %s of field %q", err, want, field)
	}
}

// is holds what a caller is.
func is(t testing.TB, c Caller, person progress.Person, rights progress.Right, all bool, groups ...string) {
	t.Helper()
	if c.Person != person || c.Rights != rights || c.All != all || !slices.Equal(c.Groups, groups) {
		t.Errorf("%+v, want %s with %v, all %v, of %v", c, person, Scopes(rights), all, groups)
	}
}

// journal is a log to read.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(b)
}

func (j *journal) has(s string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(j.buf.String(), s)
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewJSONHandler(j, nil)) }
