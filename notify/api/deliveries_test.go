package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

func TestTestDelivery(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.hook(ann, `{"url":"https://example.com/h?key=1"}`)
	sent := w.do(ann, "POST", "/api/webhooks/"+id+"/test", "").want(202)
	sent.is("type", "test", "state", "due", "webhook", id, "to", "https://example.com/…", "channel", "webhook", "class", "alarm", "person", "ann", "tries", "0")
	if got := w.pokes(); got != "https://example.com/h?key=1" {
		t.Errorf("poked %q", got)
	}
	w.do(ann, "GET", "/api/deliveries/"+sent.at("id"), "").want(200).is("id", sent.at("id"), "type", "test", "due_at", "2026-01-31T12:00:00.000Z")
	if again := w.do(ann, "POST", "/api/webhooks/"+id+"/test", "").want(202); again.at("id") == sent.at("id") {
		t.Error("a second test is the first")
	}
	due, err := w.ledger.Due(t.Context(), notify.Address{Channel: "webhook", To: "https://example.com/h?key=1", Key: id}.Lane(), 10)
	if err != nil || len(due) != 2 || due[0].Note == nil || due[0].Note.Kind != "test" || due[0].ExpiresAt.IsZero() {
		t.Errorf("%+v, %v", due, err)
	}
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleOperator)
	hers, his := w.hook(ann, `{"url":"https://ann.example/x?k=1"}`), w.hook(bob, `{"url":"https://bob.example/"}`)
	made := w.letters(hers, 5, notify.Dead)
	slices.Reverse(made)
	other := w.letters(his, 1, notify.Due)[0]

	list := func(token, query string) []string { return w.listed(token, "/api/deliveries?"+query) }
	same := func(got, want []string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("listed %v, want %v", got, want)
		}
	}
	same(list(ann, ""), made)
	same(list(ann, "limit=2"), made)
	same(list(ann, "limit=5"), made)
	same(list(ann, "state=dead&task=t&webhook="+hers), made)
	same(list(ann, "state=due"), nil)
	same(list(ann, "task=u"), nil)
	same(list(ann, "webhook="+his), nil)
	same(list(bob, ""), []string{other})
	same(list(apitest.Admin, ""), nil)
	same(list(apitest.Admin, "all=1"), append([]string{other}, made...))
	w.do(bob, "GET", "/api/deliveries?all=1", "").want(403)
	mail := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	same(list(ann, "subscription="+mail), []string{string(w.asked("ann@example.com")[0].ID)})
	same(list(ann, "webhook="+mail), list(ann, "subscription="+mail))
	w.do(ann, "GET", "/api/deliveries?subscription="+mail+"&webhook="+hers, "").refused(400, "subscription")
	w.do(ann, "POST", "/api/deliveries/redrive", `{"subscription":"`+mail+`","webhook":"`+hers+`"}`).refused(400, "subscription")

	w.do(ann, "GET", "/api/deliveries/"+made[4], "").want(200).is("to", "https://ann.example/…", "webhook", hers, "task_id", "t", "seq", "1",
		"type", "task.failed", "class", "end", "state", "dead", "tries", "3", "why", "example.com answers 503", "made_at", "2026-01-31T12:01:00.000Z",
		"settled_at", "2026-01-31T12:01:00.000Z", "expires_at", "2026-01-31T13:01:00.000Z")
	w.do(bob, "GET", "/api/deliveries/"+made[0], "").want(404)
	w.do(apitest.Admin, "GET", "/api/deliveries/"+made[0], "").want(200)
	for _, odd := range []string{"x", "msg_", "msg_%00", "msg_nothing"} {
		w.do(ann, "GET", "/api/deliveries/"+odd, "").want(404)
	}
	for query, field := range map[string]string{
		"state=gone": "state", "limit=0": "limit", "limit=201": "limit", "cursor=x": "cursor", "cursor=YQ": "cursor", "all=yes": "all", "task=%00": "task", "webhook=%ff": "webhook", "subscription=%ff": "subscription",
	} {
		w.do(ann, "GET", "/api/deliveries?"+query, "").refused(400, field)
	}
	for _, field := range []string{"task", "webhook", "subscription"} {
		w.do(ann, "GET", "/api/deliveries?"+field+"="+strings.Repeat("x", 201), "").refused(400, field)
	}
}

