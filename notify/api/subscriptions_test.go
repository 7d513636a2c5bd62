package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// asked are the letters that wait at a mail address and ask for a confirmation.
func (w *world) asked(to string) (out []notify.Letter) {
	w.t.Helper()
	due, err := w.ledger.Due(w.t.Context(), notify.Address{Channel: "email", To: to}.Lane(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(due, func(l notify.Letter) bool { return l.Note == nil || l.Note.Kind != notify.NoteConfirm })
}

func TestSubscription(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	made := w.do(ann, "POST", "/api/subscriptions",
		`{"channel":"email","to":"Ann.B@Mail.Example.COM","name":"Mine","events":["task.failed","approval.*"],"kind":"crm","owner":"group:shop","labels":{"env":"prod"},"longer_than_seconds":90}`).want(201)
	id := made.at("id")
	made.is("channel", "email", "to", "Ann.B@mail.example.com", "person", "ann", "on", "false", "off", notify.Unconfirmed, "off_at", "2026-01-31T12:00:00.000Z",
		"longer_than_seconds", "90", "created_at", "2026-01-31T12:00:00.000Z")
	if got := made.header.Get("Location"); got != "/api/subscriptions/"+id {
		t.Errorf("Location: %s", got)
	}
	if got := w.pokes(); got != "Ann.B@mail.example.com" {
		t.Errorf("poked %q", got)
	}
	w.do(ann, "GET", "/api/subscriptions/"+id, "").want(200).is("name", "Mine", "events.1", "approval.*", "kind", "crm", "owner", "group:shop", "labels.env", "prod")
	sub, err := w.ledger.Subscription(t.Context(), notify.SubscriptionID(id))
	if err != nil || sub.Address != (notify.Address{Channel: "email", To: "Ann.B@mail.example.com"}) || sub.Over != 90*time.Second || sub.Match.Kind != "crm" || sub.Live {
		t.Errorf("%+v, %v", sub, err)
	}
	letters := w.asked("Ann.B@mail.example.com")
	if len(letters) != 1 || letters[0].Sub != sub.ID || letters[0].Person != "ann" || letters[0].Note.To != "Ann.B@mail.example.com" ||
		letters[0].Note.Reason != "ann" || !letters[0].DueAt.Equal(w.time()) {
		t.Errorf("%+v", letters)
	}
	if _, ok, err := w.ledger.Keys(t.Context(), id); err != nil || ok {
		t.Errorf("a mailbox has keys: %v, %v", ok, err)
	}

	w.pass(time.Second)
	plain := w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"other@localhost"}`).want(201)
	plain.is("longer_than_seconds", "600", "events", fmt.Sprint(notify.Matters()), "name", "")
	every := w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"every@example.com","events":[],"longer_than_seconds":0}`).want(201)
	every.is("longer_than_seconds", "0", "events", "[]")
	w.pass(time.Second)
	w.browser(ann, "https://push.example/1")
	w.hook(apitest.Admin, `{"url":"https://example.com"}`)
	w.do(ann, "GET", "/api/subscriptions?channel=email", "").want(200).is("subscriptions.0.id", id, "subscriptions.3", "")
	w.do(ann, "GET", "/api/subscriptions?channel=webpush", "").want(200).is("subscriptions.0.channel", "webpush", "subscriptions.1", "")
	w.do(ann, "GET", "/api/subscriptions", "").want(200).is("subscriptions.3.channel", "webpush", "subscriptions.4", "")
	w.do(ann, "GET", "/api/subscriptions?channel=webhook", "").refused(400, "channel")
	w.do(ann, "DELETE", "/api/subscriptions/"+id, "").want(204)
	w.do(ann, "DELETE", "/api/subscriptions/"+id, "").want(404)
}

