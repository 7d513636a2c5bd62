package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// A world is a pipeline that a test runs by hand.
type world struct {
	*testing.T
	p      *pipeline.Pipeline
	states []pipeline.State
	starts []int // how often each step was started
	rng    *rand.Rand
}

func (w *world) next() pipeline.Next {
	return w.p.Next(func(i int) pipeline.State { return w.states[i] })
}

// names says which steps, for a table.
func (w *world) names(list []int) string {
	said := make([]string, len(list))
	for i, n := range list {
		said[i] = w.p.Steps[n].Name
	}
	return strings.Join(said, " ")
}

// TestOrder wants steps in the file's order, but for needs and approvals.
func TestOrder(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"[{name: A, run: a}, {name: B, run: b}, {name: C, run: c}]":                                                               "A B C",
		"[{name: A, run: a, needs: C}, {name: B, run: b, needs: []}, {name: C, run: c, needs: []}]":                               "B C A",
		"[{name: A, approval: a}, {name: B, run: b}, {name: C, run: c, needs: []}]":                                               "C A B",
		"[{name: A, approval: a}, {name: B, approval: b, needs: []}, {name: C, run: c, needs: B}, {name: D, run: d, needs: A}]":   "A D B C",
		"[{parallel: [{name: A, run: a}, {name: B, approval: b}, {name: C, run: c}]}, {name: D, run: d}]":                         "A C B D",
		"[{name: A, run: a}, {name: G, parallel: [{name: B, run: b, needs: C}, {name: C, run: c}]}, {name: D, run: d, needs: G}]": "A C B D",
	} {
		p := parse(t, "steps: "+file)
		w := &world{p: p}
		all := make([]int, len(p.Steps))
		for i := range all {
			all[i] = i
		}
		if got := w.names(all); got != want {
			t.Errorf("%s runs as %s, want %s", file, got, want)
		}
	}
}

// TestNext is the schedule in single situations. States are one letter a step:
// . pending, w waiting, y approved, r running, d done, f failed, a allowed, s skipped.
func TestNext(t *testing.T) {
	t.Parallel()
	const plain = "[{name: A, run: a}, {name: B, run: b}]"
	const wide = "[{name: A, run: a}, {name: B, run: b, needs: []}, {name: C, run: c, needs: []}]"
	const gates = "[{name: A, run: a}, {name: G, approval: g, run: g, needs: []}, {name: H, approval: h, needs: []}, {name: B, run: b, needs: [G]}]"
	for _, c := range []struct{ file, states, want string }{
		{plain, "..", "start A"},
		{plain, "r.", ""},
		{plain, "d.", "start B"},
		{plain, "a.", "start B"},
		{plain, "s.", "start B"},
		{plain, "f.", "stuck"},
		{plain, "dd", "over"},
		{plain, "sa", "over"},
		{wide, "...", "start A B"},
		{wide, "r..", "start B"},
		{wide, "rr.", ""},
		{wide, "f..", "stuck"},
		{wide, "fr.", ""},
		{gates, "....", "ask G start A"}, // A G B H
		{gates, "rw..", ""},
		{gates, "dw..", ""},
		{gates, "ry..", "ask H start G"},
		{gates, "dd..", "ask H start B"},
		{gates, "ds..", "ask H start B"},
		{gates, "ddry", "start H"},
		{gates, "fy..", "stuck"},
		{gates, "fw..", "stuck"},
		{gates, "ry.y", "start G H"},
		{gates, "dyr.", "ask H start G"},
		{gates, "rdr.", "ask H"},
	} {
		w := &world{p: parse(t, "parallel: 2\nsteps: "+c.file)}
		for _, letter := range c.states {
			w.states = append(w.states, pipeline.State(strings.IndexRune(".wyrdfas", letter)))
		}
		next := w.next()
		var said []string
		if len(next.Ask) > 0 {
			said = append(said, "ask "+w.names(next.Ask))
		}
		if len(next.Start) > 0 {
			said = append(said, "start "+w.names(next.Start))
		}
		if next.Over {
			said = append(said, "over")
		}
		if next.Stuck {
			said = append(said, "stuck")
		}
		if got := strings.Join(said, " "); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.file, c.states, got, c.want)
		}
	}
}

