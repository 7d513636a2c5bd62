package estimate

import (
	"slices"
	"sort"
)

// At is the run as it stood when it had been worked on for elapsed seconds:
// what came later is cut off, and it is under way. A time after its end is its
// end.
//
// The copy shares its curves with the run and owns its laps: that is its one
// allocation. Neither may be written to while the other is in use.
func (r *Run) At(elapsed float64) Run {
	elapsed = min(elapsed, r.Elapsed)
	then := Run{ID: r.ID, Kind: r.Kind, Size: r.Size, Elapsed: elapsed, Curve: until(r.Curve, elapsed)}
	then.Laps = make([]Lap, len(r.Laps))
	passed := false // whether a later lap of the plan had begun
	for i := len(r.Laps) - 1; i >= 0; i-- {
		lap := &r.Laps[i]
		if lap.leapt() && !passed {
			then.Laps[i] = Lap{Name: lap.Name, Added: lap.Added}
			continue
		}
		then.Laps[i] = lap.at(elapsed)
		passed = passed || then.Laps[i].State != Ahead
	}
	then.Laps = slices.DeleteFunc(then.Laps, func(l Lap) bool { return l.Added && l.State == Ahead })
	return then
}

// at is the lap as it stood then. What went on after that time was running.
func (l *Lap) at(elapsed float64) Lap {
	switch worked := elapsed - l.From; {
	case l.State == Ahead || worked < 0:
		return Lap{Name: l.Name, Added: l.Added}
	case l.Active > worked:
		return Lap{Name: l.Name, Added: l.Added, State: Running, From: l.From, Active: worked, Curve: until(l.Curve, worked)}
	}
	return *l
}

// leapt reports whether the lap was skipped at a time that nobody knows: it
// must have been before a lap behind it began.
func (l *Lap) leapt() bool { return l.State == Skipped && l.From == 0 && l.Active == 0 }

// until cuts a curve behind that time.
func until(c []Point, at float64) []Point {
	n := sort.Search(len(c), func(i int) bool { return c[i].At > at })
	return c[:n:n]
}
