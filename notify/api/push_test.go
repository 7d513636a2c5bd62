package api

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// browser is the body with which a browser subscribes, and more.
func browser(endpoint, more string) string {
	return `{"endpoint":"` + endpoint + `","keys":{"p256dh":"p1","auth":"a1"}` + more + `}`
}

// browser makes a browser's subscription and gives its id.
func (w *world) browser(token, endpoint string) string {
	w.t.Helper()
	return w.do(token, "POST", "/api/push/subscriptions", browser(endpoint, "")).want(201).at("id")
}

// sub is a subscription as it is kept, with what its messages are encrypted with.
func (w *world) sub(id string) (notify.Subscription, string) {
	w.t.Helper()
	s, err := w.ledger.Subscription(w.t.Context(), notify.SubscriptionID(id))
	if err != nil {
		w.t.Fatal(err)
	}
	k, _, err := w.ledger.Keys(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return s, k.Current
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	made := w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/send/secret", `,"key":"k1","name":"Phone","events":["task.failed"],"kind":"crm","expirationTime":null`)).want(201)
	id := made.at("id")
	made.is("channel", "webpush", "to", "https://push.example/…", "name", "Phone", "events.0", "task.failed", "kind", "crm", "on", "true", "person", "ann", "longer_than_seconds", "0")
	if got := made.header.Get("Location"); got != "/api/subscriptions/"+id {
		t.Errorf("Location: %s", got)
	}
	if s, keys := w.sub(id); s.Address != (notify.Address{Channel: "webpush", To: "https://push.example/send/secret", Key: id}) || keys != "p1.a1.k1" {
		t.Errorf("%+v with %s", s, keys)
	}
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/2", "")).want(201).is("events", fmt.Sprint(notify.Matters()))
	for _, path := range []string{"/api/subscriptions", "/api/subscriptions/" + id} {
		if body := string(w.do(ann, "GET", path, "").want(200).body); strings.Contains(body, "secret") || strings.Contains(body, "p1") {
			t.Errorf("shows what is secret: %s", body)
		}
	}
	w.do(ann, "POST", "/api/subscriptions/"+id+"/test", "").want(202).is("channel", "webpush", "to", "https://push.example/…", "subscription", id)
	w.do(ann, "DELETE", "/api/subscriptions/"+id, "").want(204)
	if _, ok, err := w.ledger.Keys(t.Context(), id); ok || err != nil {
		t.Errorf("its keys are kept: %v, %v", ok, err)
	}
}

func TestBadBrowsers(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	for body, field := range map[string]string{
		``: "endpoint", `{"keys":{}}`: "endpoint", browser("http://push.example/1", ""): "endpoint", browser("https://localhost/1", ""): "endpoint",
		browser(`https://push.example/\u0000`, ""):                              "endpoint",
		`{"endpoint":"https://a.example","keys":{"p256dh":"bad","auth":"a"}}`:   "keys.p256dh",
		`{"endpoint":"https://a.example","keys":{"p256dh":"p","auth":"bad"}}`:   "keys.auth",
		`{"endpoint":"https://a.example","keys":{"p256dh":"p","auth":1}}`:       "keys.auth",
		`{"endpoint":"https://a.example","keys":{"p256dh":"\u0000","auth":""}}`: "keys.p256dh",
		browser("https://a.example", `,"key":"bad"`):                            "key", browser("https://a.example", `,"replaces":"\u0000"`): "replaces",
		browser("https://a.example", `,"events":["x"]`): "events", browser("https://a.example", `,"longer_than_seconds":-1`): "longer_than_seconds",
	} {
		w.do(ann, "POST", "/api/push/subscriptions", body).refused(400, field)
	}
	long := strings.Repeat("x", 2001)
	for field, body := range map[string]string{
		"endpoint": browser("https://a.example/"+long, ""), "replaces": browser("https://a.example", `,"replaces":"`+long+`"`), "key": browser("https://a.example", `,"key":"`+long+`"`),
	} {
		w.do(ann, "POST", "/api/push/subscriptions", body).refused(413, field)
	}
	w.do(ann, "GET", "/api/subscriptions", "").want(200).is("subscriptions", "[]")
	w.do(ann, "POST", "/api/push/subscriptions", browser("http://hooks.internal/1", "")).want(201) // the operator has allowed it
}

// TestBrowserComesBack holds that the same browser is one subscription, that what it says
// takes the place of what was, and that it is switched on.
func TestBrowserComesBack(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	const here = "https://push.example/1"
	id := w.do(ann, "POST", "/api/push/subscriptions", browser(here, `,"name":"Phone","events":["task.failed"],"kind":"crm","longer_than_seconds":60`)).want(201).at("id")
	w.do(ann, "PATCH", "/api/subscriptions/"+id, `{"on":false}`).want(200)
	w.pokes()
	again := w.do(ann, "POST", "/api/push/subscriptions", `{"endpoint":"`+here+`","keys":{"p256dh":"p2","auth":"a2"}}`).want(200)
	again.is("id", id, "on", "true", "off", "", "name", "Phone", "events.0", "task.failed", "kind", "crm", "longer_than_seconds", "60")
	if _, keys := w.sub(id); keys != "p2.a2." || w.pokes() != here {
		t.Errorf("its keys are %s", keys)
	}
	w.do(ann, "POST", "/api/push/subscriptions", browser(here, `,"name":"Tab","events":["*"],"labels":{"a":"b"},"longer_than_seconds":0`)).want(200).
		is("id", id, "name", "Tab", "events.0", "*", "kind", "", "labels.a", "b", "longer_than_seconds", "0")
	w.do(ann, "GET", "/api/subscriptions", "").is("subscriptions.0.id", id, "subscriptions.0.name", "Tab", "subscriptions.1", "")
}

// TestBrowserMoves holds that what waits follows a browser to the endpoint that it has
// now, named by the old one or by the id.
func TestBrowserMoves(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.browser(ann, "https://push.example/1")
	waits := w.letters(id, 1, notify.Due)[0]
	for i, replaces := range []string{"https://push.example/1", id} {
		to := fmt.Sprint("https://push.example/new", i)
		w.do(ann, "POST", "/api/push/subscriptions", browser(to, `,"replaces":"`+replaces+`"`)).want(200).is("id", id)
		s, keys := w.sub(id)
		due, err := w.ledger.Due(t.Context(), s.Address.Lane(), 9)
		if s.Address.To != to || s.Address.Key != id || keys != "p1.a1." || err != nil || len(due) != 1 || string(due[0].ID) != waits {
			t.Errorf("%+v with %s; %+v, %v", s, keys, due, err)
		}
	}
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/other", `,"replaces":"https://push.example/1"`)).want(201)
	bobs := w.browser(w.Person("bob", access.RoleMember), "https://push.example/bob")
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/third", `,"replaces":"`+bobs+`"`)).want(201)
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/other", `,"replaces":"`+id+`"`)).want(200)
	w.do(ann, "GET", "/api/subscriptions/"+id, "").want(404)
	if s, _ := w.sub(bobs); s.Address.To != "https://push.example/bob" {
		t.Errorf("%+v", s)
	}
}

// TestOneBrowserTwoPeople holds that a browser tells whoever subscribed there last.
func TestOneBrowserTwoPeople(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleMember)
	const here = "https://push.example/1"
	hers := w.browser(ann, here)
	w.do(ann, "PATCH", "/api/subscriptions/"+hers, `{"name":"Kitchen"}`).want(200)
	w.pass(time.Hour)
	his := w.browser(bob, here)
	w.do(ann, "GET", "/api/subscriptions/"+hers, "").is("on", "false", "off", taken, "off_at", "2026-01-31T13:00:00.000Z")
	w.do(ann, "PATCH", "/api/subscriptions/"+hers, `{"on":true}`).want(409)
	w.do(ann, "PATCH", "/api/subscriptions/"+hers, `{"on":false}`).want(200)
	w.do(ann, "PATCH", "/api/subscriptions/"+hers, `{"on":true}`).want(409)
	w.do(bob, "PATCH", "/api/subscriptions/"+his, `{"on":false}`).want(200)
	w.do(ann, "POST", "/api/push/subscriptions", browser(here, "")).want(200).is("id", hers, "on", "true", "name", "Kitchen")
	w.do(bob, "GET", "/api/subscriptions/"+his, "").is("on", "false", "off", taken)
	w.do(bob, "PATCH", "/api/subscriptions/"+his, `{"on":true}`).want(409)
}

