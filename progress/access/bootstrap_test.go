package access

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// eachEmpty is each with worlds that were never started.
func eachEmpty(t *testing.T, run func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, world{TB: t, clock: &clock{at: epoch}, d: d}) })
}

// start is one start of a server, with a look at what it shows.
func (w world) start(o Options, token, code bool) (*Access, First) {
	w.Helper()
	a := w.node(o)
	first, err := a.Bootstrap(ctx)
	if err != nil {
		w.Fatal(err)
	}
	if (first.Token != "") != token || (first.Code != "") != code {
		w.Errorf("token %v and code %v, want %v and %v", first.Token != "", first.Code != "", token, code)
	}
	return a, first
}

func TestFirstStart(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, w world) {
		a, first := w.start(Options{}, true, true)
		c, err := a.Token(ctx, first.Token)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, Admin, allRights, true)
		_, c, err = a.Login(ctx, first.Code)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, Admin, allRights, true)
		w.start(Options{}, false, false)

		// The token is gone for good, and so is the memory of it from the list.
		tokens, err := a.Directory().Tokens(ctx, c, Admin)
		if err != nil || len(tokens) != 1 {
			t.Fatal(tokens, err)
		}
		if _, err := a.Directory().RevokeToken(ctx, c, tokens[0].ID); err != nil {
			t.Fatal(err)
		}
		w.pass(2 * keepTokens)
		if err := a.purge(ctx, w.time()); err != nil {
			t.Fatal(err)
		}
		w.start(Options{}, false, false)
	})
}

// TestFirstStartWithAdminToken holds that a configured token is instead of a
// made one, and that taking it away later leaves a way in.
func TestFirstStartWithAdminToken(t *testing.T) {
	t.Parallel()
	configured := Options{AdminToken: adminSecret}
	eachEmpty(t, func(t *testing.T, w world) {
		a, first := w.start(configured, false, true)
		if _, c, err := a.Login(ctx, first.Code); err != nil || !c.Has(progress.MayAdmin) {
			t.Error(c, err)
		}
		w.start(configured, false, false)
		a, first = w.start(Options{}, true, true)
		c, err := a.Token(ctx, first.Token)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, Admin, allRights, true)
		w.start(Options{}, false, false)
		w.start(configured, false, false)
	})
}

// TestLaterStart holds that no token is made for an Admin who is none any more,
// nor where an admin made one.
func TestLaterStart(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, w world) {
		w.Access, _ = w.start(Options{AdminToken: adminSecret}, false, true)
		w.add("eve", RoleAdmin)
		w.edit(Admin, Edit{Role: new(RoleMember)})
		w.start(Options{}, false, false)
		w.edit(Admin, Edit{Role: new(RoleAdmin), Disabled: new(true)})
		w.start(Options{}, false, false)
		w.edit(Admin, Edit{Disabled: new(false)})
		w.token("eve", time.Time{}, "admin")
		w.start(Options{}, false, false)
	})
}

// TestStartTogether holds that of nodes that start at once, one shows the way
// in.
func TestStartTogether(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, w world) {
		const nodes = 8
		firsts := make([]First, nodes)
		var wg sync.WaitGroup
		for i := range nodes {
			a := w.node(Options{})
			wg.Go(func() {
				var err error
				if firsts[i], err = a.Bootstrap(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		tokens, codes := 0, 0
		for _, f := range firsts {
			if f.Token != "" {
				tokens++
			}
			if f.Code != "" {
				codes++
			}
		}
		all, err := w.node(Options{}).Directory().Tokens(ctx, boss, "")
		if tokens != 1 || codes != 1 || err != nil || len(all) != 1 {
			t.Errorf("%d tokens and %d codes were shown, %d tokens stored, %v", tokens, codes, len(all), err)
		}
	})
}

func TestBadAdminToken(t *testing.T) {
	t.Parallel()
	for secret, ok := range map[string]bool{
		"fifteen-letters": false, "sixteen-letters!": true, "with space inside": false, "trailing-newline\n": false,
		"ünicode-is-sixteen": false, string(make([]byte, 16)): false,
		strings.Repeat("a", 257): false, strings.Repeat("a", 256): true,
	} {
		_, err := New(nil, Options{AdminToken: secret})
		if ok && err != nil {
			t.Errorf("%q: %v", secret, err)
		}
		if !ok {
			refused(t, err, progress.Invalid, "HERALD_ADMIN_TOKEN")
		}
	}
}
