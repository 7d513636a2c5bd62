package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// postbox is a server that takes every report, for a gauge on a clock of its own.
type postbox struct {
	mu   sync.Mutex
	sent []string
}

// RoundTrip notes the reports of a request, in short.
func (b *postbox) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var answers bytes.Buffer
	kind := "application/json"
	if strings.HasSuffix(r.URL.Path, "/reports") {
		kind = "application/x-ndjson"
	}
	for line := range bytes.Lines(body) {
		var got client.Line
		if json.Unmarshal(line, &got) == nil && !strings.HasSuffix(r.URL.Path, "/heartbeat") {
			b.mu.Lock()
			b.sent = append(b.sent, short(got.Report))
			b.mu.Unlock()
		}
		answers.WriteString(`{"task_id":"x","status":"running","run":1,"attempt":1,"code":200}` + "\n")
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {kind}},
		Body: io.NopCloser(&answers), Request: r,
	}, nil
}

// short is what a report says.
func short(r progress.Report) string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if r.Progress != nil {
		add("%g%%", *r.Progress)
	}
	if !r.Step.None() {
		add("%s", r.Step.Name)
	}
	if r.StepProgress != nil {
		add("at %g%%", *r.StepProgress)
	}
	if r.StepStatus != "" {
		add("%s", r.StepStatus)
	}
	if r.Substep != "" {
		add("/%s %v", r.Substep, *r.SubstepDone)
	}
	if r.Message != nil {
		add("%q", *r.Message)
	}
	for k, v := range r.Metrics {
		add("%s=%s", k, v)
	}
	if r.Result != nil {
		add("result %s", r.Result)
	}
	return strings.Join(out, " ")
}

// take is what has been reported since it was asked last.
func (b *postbox) take() string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	got := strings.Join(b.sent, "; ")
	b.sent = nil
	return got
}

// gauged runs a test of a gauge on a clock of its own.
func gauged(t *testing.T, home string, test func(t *testing.T, g *gauge, b *postbox)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &postbox{}
		c, err := client.New(client.Options{URL: "http://127.0.0.1:1", Transport: b})
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Client: c, Quiet: true}.orDefaults()
		l := &link{o: &o, orders: newOrders(), task: "x", known: make(chan struct{}), said: map[string]bool{}}
		l.Reporter = c.Reporter(client.ReporterOptions{Task: "x"})
		test(t, newGauge(l, progress.StepRef{Name: home}, "cmd"), b)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := l.Close(ctx); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute) // timers that are left find a closed one
	})
}

// says fails the test unless one of these was reported: the reporter joins what
// waits while it sends.
func (b *postbox) says(t *testing.T, want ...string) {
	t.Helper()
	if got := b.take(); !slices.Contains(want, got) {
		t.Errorf("reported %q, want %q", got, want)
	}
}

func TestGaugeThrottles(t *testing.T) {
	gauged(t, "", func(t *testing.T, g *gauge, b *postbox) {
		g.watch(1, []byte("::progress 1\n"))
		b.says(t, "1%")
		for n := 2; n <= 50; n++ {
			g.watch(1, fmt.Appendf(nil, "::progress %d\n", n))
		}
		b.says(t, "")
		time.Sleep(tickEvery)
		b.says(t, "50%")
		g.watch(1, []byte("::progress 51\n"))
		b.says(t, "")
		g.watch(1, []byte("::metric rows=7\n")) // does not overtake it
		b.says(t, "51%; rows=7", "51% rows=7")
		time.Sleep(tickEvery)
		b.says(t, "")
		time.Sleep(time.Second)
		g.watch(2, []byte("::progress 60 on the way\n"))
		b.says(t, `"on the way"; 60%`, `60% "on the way"`)
		g.watch(2, []byte("::progress 61\n::progress 62\n::progress 40\n"))
		g.close()
		b.says(t, "62%")
	})
}

func TestGaugeSteps(t *testing.T) {
	gauged(t, "", func(t *testing.T, g *gauge, b *postbox) {
		g.watch(1, []byte("::step Load\n"))
		b.says(t, "Load running")
		g.watch(1, []byte("[40/100] Building\n"))
		b.says(t, "Load at 40%")
		g.watch(1, []byte("::progress 70\n::step Check\n"))
		b.says(t, "70%; Load completed; Check running")
		time.Sleep(time.Second)
		g.watch(1, []byte("::step Check\n"))
		b.says(t, "Check running")
		g.watch(1, []byte("::substep users\n::substep users done\n::result [1]\n"))
		b.says(t, "Check /users false; Check /users true; result [1]")
		g.close()
		if at, tail, result := g.lastly(); at.Name != "Check" || len(tail) != 8 || string(result) != "[1]" {
			t.Errorf("%v %q %s", at, tail, result)
		}
	})
}

// TestGaugeInAStep takes the steps that a pipeline's step names as its substeps.
func TestGaugeInAStep(t *testing.T) {
	gauged(t, "Build", func(t *testing.T, g *gauge, b *postbox) {
		g.watch(1, []byte("::progress 10\n::step compile\n::step link\n::progress 100\n"))
		b.says(t, "Build at 10%; Build /compile false; Build /compile true; Build /link false")
		time.Sleep(tickEvery)
		b.says(t, "Build at 99.9%") // it still runs
		g.close()
		if at, _, _ := g.lastly(); at.Name != "Build" {
			t.Error(at)
		}
	})
}

// TestGaugeSubstepAlone makes a step of the command's name.
func TestGaugeSubstepAlone(t *testing.T) {
	gauged(t, "", func(t *testing.T, g *gauge, b *postbox) {
		g.watch(1, []byte("::substep users\n"))
		b.says(t, "cmd running; cmd /users false")
	})
}

// TestGaugeIdle takes a bar that stands still as it is.
func TestGaugeIdle(t *testing.T) {
	gauged(t, "", func(t *testing.T, g *gauge, b *postbox) {
		g.watch(2, []byte("\r 10%|#     | 10/100"))
		g.watch(2, []byte("\r 20%|##    | 20/100"))
		b.says(t, "10%")
		time.Sleep(idleAfter + tickEvery)
		b.says(t, "20%")
		g.close()
		b.says(t, "")
	})
}

// TestGaugeTail keeps the last lines, and refuses a result that no server takes.
func TestGaugeTail(t *testing.T) {
	gauged(t, "", func(t *testing.T, g *gauge, b *postbox) {
		for n := range 100 {
			g.watch(1, fmt.Appendf(nil, "line %d\n", n))
		}
		g.watch(1, []byte(`::result "`+strings.Repeat("x", mostOutput)+"\"\n"))
		g.close()
		b.says(t, "")
		_, tail, result := g.lastly()
		if len(tail) != mostTail || tail[0] != "line 82" || !strings.Contains(strings.Join(tail, "\n"), "herald: ::result") || result != nil {
			t.Errorf("%.80q, result of %d bytes", tail, len(result))
		}
	})
}
