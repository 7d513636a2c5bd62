package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// Phone is a browser of its own, as large as a phone's.
type Phone struct {
	Ctx      context.Context // for actions of chromedp
	Troubles chan string     // from its console

	t *testing.T
}

// Open starts a browser, which ends with the test. It fails where there is no Chromium.
func Open(t *testing.T) *Phone {
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
	c := &Phone{t: t, Ctx: ctx, Troubles: make(chan string, 100)}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 800)); err != nil { // which starts it, for as long as ctx lasts
		t.Fatal(err)
	}
	err = chromedp.Listen(ctx, func(e any) {
		if e, ok := e.(*cdplog.EventEntryAdded); ok && e.Entry.Level == cdplog.EntryLevelError {
			c.Troubles <- fmt.Sprint(e.Entry.Source, ": ", e.Entry.Text, " ", e.Entry.URL)
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

// Run does actions, all within twenty seconds.
func (c *Phone) Run(actions ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.Ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		c.t.Fatalf("%v\nthe page shows: %s", err, c.Text())
	}
}

// Click presses what a CSS selector selects.
func (c *Phone) Click(selector string) {
	c.t.Helper()
	c.Run(chromedp.Click(chromedp.CSS(selector)))
}

// Text is where it is, and what the page shows.
func (c *Phone) Text() string {
	ctx, cancel := context.WithTimeout(c.Ctx, time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

// Shows waits until the page shows texts, and holds that it fits on the phone.
func (c *Phone) Shows(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		quoted, err := json.Marshal(text)
		if err != nil {
			c.t.Fatal(err)
		}
		c.Until("document.readyState === 'complete' && document.body.innerText.includes(" + string(quoted) + ")")
	}
	c.Until("document.documentElement.scrollWidth <= innerWidth")
}

// Until waits until an expression is true.
func (c *Phone) Until(expression string) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(c.Ctx, 20*time.Second)
		so, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if err == nil && so { // an error is a page that changes right now
			return
		}
	}
	c.t.Fatalf("not so: %s\nthe page shows: %s", expression, c.Text())
}