func TestBadSubscriptions(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	for _, bad := range []string{
		"", "ann", "@example.com", "ann@", "ann@example", "ann@.com", "ann@example.", "ann@exa_mple.com", "ann@-a.example", "ann@[127.0.0.1]", "ann@a..example",
		"Ann <ann@example.com>", "<ann@example.com>", "ann@example.com (x)", `\"ann\"@example.com`, "änn@example.com", "ann@exämple.com",
		" ann@example.com", "ann@example.com ", "a@b.example, c@d.example", "a b@example.com", "ann@example.com\\n", "a\\u0000@example.com", "a\\u007f@example.com",
		strings.Repeat("x", 65) + "@example.com", "ann@" + strings.Repeat("x", 64) + ".example",
	} {
		w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"`+bad+`"}`).refused(400, "to")
	}
	w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@`+strings.Repeat("x.", 125)+`example"}`).refused(413, "to")
	for body, field := range map[string]string{
		``: "channel", `{"to":"ann@example.com"}`: "channel", `{"channel":"webhook","to":"https://example.com"}`: "channel", `{"channel":"webpush","to":"x"}`: "channel",
		`{"channel":"email","to":"a@b.example","events":["ended"]}`: "events", `{"channel":"email","to":"a@b.example","name":"\u0000"}`: "name",
		`{"channel":"email","to":"a@b.example","longer_than_seconds":-1}`:      "longer_than_seconds",
		`{"channel":"email","to":"a@b.example","longer_than_seconds":2592001}`: "longer_than_seconds",
		`{"channel":"email","to":"a@b.example","longer_than_seconds":"10m"}`:   "longer_than_seconds",
		`{"channel":"email","to":"a@b.example","labels":{"":"x"}}`:             "labels", `{"channel":"email","to":5}`: "to", `[`: "body",
	} {
		w.do(ann, "POST", "/api/subscriptions", body).refused(400, field)
	}
	said := w.do(ann, "POST", "/api/subscriptions", `{"channel":"sms","to":"x"}`).at("detail")
	for _, want := range []string{"/api/webhooks", "/notifications", "/api/push/subscriptions"} {
		if !strings.Contains(said, want) {
			t.Errorf("says %q, not %q", said, want)
		}
	}
	w.do(ann, "GET", "/api/subscriptions", "").want(200).is("subscriptions", "[]")
}

// TestNoMail holds what a server says that sends none.
func TestNoMail(t *testing.T) {
	t.Parallel()
	w := serve(t, func(o *Options) { o.Email, o.Push = false, nil })
	ann := w.Person("ann", access.RoleMember)
	said := w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@example.com"}`).want(409).at("detail")
	if !strings.Contains(said, "set email.server and email.from") {
		t.Errorf("says %q", said)
	}
	for _, call := range []string{"GET /api/push/key", "POST /api/push/subscriptions"} {
		method, path, _ := strings.Cut(call, " ")
		w.do(ann, method, path, "").want(409)
	}
	w.do(apitest.Admin, "POST", "/api/push/key/rotate", "").want(409)
	w.do(ann, "GET", "/api/subscriptions", "").want(200).is("subscriptions", "[]")
}

func TestSubscriptionIsChanged(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	id := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	at := "/api/subscriptions/" + id
	if said := w.do(ann, "PATCH", at, `{"on":true}`).want(409).at("detail"); !strings.Contains(said, "open the link") {
		t.Errorf("says %q", said)
	}
	w.do(ann, "PATCH", at, `{"on":false,"name":"New"}`).want(200).is("name", "New", "off", notify.Unconfirmed)
	w.do(ann, "PATCH", at, `{"on":true}`).want(409)
	w.do(ann, "POST", at+"/test", "").want(409).is("detail", "it is not confirmed: open the link in the mail that was sent there, or have it sent again")
	w.confirm(id)
	w.pass(time.Hour)
	w.do(ann, "PATCH", at, `{"events":["*"],"longer_than_seconds":0}`).want(200).is("on", "true", "events.0", "*", "events.1", "", "longer_than_seconds", "0", "name", "New")
	w.do(ann, "PATCH", at, `{"on":false}`).want(200).is("off", "switched off by ann", "off_at", "2026-01-31T13:00:00.000Z", "longer_than_seconds", "0")
	w.pokes()
	w.do(ann, "PATCH", at, `{"on":true,"events":[]}`).want(200).is("on", "true", "off", "", "events", "[]")
	if got := w.pokes(); got != "ann@example.com" {
		t.Errorf("poked %q", got)
	}
	test := w.do(ann, "POST", at+"/test", "").want(202).is("type", "test", "channel", "email", "to", "ann@example.com", "subscription", id, "webhook", "")
	w.do(ann, "GET", "/api/deliveries/"+test.at("id"), "").want(200)
	for body, field := range map[string]string{
		`{"to":"b@example.com"}`: "to", `{"channel":"email"}`: "channel", `{"kind":"x"}`: "kind", `{"task":"x"}`: "task", `{"owner":"x"}`: "owner", `{"labels":{}}`: "labels",
		`{"events":["never"]}`: "events", `{"name":1}`: "name", `{"on":"yes"}`: "on", `{"longer_than_seconds":2592001}`: "longer_than_seconds",
	} {
		w.do(ann, "PATCH", at, body).refused(400, field)
	}
}

