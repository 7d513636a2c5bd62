package access

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// usedAt are the last uses of ann's one token and one session.
func (w world) usedAt() (token, session time.Time) {
	w.Helper()
	tokens, err1 := w.Directory().Tokens(ctx, boss, "ann")
	sessions, err2 := w.Directory().Sessions(ctx, boss, "ann")
	if err1 != nil || err2 != nil || len(tokens) != 1 || len(sessions) != 1 {
		w.Fatal(tokens, sessions, err1, err2)
	}
	return tokens[0].UsedAt, sessions[0].UsedAt
}

// TestLastUse holds that uses are written by flushes alone, at most once a
// minute, and on Close.
func TestLastUse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, secret := w.token("ann", time.Time{}, "read")
		session, _ := w.session("ann")
		use := func() {
			t.Helper()
			w.caller(secret)
			w.caller(adminSecret) // which has no row
			if _, err := w.Session(ctx, session); err != nil {
				t.Fatal(err)
			}
		}
		used := func(token, session time.Time) {
			t.Helper()
			if a, b := w.usedAt(); !a.Equal(token) || !b.Equal(session) {
				t.Errorf("used at %s and %s, want %s and %s", a, b, token, session)
			}
		}
		flush := func() {
			t.Helper()
			if err := w.flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
		w.pass(time.Second)
		use()
		used(time.Time{}, epoch)
		flush()
		used(epoch.Add(time.Second), epoch) // the session began less than a minute ago
		for range 58 {
			w.pass(time.Second)
			use()
			flush()
		}
		used(epoch.Add(time.Second), epoch)
		w.pass(time.Second)
		use()
		flush()
		used(epoch.Add(time.Second), epoch.Add(time.Minute))
		w.pass(time.Minute)
		use()
		if err := w.Close(ctx); err != nil {
			t.Fatal(err)
		}
		used(epoch.Add(2*time.Minute), epoch.Add(2*time.Minute))
		if n := len(w.tokens.uses.take()) + len(w.sessions.uses.take()); n != 0 {
			t.Errorf("%d uses are left", n)
		}
	})
}

// TestNotesSeldom holds that a busy credential is noted once a minute, by one of
// the calls that come at once.
func TestNotesSeldom(t *testing.T) {
	t.Parallel()
	u, e := uses{at: map[string]time.Time{}}, newEntry("x", Caller{}, epoch)
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{useEvery - time.Microsecond, 0}, {useEvery, 1}, {2*useEvery - time.Microsecond, 0}, {2 * useEvery, 1}} {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { u.note(e, epoch.Add(tt.after)) })
		}
		wg.Wait()
		if got := u.take(); len(got) != tt.want || tt.want > 0 && !got[0].At.Equal(epoch.Add(tt.after)) {
			t.Errorf("%v after %s", got, tt.after)
		}
	}
}

// TestSweep holds that a sweep writes last uses every ten seconds and purges
// every ten minutes, and ends with its context.
func TestSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world{TB: t, d: dbtest.Open(t, dbtest.SQLite)}
		a, err := New(store.NewAccess(w.d), Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.Access = a
		if _, err := a.Bootstrap(ctx); err != nil {
			t.Fatal(err)
		}
		w.add("ann", RoleMember)
		_, secret := w.token("ann", time.Time{}, "read")
		w.session("ann")
		code, _, err := w.Invite(ctx, boss, "ann")
		if err != nil {
			t.Fatal(err)
		}
		sweep, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(func() { a.Sweep(sweep) })

		time.Sleep(time.Second)
		w.caller(secret)
		now := time.Now()
		time.Sleep(flushEvery)
		if token, _ := w.usedAt(); !token.Equal(now.Truncate(time.Microsecond)) {
			t.Errorf("used at %s, want %s", token, now)
		}
		has := func() bool {
			_, ok, err := a.keep.Code(ctx, digestOf(code).String())
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !has() {
			t.Error("a good code was purged")
		}
		time.Sleep(codeLasts + purgeEvery)
		if has() {
			t.Error("an expired code was not purged")
		}
		stop()
		wg.Wait()
	})
}

// TestSweepGoesOn holds that a database that fails is spoken of, and tried again.
func TestSweepGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := db.Open(ctx, dbtest.Migrated(t))
		if err != nil {
			t.Fatal(err)
		}
		var log journal
		a, err := New(store.NewAccess(d), Options{Log: log.log()})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		sweep, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(func() { a.Sweep(sweep) })
		time.Sleep(purgeEvery + flushEvery)
		stop()
		wg.Wait()
		if !log.has("could not be swept") || !log.has("database is closed") {
			t.Error("nothing was said")
		}
	})
}
