package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// asks brings a task to the point where it asks.
func (h *herald) asks(id string) {
	h.t.Helper()
	h.job(id)
	h.report(id, `{"step":1,"step_status":"completed"}`)
	h.report(id, `{"step":2,"step_status":"running"}`)
}

// approval is what the API says of a task's second step.
func (h *herald) approval(id string) string {
	h.t.Helper()
	_, text := h.call("GET", "/api/tasks/"+id, pageToken, "")
	var task struct {
		Steps []struct {
			Approval struct {
				Status string `json:"status"`
				By     string `json:"decided_by"`
				Via    string `json:"via"`
			} `json:"approval"`
		} `json:"steps"`
	}
	if err := json.Unmarshal([]byte(text), &task); err != nil || len(task.Steps) < 2 {
		h.t.Fatal(err, text)
	}
	a := task.Steps[1].Approval
	return strings.Join([]string{a.Status, a.By, a.Via}, " ")
}

// subscribed are the browsers that the API has.
func (h *herald) subscribed() (ids []string) {
	h.t.Helper()
	_, text := h.call("GET", "/api/subscriptions?channel=webpush", pageToken, "")
	var list struct {
		Subscriptions []struct {
			ID string `json:"id"`
			On bool   `json:"on"`
		} `json:"subscriptions"`
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		h.t.Fatal(err, text)
	}
	for _, s := range list.Subscriptions {
		if s.On {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// TestPush has a browser subscribe, shows what comes there, and decides an approval
// with a button of the notification.
func TestPush(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken, "HERALD_ALLOW_TARGETS=127.0.0.1"))
	br := browse(t)
	p := br.tab()
	b := p.pushes(h)
	p.open(h.url + "/notifications")
	p.login()
	p.shows("Nowhere yet")
	p.narrow()
	p.press("button[value=push]")
	p.shows("✓ On. Notifications come though no page of Herald is open")
	p.shows("this browser")
	p.narrow()
	p.until(`[...document.querySelectorAll("input:not([type=hidden])")].every((el) => el.labels.length > 0)`)

	h.asks("one")
	text := b.next()
	b.deliver(text)
	n := b.await(func(shown) bool { return true })
	if !strings.Contains(n.Title+n.Body, "Job one") || !strings.Contains(n.Body, "Ship it?") || !slices.Equal(n.Actions, []string{"approve", "reject"}) || n.Tag == "" || n.Approve == "" || !n.Stays {
		t.Errorf("the browser shows %+v", n)
	}
	b.decides(h, text)
	b.says(h)
	b.opens(h)
	b.rotates(h)
	b.changes(h)
	b.elsewhere(h)
	p.press("button[value=off]")
	p.shows("Off. Once they are on")
	p.until(`!document.getElementById("browser").dataset.busy`)
	if all := h.subscribed(); len(all) > 0 || b.alive() > 0 {
		t.Errorf("the server still tells %v, and %d devices are left", all, b.alive())
	}
	br.calm()
}

// decides approves with the button of the notification, which then says so, and so does
// one that comes late.
func (b *pusher) decides(h *herald, text string) {
	b.t.Helper()
	b.press("approve")
	if n := b.await(func(n shown) bool { return strings.HasPrefix(n.Title, "✓ You approved this.") }); len(n.Actions) > 0 || n.Approve != "" {
		b.t.Errorf("after the decision it shows %+v", n)
	}
	if got := h.approval("one"); got != "approved admin push" {
		b.t.Errorf("the approval is %s", got)
	}
	b.deliver(text)
	b.await(func(n shown) bool { return len(n.Actions) == 2 })
	b.press("reject")
	b.await(func(n shown) bool { return strings.HasPrefix(n.Title, "✕ ") && strings.Contains(n.Title, "admin") })
	if got := h.count("one", "approval.decided"); got != 1 {
		b.t.Errorf("it was decided %d times", got)
	}
	b.deliver(b.next()) // what was decided, as all are told
	b.await(func(n shown) bool { return slices.Equal(n.Actions, []string{"open"}) })
}

// says shows what cannot be read, and what was not reached.
func (b *pusher) says(h *herald) {
	b.t.Helper()
	b.clear()
	for _, broken := range []string{"", "no JSON", "{}", `{"notification":{}}`, `{"notification":{"title":"a","actions":5}}`} {
		b.deliver(broken)
		b.await(func(n shown) bool { return n.Title == "Herald" && n.Open == "/" })
		b.clear()
	}
	h.asks("two")
	b.deliver(b.next())
	was := b.await(func(n shown) bool { return len(n.Actions) == 2 })
	b.offline(true)
	b.press("approve")
	n := b.await(func(n shown) bool { return strings.HasPrefix(n.Body, "Herald was not reached") })
	if n.Title != was.Title || len(n.Actions) != 2 || n.Approve != was.Approve || !strings.HasPrefix(n.Open, h.url+"/act/") {
		b.t.Errorf("after it did not get through it shows %+v, before %+v", n, was)
	}
	b.offline(false)
	b.press("reject")
	b.await(func(n shown) bool { return strings.HasPrefix(n.Title, "✓ You rejected this.") })
	if got := h.approval("two"); got != "rejected admin push" {
		b.t.Errorf("the approval is %s", got)
	}
	b.clear()
	b.next()
	b.next() // it failed
}

// clear takes away what is shown.
func (b *pusher) clear() {
	b.t.Helper()
	b.inWorker(`registration.getNotifications().then((all) => { all.forEach((n) => n.close()); return ""; })`)
}

// opens goes where a notification leads: to the tab that shows it, else to a new one.
func (b *pusher) opens(h *herald) {
	b.t.Helper()
	payload := `{"notification":{"title":"a","tag":"a","navigate":"` + h.url + `%s","actions":[{"action":"approve","title":"Approve","navigate":"` + h.url + `/act/x"}]}}`
	for _, c := range []struct{ page, action, want string }{
		{"/notifications", "", "to " + h.url + "/notifications"},
		{"/tasks/one", "", "open " + h.url + "/tasks/one"},
		{"/tasks/one", "approve", "open " + h.url + "/act/x"}, // without a ticket
	} {
		b.deliver(fmt.Sprintf(payload, c.page))
		b.await(func(n shown) bool { return n.Open == h.url+c.page })
		if got := b.press(c.action); got != c.want {
			b.t.Errorf("pressing %q of %s goes %s, want %s", c.action, c.page, got, c.want)
		}
	}
}

// rotates gives the server another key: the next page renews the subscription.
func (b *pusher) rotates(h *herald) {
	b.t.Helper()
	before := h.subscribed()
	code, text := h.call("POST", "/api/push/key/rotate", pageToken, "")
	var now struct{ Key string }
	if err := json.Unmarshal([]byte(text), &now); code != 200 || err != nil {
		b.t.Fatal(code, text)
	}
	b.tab.open(h.url + "/")
	b.tab.until(`notices.kept().key === "` + now.Key + `"`)
	if after := h.subscribed(); !slices.Equal(before, after) || b.alive() != 1 {
		b.t.Errorf("%v has become %v, with %d devices", before, after, b.alive())
	}
	b.tab.open(h.url + "/notifications")
	b.tab.shows("this browser")
	b.tab.press(`form[action$="/test"] button`)
	b.tab.shows("A test is on its way.")
	b.deliver(b.next())
	b.await(func(n shown) bool { return n.Title != "" })
	b.clear()
}

// changes has the browser lose its address, and the service worker tell the server the
// new one, if it is still the same person's.
func (b *pusher) changes(h *herald) {
	b.t.Helper()
	before := h.subscribed()
	b.unsubscribe(b.tab.js("notices.kept().endpoint").(string))
	sub, err := b.subscribe(b.tab.js("notices.kept().key").(string))
	if err != nil {
		b.t.Fatal(err)
	}
	fresh, _ := json.Marshal(sub)
	b.tab.js(`localStorage.setItem("fake push", JSON.stringify({ key: notices.kept().key, sub: ` + string(fresh) + ` }))`)
	change := `(async () => {
		PushManager.prototype.subscribe = async () => ({ toJSON: () => (` + string(fresh) + `) });
		const kept = await (await (await caches.open("herald")).match("/notices")).json();
		await (await caches.open("herald")).put("/notices", new Response(JSON.stringify({ ...kept, person: "%s" })));
		const event = new Event("pushsubscriptionchange");
		let done;
		event.waitUntil = (promise) => { done = promise; };
		dispatchEvent(event);
		await done;
		return "";
	})()`
	told := func() bool {
		code, text := h.call("POST", "/api/subscriptions/"+before[0]+"/test", pageToken, "")
		if code != 202 {
			b.t.Fatal(code, text)
		}
		ctx, cancel := context.WithTimeout(b.t.Context(), time.Second)
		defer cancel()
		got, _ := b.devices[len(b.devices)-1].Await(ctx, 1)
		return len(got) > 0
	}
	b.inWorker(fmt.Sprintf(change, "somebody else"))
	if told() {
		b.t.Error("another person was told where this one is")
	}
	b.inWorker(fmt.Sprintf(change, "admin"))
	if !told() || !slices.Equal(h.subscribed(), before) {
		b.t.Errorf("the new address is not told; %v has become %v", before, h.subscribed())
	}
}

// elsewhere switches the browser off from another one, which a day later it still is,
// and removes it: then it is turned off here too. It is turned on again for who comes
// next.
func (b *pusher) elsewhere(h *herald) {
	b.t.Helper()
	path := "/api/subscriptions/" + h.subscribed()[0]
	nextDay := func() {
		b.t.Helper()
		b.tab.js(`localStorage.setItem("herald.notices", JSON.stringify({ ...notices.kept(), at: 0 }))`)
		b.tab.open(h.url + "/notifications")
		b.tab.js(`void navigator.locks.request("herald-heal", () => { window.healed = true; })`)
		b.tab.until("window.healed")
	}
	if code, text := h.call("PATCH", path, pageToken, `{"on":false}`); code != 200 {
		b.t.Fatal(code, text)
	}
	nextDay()
	if all := h.subscribed(); len(all) > 0 {
		b.t.Errorf("%v is on again", all)
	}
	if code, text := h.call("DELETE", path, pageToken, ""); code != 204 {
		b.t.Fatal(code, text)
	}
	nextDay()
	b.tab.until(`!notices.kept().mode`)
	b.tab.open(h.url + "/notifications")
	b.tab.shows("Off. Once they are on")
	if all := h.subscribed(); len(all) > 0 || b.alive() > 0 {
		b.t.Errorf("the server tells %v, and %d devices are left", all, b.alive())
	}
	b.tab.press("button[value=push]")
	b.tab.shows("this browser")
}

// TestNoticesOfPages shows what the socket says where push is off: once for all tabs,
// and not in one that is looked at.
func TestNoticesOfPages(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	br := browse(t)
	p := br.tab()
	b := p.pushes(h)
	p.open(h.url + "/notifications")
	p.login()
	p.press("button[value=page]")
	p.shows("✓ On while the list of tasks is open")
	p.run(chromedp.Navigate(h.url + "/"))
	second := br.tab()
	second.open(h.url + "/")
	for _, each := range []*tab{p, second} {
		each.until("socket && socket.readyState === 1")
		each.js(`void (window.heard = [], notices.tell = ((tell) => async (frame) => { await tell(frame); heard.push(frame.task_id); })(notices.tell))`)
		each.looked(false)
	}
	h.asks("one")
	p.told("one")
	second.told("one")
	n := b.await(func(shown) bool { return true })
	if !strings.Contains(n.Title+n.Body, "Job one") || n.Tag == "" || n.Open != "/tasks/one" {
		t.Errorf("the browser shows %+v", n)
	}
	if got := b.press(""); got != "open "+h.url+"/tasks/one" {
		t.Errorf("pressing it goes %s", got)
	}
	b.clear()
	second.run(chromedp.Navigate("about:blank"))
	p.looked(true)
	h.asks("two")
	p.told("two")
	p.looked(false)
	h.asks("three")
	p.told("three")
	b.await(func(n shown) bool { return n.Open == "/tasks/three" })
	if len(b.service.Requests()) > 0 {
		t.Error("push was not off")
	}
	br.calm()
}

// looked says whether somebody looks at the tab.
func (p *tab) looked(at bool) {
	p.t.Helper()
	p.js(fmt.Sprintf("void (document.hasFocus = () => %t)", at))
}

// told waits until the page has done with a notice of a task.
func (p *tab) told(task string) {
	p.t.Helper()
	p.until(`heard.includes("` + task + `")`)
}