// TestShutMailbox holds that one that was switched off as nobody is there says why, and
// that who has confirmed it may switch it on again.
func TestShutMailbox(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	shut := func() notify.Lane {
		sub, err := w.ledger.Subscription(t.Context(), notify.SubscriptionID(id))
		if err != nil {
			t.Fatal(err)
		}
		lane := laneOf(sub)
		lane.Closed, lane.ClosedAt = "550 no such user", w.time()
		if err := w.ledger.Shut(t.Context(), lane, notify.Routed{}); err != nil {
			t.Fatal(err)
		}
		return lane
	}
	open := func(lane notify.Lane) {
		t.Helper()
		if l, _, err := w.ledger.Lane(t.Context(), lane.ID); err != nil || l.Closed != "" {
			t.Errorf("%+v, %v", l, err)
		}
	}
	lane := shut()
	w.do(ann, "GET", "/api/subscriptions/"+id, "").is("off", notify.Unconfirmed)
	w.pass(time.Minute)
	w.do(ann, "POST", "/api/subscriptions/"+id+"/confirm", "").want(202)
	open(lane)
	w.confirm(id)
	w.pass(time.Minute)
	lane = shut()
	w.do(ann, "GET", "/api/subscriptions/"+id, "").is("on", "false", "off", "550 no such user")
	w.do(ann, "PATCH", "/api/subscriptions/"+id, `{"on":true}`).want(200).is("on", "true")
	open(lane)
	shut()
	w.pass(time.Minute)
	w.told(apitest.Admin, `{"channel":"email","to":"ann@example.com"}`)
	open(lane)
	w.do(ann, "GET", "/api/subscriptions/"+id, "").is("on", "false")
}

