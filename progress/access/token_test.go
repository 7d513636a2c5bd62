package access

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestRights holds what each role may do with each scope.
func TestRights(t *testing.T) {
	t.Parallel()
	const read, report = progress.MayRead, progress.MayReport
	each(t, func(t *testing.T, w world) {
		w.add("olga", RoleOperator, "ops", "night")
		w.add("vic", RoleViewer)
		tests := []struct {
			person progress.Person
			scopes []string
			rights progress.Right
			all    bool
			groups []string
		}{
			{Admin, []string{"admin"}, allRights, true, nil},
			{Admin, []string{"report"}, report, true, nil},
			{"olga", []string{"read", "report", "operate", "approve"}, everyday, true, []string{"night", "ops"}},
			{"ann", []string{"report", "read"}, read | report, false, []string{"ops"}},
			{"vic", []string{"read"}, read, true, nil},
		}
		for _, tt := range tests {
			id, secret := w.token(tt.person, time.Time{}, tt.scopes...)
			for range 2 { // from the database, then from memory
				c := w.caller(secret)
				is(t, c, tt.person, tt.rights, tt.all, tt.groups...)
				if c.Credential != "token:"+id || !c.Expires.IsZero() {
					t.Errorf("%q until %s", c.Credential, c.Expires)
				}
			}
		}
	})
}

// TestRoleCutsScopes holds that a demoted person's tokens lose at once what the
// person may not do any more, and get it back with the role.
func TestRoleCutsScopes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.add("bob", RoleAdmin)
		_, secret := w.token("bob", time.Time{}, "admin")
		session, before := w.session("bob")
		is(t, w.caller(secret), "bob", allRights, true)
		w.edit("bob", Edit{Role: new(RoleMember), Groups: &[]string{"b", "a", "b"}})
		is(t, w.caller(secret), "bob", everyday, false, "a", "b")
		w.edit("bob", Edit{Role: new(RoleViewer)})
		is(t, w.caller(secret), "bob", progress.MayRead, true, "a", "b")
		c, err := w.Session(ctx, session)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, "bob", progress.MayRead, true, "a", "b")
		if c, err = w.Still(ctx, before); err != nil {
			t.Fatal(err)
		}
		is(t, c, "bob", progress.MayRead, true, "a", "b")
		w.edit("bob", Edit{Role: new(RoleAdmin)})
		is(t, w.caller(secret), "bob", allRights, true, "a", "b")
	})
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		session, _ := w.session("ann")
		code, _, err := w.Invite(ctx, boss, "ann")
		if err != nil {
			t.Fatal(err)
		}
		_, good := w.token("ann", time.Time{}, "read")
		long := make([]byte, 1<<20)
		for _, bad := range []string{
			"", " ", "hrld_", newSecret(tokenPrefix), session, code, string(long), good + " ", good[:len(good)-1], good[1:],
			adminSecret + "x", adminSecret[1:], tokenPrefix + good[len(tokenPrefix):len(good)-1] + "\x00",
		} {
			if _, err := w.Token(ctx, bad); progress.CodeOf(err) != progress.Unauthorized {
				t.Errorf("%.20q: %v", bad, err)
			}
			if bad != session {
				_, err := w.Session(ctx, bad)
				refused(t, err, progress.Unauthorized, "")
			}
		}
		_, err = w.Session(ctx, good)
		refused(t, err, progress.Unauthorized, "")
	})
}

// TestTokenEnds holds that a token ends by expiry, revocation and disabling, at
// once, by its secret and for who was let in with it.
func TestTokenEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		// gone holds that nobody gets in by the secret, or stays in.
		gone := func(secret string, c Caller) {
			t.Helper()
			_, err := w.Token(ctx, secret)
			refused(t, err, progress.Unauthorized, "")
			_, err = w.Still(ctx, c)
			refused(t, err, progress.Unauthorized, "")
			_, _, err = w.Login(ctx, secret)
			refused(t, err, progress.Unauthorized, "")
		}

		id, secret := w.token("ann", time.Time{}, "read")
		c := w.caller(secret)
		if _, err := w.Still(ctx, c); err != nil {
			t.Fatal(err)
		}
		revoked, err := w.Directory().RevokeToken(ctx, boss, id)
		if err != nil || !revoked.RevokedAt.Equal(epoch) {
			t.Fatal(revoked, err)
		}
		gone(secret, c)
		w.pass(time.Hour)
		if again, err := w.Directory().RevokeToken(ctx, boss, id); err != nil || !again.RevokedAt.Equal(epoch) {
			t.Error("a second revocation moved the first", again, err)
		}

		ends := w.time().Add(time.Minute)
		_, secret = w.token("ann", ends, "read")
		c = w.caller(secret)
		if !c.Expires.Equal(ends) {
			t.Errorf("expires at %s", c.Expires)
		}
		w.pass(time.Minute - 1)
		w.caller(secret)
		w.pass(1)
		gone(secret, c)

		_, secret = w.token("ann", time.Time{}, "read")
		c = w.caller(secret)
		w.edit("ann", Edit{Disabled: new(true)})
		gone(secret, c)
		w.edit("ann", Edit{Disabled: new(false)})
		w.caller(secret)
	})
}

