package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// serve runs the example beside a Herald, and returns the page's address.
func serve(t *testing.T, herald string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	said, ended := &clienttest.Paper{}, make(chan error, 1)
	args := []string{"--listen", "127.0.0.1:0", "--client", "../../progress/client/js"}
	go func() { ended <- run(ctx, herald, args, said) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	address := regexp.MustCompile(`http://[^ ]+`)
	for until := time.Now().Add(patience); !address.MatchString(said.String()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it says %q", said)
		}
	}
	return address.FindString(said.String())
}

// tab is a page in a Chromium of its own.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	troubles []string
}

// open opens an address. Without a Chromium the test fails; .ci/chromium installs it.
func open(t *testing.T, address string) *tab {
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
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WSURLReadTimeout(time.Minute))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &tab{T: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, runtime.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return p
}

// hear notes what goes wrong in the page.
func (p *tab) hear(e any) {
	if e, ok := e.(*runtime.EventExceptionThrown); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.troubles = append(p.troubles, fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	}
}

// do runs an expression.
func (p *tab) do(expression string) any {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[any](expression))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// shows waits until the page shows a text.
func (p *tab) shows(text string) {
	p.Helper()
	for end := time.Now().Add(patience); !strings.Contains(p.text(), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("the page does not show %q but\n%s", text, p.text())
		}
	}
}

func (p *tab) text() string { return fmt.Sprint(p.do("document.body.innerText")) }

// press presses the button of a name.
func (p *tab) press(name string) {
	p.Helper()
	if p.do(`[...document.querySelectorAll("button")].filter((b) => b.textContent === "`+name+`" && !b.disabled).map((b) => b.click()).length`) != 1.0 {
		p.Fatalf("there is no button %q on\n%s", name, p.text())
	}
}

// TestPage watches and commands a task in the page over a restart of the server,
// and has the page do a job.
func TestPage(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	c, err := client.New(client.Options{URL: s.URL, Token: apitest.Admin})
	if err != nil {
		t.Fatal(err)
	}
	task, err := c.Work().Create(t.Context(), client.Draft{Title: "<b>Import</b>", Steps: []client.DraftStep{{Name: "Load"}}})
	if err != nil {
		t.Fatal(err)
	}
	load := func(percent float64) {
		t.Helper()
		r := progress.Report{Step: progress.StepRef{Name: "Load"}, StepProgress: &percent}
		if _, err := c.Work().Report(t.Context(), task.ID, progress.Fence{}, r); err != nil {
			t.Fatal(err)
		}
	}
	p := open(t, serve(t, s.URL))
	p.do(`document.forms[0].elements.token.value = "` + apitest.Admin + `"; 0`)
	p.press("Watch")
	p.shows("<b>Import</b> is pending at Load")
	load(30)
	p.shows("<b>Import</b> is running at Load")
	s.Stop()
	p.shows("the server is away")
	s.Start()
	p.shows("live")
	load(60)
	for end := time.Now().Add(patience); p.do("document.querySelector('progress').value") != 60.0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the bar does not move to 60")
		}
	}
	p.press("pause")
	p.shows("is paused")
	if got, err := c.Task(t.Context(), task.ID); err != nil || got.Status != progress.Paused {
		t.Errorf("the task is %s, %v", got.Status, err)
	}
	p.press("Do a job in this page")
	p.shows("Resize pictures is completed")
	if len(p.troubles) > 0 {
		t.Errorf("in the page: %q", p.troubles)
	}
}

// TestOwn refuses what another page sends, or reaches the example by a name of its
// own.
func TestOwn(t *testing.T) {
	t.Parallel()
	address := serve(t, apitest.New(t).URL)
	for _, c := range []struct {
		host, origin string
		want         int
	}{
		{"", "", http.StatusOK},
		{"", address, http.StatusOK},
		{"", "http://evil.example", http.StatusForbidden},
		{"evil.example", "", http.StatusForbidden},
	} {
		req, err := http.NewRequest(http.MethodGet, address+"/api/tasks", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = c.host
		req.Header.Set("Authorization", "Bearer "+apitest.Admin)
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("host %q, origin %q: %d, want %d", c.host, c.origin, res.StatusCode, c.want)
		}
	}
}

// TestPass looks at what reaches Herald: the page's own credential, and no cookie of
// another program on this machine.
func TestPass(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	herald := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r }))
	t.Cleanup(herald.Close)
	target, err := url.Parse(herald.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/api/tasks/a?x=1", nil)
	r.Header.Set("Cookie", "herald=secret")
	r.Header.Set("Authorization", "Bearer hrld_page")
	site(target, ".").ServeHTTP(httptest.NewRecorder(), r)
	in := <-got
	if in.Header.Get("Cookie") != "" || in.Header.Get("Authorization") != "Bearer hrld_page" || in.RequestURI != "/api/tasks/a?x=1" || in.Host != target.Host {
		t.Errorf("%s reaches %s with %v", in.RequestURI, in.Host, in.Header)
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--what"}, {"--client", "nowhere"}, {"--client", "../../progress/client/js", "--listen", "nowhere"}} {
		if err := run(t.Context(), "", args, io.Discard); err == nil {
			t.Errorf("browser %q ends well", args)
		}
	}
	if err := run(t.Context(), "http://[", nil, io.Discard); err == nil {
		t.Error("an address that is none is taken")
	}
}
