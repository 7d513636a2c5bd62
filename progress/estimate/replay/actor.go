package replay

import (
	"fmt"
	"strconv"

	"github.com/taskherald/herald/progress/estimate"
)

// longest is the most that a time may be, in seconds: about 300 years.
const longest = 1e10

// actor is a run under way.
type actor struct {
	run     estimate.Run
	began   float64
	planned int
	places  map[string][]int // of the laps that are told of by a name
	running int              // laps
	quiet   float64          // when the last lap ended
}

// begin begins the run of a line, which may say its kind, its plan and its size.
// It has no ID: one that is used again is of another run.
func begin(l line, t float64) *actor {
	a := &actor{began: t, places: map[string][]int{}, run: estimate.Run{Kind: l.text("workflow"), Size: l.size()}}
	for _, name := range l.plan() {
		a.add(name)
	}
	a.planned = len(a.run.Laps)
	return a
}

// add adds a lap of that name. The second of a name is a step of its own.
func (a *actor) add(name string) *estimate.Lap {
	a.places[name] = append(a.places[name], len(a.run.Laps))
	if nth := len(a.places[name]); nth > 1 {
		name = fmt.Sprintf("%s\x00%d", name, nth)
	}
	a.run.Laps = append(a.run.Laps, estimate.Lap{Name: name})
	return &a.run.Laps[len(a.run.Laps)-1]
}

// since is how long the run had gone on at a time.
func (a *actor) since(t float64) float64 { return min(max(a.run.Elapsed, t-a.began), longest) }

// until brings the run up to a time.
func (a *actor) until(t float64) { a.run.Elapsed = a.since(t) }

// at is the run as it stands at a time. It shares its laps.
func (a *actor) at(t float64) estimate.Run {
	r := a.run
	r.Elapsed = a.since(t)
	bring(&r)
	return r
}

// bring brings the steps that run up to the run's time. That they have done so
// is never kept: it is done anew by whoever looks at them.
func bring(r *estimate.Run) {
	for i := range r.Laps {
		if l := &r.Laps[i]; l.State == estimate.Running {
			l.Active = r.Elapsed - l.From
		}
	}
}

// named are the places of the laps that a name means: where no step is called
// so, a number is the order of a planned one, from 1.
func (a *actor) named(name string) []int {
	if places := a.places[name]; len(places) > 0 {
		return places
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= a.planned {
		return []int{n - 1}
	}
	return nil
}

// which is the lap of that name that runs, else the first that is ahead, else
// the last; nil if there is none.
func (a *actor) which(name string) *estimate.Lap {
	var found *estimate.Lap
	for _, i := range a.named(name) {
		switch l := &a.run.Laps[i]; {
		case l.State == estimate.Running:
			return l
		case found == nil || found.State != estimate.Ahead:
			found = l
		}
	}
	return found
}

// act does what a line says of the run or of a step of it.
func (a *actor) act(op string, l line) {
	name := l.text("step")
	switch percent, said := l.number("percent"); {
	case op == "progress" && said:
		a.progress(name, min(max(percent, 0), 100))
	case name == "":
	case op == "step":
		a.step(name)
	case op == "step_end":
		a.stepEnd(name, stateOf(l.word("status")))
	}
}

// step begins the step of that name: the one that is ahead, or again the one
// that failed or was skipped, else one that was not planned.
func (a *actor) step(name string) {
	l := a.which(name)
	switch {
	case l == nil || l.State == estimate.Done:
		l = a.add(name)
		l.Added = true
	case l.State == estimate.Running:
		return
	}
	a.start(l, a.run.Elapsed)
}

func (a *actor) start(l *estimate.Lap, from float64) {
	*l = estimate.Lap{Name: l.Name, Added: l.Added, State: estimate.Running, From: from}
	a.running++
}

// unsaid begins a step of which nobody said that it had begun: it must have
// done so when the last one ended, unless another runs.
func (a *actor) unsaid(name string) *estimate.Lap {
	l := a.which(name)
	switch {
	case l == nil:
		l = a.add(name)
		l.Added = true
	case l.State != estimate.Ahead:
		return l
	}
	from := a.quiet
	if a.running > 0 {
		from = a.run.Elapsed
	}
	a.start(l, from)
	return l
}

// progress notes a percent, of a step or of the whole. What is said of a step
// that has ended comes too late.
func (a *actor) progress(name string, percent float64) {
	if name == "" {
		a.run.Curve = append(a.run.Curve, estimate.Point{Percent: percent, At: a.run.Elapsed})
		return
	}
	if lap := a.unsaid(name); lap.State == estimate.Running {
		lap.Curve = append(lap.Curve, estimate.Point{Percent: percent, At: a.run.Elapsed - lap.From})
	}
}

// stepEnd ends a step. One that failed may have gone on unseen.
func (a *actor) stepEnd(name string, state estimate.State) {
	l := a.unsaid(name)
	switch l.State {
	case estimate.Running:
		a.running--
	case estimate.Fell:
	default:
		return
	}
	l.Active, l.State = a.run.Elapsed-l.From, state
	a.quiet = a.run.Elapsed
}

// end closes what still runs as the run ends.
func (a *actor) end(o estimate.Outcome) {
	a.run.Outcome = o
	bring(&a.run)
	for i := range a.run.Laps {
		l := &a.run.Laps[i]
		if l.State != estimate.Running {
			continue
		}
		l.State = estimate.Fell
		if o == estimate.Success {
			l.State = estimate.Done
		}
	}
}
