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

// of is the median of the past times of a step, 0 if there are none.
func (y *typical) of(kind, step string) time.Duration {
	past, known := y.known(kind, step)
	if !known {
		y.read(kind)
		past, _ = y.known(kind, step)
	}
	if len(past) == 0 {
		return 0
	}
	slices.Sort(past)
	return past[len(past)/2]
}

// known are the past times of a step, and whether its kind is known at all.
func (y *typical) known(kind, step string) ([]time.Duration, bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	steps, ok := y.kinds[kind]
	return slices.Clone(steps[step]), ok
}

// read reads a kind from the store, when it is first asked for: others need not
// wait meanwhile. When that fails there is no history for now; the next task asks
// again.
func (y *typical) read(kind string) {
	past, err := y.from.Pasts(context.Background(), store.PastQuery{Kind: kind, Limit: pastRuns, Eyes: progress.Timer()})
	if err != nil {
		return
	}
	steps := map[string][]time.Duration{}
	for _, run := range slices.Backward(past) {
		for _, l := range run.Laps {
			if l.State == estimate.Done {
				push(steps, done{kind, l.Name, time.Duration(l.Active * float64(time.Second))})
			}
		}
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if _, known := y.kinds[kind]; known {
		return // somebody was faster, and it may have learned since
	}
	if len(y.kinds) >= pastKinds {
		clear(y.kinds)
	}
	y.kinds[kind] = steps
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