// TestOtherNode holds that another node sees a change after five seconds at the
// latest, and may not see it before.
func TestOtherNode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.node(Options{})
		id, secret := w.token("ann", time.Time{}, "read", "report")
		if _, err := other.Token(ctx, secret); err != nil {
			t.Fatal(err)
		}
		w.edit("ann", Edit{Role: new(RoleViewer)})
		w.pass(fresh - 1)
		c, err := other.Token(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, "ann", progress.MayRead|progress.MayReport, false, "ops") // from memory
		w.pass(1)
		if c, err = other.Still(ctx, c); err != nil {
			t.Fatal(err)
		}
		is(t, c, "ann", progress.MayRead, true, "ops")

		if _, err := w.Directory().RevokeToken(ctx, boss, id); err != nil {
			t.Fatal(err)
		}
		w.pass(fresh)
		_, err = other.Token(ctx, secret)
		refused(t, err, progress.Unauthorized, "")
	})
}

func TestAdminToken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.edit(Admin, Edit{Groups: &[]string{"ops"}})
		c := w.caller(adminSecret)
		is(t, c, Admin, allRights, true, "ops")
		if c.Credential != "token:configured" {
			t.Errorf("%q", c.Credential)
		}
		if c, err := w.Still(ctx, c); err != nil || c.Person != Admin {
			t.Error(c, err)
		}

		// Neither a lesser role nor disabling shuts out who runs the server.
		w.add("eve", RoleAdmin)
		w.edit(Admin, Edit{Role: new(RoleViewer), Disabled: new(true)})
		is(t, w.caller(adminSecret), Admin, allRights, true, "ops")

		other := w.node(Options{})
		_, err := other.Token(ctx, adminSecret)
		refused(t, err, progress.Unauthorized, "")
		_, err = other.Still(ctx, c)
		refused(t, err, progress.Unauthorized, "")
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		if c, ok := w.Open(); ok {
			t.Error("open", c)
		}
		open := w.node(Options{Open: true})
		local, ok := open.Open()
		if !ok || local.Credential != "open" || local.Has(progress.MayAdmin) {
			t.Error(ok, local)
		}
		is(t, local, "local", everyday, true)
		if c, err := open.Still(ctx, local); err != nil || c.Person != "local" {
			t.Error(c, err)
		}
		_, err := w.Still(ctx, local)
		refused(t, err, progress.Unauthorized, "")
		for _, credential := range []string{"", "token:", "session:", "token:none", "session:none", "else"} {
			_, err := open.Still(ctx, Caller{Credential: credential})
			refused(t, err, progress.Unauthorized, "")
		}
		_, err = open.Token(ctx, "anything")
		refused(t, err, progress.Unauthorized, "")

		// The open door makes no keys, not even for a person of its name.
		w.add("local", RoleAdmin)
		_, _, err = open.Invite(ctx, local, "local")
		refused(t, err, progress.Forbidden, "")
		_, _, err = open.Directory().MakeToken(ctx, local, Grant{Name: "x", Scopes: []string{"read"}})
		refused(t, err, progress.Forbidden, "")
	})
}

// TestNoDatabase holds that a database that fails is not a bad credential, and
// that what is in memory is good without it.
func TestNoDatabase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, secret := w.token("ann", time.Time{}, "read")
		_, unseen := w.token("ann", time.Time{}, "read")
		session, _ := w.session("ann")
		w.caller(secret)
		over, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := w.Token(over, unseen); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := w.d.Close(); err != nil {
			t.Fatal(err)
		}
		w.caller(secret)
		for _, err := range []error{
			second(w.Token(ctx, unseen)), second(w.Session(ctx, session)), second(w.Bootstrap(ctx)),
			third(w.Login(ctx, secret)), third(w.Login(ctx, newSecret(codePrefix))), third(w.Invite(ctx, boss, "ann")),
			second(w.Directory().People(ctx, boss)), second(w.Directory().RevokeToken(ctx, boss, "x")),
			w.Logout(ctx, session), w.Directory().EndSession(ctx, boss, "x"),
		} {
			refused(t, err, progress.Unavailable, "")
		}
	})
}

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }
