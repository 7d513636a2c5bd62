package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// story reports a task of n steps from its beginning to its end, with so many
// percents each.
func story(r *Reporter, n, ticks int) {
	for i := range n {
		name := fmt.Sprint("step", i+1)
		r.Report(step(name, progress.StepRunning))
		for k := range ticks {
			r.Report(percent(name, float64(k+1)*99/float64(ticks)))
			r.Log(progress.LogLine{Step: name, Line: fmt.Sprintf("%s line %d", name, k+1)})
		}
		r.Report(step(name, progress.StepCompleted))
	}
	r.Report(progress.Report{Status: progress.Completed, Result: []byte(`{"n":1}`)})
}

// told fails the test unless the server knows the whole story, each thing once.
func told(t *testing.T, s *testServer, id progress.TaskID, n, ticks int) {
	t.Helper()
	got := s.get(id)
	if got.Status != progress.Completed || got.TotalSteps != n || got.Progress != 100 {
		t.Fatalf("the task is %+v", got.Wire)
	}
	var kinds, want []string
	want = append(want, "task.created", "task.started")
	for i := range n {
		want = append(want, "plan.changed", fmt.Sprint("step.started ", i+1), fmt.Sprint("step.completed ", i+1))
	}
	want = append(want, "task.completed")
	events, _, err := s.client().Events(soon(t), id, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		kind := string(e.Type)
		if strings.HasPrefix(kind, "step.") {
			kind += fmt.Sprint(" ", e.Step)
		}
		kinds = append(kinds, kind)
	}
	if !slices.Equal(kinds, want) {
		t.Fatalf("the events are\n%v\nwant\n%v", kinds, want)
	}
	lines, _, err := s.client().Logs(soon(t), id, LogQuery{Limit: 10_000})
	if err != nil || len(lines) != n*ticks {
		t.Fatalf("%d lines, %v; want %d", len(lines), err, n*ticks)
	}
	for i, l := range lines {
		if want := fmt.Sprintf("step%d line %d", i/ticks+1, i%ticks+1); l.Line != want {
			t.Fatalf("line %d is %q, want %q", i, l.Line, want)
		}
	}
}

// closed closes a reporter, which must leave nothing.
func closed(t *testing.T, r *Reporter) {
	t.Helper()
	if left, err := r.Close(soon(t)); left != 0 || err != nil {
		t.Fatalf("%d left, %v", left, err)
	}
}

func TestReporterTellsAStory(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var h hears
	r := s.client().Reporter(h.options(ReporterOptions{Draft: &Draft{Title: "Story"}}))
	story(r, 5, 20)
	closed(t, r)
	told(t, s, r.Task(), 5, 20)
	if len(h.troubles()) > 0 || len(h.controls()) == 0 {
		t.Error(h.troubles(), h.controls())
	}
}

// TestReporterSurvives holds that whatever happens on the way, each report and
// line counts once, in order.
func TestReporterSurvives(t *testing.T) {
	t.Parallel()
	nth := func(n int, f fault) func(*http.Request) fault { // every nth request
		i := 0
		return func(*http.Request) fault {
			if i++; i%n == 0 {
				return f
			}
			return nil
		}
	}
	for name, plan := range map[string]func(*http.Request) fault{
		"cut before":        nth(2, cut),
		"cut after":         nth(2, cutAfter),
		"torn answers":      nth(2, torn),
		"a proxy's page":    nth(2, page(502)),
		"a proxy's 404":     nth(2, page(404)),
		"unavailable":       nth(2, problem(503, progress.Unavailable, "")),
		"a defect":          nth(2, problem(500, progress.Internal, "")),
		"a cut at first":    turns(cut, cut, cut, cutAfter, nil),
		"too fast at first": turns(problem(429, progress.Limited, "1"), nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.meet(posts(plan))
			var h hears
			c := s.client(func(o *Options) { // net/http itself repeats keyed requests on connections that it had before
				o.Transport = &http.Transport{DisableKeepAlives: true}
			})
			r := c.Reporter(h.options(ReporterOptions{Draft: &Draft{Title: "Story"}}))
			story(r, 4, 5)
			if err := r.Flush(soon(t)); err != nil {
				t.Fatal(err)
			}
			s.meet(nil)
			closed(t, r)
			told(t, s, r.Task(), 4, 5)
			if heard := h.troubles(); len(heard) < 2 || heard[0] == nil || !slices.Contains(heard, nil) {
				t.Error("nobody heard that the server went away and came back", heard)
			}
		})
	}
}

func TestReporterSurvivesSlowAnswers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.meet(posts(turns(nil, func(_ http.ResponseWriter, r *http.Request, next http.Handler) {
		cutAfterWaiting(r, next)
	}, nil)))
	c := s.client(func(o *Options) { o.Timeout = 300 * time.Millisecond })
	r := c.Reporter(ReporterOptions{Draft: &Draft{Title: "Story"}})
	story(r, 3, 3)
	closed(t, r)
	told(t, s, r.Task(), 3, 3)
}

// cutAfterWaiting does what is asked and lets the caller wait until it gives up.
func cutAfterWaiting(r *http.Request, next http.Handler) {
	defer func() {
		<-r.Context().Done()
	}()
	next.ServeHTTP(discard{http.Header{}}, r.Clone(context.WithoutCancel(r.Context())))
}

// discard is an answer that nobody gets.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func TestReporterOutlivesTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	var h hears
	r := s.client().Reporter(h.options(ReporterOptions{Draft: &Draft{Title: "Story"}}))
	done := make(chan struct{})
	go func() {
		defer close(done)
		story(r, 6, 10)
	}()
	eventually(t, "the server is away", func() bool { return len(h.troubles()) > 0 })
	<-done
	if heard := h.troubles(); !isAway(heard[0]) {
		t.Error(heard)
	}
	for range 3 { // dies and comes back in the middle
		s.Start()
		eventually(t, "it is asked", func() bool { return s.count("POST /api/tasks") > 0 })
		s.Stop()
	}
	s.Start()
	closed(t, r)
	told(t, s, r.Task(), 6, 10)
}

// TestReporterTellsWhen holds that a late report is of when it was given.
func TestReporterTellsWhen(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task("a", "b")
	s.Stop()
	r := s.client().Reporter(ReporterOptions{Task: id})
	r.Report(step("a", progress.StepRunning))
	given := time.Now()
	time.Sleep(300 * time.Millisecond) // the server is away this long at least
	s.Start()
	closed(t, r)
	if at := time.Time(s.get(id).Steps[0].StartedAt); at.After(given.Add(time.Millisecond)) {
		t.Errorf("it started at %s, but was given at %s", at, given)
	}
}

func TestReporterMergesPercents(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task("a", "b")
	s.Stop()
	r := s.client().Reporter(ReporterOptions{Task: id})
	r.Report(step("a", progress.StepRunning))
	for i := range 10_000 {
		r.Report(percent("a", float64(i)/100))
	}
	r.Report(step("b", progress.StepRunning))
	if n := r.link.box.left(); n > 4 {
		t.Errorf("%d reports wait", n)
	}
	s.Start()
	closed(t, r)
	if got := s.get(id); got.Steps[0].Progress != 99.99 || got.Steps[1].Status != progress.StepRunning {
		t.Error(got.Steps)
	}
}

// TestReporterHearsControls holds that a worker without a socket hears of all.
func TestReporterHearsControls(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	id := s.task("a", "b")
	var h hears
	r := c.Reporter(h.options(ReporterOptions{Task: id, Run: 1, Attempt: 1, Beat: 20 * time.Millisecond}))
	defer r.Close(ctx)
	r.Report(step("a", progress.StepRunning))
	eventually(t, "the first answer", func() bool { return len(h.controls()) > 0 })
	for _, v := range []struct {
		verb progress.Verb
		want progress.Control
	}{{progress.VerbPause, progress.ControlPause}, {progress.VerbResume, progress.ControlResume}, {progress.VerbRestart, progress.ControlRestart}} {
		if _, err := c.Command(ctx, id, v.verb, CommandOptions{}); err != nil {
			t.Fatal(err)
		}
		eventually(t, string(v.want), func() bool { return slices.Contains(h.controls(), v.want) })
	}
	r.Report(step("a", progress.StepCompleted)) // of the old run
	if err := r.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.get(id); got.Status != progress.Pending || got.Run != 2 {
		t.Fatal("a report of the old run counted", got)
	}
	h.mu.Lock()
	last := h.answers[len(h.answers)-1]
	h.mu.Unlock()
	if last.Run != 2 || last.Attempt != 1 {
		t.Error(last)
	}
	r.Begin(2, 1)
	r.Report(step("a", progress.StepCompleted))
	if err := r.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.get(id); got.Steps[0].Status != progress.StepCompleted {
		t.Fatal(got)
	}
	if _, err := c.Command(ctx, id, progress.VerbCancel, CommandOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "cancel", func() bool { return slices.Contains(h.controls(), progress.ControlCancel) })
}

// TestBeatGoesOutAtOnce holds that a heartbeat that is asked for comes after the
// reports that were given before it.
func TestBeatGoesOutAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task("a")
	r := s.client().Reporter(ReporterOptions{Task: id, Beat: time.Hour})
	defer r.Close(soon(t))
	r.Report(step("a", progress.StepRunning))
	r.Beat()
	eventually(t, "a heartbeat", func() bool { return s.count("POST /api/tasks/"+string(id)+"/heartbeat") == 1 })
	if got := s.get(id); got.Steps[0].Status != progress.StepRunning {
		t.Error(got)
	}
}

