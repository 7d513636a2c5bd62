package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// pen is a worker that reports through a client.Reporter and knows nothing of
// kills.
type pen struct {
	s    *soak
	r    *client.Reporter
	n    atomic.Int64  // the newest report
	stop chan struct{} // closed to end it
	over chan struct{} // closed when it has ended
	back atomic.Int64  // how often it heard that the server is there again
}

const penTask progress.TaskID = "pen"

func newPen(s *soak) *pen {
	p := &pen{s: s, stop: make(chan struct{}), over: make(chan struct{})}
	p.r = s.server.Reporter(client.ReporterOptions{
		Task: penTask, Draft: &client.Draft{ID: penTask, Title: "one worker", Kind: "pen"}, Run: 1, Attempt: 1,
		Trouble: func(err error) {
			if err == nil {
				p.back.Add(1)
			} else if !unanswered(err) && s.ctx.Err() == nil {
				s.Errorf("the reporter hears %v", err)
			}
		},
	})
	return p
}

// What a pen reports: a percent each time, with a number; now and then a part of
// the step, and a line; after many the next step.
const (
	linePer = 5
	partPer = 10
	penStep = 200
)

func stepOf(n int64) string { return fmt.Sprint("step ", n/penStep+1) }

// run reports while the server is there and while it is not.
func (p *pen) run(s *soak) {
	defer close(p.over)
	for n := int64(0); ; n++ {
		r := progress.Report{Step: progress.StepRef{Name: stepOf(n)}, Metrics: map[string]json.RawMessage{"n": json.RawMessage(strconv.FormatInt(n, 10))}}
		switch i := n % penStep; {
		case i == penStep-1:
			r.StepStatus = progress.StepCompleted
		case i%partPer == 0:
			r.Substep, r.SubstepDone = fmt.Sprint("part ", n), new(true)
		default:
			r.StepProgress = new(100 * float64(i) / penStep)
		}
		p.r.Report(r)
		if n%linePer == 0 {
			p.r.Log(progress.LogLine{Line: fmt.Sprint("line ", n)})
		}
		p.n.Store(n)
		select {
		case <-time.After(10 * time.Millisecond):
		case <-p.stop:
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// check waits until the reporter has caught up by itself.
func (p *pen) check(t testing.TB) {
	t.Helper()
	given := p.n.Load()
	poll(t, "the reporter catches up", func() bool {
		shown, err := p.s.server.Task(context.Background(), penTask)
		n, _ := strconv.ParseInt(string(shown.Metrics["n"]), 10, 64)
		return err == nil && n >= given
	})
	(&history{}).check(t, p.s.server.Client, penTask)
}

// finish holds that everything that was reported is there, once and in order.
func (p *pen) finish(t testing.TB) {
	t.Helper()
	close(p.stop)
	<-p.over
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if left, err := p.r.Close(ctx); left != 0 || err != nil {
		t.Fatalf("the reporter leaves %d: %v", left, err)
	}
	last := p.n.Load()
	h := &history{}
	shown := h.check(t, p.s.server.Client, penTask)
	if got := string(shown.Metrics["n"]); got != strconv.FormatInt(last, 10) {
		t.Errorf("the last number reported is %d, and %s is there", last, got)
	}
	var parts, lines, want, wantLines []string
	for _, k := range h.kinds {
		if _, part, ok := strings.Cut(k, "part "); ok {
			parts = append(parts, part)
		}
	}
	for n := int64(0); n <= last; n++ {
		if n%penStep != penStep-1 && n%penStep%partPer == 0 {
			want = append(want, strconv.FormatInt(n, 10))
		}
		if n%linePer == 0 {
			wantLines = append(wantLines, fmt.Sprint("line ", n))
		}
	}
	for since := int64(0); ; {
		page, next, err := p.s.server.Logs(context.Background(), penTask, client.LogQuery{Since: since, Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page {
			lines = append(lines, l.Line)
		}
		if since = next; next == 0 {
			break
		}
	}
	if !slices.Equal(parts, want) {
		t.Errorf("the parts\n%q\nare there, and\n%q\nwere reported", parts, want)
	}
	if !slices.Equal(lines, wantLines) {
		t.Errorf("the lines\n%q\nare there, and\n%q\nwere written", lines, wantLines)
	}
	if p.back.Load() == 0 {
		t.Error("the reporter has never heard that the server was away")
	}
	t.Logf("the reporter: %d reports, %d parts, %d lines; back %d times", last+1, len(parts), len(lines), p.back.Load())
}
