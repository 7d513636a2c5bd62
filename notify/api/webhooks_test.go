package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

func TestWebhook(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	made := w.do(ann, "POST", "/api/webhooks",
		`{"url":"https://example.com/h?key=1","name":"Shop","events":["task.failed","approval.*"],"progress":true,"kind":"crm","owner":"group:shop","labels":{"env":"prod"}}`).want(201)
	id := made.at("id")
	made.is("secret", "whsec_1", "person", "ann", "url", "https://example.com/h?key=1", "on", "true", "created_at", "2026-01-31T12:00:00.000Z")
	if got := made.header.Get("Location"); got != "/api/webhooks/"+id {
		t.Errorf("Location: %s", got)
	}
	w.do(ann, "GET", "/api/webhooks/"+id, "").want(200).is("name", "Shop", "events.1", "approval.*", "progress", "true", "kind", "crm",
		"owner", "group:shop", "labels.env", "prod", "secret", "")
	sub, err := w.ledger.Subscription(t.Context(), notify.SubscriptionID(id))
	if err != nil || sub.Address != (notify.Address{Channel: "webhook", To: "https://example.com/h?key=1", Key: id}) || sub.Match.Kind != "crm" || !sub.Live {
		t.Errorf("%+v, %v", sub, err)
	}
	if k, ok, err := w.ledger.Keys(t.Context(), id); err != nil || !ok || k.Current != "whsec_1" {
		t.Errorf("%v, %v", ok, err)
	}
	w.pass(time.Second)
	plain := w.hook(ann, `{"url":"https://example.com/"}`)
	w.do(ann, "GET", "/api/webhooks", "").want(200).is("webhooks.0.id", id, "webhooks.1.id", plain, "webhooks.1.events", "[]", "webhooks.2", "")
	w.do(ann, "DELETE", "/api/webhooks/"+plain, "").want(204)
	w.do(ann, "DELETE", "/api/webhooks/"+plain, "").want(404)
	w.do(ann, "GET", "/api/webhooks", "").want(200).is("webhooks.0.id", id, "webhooks.1", "")
}

func TestWebhookIsChanged(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	at := "/api/webhooks/" + w.hook(ann, `{"url":"https://example.com/a","events":["task.failed"]}`)
	w.pass(time.Hour)
	w.do(ann, "PATCH", at, `{"name":"New","events":["*"],"progress":true,"url":"https://example.com/b"}`).want(200).
		is("name", "New", "events.0", "*", "progress", "true", "url", "https://example.com/b", "on", "true")
	if got := w.pokes(); got != "https://example.com/b" {
		t.Errorf("poked %q", got)
	}
	w.do(ann, "PATCH", at, `{"on":false}`).want(200).is("on", "false", "off", "switched off by ann", "off_at", "2026-01-31T13:00:00.000Z", "name", "New")
	w.do(ann, "PATCH", at, `{"on":false,"events":[]}`).want(200).is("off", "switched off by ann", "events", "[]")
	w.do(ann, "POST", at+"/test", "").want(409)
	w.do(ann, "PATCH", at, `{"on":true}`).want(200).is("on", "true", "off", "", "off_at", "")
	w.do(ann, "PATCH", at, `{}`).want(200).is("name", "New", "progress", "true")
	for body, field := range map[string]string{
		`{"kind":"x"}`: "kind", `{"task":"x"}`: "task", `{"owner":"x"}`: "owner", `{"labels":{}}`: "labels", `{"events":["never"]}`: "events",
		`{"url":"https://localhost/"}`: "url", `{"name":1}`: "name", `{"on":"yes"}`: "on",
	} {
		w.do(ann, "PATCH", at, body).refused(400, field)
	}
	w.do(ann, "PATCH", at, `{"name":"`+strings.Repeat("ü", 201)+`"}`).refused(413, "name")
	w.do(ann, "GET", at, "").want(200).is("name", "New", "url", "https://example.com/b")
}