// TestRandomRuns runs pipelines with needs, groups and approvals at random. What
// is offered keeps every promise, nothing that could start is held back, and
// all ends.
func TestRandomRuns(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 7))
		p := parse(t, randomFile(rng))
		w := &world{T: t, p: p, states: make([]pipeline.State, len(p.Steps)), starts: make([]int, len(p.Steps)), rng: rng}
		w.checkOrder()
		for n := 0; ; n++ {
			next := w.next()
			w.checkNext(next)
			if next.Over {
				break
			}
			if n > 20*len(p.Steps) {
				t.Fatalf("seed %d: it does not end: %v", seed, w.states)
			}
			if !w.move(next) {
				t.Fatalf("seed %d: nothing can move: %v", seed, w.states)
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		for i, n := range w.starts {
			if gated := p.Steps[i].Approval != nil; n != 1 && (n > 1 || !gated) {
				t.Errorf("seed %d: step %d was started %d times", seed, i, n)
			}
		}
	}
}

// randomFile makes a file whose needs have no circle: they follow an order that
// is not the file's.
func randomFile(rng *rand.Rand) string {
	n := 1 + rng.IntN(24)
	rank := rng.Perm(n)
	var b strings.Builder
	fmt.Fprintf(&b, "parallel: %d\nsteps:\n", 1+rng.IntN(4))
	indent := ""
	for i := range n {
		switch rng.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "- name: g%d\n  needs: []\n  parallel:\n", i)
			indent = "  "
		case 1:
			indent = ""
		}
		fmt.Fprintf(&b, "%s- name: s%d\n%s  needs: [", indent, i, indent)
		for j := range n {
			if rank[j] < rank[i] && rng.IntN(5) == 0 {
				fmt.Fprintf(&b, "s%d,", j)
			}
		}
		b.WriteString("]\n")
		if rng.IntN(2) == 0 {
			b.WriteString(indent + "  allow_failure: true\n")
		}
		gated := rng.IntN(4) == 0
		if gated {
			b.WriteString(indent + "  approval: {on_reject: skip}\n")
		}
		if !gated || rng.IntN(2) == 0 {
			b.WriteString(indent + "  run: x\n")
		}
	}
	return b.String()
}

// checkOrder wants behind each approval only what needs it or a later one, and
// such approvals.
func (w *world) checkOrder() {
	for g, gate := range w.p.Steps {
		if gate.Approval == nil {
			continue
		}
		held := make([]bool, len(w.p.Steps))
		for i, s := range w.p.Steps {
			held[i] = i >= g && s.Approval != nil
			for _, before := range s.Needs {
				held[i] = held[i] || held[before]
				if before >= i {
					w.Errorf("step %d needs %d", i, before)
				}
			}
			if i > g && !held[i] {
				w.Errorf("step %d stands behind the approval %d for nothing", i, g)
			}
		}
	}
}

// checkNext compares an offer with what the rules allow, said another way.
func (w *world) checkNext(next pipeline.Next) {
	running := 0
	for _, s := range w.states {
		if s == pipeline.Running {
			running++
		}
	}
	var ask, start []int
	for i, s := range w.p.Steps {
		if !w.able(i) {
			continue
		}
		if s.Approval != nil && w.states[i] == pipeline.Pending {
			ask = append(ask, i)
		} else if s.Args == nil || running < w.p.Parallel {
			start = append(start, i)
			if s.Args != nil {
				running++
			}
		}
	}
	if !slices.Equal(next.Ask, ask) || !slices.Equal(next.Start, start) || len(ask) > 1 {
		w.Errorf("at %v: asks %v and starts %v, want %v and %v", w.states, next.Ask, next.Start, ask, start)
	}
}

