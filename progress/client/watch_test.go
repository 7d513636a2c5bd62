package client

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestWatch follows a task from its snapshot to its end.
func TestWatch(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	id := s.task("a")
	r := c.Reporter(ReporterOptions{Task: id})
	var types []string
	for f, err := range c.Watch(ctx, Watch{Task: id}) {
		if err != nil {
			t.Fatal(err)
		}
		if f.ID != id || f.Seq == 0 || f.Version == 0 || f.At.IsZero() || len(f.Raw) == 0 {
			t.Errorf("%+v", f)
		}
		if f.Type == "snapshot" {
			if f.Task == nil || f.Task.Title != "Test" {
				t.Errorf("%+v", f)
			}
			r.Report(step("a", progress.StepRunning))
			r.Report(step("a", progress.StepCompleted))
			r.Report(progress.Report{Status: progress.Failed, Error: &progress.Fault{Message: "no"}})
		}
		if f.Type == "step_complete" && (f.Step == nil || f.Step.Name != "a") || f.Type == "task_failed" && f.Error.Message != "no" {
			t.Errorf("%+v", f)
		}
		if f.Type != "progress" {
			types = append(types, f.Type)
		}
	}
	if want := []string{"snapshot", "task_started", "step_started", "step_complete", "task_failed"}; !slices.Equal(types, want) {
		t.Error(types)
	}
	closed(t, r)
}

// TestWatchComesBack holds that breaks and restarts of the server lose and double
// no milestone and no line.
func TestWatchComesBack(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	id := s.task()
	const n = 30
	written := make(chan struct{})
	go func() {
		defer close(written)
		r := c.Reporter(ReporterOptions{Task: id})
		for i := range n {
			name := fmt.Sprint("step", i+1)
			r.Report(step(name, progress.StepRunning))
			r.Log(progress.LogLine{Line: name})
			r.Report(step(name, progress.StepCompleted))
			if err := r.Flush(ctx); err != nil {
				t.Error(err)
			}
			if i%10 == 4 {
				s.Stop()
				s.Start()
			}
		}
		r.Report(progress.Report{Status: progress.Completed})
		if _, err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	var done, lines []string
	var last int64
	none := int64(0)
	for f, err := range c.Watch(ctx, Watch{Task: id, Logs: true, Lines: &none}) {
		if err != nil {
			if !isAway(err) {
				t.Fatal(err)
			}
			continue
		}
		for _, l := range f.Lines {
			lines = append(lines, l.Line)
		}
		if f.Type == "snapshot" { // what was done before the socket was there
			for _, s := range f.Task.Steps {
				if s.Status == progress.StepCompleted {
					done = append(done, s.Name)
				}
			}
		}
		if f.Type == "step_complete" {
			done = append(done, f.Step.Name)
		}
		if f.Type == "snapshot" && last > 0 || f.Type != "log" && f.Seq < last {
			t.Errorf("%s with seq %d after %d", f.Type, f.Seq, last)
		}
		if f.Type != "log" {
			last = f.Seq
		}
	}
	<-written
	var want []string
	for i := range n {
		want = append(want, fmt.Sprint("step", i+1))
	}
	if !slices.Equal(done, want) || !slices.Equal(lines, want) {
		t.Errorf("steps %v\nlines %v", done, lines)
	}
}

func TestWatchRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task()
	for want, w := range map[int]Watch{401: {Task: id}, 404: {Task: "nowhere"}} {
		c := s.client(func(o *Options) {
			if want == 401 {
				o.Token = "wrong"
			}
		})
		var got []error
		for _, err := range c.Watch(soon(t), w) {
			got = append(got, err)
		}
		if len(got) != 1 || problemStatus(got[0]) != want || isAway(got[0]) {
			t.Error(want, got)
		}
		w.Logs = true
		for _, err := range c.Watch(soon(t), w) {
			got = append(got, err)
		}
		if len(got) != 2 || problemStatus(got[1]) != want {
			t.Error(want, got)
		}
	}
}

// TestWatchOfNobody holds that a watcher hears that the server is away, and goes
// when its context ends or its loop is left.
func TestWatchOfNobody(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task()
	s.meet(turns(page(502), problem(503, progress.Unavailable, ""), cut, nil))
	n := 0
	for f, err := range s.client().Watch(soon(t), Watch{Task: id}) {
		if err == nil {
			if f.Type != "snapshot" || n != 3 {
				t.Error(f.Type, n)
			}
			break
		}
		if n++; !isAway(err) || strings.Contains(err.Error(), adminToken) {
			t.Error(err)
		}
	}
	s.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n = 0
	for _, err := range s.client().Watch(ctx, Watch{}) {
		if n++; !isAway(err) || n > 2 {
			t.Error(n, err)
		}
		if n == 2 {
			cancel()
		}
	}
	s.Start()
	reading, leave := context.WithCancel(context.Background())
	defer leave()
	for f, err := range s.client().Watch(reading, Watch{Task: id}) {
		if err != nil {
			t.Error(err)
		}
		if f.Type == "snapshot" {
			time.AfterFunc(20*time.Millisecond, leave) // while it reads
		}
	}
}

// TestWatchAll follows every task of a kind.
func TestWatchAll(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	if _, err := c.Work().Create(ctx, Draft{ID: "one", Title: "T", Kind: "k", Labels: map[string]string{"a": "b"}}); err != nil {
		t.Fatal(err)
	}
	s.task()
	var got []string
	for f, err := range c.Watch(ctx, Watch{Kind: "k", Labels: map[string]string{"a": "b"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, f.Type+" "+string(f.ID)); f.Type == "snapshot" {
			if _, err := c.Work().Create(ctx, Draft{ID: "two", Title: "T", Kind: "k", Labels: map[string]string{"a": "b"}}); err != nil {
				t.Fatal(err)
			}
		}
		if f.Type == "task_created" {
			break
		}
	}
	if !slices.Equal(got, []string{"snapshot one", "task_created two"}) {
		t.Error(got)
	}
}

// TestWatchForAWorker holds that a worker's control frames come.
func TestWatchForAWorker(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	id := s.task("a")
	r := c.Reporter(ReporterOptions{Task: id, Worker: "w"})
	defer r.Close(ctx)
	r.Report(step("a", progress.StepRunning))
	if err := r.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	since := s.get(id).Seq
	for f, err := range c.Watch(ctx, Watch{Task: id, Worker: "w", Since: &since}) {
		if err != nil {
			t.Fatal(err)
		}
		switch f.Type {
		case "snapshot":
			t.Error("a snapshot, although since was given")
		case "progress":
			if _, err := c.Command(ctx, id, progress.VerbPause, CommandOptions{}); err != nil {
				t.Fatal(err)
			}
		case "control":
			if f.Control != progress.ControlPause {
				t.Error(f)
			}
			return
		}
	}
	t.Error("no control came")
}
