package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// typical knows how long the steps of each kind took lately. It gives the
// weights of steps that declare none.
type typical struct {
	from  reader
	mu    sync.Mutex
	kinds map[string]map[string][]time.Duration // by kind and step, newest last
}

// What is remembered: so many durations a step, steps a kind, kinds.
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
			c.Steps[i].Typical = y.of(c.Spec.Kind, c.Steps[i].Name)
		}
		return c
	case progress.Report:
		if c.Step.Name == "" || t.Spec == nil || t.Spec.Kind == "" || t.Steps.Find(c.Step.Name) > 0 {
			return c
		}
		c.Typical = y.of(t.Spec.Kind, c.Step.Name)
		return c
	}
	return c
}

// of is the median of the past durations of a step, 0 if there are none.
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
	past, err := y.from.Durations(context.Background(), kind, pastRuns*100)
	if err != nil {
		return nil
	}
	if len(y.kinds) >= pastKinds {
		clear(y.kinds)
	}
	steps := map[string][]time.Duration{}
	y.kinds[kind] = steps
	for _, d := range slices.Backward(past) {
		push(steps, d)
	}
	return steps
}

// add learns of a completed step.
func (y *typical) add(d store.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if steps, ok := y.kinds[d.Kind]; ok {
		push(steps, d)
	}
}

func push(steps map[string][]time.Duration, d store.Duration) {
	past, ok := steps[d.Step]
	if !ok && len(steps) >= pastSteps {
		return
	}
	past = append(past, d.Active)
	if len(past) > pastRuns {
		past = past[1:]
	}
	steps[d.Step] = past
}