// TestLostTask holds that a task that the server has lost is made again once.
func TestLostTask(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var h hears
	r := s.client().Reporter(h.options(ReporterOptions{Draft: &Draft{Title: "Story"}, Run: 1, Attempt: 1, Beat: time.Hour}))
	r.Report(step("lost", progress.StepRunning))
	if err := r.Flush(soon(t)); err != nil {
		t.Fatal(err)
	}
	r.Begin(3, 2) // of which a new task knows nothing
	lose := func() {
		s.Stop()
		s.Forget()
		s.Start()
	}
	lose()
	story(r, 3, 4)
	if err := r.Flush(soon(t)); err != nil {
		t.Fatal(err, h.troubles())
	}
	told(t, s, r.Task(), 3, 4)
	lose()
	r.Report(step("x", progress.StepRunning))
	r.Log(progress.LogLine{Line: "x"})
	if err := r.Flush(soon(t)); problemStatus(err) != http.StatusNotFound {
		t.Error(err)
	}
	if left, err := r.Close(soon(t)); left != 0 {
		t.Error(left, err)
	}
	if _, err := s.client().Task(soon(t), r.Task()); problemStatus(err) != http.StatusNotFound {
		t.Error(err)
	}
}

// TestRefusals holds that what is refused is dropped, and each kind told once.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task("a", "b")
	for name, c := range map[string]struct {
		change func(*Options)
		give   func(*Reporter)
		status int
		kept   bool // what is right is taken
	}{
		"nan":      {nil, func(r *Reporter) { r.Report(percent("a", math.NaN())) }, 0, true},
		"over 100": {nil, func(r *Reporter) { r.Report(percent("a", 101)) }, 400, true},
		"too long": {nil, func(r *Reporter) { r.Report(step(strings.Repeat("x", 201), progress.StepRunning)) }, 413, true},
		"a body":   {nil, func(r *Reporter) { r.Report(step(strings.Repeat("x", 2<<20), progress.StepRunning)) }, 413, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h hears
			o := func(*Options) {}
			if c.change != nil {
				o = c.change
			}
			r := s.client(o).Reporter(h.options(ReporterOptions{Task: id, Beat: time.Hour}))
			for range 5 {
				c.give(r)
			}
			r.Report(progress.Report{Metrics: map[string]json.RawMessage{strings.ReplaceAll(name, " ", "_"): json.RawMessage("1")}})
			r.Log(progress.LogLine{Line: name})
			err := r.Flush(soon(t))
			if err == nil || problemStatus(err) != c.status {
				t.Errorf("%v", err)
			}
			if left, err := r.Close(soon(t)); left != 0 || err != nil {
				t.Error(left, err)
			}
			if n := len(h.troubles()); n != 1 {
				t.Error(h.troubles())
			}
			if _, ok := s.get(id).Metrics[strings.ReplaceAll(name, " ", "_")]; ok != c.kept {
				t.Error("what was right was not taken, or what was wrong was")
			}
		})
	}
}

// TestReporterIsPrompt holds that nothing is added to the way of a report.
func TestReporterIsPrompt(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	answered := make(chan struct{}, 64)
	r := s.client().Reporter(ReporterOptions{Task: s.task("a"), Beat: time.Hour, Direct: func(Answer) { answered <- struct{}{} }})
	defer r.Close(soon(t))
	best := time.Hour
	for i := range 50 {
		begun := time.Now()
		r.Report(percent("a", float64(i+1)))
		<-answered
		best = min(best, time.Since(begun))
	}
	if best > 20*time.Millisecond { // under load and the race detector
		t.Errorf("the fastest answer took %s", best)
	}
}

// TestReporterIsSafe uses a reporter from many goroutines at once.
func TestReporterIsSafe(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.meet(posts(turns(nil, cutAfter, nil, cut, nil)))
	r := s.client().Reporter(ReporterOptions{Draft: &Draft{Title: "T"}, Beat: time.Millisecond})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for k := range 50 {
				r.Report(percent(fmt.Sprint("s", i), float64(k)))
				r.Log(progress.LogLine{Line: "x"})
				r.Beat()
				r.Listening(k%2 == 0)
				if k%25 == 0 {
					_ = r.Flush(soon(t))
				}
			}
			r.Report(step(fmt.Sprint("s", i), progress.StepCompleted))
		})
	}
	all.Wait()
	closed(t, r)
	closed(t, r)
	r.Report(percent("late", 1))
	r.Log(progress.LogLine{Line: "late"})
	if err := r.Flush(soon(t)); err != nil {
		t.Error(err)
	}
	got := s.get(r.Task())
	if got.TotalSteps != 8 || slices.ContainsFunc(got.Steps, func(w progress.WireStep) bool { return w.Status != progress.StepCompleted }) {
		t.Error(got.Steps)
	}
}

func TestCloseWithoutASpool(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	var h hears
	r := s.client().Reporter(h.options(ReporterOptions{Task: "a"}))
	r.Report(percent("a", 1))
	eventually(t, "the server is away", func() bool { return len(h.troubles()) > 0 })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	left, err := r.Close(ctx)
	if left != 1 || err == nil || !isAway(err) {
		t.Error(left, err)
	}
	if err := r.Flush(soon(t)); !errors.Is(err, errClosed) {
		t.Error(err)
	}
}

// TestCloseWhoseSpoolFails holds that it says so.
func TestCloseWhoseSpoolFails(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := s.client().Reporter(ReporterOptions{Task: "a", Spool: file})
	r.Report(percent("a", 1))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if left, err := r.Close(ctx); left != 1 || err == nil {
		t.Error(left, err)
	}
}
