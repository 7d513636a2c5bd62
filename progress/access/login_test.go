package access

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

func TestLoginByCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		code, expires, err := w.Invite(ctx, boss, "ann")
		if err != nil || !expires.Equal(epoch.Add(time.Hour)) {
			t.Fatal(expires, err)
		}
		secret, c, err := w.Login(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, "ann", everyday, false, "ops")
		got, err := w.Session(ctx, secret)
		if err != nil || got.Credential != c.Credential || !got.Expires.Equal(epoch.Add(sessionIdle)) {
			t.Error(got, err)
		}
		for _, bad := range []string{code, newSecret(codePrefix), secret, ""} {
			_, _, err := w.Login(ctx, bad)
			refused(t, err, progress.Unauthorized, "")
		}

		code, _, err = w.Invite(ctx, boss, "ann")
		if err != nil {
			t.Fatal(err)
		}
		w.pass(codeLasts)
		_, _, err = w.Login(ctx, code)
		refused(t, err, progress.Unauthorized, "")
	})
}

// TestCodeIsGoodOnce holds that of many who use a code at once, on two nodes,
// one gets in.
func TestCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		nodes := []*Access{w.Access, w.node(Options{})}
		code, _, err := w.Invite(ctx, boss, "ann")
		if err != nil {
			t.Fatal(err)
		}
		var in atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, _, err := nodes[i%2].Login(ctx, code); err == nil {
					in.Add(1)
				} else {
					refused(t, err, progress.Unauthorized, "")
				}
			})
		}
		wg.Wait()
		sessions, err := w.Directory().Sessions(ctx, boss, "ann")
		if n := in.Load(); n != 1 || err != nil || len(sessions) != 1 {
			t.Errorf("%d got in, %d sessions, %v", n, len(sessions), err)
		}
	})
}

// TestLoginByToken holds that a session has no more than the token that it
// began with, and ends with it.
func TestLoginByToken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		ends := epoch.Add(24 * time.Hour)
		id, secret := w.token(Admin, ends, "read", "report")
		session, c, err := w.Login(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, Admin, progress.MayRead|progress.MayReport, true)
		if !c.Expires.Equal(ends) {
			t.Errorf("until %s", c.Expires)
		}
		if _, err := w.Session(ctx, session); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Directory().RevokeToken(ctx, boss, id); err != nil {
			t.Fatal(err)
		}
		_, err = w.Session(ctx, session)
		refused(t, err, progress.Unauthorized, "")

		session, c, err = w.Login(ctx, adminSecret)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, Admin, allRights, true)
		if _, err := w.Session(ctx, session); err != nil {
			t.Error(err)
		}
	})
}

// TestRevokeBesideLogin holds that no session outlives a token that is revoked
// while somebody logs in with it.
func TestRevokeBesideLogin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.node(Options{})
		for range 10 {
			id, secret := w.token("ann", time.Time{}, "read")
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() { _, _, _ = other.Login(ctx, secret) }) // either way is right
			}
			wg.Go(func() {
				if _, err := w.Directory().RevokeToken(ctx, boss, id); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if left, err := w.Directory().Sessions(ctx, boss, ""); err != nil || len(left) > 0 {
				t.Fatalf("%d sessions live on, %v", len(left), err)
			}
		}
	})
}

// TestSessionEnds holds that a session ends 30 days after its last use and 90
// days after its beginning.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	each(t, func(t *testing.T, w world) {
		used, c := w.session("ann")
		idle, _ := w.session("ann")
		for range 3 {
			w.pass(29 * day)
			if _, err := w.Session(ctx, used); err != nil {
				t.Fatal(err)
			}
			if err := w.flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
		_, err := w.Session(ctx, idle)
		refused(t, err, progress.Unauthorized, "")

		w.pass(3*day - 1)
		if c, err = w.Session(ctx, used); err != nil || !c.Expires.Equal(epoch.Add(sessionMost)) {
			t.Error(c, err)
		}
		w.pass(1)
		_, err = w.Session(ctx, used)
		refused(t, err, progress.Unauthorized, "")
		_, err = w.Still(ctx, c)
		refused(t, err, progress.Unauthorized, "")
	})
}

