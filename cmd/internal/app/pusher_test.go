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

// deliver has the browser take a message as if its push service had sent it, and waits
// until it is shown. Chromium forgets a notification if somebody asks which there are
// while it is about to show it.
func (b *pusher) deliver(text string) {
	b.t.Helper()
	before := b.inWorker(countShown)
	must(b.tab, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: b.origin, RegistrationID: "0", Data: text})
	for end := time.Now().Add(patience); b.inWorker(countShown) == before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("the service worker has shown nothing for %s", text)
		}
	}
}

// countShown counts what the service worker has shown.
const countShown = `(async () => {
	if (self.countShown === undefined) {
		self.countShown = 0;
		const show = registration.showNotification;
		ServiceWorkerRegistration.prototype.showNotification = async function (...all) {
			await show.apply(this, all);
			countShown++;
		};
	}
	return String(countShown);
})()`

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
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		all = nil
		if err := json.Unmarshal([]byte(b.inWorker(allShown)), &all); err != nil {
			b.t.Fatal(err)
		}
		if len(all) == 1 && so(all[0]) {
			return all[0]
		}
	}
	b.t.Fatalf("the browser shows %+v", all)
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
