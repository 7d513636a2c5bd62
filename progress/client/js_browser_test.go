package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// patience is how long a page may take to show something.
const patience = 30 * time.Second

// page is a page in a Chromium of its own, with whatever went wrong in it.
type page struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	troubles []string
}

// browse starts a Chromium. Without one the test fails; .ci/chromium installs it.
func browse(t *testing.T) *page {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Fatal("this test needs Chromium: install the package chromium, or run .ci/chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &page{T: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	p.listen()
	return p
}

// listen notes exceptions, and errors in the console.
func (p *page) listen() {
	p.Helper()
	err := chromedp.Listen(p.ctx, func(e any) {
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			p.trouble(fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				p.trouble(fmt.Sprint(e.Type, e.Args))
			}
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
				p.trouble(fmt.Sprint(e.Entry.Source, ": ", e.Entry.Text, " ", e.Entry.URL))
			}
		}
	})
	if err == nil {
		_, err = chromedp.Call(p.ctx, cdplog.Enable, cdp.Empty{})
	}
	if err == nil {
		_, err = chromedp.Call(p.ctx, runtime.Enable, cdp.Empty{})
	}
	if err != nil {
		p.Fatal(err)
	}
}

func (p *page) trouble(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = append(p.troubles, text)
}

// calm fails the test if anything went wrong, but for what holds one of the
// exceptions.
func (p *page) calm(except ...string) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
next:
	for _, text := range p.troubles {
		for _, e := range except {
			if strings.Contains(text, e) {
				continue next
			}
		}
		p.Errorf("in the page: %s", text)
	}
}

func (p *page) open(address string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		p.Fatal(err)
	}
}

// js gives what an expression is, as JSON has it.
func (p *page) js(expression string) any {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[any](expression))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits until an expression is true.
func (p *page) until(expression string) {
	p.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if p.js("Boolean("+expression+")") == true {
			return
		}
	}
	p.Fatalf("not so: %s\nit shows: %v\n%v", expression, p.js(shown), p.troubles)
}

// shown is the text that the element shows.
const shown = `document.querySelector("herald-progress")?.shadowRoot?.querySelector("article")?.innerText ?? document.body.innerText`

// shows waits until the element shows a text.
func (p *page) shows(text string) {
	p.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		p.Fatal(err)
	}
	p.until("(" + shown + ").includes(" + string(quoted) + ")")
}

// size sets the size of the window.
func (p *page) size(width int64) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
	if err != nil {
		p.Fatal(err)
	}
}

// scheme sets whether the reader wants it dark or light.
func (p *page) scheme(value string) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
	if err != nil {
		p.Fatal(err)
	}
}

// withPages has a server serve the client's modules, and a page with whatever
// the query's body is.
func withPages(mux *http.ServeMux) {
	mux.Handle("/js/", http.StripPrefix("/js/", http.FileServer(http.Dir(clienttest.Folder("js")))))
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; style-src 'none'")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>Test</title><script type="module" src="/js/element.js"></script><main>%s</main></html>`, r.FormValue("body"))
	})
}

// element opens a page with an element that shows a task.
func (p *page) element(s *stage, id string) {
	p.Helper()
	p.open(s.URL + "/page?body=" + url.QueryEscape("<herald-progress></herald-progress>"))
	p.js(`Object.assign(document.querySelector("herald-progress"), {token: "` + apitest.Admin + `", task: "` + id + `"}); 0`)
}

// goClient is a client of the stage's server.
func (s *stage) goClient(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: apitest.Admin})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