func TestLogout(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		secret, c := w.session("ann")
		kept, _ := w.session("ann")
		if _, err := w.Session(ctx, secret); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Logout(ctx, secret); err != nil {
				t.Fatal(err)
			}
		}
		_, err := w.Session(ctx, secret)
		refused(t, err, progress.Unauthorized, "")
		_, err = w.Still(ctx, c)
		refused(t, err, progress.Unauthorized, "")
		if _, err := w.Session(ctx, kept); err != nil {
			t.Error(err)
		}
		for _, none := range []string{"", "x", newSecret(sessionPrefix), newSecret(tokenPrefix)} {
			if err := w.Logout(ctx, none); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestDisabledIsLoggedOut holds that disabling ends sessions and codes for good.
func TestDisabledIsLoggedOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		secret, c := w.session("ann")
		code, _, err := w.Invite(ctx, boss, "ann")
		if err != nil {
			t.Fatal(err)
		}
		w.edit("ann", Edit{Disabled: new(true)})
		_, _, err = w.Invite(ctx, boss, "ann")
		refused(t, err, progress.Conflict, "")
		_, _, err = w.Directory().MakeToken(ctx, boss, Grant{Person: "ann", Name: "x", Scopes: []string{"read"}})
		refused(t, err, progress.Conflict, "")
		for range 2 {
			_, err = w.Session(ctx, secret)
			refused(t, err, progress.Unauthorized, "")
			_, err = w.Still(ctx, c)
			refused(t, err, progress.Unauthorized, "")
			_, _, err = w.Login(ctx, code)
			refused(t, err, progress.Unauthorized, "")
			w.edit("ann", Edit{Disabled: new(false)})
		}
	})
}

// TestStaleLogin holds that what another node still remembers of a token begins
// no session of a person who is disabled.
func TestStaleLogin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.node(Options{AdminToken: adminSecret})
		_, secret := w.token("ann", time.Time{}, "read")
		if _, err := other.Token(ctx, secret); err != nil {
			t.Fatal(err)
		}
		w.edit("ann", Edit{Disabled: new(true)})
		if _, err := other.Token(ctx, secret); err != nil {
			t.Fatal("it does not remember; this test is of no use", err)
		}
		_, _, err := other.Login(ctx, secret)
		refused(t, err, progress.Unauthorized, "")

		w.add("eve", RoleAdmin)
		w.edit(Admin, Edit{Disabled: new(true)}) // whose session would be good for nothing
		_, _, err = other.Login(ctx, adminSecret)
		refused(t, err, progress.Unauthorized, "")
	})
}

func TestInvite(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, secret := w.token("ann", time.Time{}, "read")
		ann := w.caller(secret)
		_, _, err := w.Invite(ctx, ann, Admin)
		refused(t, err, progress.Forbidden, "")
		_, _, err = w.Invite(ctx, boss, "nobody")
		refused(t, err, progress.NotFound, "")
		_, _, err = w.Invite(ctx, Caller{}, "")
		refused(t, err, progress.Forbidden, "")

		code, _, err := w.Invite(ctx, ann, "ann")
		if err != nil {
			t.Fatal(err)
		}
		_, c, err := w.Login(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, "ann", progress.MayRead, false, "ops") // no more than the token that asked
	})
}

// TestNothingOutlastsItsToken holds that a token that expires does not turn into
// something that does not: by no chain of sessions, codes and tokens.
func TestNothingOutlastsItsToken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		ends := epoch.Add(10 * time.Minute)
		_, secret := w.token("ann", ends, "read")
		callers := []Caller{w.caller(secret)}
		_, c, err := w.Login(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		callers = append(callers, c)
		for range 3 {
			code, _, err := w.Invite(ctx, c, "ann")
			if err != nil {
				t.Fatal(err)
			}
			if _, c, err = w.Login(ctx, code); err != nil {
				t.Fatal(err)
			}
			callers = append(callers, c)
		}
		for _, c := range callers {
			if !c.Expires.Equal(ends) {
				t.Errorf("%s ends at %s", c.Credential, c.Expires)
			}
			for at, ok := range map[time.Time]bool{{}: false, ends.Add(time.Second): false, ends: true} {
				_, _, err := w.Directory().MakeToken(ctx, c, Grant{Name: "x", Scopes: []string{"read"}, Expires: at})
				if ok && err != nil {
					t.Error(err)
				}
				if !ok {
					refused(t, err, progress.Invalid, "expires_at")
				}
			}
		}
		_, c = w.session("ann") // whose own end bounds nothing
		if _, _, err := w.Directory().MakeToken(ctx, c, Grant{Name: "x", Scopes: []string{"read"}}); err != nil {
			t.Error(err)
		}
	})
}
