package access

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

func TestPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		bob := w.add(" bob ", RoleViewer, " z ", "a", "z")
		if bob.Name != "bob" || !slices.Equal(bob.Groups, []string{"a", "z"}) || bob.CreatedBy != Admin || !bob.CreatedAt.Equal(epoch) {
			t.Errorf("%+v", bob)
		}
		got, err := d.Person(ctx, boss, "bob")
		if err != nil || got.Role != RoleViewer || !slices.Equal(got.Groups, bob.Groups) {
			t.Error(got, err)
		}
		_, err = d.Person(ctx, boss, "nobody")
		refused(t, err, progress.NotFound, "")
		_, err = d.EditPerson(ctx, boss, "nobody", Edit{})
		refused(t, err, progress.NotFound, "")

		w.edit("bob", Edit{Disabled: new(true)})
		_, err = d.AddPerson(ctx, boss, "bob", RoleViewer, nil)
		refused(t, err, progress.Conflict, "")
		w.pass(time.Hour)
		w.edit("bob", Edit{Disabled: new(true), Groups: &[]string{}})
		people, err := d.People(ctx, boss)
		if err != nil || len(people) != 3 || people[2].Name != "bob" {
			t.Fatal(people, err)
		}
		if p := people[2]; !p.DisabledAt.Equal(epoch) || len(p.Groups) != 0 || p.Role != RoleViewer {
			t.Errorf("%+v", p)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		for _, bad := range []string{"herald", "Herald", ".", "..", " .. ", "/", "a/b", "../a", `a\b`} {
			_, err := d.AddPerson(ctx, boss, bad, RoleMember, []string{bad}) // which a group or a token may be called
			refused(t, err, progress.Invalid, "name")
		}
		for _, bad := range []string{
			"", "  ", "a\x00b", "a\nb", "\xff", "a\u0085b", "group:ops", strings.Repeat("ü", 201),
			"a\u200bnn", "\u200bann", "ann\u200d", "\ufeffann", "a\u00adnn", "\u202enna", "ann\u2066", "a\u2028b", "a\u00a0b", "\U000e0041nn",
		} {
			_, err := d.AddPerson(ctx, boss, bad, RoleMember, nil)
			refused(t, err, progress.Invalid, "name")
			_, err = d.AddPerson(ctx, boss, "x", RoleMember, []string{"a", bad})
			refused(t, err, progress.Invalid, "groups")
			_, err = d.EditPerson(ctx, boss, "ann", Edit{Groups: &[]string{bad}})
			refused(t, err, progress.Invalid, "groups")
			_, _, err = d.MakeToken(ctx, boss, Grant{Name: bad, Scopes: []string{"read"}})
			refused(t, err, progress.Invalid, "name")
		}
		for _, bad := range []Role{"", "Admin", "root"} {
			_, err := d.AddPerson(ctx, boss, "x", bad, nil)
			refused(t, err, progress.Invalid, "role")
			_, err = d.EditPerson(ctx, boss, "ann", Edit{Role: &bad})
			refused(t, err, progress.Invalid, "role")
		}
		_, err := d.AddPerson(ctx, boss, "x", RoleMember, make([]string, 101))
		refused(t, err, progress.Invalid, "groups")
		w.add(strings.Repeat("ü", 200), RoleMember, "Herald", "o'neil \"x\" 日本")
		w.add("Zoë o'Neil-日本 .x...", RoleMember, "a/b", "..")
	})
}

// TestOnlyAdmins holds what people who are no admins may not do, and that what
// is another's does not exist for them.
func TestOnlyAdmins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		theirs, _ := w.token(Admin, time.Time{}, "read")
		_, admin := w.session(Admin)
		adminSession, _ := admin.sessionID()
		for _, r := range []Role{RoleOperator, RoleMember, RoleViewer} {
			name := string(r)
			w.add(name, r)
			_, by := w.session(progress.Person(name))
			for _, err := range []error{
				second(d.People(ctx, by)), second(d.Person(ctx, by, Admin)), second(d.AddPerson(ctx, by, "x", RoleViewer, nil)),
				second(d.EditPerson(ctx, by, by.Person, Edit{Role: new(RoleAdmin)})),
				second(d.Tokens(ctx, by, Admin)), second(d.Tokens(ctx, by, "")),
				second(d.Sessions(ctx, by, Admin)), second(d.Sessions(ctx, by, "")),
				third(d.MakeToken(ctx, by, Grant{Person: Admin, Name: "x", Scopes: []string{"read"}})),
			} {
				refused(t, err, progress.Forbidden, "")
			}
			for _, err := range []error{
				second(d.RevokeToken(ctx, by, theirs)), second(d.RevokeToken(ctx, by, "none")),
				d.EndSession(ctx, by, adminSession), d.EndSession(ctx, by, "none"),
			} {
				refused(t, err, progress.NotFound, "")
			}
			if p, err := d.Person(ctx, by, by.Person); err != nil || p.Role != r {
				t.Error(p, err)
			}
		}
		if _, err := w.Still(ctx, admin); err != nil {
			t.Error(err)
		}
	})
}

