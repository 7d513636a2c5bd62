package app_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/taskherald/herald/notify/webpush/pushfake"
)

// trustFarSides has this process trust the far sides of tests, which share one
// certificate, until what is returned is called.
func trustFarSides() (end func()) {
	far := httptest.NewTLSServer(nil)
	defer far.Close()
	folder, err := os.MkdirTemp("", "herald-test")
	if err != nil {
		panic(err)
	}
	file := filepath.Join(folder, "far.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: far.Certificate().Raw})
	if err := os.WriteFile(file, cert, 0o600); err != nil {
		panic(err)
	}
	if err := os.Setenv("SSL_CERT_FILE", file); err != nil {
		panic(err)
	}
	return func() { _ = os.RemoveAll(folder) }
}

// fakeSubscribe stands in for what needs the push service of the browser's vendor:
// the page's pushManager gets its address from the test's.
const fakeSubscribe = `(() => {
  const kept = () => JSON.parse(localStorage.getItem("fake push") || "null");
  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)).buffer;
  const as = ({ key, sub }) => ({
    endpoint: sub.endpoint, options: { userVisibleOnly: true, applicationServerKey: bytes(key) }, toJSON: () => sub,
    unsubscribe: async () => { localStorage.removeItem("fake push"); await testUnsubscribe(sub.endpoint); return true; },
  });
  PushManager.prototype.getSubscription = async () => kept() && as(kept());
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey: given }) => {
    if (!userVisibleOnly) throw new DOMException("not for push without a word", "NotAllowedError");
    const key = typeof given === "string" ? given : base64(given);
    localStorage.setItem("fake push", JSON.stringify({ key, sub: await testSubscribe(key) }));
    return as(kept());
  };
})()`

// A pusher is the push service of a browser, and the hand that brings what comes
// there to its service worker.
type pusher struct {
	t       *testing.T
	service *pushfake.Service
	origin  string
	tab     *tab
	worker  *tab

	mu      sync.Mutex
	devices []*pushfake.Device
	left    int // devices that have unsubscribed
	read    int // messages of the newest device
}

// pushes gives a tab a push service and the permission to show notifications.
func (p *tab) pushes(h *herald) *pusher {
	p.t.Helper()
	b := &pusher{t: p.t, service: pushfake.New(p.t), origin: h.url, tab: p}
	p.permits(h.url)
	p.run(
		chromedp.ExposeFunc("testSubscribe", func(_ context.Context, key string) (pushfake.Subscription, error) { return b.subscribe(key) }),
		chromedp.ExposeFunc("testUnsubscribe", func(_ context.Context, endpoint string) (chromedp.Void, error) {
			b.unsubscribe(endpoint)
			return chromedp.Void{}, nil
		}),
	)
	must(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fakeSubscribe})
	if err := chromedp.Listen(p.ctx, func(e any) {
		switch e := e.(type) {
		case *serviceworker.EventWorkerErrorReported:
			p.trouble(fmt.Sprintf("the service worker: %+v", *e.ErrorMessage))
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	must(p, serviceworker.Enable, cdp.Empty{})
	return b
}

// must calls a command of the DevTools protocol.
func must[P, R any](p *tab, c cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Call(ctx, c, params)
	if err != nil {
		p.t.Fatalf("%s: %v", c.Method, err)
	}
	return out
}

// permits lets a site show notifications.
func (p *tab) permits(origin string) {
	p.t.Helper()
	_, err := cdp.Call(p.ctx, chromedp.FromContext(p.ctx).Browser, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission: &cdpbrowser.PermissionDescriptor{Name: "notifications"}, Setting: cdpbrowser.PermissionSettingGranted, Origin: origin,
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (b *pusher) subscribe(key string) (s pushfake.Subscription, err error) {
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return s, err
	}
	d := b.service.Subscribe(b.t, point)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.devices, b.read = append(b.devices, d), 0
	return d.Subscription(), nil
}

func (b *pusher) unsubscribe(endpoint string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.devices, func(d *pushfake.Device) bool { return d.Subscription().Endpoint == endpoint })
	b.devices[i].Unsubscribe()
	b.left++
}

// alive is how many devices take messages.
func (b *pusher) alive() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.devices) - b.left
}

// next is the next message that came, decrypted.
func (b *pusher) next() string {
	b.t.Helper()
	b.mu.Lock()
	d, n := b.devices[len(b.devices)-1], b.read+1
	b.read = n
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	all, err := d.Await(ctx, n)
	if err != nil {
		b.t.Fatalf("%v; the service was asked %+v", err, b.service.Requests())
	}
	return all[n-1].Text
}

// deliver has the browser take a message as if its push service had sent it.
func (b *pusher) deliver(text string) {
	b.t.Helper()
	must(b.tab, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: b.origin, RegistrationID: "0", Data: text})
}