// TestConfirmations holds how often somebody is asked.
func TestConfirmations(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleViewer), w.Person("bob", access.RoleMember)
	id := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	at := "/api/subscriptions/" + id + "/confirm"
	slow := func(r reply, seconds string) {
		t.Helper()
		if got := r.want(429).header.Get("Retry-After"); got != seconds {
			t.Errorf("Retry-After is %s, want %s", got, seconds)
		}
	}
	w.pass(time.Second)
	slow(w.do(ann, "POST", at, ""), "59")
	for range mostAskedThere - 1 {
		w.pass(time.Minute)
		w.do(ann, "POST", at, "").want(202).is("type", "address.confirm", "channel", "email", "to", "ann@example.com", "subscription", id)
	}
	w.pass(time.Minute)
	day := 24*60*60 - (mostAskedThere*60 + 1)
	slow(w.do(ann, "POST", at, ""), fmt.Sprint(day))
	slow(w.do(bob, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@EXAMPLE.com"}`), fmt.Sprint(day))
	w.do(ann, "DELETE", "/api/subscriptions/"+id, "").want(204)
	slow(w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@example.com"}`), fmt.Sprint(day))
	w.do(bob, "GET", "/api/subscriptions", "").is("subscriptions", "[]")
	w.pass(24 * time.Hour)
	next := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	w.confirm(next)
	w.do(ann, "POST", "/api/subscriptions/"+next+"/confirm", "").want(409)
	w.do(ann, "POST", "/api/subscriptions/"+w.browser(ann, "https://push.example/1")+"/confirm", "").want(409)
	if n := len(w.asked("ann@example.com")); n != 1 {
		t.Errorf("%d letters ask", n)
	}
}

// TestConfirmationsOfOnePerson holds that nobody has this server write to any number of
// strangers.
func TestConfirmationsOfOnePerson(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	for i := range mostAskedByThem {
		id := w.told(ann, fmt.Sprintf(`{"channel":"email","to":"x%d@example.com"}`, i))
		w.do(ann, "DELETE", "/api/subscriptions/"+id, "").want(204)
	}
	w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"more@example.com"}`).want(429)
	w.told(w.Person("bob", access.RoleMember), `{"channel":"email","to":"more@example.com"}`)
}

// TestOneAtATime holds that many who ask at once are asked for as often as one after the
// other.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	w.pass(time.Minute)
	w.contract()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { w.do(ann, "POST", "/api/subscriptions/"+id+"/confirm", "") })
	}
	all.Wait()
	if n := len(w.asked("ann@example.com")); n != 2 {
		t.Errorf("%d letters ask", n)
	}
}

// TestDoubles holds that nobody is sent each mail twice.
func TestDoubles(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.told(ann, `{"channel":"email","to":"ann@example.com","labels":{},"events":["*"]}`)
	labelled := w.told(ann, `{"channel":"email","to":"ann@example.com","labels":{"a":"b"}}`)
	for body, of := range map[string]string{`"to":"ann@example.com"`: id, `"to":"ANN@Example.com","name":"x"`: id, `"to":"ann@example.com","labels":{"a":"b"}`: labelled} {
		if said := w.do(ann, "POST", "/api/subscriptions", `{"channel":"email",`+body+`}`).want(409).at("detail"); !strings.Contains(said, of) {
			t.Errorf("%s: says %q, not %s", body, said, of)
		}
	}
	w.told(ann, `{"channel":"email","to":"ann@example.com","kind":"crm"}`)
	w.told(w.Person("bob", access.RoleMember), `{"channel":"email","to":"ann@example.com"}`)
}

// TestMostSubscriptions holds that one person cannot have any number, and that webhooks
// are counted apart.
func TestMostSubscriptions(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.hook(ann, `{"url":"https://example.com"}`)
	for i := range mostMailboxes {
		w.told(ann, fmt.Sprintf(`{"channel":"email","to":"x%d@example.com"}`, i))
	}
	if said := w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"more@example.com"}`).want(409).at("detail"); !strings.Contains(said, "20 mail addresses") {
		t.Errorf("says %q", said)
	}
	w.told(ann, `{"channel":"email","to":"X1@example.com","kind":"crm"}`)
	for i := range mostSubscriptions - mostMailboxes - 1 {
		w.browser(ann, fmt.Sprint("https://push.example/", i))
	}
	for path, body := range map[string]string{"/api/subscriptions": `{"channel":"email","to":"x1@example.com","kind":"more"}`, "/api/push/subscriptions": browser("https://push.example/more", "")} {
		if said := w.do(ann, "POST", path, body).want(409).at("detail"); !strings.Contains(said, "100 subscriptions") {
			t.Errorf("says %q", said)
		}
	}
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/1", "")).want(200)
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/more", `,"replaces":"https://push.example/1"`)).want(200)
	w.hook(ann, `{"url":"https://example.com/2"}`)
}

