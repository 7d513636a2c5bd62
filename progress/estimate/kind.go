package estimate

import (
	"math"
	"slices"
)

// kind is what is known of the runs of a kind.
type kind struct {
	steps map[string]*step
	tail  series // the time behind the last step
	ends  []*passed
	well  int // runs that ended well
	used  int // the book's clock when it was last learned of
	tempo tempo
	band  band
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

// passed is the order in which a run went.
type passed struct {
	id      string
	well    bool
	begun   map[string]float64 // when each step began, by name
	done    map[string]float64 // when each step that was learned began
	added   []string           // steps that were not planned
	planned map[string]bool    // that were
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
func (p *passed) knows(l *Lap) bool {
	if p == nil {
		return false
	}
	from, ok := p.done[l.Name]
	return ok && from == l.From
}

// remember keeps the order of a run, in place of what it was before.
func (k *kind) remember(r *Run, was *passed, well bool) {
	if was != nil {
		k.ends = slices.DeleteFunc(k.ends, func(p *passed) bool { return p == was })
	}
	if well && (was == nil || !was.well) {
		k.well++
	}
	p := passedOf(r, well)
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

func passedOf(r *Run, well bool) *passed {
	p := &passed{
		id: r.ID, well: well, begun: make(map[string]float64, len(r.Laps)), done: map[string]float64{}, planned: map[string]bool{},
	}
	for _, l := range r.Laps {
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
		if l.State == Done {
			p.done[l.Name] = l.From
		}
	}
	return p
}
