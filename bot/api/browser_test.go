package api

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

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

// TestAccountsInTheBrowser gets a code on a small phone, links an account with it, and unlinks
// it.
func TestAccountsInTheBrowser(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	c := startChromium(t)
	c.run(chromedp.EmulateViewport(360, 700), chromedp.Navigate(w.URL+"/accounts"))
	c.run(chromedp.SendKeys(chromedp.CSS("#token"), ann+kb.Enter))
	c.shows("Chat accounts", "None yet")
	c.click("#link .main-button")
	c.shows("/herald link ", "It links one account, once", "Get another code")
	code, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](`document.querySelector("#link code").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.accounts.Link(t.Context(), strings.TrimPrefix(code, linkSay), slack("U0456DEF"), strings.Repeat("Ann the Longest Name of All ", 7)); err != nil {
		t.Fatalf("%q: %v", code, err)
	}
	c.run(chromedp.Navigate(w.URL + "/accounts"))
	c.shows("Ann the Longest Name", "workspace T1", "Get a code")
	c.until(`[...document.querySelectorAll("details form")].every((f) => !f.checkVisibility())`)
	c.click("details.ask summary")
	c.shows("and send nothing more to it")
	c.click("details.ask button")
	c.shows("✓ Unlinked.", "None yet")
	if got := w.whose(slack("U0456DEF")); got != "" {
		t.Errorf("it is of %q", got)
	}
	for len(c.troubles) > 0 {
		if trouble := <-c.troubles; !strings.Contains(trouble, "manifest.webmanifest") { // another guest's
			t.Error(trouble)
		}
	}
}