// able tells whether nothing but the number of running steps holds a step.
func (w *world) able(i int) bool {
	if w.states[i] != pipeline.Pending && w.states[i] != pipeline.Approved {
		return false
	}
	for _, before := range w.p.Steps[i].Needs {
		if !slices.Contains([]pipeline.State{pipeline.Done, pipeline.Skipped, pipeline.Allowed}, w.states[before]) {
			return false
		}
	}
	for g := range i {
		if w.p.Steps[g].Approval != nil && w.states[g] <= pipeline.Waiting {
			return false
		}
	}
	return true
}

// move does one thing that could happen: begin what is offered, or end or decide
// what is under way.
func (w *world) move(next pipeline.Next) bool {
	var moves []func()
	for _, i := range next.Ask {
		moves = append(moves, func() { w.states[i] = pipeline.Waiting })
	}
	for _, i := range next.Start {
		moves = append(moves, func() { w.states[i], w.starts[i] = pipeline.Running, w.starts[i]+1 })
	}
	for i, s := range w.states {
		switch s {
		case pipeline.Running:
			ends := []pipeline.State{pipeline.Done, pipeline.Skipped}
			if w.p.Steps[i].AllowFailure {
				ends = append(ends, pipeline.Allowed)
			}
			moves = append(moves, func() { w.states[i] = ends[w.rng.IntN(len(ends))] })
		case pipeline.Waiting:
			ends := []pipeline.State{pipeline.Approved, pipeline.Approved, pipeline.Skipped}
			moves = append(moves, func() { w.states[i] = ends[w.rng.IntN(3)] })
		}
	}
	if len(moves) == 0 {
		return false
	}
	moves[w.rng.IntN(len(moves))]()
	return true
}

// TestServerTakesPlans creates each random pipeline as a task and holds the
// schedule against the domain: what may start is reported running and is taken.
func TestServerTakesPlans(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 8))
		p := parse(t, randomFile(rng))
		w := &world{T: t, p: p, states: make([]pipeline.State, len(p.Steps)), starts: make([]int, len(p.Steps)), rng: rng}
		s := &server{T: t}
		s.do(progress.Create{Spec: progress.Spec{Title: "T"}, Steps: p.Plan()})
		for next := w.next(); !next.Over; next = w.next() {
			before := slices.Clone(w.states)
			w.move(next)
			for i := range w.states {
				if w.states[i] != before[i] {
					s.tell(i+1, before[i], w.states[i])
				}
			}
		}
		s.do(progress.Report{Status: progress.Completed})
	}
}

// A server is one task and its time.
type server struct {
	*testing.T
	task progress.Task
	at   time.Time
}

func (s *server) do(c progress.Change) {
	s.Helper()
	s.at = s.at.Add(time.Second)
	by := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	task, _, err := progress.Act(s.task, progress.Command{Task: "t", By: by, Do: c}, s.at)
	if err != nil {
		s.Fatalf("the server refuses %T: %v", c, err)
	}
	s.task = task
}

// tell reports what became of a step.
func (s *server) tell(step int, before, now pipeline.State) {
	s.Helper()
	status := map[pipeline.State]progress.StepStatus{
		pipeline.Waiting: progress.StepRunning, pipeline.Running: progress.StepRunning, pipeline.Done: progress.StepCompleted,
		pipeline.Allowed: progress.StepFailed, pipeline.Skipped: progress.StepSkipped,
	}
	switch {
	case now == pipeline.Approved:
		s.do(progress.Approve{Step: step})
	case before == pipeline.Waiting:
		s.do(progress.Reject{Step: step})
	default:
		s.do(progress.Report{Step: progress.StepRef{Order: step}, StepStatus: status[now]})
	}
}
