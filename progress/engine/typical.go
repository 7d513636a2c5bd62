package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// typical knows how long the steps of each kind took lately. It gives the
// weights of steps that declare none.
type typical struct {
	from  reader
	mu    sync.Mutex
	kinds map[string]map[string][]time.Duration // by kind and step, newest last
}

// done is how long a step took that was completed.
type done struct {
	kind, step string
	active     time.Duration
}

// learn notes how long a completed step took.
func (p *plan) learn(t *progress.Task, e *progress.Event) {
	if s := t.Steps.At(e.Step); t.Spec.Kind != "" && s.Status == progress.StepCompleted {
		p.done = append(p.done, done{t.Spec.RunKind(), s.Name, trace.Took(t, &s)})
	}
}

// What is remembered: so many runs a step, steps a kind, kinds.
const (
	pastRuns  = 20
	pastSteps = 2000
	pastKinds = 500
)

func newTypical(from reader) *typical {
	return &typical{from: from, kinds: map[string]map[string][]time.Duration{}}
}

// fill gives the steps of a new plan, and a step that a report may append,
// their typical durations.
func (y *typical) fill(t *progress.Task, c progress.Change) progress.Change {
	switch c := c.(type) {
	case progress.Create:
		if c.Spec.Kind == "" {
			return c
		}
		c.Steps = slices.Clone(c.Steps)
		for i := range c.Steps {
			c.Steps[i].Typical = y.of(c.Spec.RunKind(), c.Steps[i].Name)
		}
		return c
	case progress.Report:
		if c.Step.Name == "" || t.Spec == nil || t.Spec.Kind == "" || t.Steps.Find(c.Step.Name) > 0 {
			return c
		}
		c.Typical = y.of(t.Spec.RunKind(), c.Step.Name)
		return c
	}
	return c
}

// of is the median of the past times of a step, 0 if there are none.
func (y *typical) of(kind, step string) time.Duration {
	y.mu.Lock()
	defer y.mu.Unlock()
	past := slices.Clone(y.kind(kind)[step])
	if len(past) == 0 {
		return 0
	}
	slices.Sort(past)
	return past[len(past)/2]
}

// kind are the steps of a kind, read from the store when first asked for. When
// that fails there is no history for now; the next task asks again.
func (y *typical) kind(kind string) map[string][]time.Duration {
	if steps, ok := y.kinds[kind]; ok {
		return steps
	}
	past, err := y.from.Pasts(context.Background(), store.PastQuery{Kind: kind, Limit: pastRuns, Eyes: progress.Timer()})
	if err != nil {
		return nil
	}
	if len(y.kinds) >= pastKinds {
		clear(y.kinds)
	}
	steps := map[string][]time.Duration{}
	y.kinds[kind] = steps
	for _, run := range slices.Backward(past) {
		for _, l := range run.Laps {
			if l.State == estimate.Done {
				push(steps, done{kind, l.Name, time.Duration(l.Active * float64(time.Second))})
			}
		}
	}
	return steps
}

// add learns of a completed step.
func (y *typical) add(d done) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if steps, ok := y.kinds[d.kind]; ok {
		push(steps, d)
	}
}

func push(steps map[string][]time.Duration, d done) {
	past, ok := steps[d.step]
	if !ok && len(steps) >= pastSteps {
		return
	}
	past = append(past, d.active)
	if len(past) > pastRuns {
		past = past[1:]
	}
	steps[d.step] = past
}
