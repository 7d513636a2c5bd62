package api

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
)

func TestRotation(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.hook(ann, `{"url":"https://example.com"}`)
	at := "/api/webhooks/" + id + "/rotate"
	keys := func() notify.Keys {
		k, _, err := w.ledger.Keys(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	w.do(ann, "POST", at, "").want(200).is("secret", "whsec_2", "previous_until", "2026-02-01T12:00:00.000Z")
	if k := keys(); k.Current != "whsec_2" || k.Previous != "whsec_1" || !k.Until.Equal(w.time().Add(24*time.Hour)) {
		t.Error("it is not kept")
	}
	w.do(ann, "POST", at, `{"overlap_seconds":60}`).want(200).is("secret", "whsec_3", "previous_until", "2026-01-31T12:01:00.000Z")
	w.do(ann, "POST", at, `{"overlap_seconds":0}`).want(200).is("secret", "whsec_4", "previous_until", "")
	if k := keys(); k.Current != "whsec_4" || k.Previous != "" || !k.Until.IsZero() {
		t.Error("the old one still signs")
	}
	for _, bad := range []string{`{"overlap_seconds":-1}`, `{"overlap_seconds":604801}`, `{"overlap_seconds":"1h"}`, `{"overlap_seconds":1.5}`} {
		w.do(ann, "POST", at, bad).refused(400, "overlap_seconds")
	}
}

func TestCallbackSecret(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleMember)
	const at = "/api/callbacks/secret"
	first := w.do(ann, "GET", at, "").want(200).is("previous_until", "").at("secret")
	w.do(ann, "GET", at, "").want(200).is("secret", first)
	if other := w.do(bob, "GET", at, "").want(200).at("secret"); other == first {
		t.Error("two people have one secret")
	}
	if k, ok, err := w.ledger.Keys(t.Context(), "person:ann"); err != nil || !ok || k.Current != first {
		t.Error("it is not kept for her callbacks", ok, err)
	}
	next := w.do(ann, "POST", at+"/rotate", `{"overlap_seconds":60}`).want(200).is("previous_until", "2026-01-31T12:01:00.000Z").at("secret")
	w.do(ann, "GET", at, "").want(200).is("secret", next, "previous_until", "2026-01-31T12:01:00.000Z")
	w.pass(time.Minute)
	w.do(ann, "GET", at, "").want(200).is("secret", next, "previous_until", "")
	carol := w.Person("carol", access.RoleMember)
	w.do(carol, "POST", at+"/rotate", "").want(200).is("previous_until", "") // there was none before
}

// TestRotationsAtOnce holds that of many who rotate at once nobody is given a
// secret that neither signs nor ever did.
func TestRotationsAtOnce(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.hook(ann, `{"url":"https://example.com"}`)
	w.contract()
	for range 20 {
		var both sync.WaitGroup
		given := make([]string, 2)
		for i := range given {
			both.Go(func() { given[i] = w.do(ann, "POST", "/api/webhooks/"+id+"/rotate", "").want(200).at("secret") })
		}
		both.Wait()
		k, _, err := w.ledger.Keys(t.Context(), id)
		if err != nil || !slices.Contains(given, k.Current) || !slices.Contains(given, k.Previous) {
			t.Fatalf("given %q, kept %q and %q; %v", given, k.Current, k.Previous, err)
		}
	}
}
