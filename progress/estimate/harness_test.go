package estimate_test

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// part is a step of a run that is told in a test: its seconds, and what was said
// of it.
type part struct {
	name    string
	seconds float64
	said    []estimate.Point
}

func p(name string, seconds float64, said ...estimate.Point) part { return part{name, seconds, said} }

// ran is a run of a kind that ended well, of steps after each other.
func ran(parts ...part) *estimate.Run {
	r := &estimate.Run{Kind: "kind", Outcome: estimate.Success}
	for _, p := range parts {
		r.Laps = append(r.Laps, estimate.Lap{Name: p.name, State: estimate.Done, From: r.Elapsed, Active: p.seconds, Curve: p.said})
		r.Elapsed += p.seconds
	}
	return r
}

// unplanned is a run of which nobody said beforehand which steps it has.
func unplanned(r *estimate.Run) *estimate.Run {
	for i := range r.Laps {
		r.Laps[i].Added = true
	}
	return r
}

// sized is a run whose job has that size.
func sized(size float64, r *estimate.Run) *estimate.Run {
	r.Size = &size
	return r
}

// several are so many runs, each made for its number.
func several(n int, each func(i int) *estimate.Run) []*estimate.Run {
	var runs []*estimate.Run
	for i := range n {
		runs = append(runs, each(i))
	}
	return runs
}

// bookOf is a book of runs, each with an ID of its own.
func bookOf(runs ...*estimate.Run) *estimate.Book {
	b := estimate.NewBook()
	for i, r := range runs {
		if r.ID == "" {
			r.ID = fmt.Sprint("learned ", i)
		}
		b.Learn(r)
	}
	return b
}

// nearly is a time that is off by up to two percent, by the number of its run.
func nearly(seconds float64, i int) float64 { return seconds * (1 + 0.02*float64(i%3-1)) }

// leftOf is what is guessed of a run once it has gone on for so long.
func leftOf(b *estimate.Book, r *estimate.Run, at float64) estimate.Guess {
	then := r.At(at)
	return b.Estimate(&then)
}

// about fails the test unless the guess is within a share of what is true.
func about(t *testing.T, what string, g estimate.Guess, truth, within float64) {
	t.Helper()
	said := fmt.Sprintf("%s: %.1f s are left (%.1f to %.1f, %s), in truth %.1f", what, g.Likely, g.Low, g.High, g.Basis, truth)
	if g.Likely < truth*(1-within) || g.Likely > truth*(1+within) {
		t.Error(said)
		return
	}
	t.Log(said)
}
