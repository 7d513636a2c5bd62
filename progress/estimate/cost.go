package estimate

import (
	"cmp"
	"slices"
)

// costs are the seconds that each step added to a run: by how much it ended
// later than all that ended before it, with the time that nothing ran. The rest
// is behind the last. Together they are the run.
func costs(r *Run) (adds []float64, tail float64) {
	adds = make([]float64, len(r.Laps))
	end := 0.0
	for _, i := range byEnd(r.Laps) {
		at := r.Laps[i].end()
		adds[i] = max(0, at-end)
		end = max(end, at)
	}
	return adds, max(0, r.Elapsed-end)
}

// byEnd are the places of the laps that have ended, in the order of their ends.
func byEnd(laps []Lap) []int {
	order := make([]int, 0, len(laps))
	for i := range laps {
		if laps[i].State == Done || laps[i].State == Fell {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(laps[a].end(), laps[b].end()) })
	return order
}

func (l *Lap) end() float64 { return l.From + l.Active }

// narrow is a run of which each step can be looked at: one without steps, or
// with too many, becomes one of a single step, whose percent is what its worker
// said of the whole, else the share of steps that have ended.
func narrow(r *Run) *Run {
	if len(r.Laps) > 0 && len(r.Laps) <= mostLaps {
		return r
	}
	l := Lap{State: Running, Active: r.Elapsed, Curve: r.Curve}
	switch {
	case r.verdict() == endedWell:
		l.State = Done
	case r.Outcome != Underway:
		l.State = Fell
	case r.Elapsed == 0:
		l.State = Ahead
	}
	if len(l.Curve) == 0 {
		l.Curve = shares(r.Laps)
	}
	one := *r
	one.Laps = []Lap{l}
	return &one
}

// mostShares is how many points a run of many steps gets.
const mostShares = 50

// shares are the percents of steps that had ended, at about mostShares times.
func shares(laps []Lap) []Point {
	order := byEnd(laps)
	every := max(1, len(laps)/mostShares)
	var out []Point
	for n := every; n <= len(order); n += every {
		out = append(out, Point{100 * float64(n) / float64(len(laps)), laps[order[n-1]].end()})
	}
	return out
}
