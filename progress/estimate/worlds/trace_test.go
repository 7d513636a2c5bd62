package worlds

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"testing"
)

// event is any line of a trace.
type event struct {
	Op, Run, Workflow, Step, Status, Kind string
	Plan                                  *[]string
	T, Percent, Frac                      float64
	Nth, Steps, Query, Queries            int
	Remaining                             float64 `json:"actual_remaining"`
	Total                                 float64 `json:"actual_total"`
}

// seen is what a reader knows of a run.
type seen struct {
	nth        int
	start      event
	open, done map[string]bool
	queries    []event
	ended      bool
}

func read(t *testing.T, trace []byte) []event {
	t.Helper()
	var all []event
	for line := range bytes.Lines(trace) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestTraceIsInOrderAndTrue(t *testing.T) {
	t.Parallel()
	all := read(t, written(t, some()))
	if !slices.IsSortedFunc(all, func(a, b event) int { return cmp.Compare(a.T, b.T) }) {
		t.Error("the lines are not in the order of time")
	}
	runs, begun, asked := map[string]*seen{}, map[string]int{}, 0
	for _, e := range all {
		if e.Op == "start" {
			if runs[e.Run] != nil || e.Plan == nil {
				t.Fatalf("%s starts twice, or without a plan", e.Run)
			}
			runs[e.Run] = &seen{nth: begun[e.Workflow], start: e, open: map[string]bool{}, done: map[string]bool{}}
			begun[e.Workflow]++
		}
		if e.Op == "query" {
			if asked++; e.Query != asked {
				t.Fatalf("query %d is said to be the %dth", asked, e.Query)
			}
		}
		if r := runs[e.Run]; r == nil || r.ended {
			t.Fatalf("%+v is of no run that goes on", e)
		}
		runs[e.Run].take(t, e)
	}
	for name, r := range runs {
		if !r.ended {
			t.Errorf("%s has no end", name)
		}
	}
	if last := all[slices.IndexFunc(all, func(e event) bool { return e.Op == "query" })]; last.Queries != asked {
		t.Errorf("%d queries are said to be %d", asked, last.Queries)
	}
}

func (r *seen) take(t *testing.T, e event) {
	t.Helper()
	switch e.Op {
	case "step":
		if r.open[e.Step] {
			t.Errorf("%s: %s begins while it runs", e.Run, e.Step)
		}
		r.open[e.Step] = true
	case "progress":
		if !r.open[e.Step] || e.Percent < 0 || e.Percent > 100 {
			t.Errorf("%s: %s is at %v %%, open: %v", e.Run, e.Step, e.Percent, r.open[e.Step])
		}
	case "step_end":
		if !r.open[e.Step] {
			t.Errorf("%s: %s ends and does not run", e.Run, e.Step)
		}
		delete(r.open, e.Step)
		r.done[e.Step] = r.done[e.Step] || e.Status != "skipped"
	case "query":
		r.queries = append(r.queries, e)
	case "end":
		r.ended = true
		r.judge(t, e)
	}
}

// judge compares what the queries of a run said with its end.
func (r *seen) judge(t *testing.T, end event) {
	t.Helper()
	came := end.Status == "success" || end.Status == "partial"
	if !came && len(r.queries) > 0 {
		t.Errorf("%s is asked about and %s", end.Run, end.Status)
	}
	if came && len(r.open) > 0 {
		t.Errorf("%s ends with %v running", end.Run, r.open)
	}
	steps := 0
	for _, real := range r.done {
		steps += one(real)
	}
	for _, q := range r.queries {
		total := end.T - r.start.T
		if !near(q.T+q.Remaining, end.T) || !near(q.Total, total) || !near(q.T, r.start.T+q.Frac*total) {
			t.Errorf("%s: %+v, but it took %v and ended at %v", end.Run, q, total, end.T)
		}
		if q.Kind != r.start.Workflow || q.Nth != r.nth || q.Steps != max(1, steps) {
			t.Errorf("%s: %+v, but it is the %dth and had %d steps", end.Run, q, r.nth, steps)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.01 }