// TestSubscriptionsAreTheirOwners holds who sees and changes what, and that no address is
// shown to others.
func TestSubscriptionsAreTheirOwners(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleViewer), w.Person("bob", access.RoleOperator)
	reporter := w.Person("eve", access.RoleMember, "report")
	id := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	at := "/api/subscriptions/" + id
	w.do(bob, "GET", "/api/subscriptions", "").want(200).is("subscriptions", "[]")
	w.do(bob, "GET", "/api/subscriptions?all=1", "").want(403)
	for _, call := range [][2]string{{"GET", at}, {"PATCH", at}, {"DELETE", at}, {"POST", at + "/test"}, {"POST", at + "/confirm"}} {
		w.do(bob, call[0], call[1], "").want(404)
		w.do("", call[0], call[1], "").want(401)
		w.do(reporter, call[0], call[1], "").want(403)
	}
	hook := w.hook(bob, `{"url":"https://example.com"}`)
	w.do(bob, "GET", "/api/subscriptions/"+hook, "").want(404)
	w.do(ann, "GET", "/api/webhooks/"+id, "").want(404)
	w.do(ann, "POST", "/api/push/key/rotate", "").want(403)
	w.do(reporter, "POST", "/api/subscriptions", `{"channel":"email","to":"eve@example.com"}`).want(403)

	w.do(apitest.Admin, "GET", "/api/subscriptions", "").want(200).is("subscriptions", "[]")
	w.do(apitest.Admin, "GET", "/api/subscriptions?all=1", "").want(200).is("subscriptions.0.id", id, "subscriptions.0.to", "a…@example.com", "subscriptions.1", "")
	w.do(apitest.Admin, "GET", at, "").want(200).is("to", "a…@example.com", "person", "ann")
	w.confirm(id)
	test := w.do(apitest.Admin, "POST", at+"/test", "").want(202).is("to", "a…@example.com", "person", "ann")
	w.do(ann, "GET", "/api/deliveries/"+test.at("id"), "").want(200).is("to", "ann@example.com")
	w.do(apitest.Admin, "PATCH", at, `{"on":false}`).want(200).is("off", "switched off by admin")
	w.do(apitest.Admin, "DELETE", at, "").want(204)
}

// TestWhatServersSay holds that an address which is not shown is not shown either in what
// its server said, which often repeats it.
func TestWhatServersSay(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id := w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	w.confirm(id)
	sub, err := w.ledger.Subscription(t.Context(), notify.SubscriptionID(id))
	if err != nil {
		t.Fatal(err)
	}
	lane := laneOf(sub)
	lane.Closed, lane.ClosedAt = "refused the address ann@example.com: 550 <Ann@Example.com> unknown", w.time()
	if err := w.ledger.Shut(t.Context(), lane, notify.Routed{}); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{ann: lane.Closed, apitest.Admin: "refused the address a…@example.com: 550 <a…@example.com> unknown"} {
		w.do(token, "GET", "/api/subscriptions/"+id, "").want(200).is("off", want)
		w.do(token, "GET", "/api/deliveries?all="+strconv.FormatBool(token != ann), "").want(200).is("deliveries.0.why", want)
	}
}

// TestSubscriptionOfATask holds that nobody learns of tasks that they may not see.
func TestSubscriptionOfATask(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"open","title":"T"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"shut","title":"T","owner":"admin"}`).want(201)
	w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@example.com","task":"open"}`).want(201).is("task", "open")
	w.do(ann, "POST", "/api/subscriptions", `{"channel":"email","to":"ann@example.com","task":"shut"}`).want(404)
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/1", `,"task":"shut"`)).want(404)
	w.do(ann, "POST", "/api/push/subscriptions", browser("https://push.example/1", `,"task":"open"`)).want(201).is("task", "open")
}

// TestTokenThatMayNotApprove holds that nobody gets more by a subscription than their
// token may: what they are sent can decide.
func TestTokenThatMayNotApprove(t *testing.T) {
	t.Parallel()
	w := serve(t)
	reads := w.Person("ann", access.RoleMember, "read")
	decides := w.Person("ben", access.RoleMember, "read", "approve")
	views := w.Person("vic", access.RoleViewer)
	mail := func(to string) string { return `{"channel":"email","to":"` + to + `@example.com"}` }
	for path, body := range map[string]func(string) string{
		"/api/subscriptions":      mail,
		"/api/push/subscriptions": func(who string) string { return browser("https://push.example/"+who, "") },
	} {
		w.do(reads, "POST", path, body("ann")).want(403).is("code", "forbidden")
		w.do(decides, "POST", path, body("ben")).want(201)
		w.do(views, "POST", path, body("vic")).want(201)
	}
	w.do(reads, "GET", "/api/subscriptions", "").want(200).is("subscriptions", "[]")
}
