package access

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/progress"
)

// TestRotation holds that what was made with a configured admin token, by any
// chain, is good under that token alone, and through restarts.
func TestRotation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		by := w.caller(adminSecret)
		callers, codes := w.brood(by, adminSecret)
		_, free := w.mint(boss, "ann", "read")
		kept := []Caller{free, w.invited(boss, "ann")}

		stay(t, w.node(Options{AdminToken: adminSecret}), true, slices.Concat(callers, kept))
		for _, o := range []Options{{AdminToken: adminSecret + "!"}, {}} {
			stay(t, w.node(o), false, callers, codes...)
			stay(t, w.node(o), true, kept)
		}
		stay(t, w.node(Options{AdminToken: adminSecret}), true, callers, codes...)
	})
}

// TestRevokeUnderAdminToken holds that a token that was made with the
// configured one can be revoked with all that it made, and alone.
func TestRevokeUnderAdminToken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		by := w.caller(adminSecret)
		_, minted := w.mint(by, Admin, "admin")
		_, child := w.mint(minted, "ann", "read")
		_, sister := w.mint(by, "ann", "read")
		id, _ := minted.tokenID()
		if _, err := w.Directory().RevokeToken(ctx, by, id); err != nil {
			t.Fatal(err)
		}
		stay(t, w.Access, false, []Caller{minted, child})
		stay(t, w.Access, true, []Caller{by, sister})
		_, err := w.Directory().RevokeToken(ctx, by, configured)
		refused(t, err, progress.NotFound, "")
	})
}

// TestAdminTokenTakenAway holds that tokens that go with the setting do not
// count as a way in, so that the next start makes one.
func TestAdminTokenTakenAway(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, w world) {
		w.Access, _ = w.start(Options{AdminToken: adminSecret}, false, true)
		secret, _ := w.mint(w.caller(adminSecret), Admin, "admin")
		a, first := w.start(Options{}, true, true)
		_, err := a.Token(ctx, secret)
		refused(t, err, progress.Unauthorized, "")
		c, err := a.Token(ctx, first.Token)
		if err != nil {
			t.Fatal(err)
		}
		is(t, c, Admin, allRights, true)
		w.start(Options{}, false, false)
	})
}

// TestFingerprint holds that it is of one token and one database, that it is
// short, and that neither it nor a hash of the token alone is in clear.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	var seen sync.Map // by fingerprint
	each(t, func(t *testing.T, w world) {
		mark := func(secret string) string {
			t.Helper()
			m, err := w.node(Options{AdminToken: secret}).admin.fingerprint(ctx)
			if err != nil || len(m) != 2*markBytes {
				t.Fatal(m, err)
			}
			return m
		}
		one, two := mark(adminSecret), mark(adminSecret+"2")
		if one == two || one != mark(adminSecret) {
			t.Error(one, two)
		}
		w.brood(w.caller(adminSecret), adminSecret)
		var all strings.Builder
		dump(t, &all, w.d)
		if !strings.Contains(all.String(), one) || strings.Contains(all.String(), digestOf(adminSecret).String()[:2*markBytes]) {
			t.Error("the rows have no fingerprint, or a hash of the token")
		}
		if _, twice := seen.LoadOrStore(one, true); twice {
			t.Error("two databases have the same fingerprint")
		}
	})
}