// TestOwn holds what everyone may do with what is theirs.
func TestOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		_, ann := w.session("ann")
		_, gone := w.session("ann")
		made, secret, err := d.MakeToken(ctx, ann, Grant{Name: " ci ", Scopes: []string{"report", "read", "read"}, Expires: epoch.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		is(t, w.caller(secret), "ann", progress.MayRead|progress.MayReport, false, "ops")
		tokens, err := d.Tokens(ctx, ann, "ann")
		if err != nil || len(tokens) != 1 {
			t.Fatal(tokens, err)
		}
		if got := tokens[0]; got.Name != "ci" || got.ID != made.ID || got.CreatedBy != "ann" || !got.ExpiresAt.Equal(epoch.Add(time.Hour)) ||
			!slices.Equal(got.Scopes, []string{"read", "report"}) || !got.UsedAt.IsZero() {
			t.Errorf("%+v", got)
		}
		if _, err := d.RevokeToken(ctx, ann, made.ID); err != nil {
			t.Error(err)
		}
		id, _ := gone.sessionID()
		if err := d.EndSession(ctx, ann, id); err != nil {
			t.Error(err)
		}
		_, err = w.Still(ctx, gone)
		refused(t, err, progress.Unauthorized, "")
		if left, err := d.Sessions(ctx, ann, "ann"); err != nil || len(left) != 1 || "session:"+left[0].ID != ann.Credential {
			t.Error(left, err)
		}
	})
}

// TestNobodyGivesMore holds that scopes stay within the rights of who makes a
// token, and of whose it is.
func TestNobodyGivesMore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		_, secret := w.token("ann", time.Time{}, "read", "report")
		narrow := w.caller(secret)
		_, ann := w.session("ann")
		_, secret = w.token(Admin, time.Time{}, "read")
		reader := w.caller(secret)
		tests := []struct {
			by     Caller
			person progress.Person
			scopes []string
			code   progress.Code // "" for a token
		}{
			{narrow, "ann", []string{"read", "report"}, ""},
			{narrow, "ann", []string{"report", "approve"}, progress.Forbidden},
			{narrow, "ann", []string{"admin"}, progress.Forbidden},
			{ann, "ann", []string{"read", "report", "operate", "approve"}, ""},
			{ann, "ann", []string{"admin"}, progress.Forbidden},
			{reader, Admin, []string{"read"}, ""},
			{reader, Admin, []string{"admin"}, progress.Forbidden},
			{reader, "ann", []string{"read"}, progress.Forbidden},
			{boss, "ann", []string{"operate"}, ""},
			{boss, "ann", []string{"admin"}, progress.Invalid},
			{boss, "", []string{"admin"}, ""},
			{boss, "ann", nil, progress.Invalid},
			{boss, "ann", []string{"rights"}, progress.Invalid},
			{boss, "ann", []string{"read", ""}, progress.Invalid},
			{boss, "nobody", []string{"read"}, progress.NotFound},
		}
		for _, tt := range tests {
			made, secret, err := d.MakeToken(ctx, tt.by, Grant{Person: tt.person, Name: "x", Scopes: tt.scopes})
			if tt.code == "" {
				if c := w.caller(secret); err != nil || c.Rights != rightsNamed(tt.scopes) {
					t.Errorf("%+v: %v, %v", tt, c, err)
				}
				continue
			}
			field := ""
			if tt.code == progress.Invalid || (tt.code == progress.Forbidden && tt.person == tt.by.Person) {
				field = "scopes"
			}
			refused(t, err, tt.code, field)
			if secret != "" || made.ID != "" {
				t.Error("a refused token was shown")
			}
		}
		for _, bad := range []time.Time{epoch, epoch.Add(-1), epoch.Add(longest + time.Second), time.Unix(1<<40, 0)} {
			_, _, err := d.MakeToken(ctx, boss, Grant{Name: "x", Scopes: []string{"read"}, Expires: bad})
			refused(t, err, progress.Invalid, "expires_at")
		}
	})
}

func TestLastAdmin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		last := func(name progress.Person) {
			t.Helper()
			for _, e := range []Edit{{Role: new(RoleOperator)}, {Disabled: new(true)}, {Role: new(RoleViewer), Disabled: new(true)}} {
				_, err := d.EditPerson(ctx, boss, name, e)
				refused(t, err, progress.Conflict, "")
			}
		}
		last(Admin)
		w.edit(Admin, Edit{Role: new(RoleAdmin), Groups: &[]string{"x"}, Disabled: new(false)}) // which takes nothing
		w.add("bob", RoleAdmin)
		w.edit("bob", Edit{Disabled: new(true)})
		last(Admin) // a disabled one does not count
		w.edit("bob", Edit{Disabled: new(false)})
		w.edit(Admin, Edit{Disabled: new(true)})
		last("bob")
	})
}

// TestLastAdmins holds that of admins who all step down at once, on many nodes,
// one remains.
func TestLastAdmins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for range 5 {
			names := []progress.Person{Admin, "a", "b", "c"}
			for _, n := range names[1:] {
				_, _ = w.Directory().AddPerson(ctx, boss, string(n), RoleAdmin, nil) // there from the second round on
			}
			for _, n := range names {
				w.edit(n, Edit{Role: new(RoleAdmin), Disabled: new(false)})
			}
			var wg sync.WaitGroup
			for i, n := range names {
				d := w.node(Options{}).Directory()
				e := Edit{Role: new(RoleMember)}
				if i%2 == 0 {
					e = Edit{Disabled: new(true)}
				}
				wg.Go(func() {
					if _, err := d.EditPerson(ctx, boss, n, e); err != nil {
						refused(t, err, progress.Conflict, "")
					}
				})
			}
			wg.Wait()
			people, err := w.Directory().People(ctx, boss)
			if err != nil {
				t.Fatal(err)
			}
			admins := 0
			for _, p := range people {
				if p.Role == RoleAdmin && !disabled(p) {
					admins++
				}
			}
			if admins != 1 {
				t.Fatalf("%d admins remain", admins)
			}
		}
	})
}
