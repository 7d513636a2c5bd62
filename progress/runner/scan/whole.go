package scan

import (
	"math"
	"slices"
)

// Whole folds findings into one percent of a command that never falls. The
// zero value is ready; use a new one for each command, or for each step if the
// percent shown is the step's. One goroutine at a time may use it.
//
// The most telling findings lead: declared percents, then what spans the job,
// then phases, then numbers in prose; items never count. Among equals the first
// shape leads until it is done, since an outer bar is drawn before the inner
// one. A shape that falls back goes round and round, and gives way to any
// other. Whatever leads, the highest percent so far is kept: how many phases
// come is not known, but for git's.
type Whole struct {
	mark   float64 // the highest so far
	rank   rank    // of what leads
	shape  string  // of what leads
	last   float64 // what it said last
	cycles [16]string
	next   int
}

// A rank says how telling a finding is.
type rank int

const (
	nothing rank = iota
	cyclic
	prose
	phase
	job
	declared
)

// Add takes a finding and returns the percent, 0..100, and whether it rose.
func (w *Whole) Add(f Finding) (percent float64, rose bool) {
	shape, p := f.Shape, min(max(f.Percent, 0), 100)
	if shape, p = gitPart(shape, p); math.IsNaN(f.Percent) || !w.leads(w.rankOf(f, shape), shape, p) {
		return w.mark, false
	}
	rose = p > w.mark
	w.mark = max(w.mark, p)
	return w.mark, rose
}

// Percent is the percent so far.
func (w *Whole) Percent() float64 { return w.mark }

func (w *Whole) rankOf(f Finding, shape string) rank {
	switch {
	case f.Kind != Percent || !f.Declared && f.Span == Item:
		return nothing
	case f.Declared:
		return declared
	case w.isCyclic(shape):
		return cyclic
	case !f.Strong:
		return prose
	case f.Span == Job:
		return job
	}
	return phase
}

// leads tells whether a finding counts, and remembers it if so.
func (w *Whole) leads(r rank, shape string, p float64) bool {
	same := shape == w.shape && w.rank != nothing
	switch {
	case r == nothing, r < w.rank && !same:
		return false
	case same && r < declared && p < w.last-1 && !w.isCyclic(shape):
		w.cycles[w.next] = shape
		w.next = (w.next + 1) % len(w.cycles)
		r = cyclic
	case !same && r == w.rank && r != cyclic && w.last < 100:
		return false
	}
	w.rank, w.shape, w.last = r, shape, p
	return true
}

func (w *Whole) isCyclic(shape string) bool {
	return slices.Contains(w.cycles[:], shape) && shape != ""
}

// gitPart gives git's phases, whose names and order are known, their part of
// the whole. The network and the disk take most of the time.
func gitPart(shape string, p float64) (string, float64) {
	from, to := 0.0, 0.0
	switch shape {
	case "git Enumerating objects", "git Counting objects":
		to = 3
	case "git Compressing objects":
		from, to = 3, 10
	case "git Receiving objects", "git Writing objects":
		from, to = 10, 80
	case "git Resolving deltas":
		from, to = 80, 95
	case "git Updating files", "git Checking out files":
		from, to = 95, 100
	default:
		return shape, p
	}
	return "git", from + (to-from)*p/100
}
