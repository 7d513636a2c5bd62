package access

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestMostTokens holds that the revoked, the expired and other people's do not
// count, and that a revocation makes room.
func TestMostTokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		d := w.Directory()
		more := func() error {
			_, _, err := d.MakeToken(ctx, boss, Grant{Person: "ann", Name: "x", Scopes: []string{"read"}})
			return err
		}
		w.token("ann", epoch.Add(time.Minute), "read")
		last, _ := w.token("ann", time.Time{}, "read")
		for range mostTokens - 2 {
			if err := more(); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, more(), progress.Conflict, "")
		w.token(Admin, time.Time{}, "read")
		w.pass(time.Minute)
		if err := more(); err != nil {
			t.Error("in the place of the expired:", err)
		}
		refused(t, more(), progress.Conflict, "")
		if _, err := d.RevokeToken(ctx, boss, last); err != nil {
			t.Fatal(err)
		}
		if err := more(); err != nil {
			t.Error("in the place of the revoked:", err)
		}
		refused(t, more(), progress.Conflict, "")
	})
}

// TestMostSessions holds that one more session ends the oldest at once, also
// where it was just seen.
func TestMostSessions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, admin := w.session(Admin)
		var all []Caller
		for range mostSessions {
			w.pass(time.Second)
			_, c := w.session("ann")
			all = append(all, c)
		}
		stay(t, w.Access, true, append(all, admin))
		_, last := w.session("ann")
		stay(t, w.Access, false, all[:1])
		stay(t, w.Access, true, append(all[1:], admin, last))
	})
}

func TestMostCodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		var codes []string
		for range mostCodes + 1 {
			w.pass(time.Second)
			code, _, err := w.Invite(ctx, boss, "ann")
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		stay(t, w.Access, false, nil, codes[0])
		stay(t, w.Access, true, nil, codes[1:]...)
	})
}
