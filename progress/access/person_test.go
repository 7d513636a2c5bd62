package access

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
)

// TestPersonWithoutCredential holds that a person is as they are now.
func TestPersonWithoutCredential(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		now := func(name progress.Person) (Caller, bool) {
			a, ok, err := w.Person(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			return Caller{Actor: a}, ok
		}
		ann, ok := now("ann")
		is(t, ann, "ann", everyday, false, "ops")
		if _, there := now("bob"); there || !ok {
			t.Error("nobody is somebody, or somebody nobody")
		}
		w.add("bob", RoleViewer)
		bob, _ := now("bob")
		is(t, bob, "bob", progress.MayRead, true)
		w.edit("ann", Edit{Role: new(RoleOperator), Groups: &[]string{"dev"}})
		ann, _ = now("ann")
		is(t, ann, "ann", everyday, true, "dev")
		w.edit("ann", Edit{Disabled: new(true)})
		if _, ok := now("ann"); ok {
			t.Error("a disabled person is told of tasks")
		}
		w.edit("ann", Edit{Disabled: new(false)})
		if _, ok := now("ann"); !ok {
			t.Error("an enabled person is told of nothing")
		}
		if _, ok := now("local"); ok {
			t.Error("there is no open mode, and somebody is local")
		}
	})
}

// TestPersonOnAnotherNode holds that another node's changes count after a while,
// and that nothing is asked before.
func TestPersonOnAnotherNode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.node(Options{Open: true})
		if a, ok, err := other.Person(ctx, "local"); err != nil || !ok || a.Rights != everyday || !a.All {
			t.Error(a, ok, err)
		}
		if _, ok, err := other.Person(ctx, "ann"); err != nil || !ok {
			t.Error(ok, err)
		}
		w.edit("ann", Edit{Disabled: new(true)})
		w.pass(fresh - time.Millisecond)
		if _, ok, err := other.Person(ctx, "ann"); err != nil || !ok {
			t.Error("it was read again so soon", ok, err)
		}
		w.pass(time.Millisecond)
		if _, ok, err := other.Person(ctx, "ann"); err != nil || ok {
			t.Error("it is not read again", ok, err)
		}
	})
}

// TestConfiguredAdminIsAPerson holds that who has the configured token is told of
// tasks, whatever the tables say.
func TestConfiguredAdminIsAPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.add("eve", RoleAdmin)
		w.edit(Admin, Edit{Disabled: new(true)})
		a, ok, err := w.Person(ctx, Admin)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		is(t, Caller{Actor: a}, Admin, allRights, true)
		if _, ok, err := w.node(Options{}).Person(ctx, Admin); err != nil || ok {
			t.Error("without that token a disabled admin is one", ok, err)
		}
	})
}

// TestEveryone holds that everyone is each as Person has them, but who is disabled, as soon as
// another node has changed them; and Admin while its token is configured, whatever the tables
// say.
func TestEveryone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		names := func(a *Access) (out []progress.Person) {
			all, err := a.Everyone(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, who := range all {
				if one, ok, err := w.node(Options{AdminToken: adminSecret}).Person(ctx, who.Person); err != nil || !ok || !reflect.DeepEqual(one, who) {
					t.Errorf("%+v, but alone %+v, %v, %v", who, one, ok, err)
				}
				out = append(out, who.Person)
			}
			slices.Sort(out)
			return out
		}
		w.add("bob", RoleViewer)
		other := w.node(Options{AdminToken: adminSecret, Open: true})
		if got := names(other); !slices.Equal(got, []progress.Person{Admin, "ann", "bob"}) {
			t.Error(got)
		}
		w.edit("ann", Edit{Disabled: new(true)})
		w.edit("bob", Edit{Role: new(RoleOperator), Groups: &[]string{"dev"}})
		if got := names(other); !slices.Equal(got, []progress.Person{Admin, "bob"}) {
			t.Error(got)
		}
		if err := w.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM people WHERE name = $1`, string(Admin))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := names(other); !slices.Equal(got, []progress.Person{Admin, "bob"}) {
			t.Error(got)
		}
		if got, err := w.node(Options{}).Everyone(ctx); err != nil || len(got) != 1 {
			t.Error(got, err)
		}
	})
}