// TestShutWebhookIsSwitchedOn holds that one that was switched off says why, and
// that its lane opens with it.
func TestShutWebhookIsSwitchedOn(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.hook(ann, `{"url":"https://example.com/a"}`)
	sub, err := w.ledger.Subscription(t.Context(), notify.SubscriptionID(id))
	if err != nil {
		t.Fatal(err)
	}
	lane := laneOf(sub)
	lane.Closed, lane.ClosedAt = "example.com answers 410", w.time()
	if err := w.ledger.Shut(t.Context(), lane, notify.Routed{}); err != nil {
		t.Fatal(err)
	}
	w.do(ann, "GET", "/api/webhooks/"+id, "").want(200).is("on", "false", "off", "example.com answers 410", "off_at", "2026-01-31T12:00:00.000Z")
	w.do(ann, "PATCH", "/api/webhooks/"+id, `{"on":true}`).want(200).is("on", "true")
	if l, _, err := w.ledger.Lane(t.Context(), lane.ID); err != nil || l.Closed != "" {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestBadWebhooks(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	for body, field := range map[string]string{
		``: "url", `{}`: "url", `{"url":"http://example.com"}`: "url", `{"url":"https://localhost/"}`: "url", `{"url":"a\u0000"}`: "url", `{"url":5}`: "url",
		`{"url":"https://a.example","events":["ended"]}`: "events", `{"url":"https://a.example","events":[""]}`: "events",
		`{"url":"https://a.example","name":"\u0000"}`: "name", `{"url":"https://a.example","labels":{"":"x"}}`: "labels",
		`{"url":"https://a.example","labels":{"a":"\u0000"}}`: "labels", `{"url":"https://a.example","progress":1}`: "progress", `[`: "body",
	} {
		w.do(ann, "POST", "/api/webhooks", body).refused(400, field)
	}
	for field, value := range map[string]string{
		"url": `"https://a.example/` + strings.Repeat("x", 2000) + `"`, "name": `"` + strings.Repeat("x", 201) + `"`, "kind": `"` + strings.Repeat("x", 201) + `"`,
		"owner": `"` + strings.Repeat("x", 201) + `"`, "events": `[` + strings.Repeat(`"*",`, 50) + `"*"]`,
	} {
		body := fmt.Sprintf(`{"url":"https://a.example","%s":%s}`, field, value)
		if field == "url" {
			body = `{"url":` + value + `}`
		}
		w.do(ann, "POST", "/api/webhooks", body).refused(413, field)
	}
	w.do(ann, "GET", "/api/webhooks?all=2", "").refused(400, "all")
	w.do(ann, "GET", "/api/webhooks", "").want(200).is("webhooks", "[]")
}

// TestMostWebhooks holds that one person cannot have any number.
func TestMostWebhooks(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	for i := range mostWebhooks {
		w.hook(ann, fmt.Sprintf(`{"url":"https://example.com/%d"}`, i))
	}
	w.do(ann, "POST", "/api/webhooks", `{"url":"https://example.com/more"}`).want(409)
	w.hook(apitest.Admin, `{"url":"https://example.com/mine"}`)
}

// TestWebhooksAreTheirOwners holds who sees and changes what.
func TestWebhooksAreTheirOwners(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob, eyes := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleOperator), w.Person("eve", access.RoleMember, "read")
	id := w.hook(ann, `{"url":"https://user.example.com/h?key=1"}`)
	at := "/api/webhooks/" + id
	w.do(bob, "GET", "/api/webhooks", "").want(200).is("webhooks", "[]")
	w.do(bob, "GET", "/api/webhooks?all=1", "").want(403)
	for _, call := range [][2]string{{"GET", at}, {"PATCH", at}, {"DELETE", at}, {"POST", at + "/rotate"}, {"POST", at + "/test"}} {
		w.do(bob, call[0], call[1], "").want(404)
		w.do("", call[0], call[1], "").want(401)
		w.do(eyes, call[0], call[1], "").want(map[bool]int{true: 403, false: 404}[call[0] == "POST"])
	}
	w.do(eyes, "POST", "/api/webhooks", `{"url":"https://example.com"}`).want(403)
	w.do(eyes, "GET", "/api/callbacks/secret", "").want(403)
	for _, odd := range []string{"nothing", "sub_", "sub_A", "sub_%00", "sub_%ff", "sub_nothing"} {
		w.do(ann, "GET", "/api/webhooks/"+odd, "").want(404)
	}
	w.do(apitest.Admin, "GET", "/api/webhooks", "").want(200).is("webhooks", "[]")
	w.do(apitest.Admin, "GET", "/api/webhooks?all=1", "").want(200).is("webhooks.0.id", id, "webhooks.0.url", "https://user.example.com/…")
	w.do(apitest.Admin, "PATCH", at, `{"on":false}`).want(200).is("off", "switched off by admin")
	w.do(apitest.Admin, "DELETE", at, "").want(204)
}

// TestWebhookOfATask holds that nobody learns of tasks that they may not see.
func TestWebhookOfATask(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"open","title":"T"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"shut","title":"T","owner":"admin"}`).want(201)
	w.do(ann, "POST", "/api/webhooks", `{"url":"https://example.com","task":"open"}`).want(201).is("task", "open")
	hidden := w.do(ann, "POST", "/api/webhooks", `{"url":"https://example.com","task":"shut"}`).want(404)
	none := w.do(ann, "POST", "/api/webhooks", `{"url":"https://example.com","task":"none"}`).want(404)
	if strings.ReplaceAll(string(hidden.body), "shut", "none") != string(none.body) {
		t.Errorf("a hidden task is refused with\n%s, one that there is not with\n%s", hidden.body, none.body)
	}
	w.do(apitest.Admin, "POST", "/api/webhooks", `{"url":"https://example.com","task":"shut"}`).want(201)
}

// TestWhoMayOnlyReadCanStop holds that who has lost the right to operate can switch
// off and remove what is sent in their name, and nothing else.
func TestWhoMayOnlyReadCanStop(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	eyes := w.do(ann, "POST", "/api/tokens", `{"name":"eyes","scopes":["read"]}`).want(201).at("token")
	at := "/api/webhooks/" + w.hook(ann, `{"url":"https://example.com/a"}`)
	for _, more := range []string{``, `{}`, `{"on":true}`, `{"on":false,"name":"x"}`, `{"on":false,"events":[]}`, `{"on":false,"progress":false}`, `{"on":false,"url":"https://example.com/b"}`} {
		w.do(eyes, "PATCH", at, more).want(403)
	}
	w.do(eyes, "GET", at, "").want(200).is("on", "true", "name", "")
	w.do(eyes, "PATCH", at, `{"on":false}`).want(200).is("on", "false", "off", "switched off by ann")
	w.do(eyes, "PATCH", at, `{"on":true}`).want(403)
	other := w.Person("bob", access.RoleMember, "read")
	w.do(other, "PATCH", at, `{"on":false}`).want(404)
	w.do(other, "DELETE", at, "").want(404)
	w.do(eyes, "DELETE", at, "").want(204)
	w.do(ann, "GET", at, "").want(404)
}
