package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
)

// TestKeys holds that each POST counts once under an idempotency key, and is
// answered as it was the first time.
func TestKeys(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	made := w.keyed("k", ann, "POST", "/api/webhooks", `{"url":"https://example.com/a"}`).want(201)
	id := made.at("id")
	mail := w.keyed("k", ann, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@example.com"}`).want(201).at("id")
	dead := w.letters(id, 3, notify.Dead)
	for _, c := range []struct{ path, body, other string }{
		{"/api/webhooks", `{"url":"https://example.com/a"}`, `{"url":"https://example.com/b"}`},
		{"/api/subscriptions", `{"channel":"email","to":"ann@example.com"}`, `{"channel":"email","to":"bob@example.com"}`},
		{"/api/subscriptions/" + mail + "/confirm", ``, `{}`},
		{"/api/push/subscriptions", browser("https://push.example/1", ""), browser("https://push.example/2", "")},
		{"/api/webhooks/" + id + "/rotate", `{"overlap_seconds":60}`, ``},
		{"/api/webhooks/" + id + "/test", ``, `{}`},
		{"/api/callbacks/secret/rotate", ``, `{"overlap_seconds":60}`},
		{"/api/deliveries/" + dead[0] + "/redrive", ``, `{}`}, // before all of them are
		{"/api/deliveries/redrive", `{"webhook":"` + id + `"}`, `{}`},
	} {
		path, bodies := c.path, [2]string{c.body, c.other}
		first := w.keyed("k", ann, "POST", path, bodies[0])
		again := w.keyed("k", ann, "POST", path, bodies[0])
		if first.status >= http.StatusBadRequest || again.status != first.status || string(again.body) != string(first.body) || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("%s was answered with %d\n%s\nand again with %d\n%s", path, first.status, first.body, again.status, again.body)
		}
		w.keyed("k", ann, "POST", path, bodies[1]).refused(409, "Idempotency-Key")
		w.keyed(strings.Repeat("k", 256), ann, "POST", path, bodies[0]).refused(400, "Idempotency-Key")
	}
	w.do(ann, "GET", "/api/webhooks", "").want(200).is("webhooks.0.id", id, "webhooks.1", "")
	if k, _, err := w.ledger.Keys(t.Context(), id); err != nil || k.Previous != made.at("secret") {
		t.Errorf("it was rotated twice, %v", err)
	}
	w.do(ann, "GET", "/api/deliveries?state=due", "").want(200).is("deliveries.6", "") // 3 that were dead, two confirmations and one test
}

// TestOneKeyManyTimes sends one request many times at once.
func TestOneKeyManyTimes(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.contract()
	secrets := make([]string, 20)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			secrets[i] = w.keyed("k", ann, "POST", "/api/webhooks", `{"url":"https://example.com"}`).want(201).at("secret")
		})
	}
	all.Wait()
	for _, s := range secrets {
		if s != secrets[0] {
			t.Errorf("two secrets: %s, %s", secrets[0], s)
		}
	}
	w.do(ann, "GET", "/api/webhooks", "").want(200).is("webhooks.1", "")
}

// TestKeysAreDescribed holds that the document has the header at each POST, and
// only there.
func TestKeysAreDescribed(t *testing.T) {
	t.Parallel()
	for name, op := range ours(serve(t).contract()) {
		p := op.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key")
		if (p != nil) != strings.HasPrefix(name, "POST ") {
			t.Errorf("%s: %+v", name, p)
		}
		if p != nil && !strings.Contains(p.Description, "memory only") {
			t.Errorf("%s does not say where they are kept: %s", name, p.Description)
		}
	}
}