// listed are the ids on all pages of a list.
func (w *world) listed(token, list string) (ids []string) {
	w.t.Helper()
	for next := ""; ; {
		r := w.do(token, "GET", list+next, "").want(200)
		for i := 0; r.at(fmt.Sprintf("deliveries.%d.id", i)) != ""; i++ {
			ids = append(ids, r.at(fmt.Sprintf("deliveries.%d.id", i)))
		}
		if r.at("next") == "" {
			return ids
		}
		next = "&cursor=" + r.at("next")
	}
}

// TestCallbackDelivery holds that a letter of a task's own URL belongs to no webhook.
func TestCallbackDelivery(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	a := notify.Address{Channel: "webhook", To: "https://me:pw@example.com/cb?token=1", Key: "person:ann"}
	l := notify.Letter{
		ID: notify.LetterIDOf("cb_t", "t", 2), Lane: a.Lane(), Sub: "cb_t", Person: "ann", Task: "t", Seq: 2, Kind: progress.TaskStarted,
		Class: notify.ClassStep, State: notify.Due, MadeAt: w.time(), DueAt: w.time(), ExpiresAt: w.time().Add(time.Hour),
	}
	if err := w.ledger.Routed(t.Context(), notify.Routed{Lanes: []notify.Lane{{ID: a.Lane(), Address: a}}, Letters: []notify.Letter{l}}); err != nil {
		t.Fatal(err)
	}
	r := w.do(ann, "GET", "/api/deliveries", "").want(200).is("deliveries.0.webhook", "", "deliveries.0.to", "https://example.com/…", "deliveries.0.type", "task.started")
	if strings.Contains(string(r.body), "token") || strings.Contains(string(r.body), "pw") {
		t.Errorf("it shows a secret: %s", r.body)
	}
}

func TestRedrive(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleOperator)
	one, two := w.hook(ann, `{"url":"https://one.example/"}`), w.hook(ann, `{"url":"https://two.example/"}`)
	dead := w.letters(one, 3, notify.Dead)
	w.letters(two, 2, notify.Dead)
	sent := w.letters(w.hook(ann, `{"url":"https://three.example/"}`), 1, notify.Sent)[0]
	dropped := w.letters(w.hook(ann, `{"url":"https://four.example/"}`), 1, notify.Dropped)[0]
	w.pokes()

	w.do(ann, "POST", "/api/deliveries/"+dead[0]+"/redrive", "").want(202).is("id", dead[0], "state", "due", "tries", "0", "doubt", "true", "settled_at", "",
		"due_at", "2026-01-31T12:07:00.000Z", "expires_at", "2026-02-01T12:07:00.000Z")
	if got := w.pokes(); got != "https://one.example/" {
		t.Errorf("poked %q", got)
	}
	w.do(ann, "POST", "/api/deliveries/"+dead[0]+"/redrive", "").want(409)
	w.do(ann, "POST", "/api/deliveries/"+sent+"/redrive", "").want(409)
	w.do(bob, "POST", "/api/deliveries/"+dead[1]+"/redrive", "").want(404)
	w.do(bob, "POST", "/api/deliveries/redrive", "").want(200).is("redriven", "0")
	w.do(bob, "POST", "/api/deliveries/redrive", `{"all":true}`).refused(403, "all")
	w.do(ann, "POST", "/api/deliveries/redrive", `{"webhook":"`+one+`","task":"t"}`).want(200).is("redriven", "2")
	w.do(ann, "POST", "/api/deliveries/redrive", `{"task":"u"}`).want(200).is("redriven", "0")
	w.do(apitest.Admin, "POST", "/api/deliveries/redrive", ``).want(200).is("redriven", "0")
	if got := w.pokes(); got != "https://one.example/" {
		t.Errorf("poked %q", got)
	}
	w.do(apitest.Admin, "POST", "/api/deliveries/redrive", `{"all":true}`).want(200).is("redriven", "2")
	w.do(ann, "POST", "/api/deliveries/redrive", `{"state":"dropped"}`).want(200).is("redriven", "1")
	w.do(ann, "GET", "/api/deliveries/"+dropped, "").want(200).is("state", "due")
	w.do(ann, "POST", "/api/deliveries/redrive", `{"state":"sent"}`).refused(400, "state")
	w.do(ann, "POST", "/api/deliveries/redrive", `{"task":"\u0000"}`).refused(400, "task")

	w.do(ann, "DELETE", "/api/webhooks/"+two, "").want(204)
	last := w.do(ann, "GET", "/api/deliveries?webhook="+two, "").want(200).is("deliveries.0.state", "dropped", "deliveries.0.why", "unsubscribed").at("deliveries.0.id")
	w.do(ann, "POST", "/api/deliveries/"+last+"/redrive", "").want(409)
}