// TestOneBrowserManyTimes holds that a browser that comes many times at once is one
// subscription.
func TestOneBrowserManyTimes(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.contract()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/1", "")) })
	}
	all.Wait()
	w.do(ann, "GET", "/api/subscriptions", "").want(200).is("subscriptions.1", "")
}

func TestPushKey(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	w.do(ann, "GET", "/api/push/key", "").want(200).is("key", "public-private1", "previous_until", "")
	w.do(ann, "GET", "/api/push/key", "").want(200).is("key", "public-private1")
	const at = "/api/push/key/rotate"
	w.do(apitest.Admin, "POST", at, "").want(200).is("key", "public-private2", "previous_until", "2026-03-02T12:00:00.000Z")
	if k, ok, err := w.ledger.Keys(t.Context(), "herald:vapid"); err != nil || !ok || k.Current != "private2" || k.Previous != "private1" {
		t.Errorf("%v, %v", ok, err)
	}
	w.do(ann, "GET", "/api/push/key", "").want(200).is("key", "public-private2")
	w.do(apitest.Admin, "POST", at, `{"overlap_seconds":15552000}`).want(200).is("previous_until", "2026-07-30T12:00:00.000Z")
	w.do(apitest.Admin, "POST", at, `{"overlap_seconds":0}`).want(200).is("previous_until", "")
	for _, bad := range []string{`{"overlap_seconds":-1}`, `{"overlap_seconds":15552001}`, `{"overlap_seconds":"1d"}`} {
		w.do(apitest.Admin, "POST", at, bad).refused(400, "overlap_seconds")
	}
}
