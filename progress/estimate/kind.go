package estimate

import (
	"math"
	"slices"
)

// kind is what is known of the runs of a kind.
type kind struct {
	steps   map[string]*step
	tail    series // the time behind the last step
	ends    []*passed
	well    int  // runs that ended well
	used    int  // the book's clock when it was last learned of
	crowded bool // a run had more laps than are looked at
	tempo   tempo
	band    band
}

// step is what is known of the steps of a name.
type step struct {
	took series // from begin to end
	adds series // by how much its end was later than that of those before it
	gone curve
	used int
}

// unknown is the log of a size that is not given.
var unknown = math.NaN()

// sizeOf is the log of the size of a run's job.
func sizeOf(r *Run) float64 {
	if r.Size == nil || !(*r.Size > 0) {
		return unknown
	}
	return math.Log(*r.Size)
}

// step finds a step or begins it.
func (k *kind) step(name string, clock int) *step {
	s := k.steps[name]
	if s == nil {
		forgetOldest(k.steps, mostSteps, func(s *step) int { return s.used })
		s = &step{}
		k.steps[name] = s
	}
	s.used = clock
	return s
}

// curve is that of a step, nil if it is not known.
func (k *kind) curve(name string) *curve {
	if s := k.steps[name]; s != nil {
		return &s.gone
	}
	return nil
}

// passed is the order in which a run went, as far as it tells anything: of one
// that did not end well only what was learned of it.
type passed struct {
	id      string
	well    bool
	counted bool               // it was learned of as a whole, at this end or an earlier one
	taught  map[lesson]bool    // the steps that were learned
	begun   map[string]float64 // when each step began, by name
	added   []string           // steps that were not planned
	planned map[string]bool    // that were
}

// lesson is a step that was learned: a name may come twice in a plan.
type lesson struct {
	name string
	from float64
}

// keepEnds is how many of the newest runs are remembered in their order: of those
// that ended well so many, and of the others.
const keepEnds = 10

// again finds the run of that id if it was learned lately, nil else.
func (k *kind) again(id string) *passed {
	i := slices.IndexFunc(k.ends, func(p *passed) bool { return id != "" && p.id == id })
	if i < 0 {
		return nil
	}
	return k.ends[i]
}

// knows reports whether the step was learned from this run.
func (p *passed) knows(l *Lap) bool { return p != nil && p.taught[lesson{l.Name, l.From}] }

// counts reports whether the run was learned of as a whole.
func (p *passed) counts() bool { return p != nil && p.counted }

// teaches reports whether a step of a run tells how long it takes: it was
// completed, or fell, and the run went well all the same.
func (l *Lap) teaches(well bool) bool { return l.State == Done || l.State == Fell && well }

// remember keeps the order of a run, in place of what it was before.
func (k *kind) remember(r *Run, was *passed, well bool) {
	p := passedOf(r, well, well || was.counts())
	if was != nil {
		k.ends = slices.DeleteFunc(k.ends, func(p *passed) bool { return p == was })
	}
	if well && !was.counts() {
		k.well++
	}
	k.ends = append(k.ends, p)
	alike := func(o *passed) bool { return o.well == p.well }
	if n := slices.IndexFunc(k.ends, alike); count(k.ends, alike) > keepEnds {
		k.ends = slices.Delete(k.ends, n, n+1)
	}
}

func count[T any](list []T, is func(T) bool) (n int) {
	for _, v := range list {
		if is(v) {
			n++
		}
	}
	return n
}

func passedOf(r *Run, well, counted bool) *passed {
	p := &passed{id: r.ID, well: well, counted: counted, taught: map[lesson]bool{}}
	for i := range r.Laps {
		if l := &r.Laps[i]; l.teaches(counted) {
			p.taught[lesson{l.Name, l.From}] = true
		}
	}
	if well {
		p.order(r.Laps)
	}
	return p
}

// order notes how the steps of a run came.
func (p *passed) order(laps []Lap) {
	p.begun, p.planned = make(map[string]float64, len(laps)), make(map[string]bool, len(laps))
	for _, l := range laps {
		if !l.Added {
			p.planned[l.Name] = true
		}
		if l.State == Ahead || l.State == Skipped {
			continue
		}
		p.begun[l.Name] = l.From
		if l.Added {
			p.added = append(p.added, l.Name)
		}
	}
}
