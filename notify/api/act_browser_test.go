package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
)

// chromium is a browser of its own, on a phone.
type chromium struct {
	t        *testing.T
	ctx      context.Context
	troubles chan string // from its console
}

func startChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if path, err = exec.LookPath("google-chrome"); err != nil {
			t.Fatal("this test needs Chromium: install the package chromium, or run .ci/chromium")
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c := &chromium{t: t, ctx: ctx, troubles: make(chan string, 100)}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 800)); err != nil { // which starts it, for as long as ctx lasts
		t.Fatal(err)
	}
	err = chromedp.Listen(ctx, func(e any) {
		if e, ok := e.(*cdplog.EventEntryAdded); ok && e.Entry.Level == cdplog.EntryLevelError {
			c.troubles <- fmt.Sprint(e.Entry.Source, ": ", e.Entry.Text, " ", e.Entry.URL)
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, cdplog.Enable, cdp.Empty{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *chromium) run(actions ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		c.t.Fatalf("%v\nthe page shows: %s", err, c.text())
	}
}

func (c *chromium) click(selector string) {
	c.t.Helper()
	c.run(chromedp.Click(chromedp.CSS(selector)))
}

func (c *chromium) text() string {
	ctx, cancel := context.WithTimeout(c.ctx, time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

// shows waits until the page shows texts, and holds that it fits on the phone.
func (c *chromium) shows(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		quoted, err := json.Marshal(text)
		if err != nil {
			c.t.Fatal(err)
		}
		c.until("document.readyState === 'complete' && document.body.innerText.includes(" + string(quoted) + ")")
	}
	c.until("document.documentElement.scrollWidth <= innerWidth")
}

// until waits until an expression is true.
func (c *chromium) until(expression string) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(c.ctx, 20*time.Second)
		so, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if err == nil && so { // an error is a page that changes right now
			return
		}
	}
	c.t.Fatalf("not so: %s\nthe page shows: %s", expression, c.text())
}

// TestInTheBrowser follows links from the page of another site, as webmail is one, in a
// real browser: which cookies it sends, and what it says of where a form is from, is its
// own doing.
func TestInTheBrowser(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.url = o.URL
	ana := o.member("ana")
	o.Person("new", access.RoleMember)
	o.subscribe("new", notify.Unconfirmed)
	o.asks("low", risky())
	o.asks("high", progress.Gate{Risk: "high", Prompt: "Drop the table?"})
	mail := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><body>`)
		for id, link := range map[string]string{
			"low": o.invite("low", "ana", progress.ViaMail).Page, "high": o.invite("high", "ana", progress.ViaMail).Page,
			"confirm": o.links.Confirm("sub_new", "new@example.com", o.now().Add(time.Hour)), "leave": o.toLeave("ana"),
		} {
			fmt.Fprintf(w, `<p><a id="%s" href="%s">%s</a>`, id, link, id)
		}
	}))
	t.Cleanup(mail.Close)
	c := startChromium(t)
	follow := func(id string) {
		t.Helper()
		c.run(chromedp.Navigate(strings.Replace(mail.URL, "127.0.0.1", "localhost", 1)))
		c.click("#" + id)
	}
	follow("low")
	c.shows("You decide as ana.", "Deploy to <production>?")
	c.run(chromedp.SendKeys(chromedp.CSS("#why"), "fine"))
	c.click("button[value=approve]")
	c.shows("Approved by ana, by mail: fine.")
	o.decided("low", progress.ApprovalApproved, "ana", progress.ViaMail)
	follow("low")
	c.shows("Approved by ana, by mail: fine.")

	follow("high")
	c.shows("Drop the table?", "only ana, logged in")
	c.click("section a.button")
	c.shows("Token")
	c.run(chromedp.SendKeys(chromedp.CSS("#token"), ana))
	c.click("button")
	c.shows("You decide as ana.")
	c.click("button[value=reject]")
	c.shows("Rejected by ana, by mail.")
	follow("high")
	c.shows("Rejected by ana, by mail.")

	follow("confirm")
	c.shows("May Herald write to you?")
	c.click("main button")
	c.shows("Confirmed")
	follow("leave")
	c.shows("No more of this mail?")
	c.click("main button")
	c.shows("Unsubscribed")
	if o.sub("new").Off != "" || o.sub("ana").Off != left {
		t.Errorf("%q, %q", o.sub("new").Off, o.sub("ana").Off)
	}
	select {
	case trouble := <-c.troubles:
		t.Error(trouble)
	default:
	}
}
