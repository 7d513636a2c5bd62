package estimate

import (
	"cmp"
	"slices"
)

// costs are the seconds that each step added to a run: by how much it ended
// later than all that began before it, with the time that nothing ran. The rest
// is behind the last. Together they are the run. So a step that goes on beside
// one that began earlier, and ends first, adds nothing.
func costs(r *Run) (adds []float64, tail float64) {
	adds = make([]float64, len(r.Laps))
	end := 0.0
	for _, i := range byTime(r.Laps, func(l *Lap) float64 { return l.From }) {
		at := r.Laps[i].end()
		adds[i] = max(0, at-end)
		end = max(end, at)
	}
	return adds, max(0, r.Elapsed-end)
}

// byTime are the places of the laps that have ended, in the order of a time.
func byTime(laps []Lap, of func(*Lap) float64) []int {
	order := make([]int, 0, len(laps))
	for i := range laps {
		if laps[i].State == Done || laps[i].State == Fell {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(of(&laps[a]), of(&laps[b])) })
	return order
}

func (l *Lap) end() float64 { return clamp(l.From+l.Active, 0, mostLeft) }

// narrow is a run of which each step can be looked at: one without steps, or
// with too many, becomes one of a single step, whose percent is what its worker
// said of the whole, else the share of steps that have ended.
func narrow(k *kind, r *Run) *Run {
	if k.byLaps(r) {
		return r
	}
	l := Lap{Name: whole, State: Running, Active: r.Elapsed}
	switch {
	case r.verdict() == endedWell:
		l.State = Done
	case r.Outcome != Underway:
		l.State = Fell
	case r.Elapsed == 0:
		l.State = Ahead
	}
	l.Curve = r.Course()
	one := *r
	one.Laps = []Lap{l}
	return &one
}

// begins notes by which laps a kind is known. Once a run of one that was known by
// its whole has come to its end with steps, so it is looked at from then on; but
// not where only a small run has few enough of them.
func (k *kind) begins(r *Run) {
	k.crowded = k.crowded || len(r.Laps) > MostLaps
	if len(r.Laps) > 0 && !k.crowded && r.verdict() == endedWell {
		delete(k.steps, whole)
	}
}

// whole is the name of the one step of a run that is looked at as a whole.
const whole = ""

// byLaps reports whether a run is looked at by its laps: not one of too many, nor
// one whose kind was so far known by its whole only.
func (k *kind) byLaps(r *Run) bool {
	asWhole := k.steps[whole] != nil
	if len(r.Laps) == 0 {
		return r.Outcome == Underway && k.well > 0 && !asWhole
	}
	known := func(l Lap) bool { return k.steps[l.Name] != nil }
	return len(r.Laps) <= MostLaps && (!asWhole || slices.ContainsFunc(r.Laps, known))
}

// Course is how the whole of a run went: what its worker said of it, else the
// share of its planned steps that had ended, at up to 24 times.
func (r *Run) Course() []Point {
	if len(r.Curve) > 0 {
		return r.Curve
	}
	return shares(r.Laps)
}

// shares are the percents of planned steps that had ended, at up to MostPoints
// times. Of how many the others are is not known before the end.
func shares(laps []Lap) []Point {
	order := slices.DeleteFunc(byTime(laps, (*Lap).end), func(i int) bool { return laps[i].Added })
	planned := count(laps, func(l Lap) bool { return !l.Added })
	every := max(1, (planned+MostPoints-1)/MostPoints)
	var out []Point
	for n := every; n <= len(order); n += every {
		out = append(out, Point{100 * float64(n) / float64(planned), laps[order[n-1]].end()})
	}
	return out
}
