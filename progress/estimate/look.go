package estimate

import "math"

// view is a guess before its range is set.
type view struct {
	left   float64 // seconds, likely
	spread float64 // of its log, roughly
	whole  float64 // seconds of the run in all
	phase  int     // by which part of the way has gone
	age    age
	basis  Basis
}

// sight is what look gathers on its way over the steps.
type sight struct {
	b          *Book
	k          *kind
	r          *Run
	size, pace float64
	running    dots    // what the longest running step may still take
	longest    float64 // its median, negative while there is none
	idle       float64 // seconds since anything ran
	coming     float64 // mean seconds of what has not begun
	variance   float64 // of that
	basis      Basis
}

// look guesses what is left of a run.
func (b *Book) look(r *Run) view {
	k := b.known(r.Kind)
	s := sight{b: b, k: k, r: r, size: sizeOf(r), longest: -1, basis: Basis{Runs: min(k.well, window)}}
	slower, unsure := b.pace(k, r, s.size)
	s.pace = k.carry() * slower
	s.begun()
	s.ahead()
	s.variance += s.coming * s.coming * unsure * unsure
	s.tail()
	return s.view()
}

// begun looks at the steps that run, and notes what has ended.
func (s *sight) begun() {
	end := 0.0
	for i := range s.r.Laps {
		switch l := &s.r.Laps[i]; l.State {
		case Running:
			s.run(l)
		case Done, Fell:
			end = max(end, l.end())
			s.basis.Pace = true
		}
	}
	if s.longest < 0 {
		s.idle = s.r.Elapsed - end
	}
}

// run looks at a running step. Of several the longest counts.
func (s *sight) run(l *Lap) {
	c := s.cloud(l.Name)
	if p, said := furthest(l.Curve); said {
		c.hear(s.b.foretold(s.k, l.Name, p))
		s.basis.Pace = true
	}
	var left dots
	c.beyond(l.Active, &left)
	if middle := left.at(0.5); middle > s.longest {
		s.longest, s.running = middle, left
	}
}

// cloud is what is believed of a step's time before anything is heard of it.
func (s *sight) cloud(name string) cloud {
	if st := s.k.steps[name]; st != nil && st.took.known() {
		s.basis.Borrowed = s.basis.Borrowed || s.k.well == 0
		return cloudOf(&st.took, s.size, s.pace)
	}
	s.borrows(name)
	mean, spread := s.b.world.borrow(name)
	var c cloud
	c.put(1, mean+s.pace, spread)
	return c
}

func (s *sight) borrows(name string) {
	if s.b.world.named(name).known() {
		s.basis.Borrowed = true
	}
}

// foretold is what a step's percent says of the log of its time, and the spread
// of that.
func (b *Book) foretold(k *kind, name string, p Point) (log, spread float64) {
	part, spread := k.curve(name).at(p.Percent, &b.world.gone)
	return logOf(p.At / math.Exp(part)), spread
}

// What is made of the chance that a step comes.
const (
	rare   = 0.3 // below that, one that was not planned is left out
	likely = 0.5 // from that on, it is the next
)

// ahead looks at what has not begun.
func (s *sight) ahead() {
	o := s.k.orderOf(s.r)
	for i := range s.r.Laps {
		if l := &s.r.Laps[i]; l.State == Ahead {
			s.come(l.Name, o.comes(l.Name, i > o.planned))
		}
	}
	for _, name := range s.k.surprises(s.r) {
		if chance := o.comes(name, false); chance >= rare {
			s.come(name, chance)
		}
	}
}

// come counts a step that comes with some chance.
func (s *sight) come(name string, chance float64) {
	mean, spread := s.adds(name)
	own, doubt := s.b.world.time(s.k, name, s.size)
	quick := secondsOf(own + s.pace - doubt) // all of which is to come, however long was waited
	seconds := secondsOf(mean + s.pace)
	seconds = s.waited(seconds, max(quick, seconds*spread/4))
	if chance >= likely {
		s.idle = 0 // it was this that was waited for
	}
	off := seconds * min(spread, 0.9)
	s.coming += chance * seconds
	s.variance += chance*off*off + chance*(1-chance)*seconds*seconds
}

// waited is what is left of the time that was to follow what has ended: some of
// it has gone by. So much of it is still to come at least.
func (s *sight) waited(seconds, least float64) float64 {
	return max(seconds-max(s.idle, 0), min(seconds, least))
}

// adds is the log of the time that a step adds to the run.
func (s *sight) adds(name string) (mean, spread float64) {
	if st := s.k.steps[name]; st != nil && st.adds.known() {
		s.basis.Borrowed = s.basis.Borrowed || s.k.well == 0
		return st.adds.guess(s.size), st.adds.spread()
	}
	s.borrows(name)
	return s.b.world.borrow(name)
}

// tail adds what follows the last step.
func (s *sight) tail() {
	if !s.k.tail.known() {
		return
	}
	seconds := secondsOf(s.k.tail.guess(s.size))
	seconds = s.waited(seconds, seconds*s.k.tail.spread()/4)
	s.coming += seconds
	s.variance += 0.1 * seconds * seconds
}

// view sums up.
func (s *sight) view() view {
	v := view{left: s.coming, age: s.k.age(), basis: s.basis}
	if s.longest >= 0 {
		half := (s.running.at(0.85) - s.running.at(0.15)) / 2.07 // a spread, if it were normal
		v.left += s.longest
		s.variance += half * half
	}
	v.left = min(v.left, mostLeft)
	v.whole = clamp(s.r.Elapsed, 0, mostLeft) + v.left
	part := math.Sqrt(s.variance) / max(v.left, 1e-3)
	v.spread = math.Sqrt(math.Log1p(min(part*part, 1e8)) + 1e-4) // as of a log-normal distribution
	v.phase = phaseOf(s.r.Elapsed / max(v.whole, 1e-9))
	return v
}