// A shown is a notification as the browser shows it.
type shown struct {
	Title, Body, Tag, Open, Approve string
	Actions                         []string
	Stays                           bool
}

const allShown = `registration.getNotifications().then((all) => JSON.stringify(all.map((n) => ({
	title: n.title, body: n.body, tag: n.tag, actions: n.actions.map((a) => a.action), open: n.data.open, approve: n.data.approve || "", stays: n.requireInteraction,
}))))`

// await waits until the browser shows exactly one notification, and it is so.
func (b *pusher) await(so func(shown) bool) shown {
	b.t.Helper()
	var all []shown
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all = nil
		if err := json.Unmarshal([]byte(b.inWorker(allShown)), &all); err != nil {
			b.t.Fatal(err)
		}
		if len(all) == 1 && so(all[0]) {
			return all[0]
		}
	}
	b.t.Fatalf("the browser shows %+v; the worker says %v", all, b.tab.troubles)
	return shown{}
}

// inWorker gives what a promise in the service worker comes to, a text.
func (b *pusher) inWorker(expression string) string {
	b.t.Helper()
	if b.worker == nil {
		b.worker = b.tab.serviceWorker()
	}
	out := must(b.worker, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, AwaitPromise: new(true), ReturnByValue: new(true)})
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%s: %v", expression, out.ExceptionDetails.Exception)
	}
	var text string
	if err := json.Unmarshal(out.Result.Value, &text); err != nil {
		b.t.Fatalf("%s is %s: %v", expression, out.Result.Value, err)
	}
	return text
}

// serviceWorker attaches to that of the browser.
func (p *tab) serviceWorker() *tab {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all, err := chromedp.Targets(p.ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(t *target.Info) bool { return t.Type == "service_worker" })
		if i < 0 {
			continue
		}
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(all[i].TargetID))
		p.t.Cleanup(cancel)
		if err := chromedp.Do(ctx); err != nil {
			p.t.Fatal(err)
		}
		return &tab{p.browser, ctx}
	}
	p.t.Fatal("there is no service worker")
	return nil
}

// press presses a button of the one notification, "" for the notification itself, and
// gives the pages that this goes to or opens. What a script has made may keep no worker
// awake, and may not open pages: both are done for it.
func (b *pusher) press(action string) (pages string) {
	b.t.Helper()
	return b.inWorker(`(async (action) => {
		const pages = [];
		WindowClient.prototype.focus = async function () { pages.push("to " + this.url); };
		clients.openWindow = async (url) => { pages.push("open " + url); };
		const [notification] = await registration.getNotifications();
		const event = new NotificationEvent("notificationclick", { notification, action });
		let done;
		Object.defineProperty(event, "waitUntil", { value: (promise) => { done = promise; } });
		dispatchEvent(event);
		await done;
		return pages.join(" ");
	})("` + action + `")`)
}

// offline cuts the service worker off the net, or not any more.
func (b *pusher) offline(off bool) {
	b.t.Helper()
	b.inWorker(fmt.Sprintf(`(async () => {
		self.reached ||= fetch;
		self.fetch = %t ? () => Promise.reject(new TypeError("Failed to fetch")) : self.reached;
		return "";
	})()`, off))
}

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

	b.inWorker(allShown) // Chromium compares what is shown with what it keeps when it is first asked, and may lose what comes right then
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
	p.press("button[value=off]")
	p.shows("Off. Once they are on")
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
		each.looked(false)
	}
	h.asks("one")
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
	p.until(`document.querySelector("#waiting-tasks #task-two")`)
	p.looked(false)
	h.asks("three")
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
