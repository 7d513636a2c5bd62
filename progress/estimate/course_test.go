package estimate_test

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// beside is a run in which the second step goes on beside the first, soon after.
func beside(a, b, c float64) *estimate.Run {
	r := ran(p("a", a), p("b", b), p("c", c))
	r.Laps[1].From, r.Laps[2].From = 2, max(a, b+2)
	r.Elapsed = max(a, b+2) + c
	return r
}

func TestParallelStepsAreNotAddedUp(t *testing.T) {
	t.Parallel()
	b := bookOf(several(10, func(i int) *estimate.Run { return beside(nearly(100, i), nearly(80, i+1), nearly(20, i+2)) })...)
	now := beside(100, 80, 20)
	for _, at := range []float64{0, 1, 10, 50, 90} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, now, at), 120-at, 0.1)
	}
}

// A step that is planned and mostly does not come counts for little.
func TestOptionalSteps(t *testing.T) {
	t.Parallel()
	with := func(state estimate.State) func(int) *estimate.Run {
		return func(i int) *estimate.Run {
			r := ran(p("a", nearly(100, i)), p("b", 0), p("c", nearly(100, i)))
			r.Laps[1] = estimate.Lap{Name: "b", State: state}
			return r
		}
	}
	seldom := []*estimate.Run{ran(p("a", 100), p("b", 100), p("c", 100))}
	for _, state := range []estimate.State{estimate.Skipped, estimate.Ahead} {
		b := bookOf(append(seldom, several(9, with(state))...)...)
		about(t, "before all", leftOf(b, with(state)(1), 0), 200, 0.15)
		about(t, "before b", leftOf(b, with(state)(1), 50), 150, 0.2)
	}
	often := several(10, func(i int) *estimate.Run {
		if i%2 == 0 {
			return ran(p("a", 100), p("b", 100), p("c", 100))
		}
		return with(estimate.Skipped)(1)
	})
	about(t, "where it comes half of the time", leftOf(bookOf(often...), ran(p("a", 100), p("b", 100), p("c", 100)), 0), 250, 0.15)
}

// What is not planned is known from the second run on.
func TestStepsThatAreNotPlanned(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		return unplanned(ran(p("a", nearly(100, i)), p("b", nearly(50, i)), p("c", nearly(150, i))))
	}
	about(t, "in the second run", leftOf(bookOf(of(1)), of(1), 10), 290, 0.4)
	b := bookOf(several(10, of)...)
	for _, at := range []float64{10, 120, 200} {
		about(t, fmt.Sprintf("after %v s of the eleventh", at), leftOf(b, of(1), at), 300-at, 0.15)
	}
}

// Where a part of the plan is declared, the rest comes too.
func TestHalfAPlan(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		r := ran(p("a", nearly(100, i)), p("c", nearly(150, i)), p("b", nearly(50, i)))
		r.Laps[2].Added, r.Laps[2].From, r.Laps[1].From = true, r.Laps[0].Active, r.Laps[0].Active+r.Laps[2].Active
		return r
	}
	b := bookOf(several(10, of)...)
	for _, at := range []float64{0, 50, 120, 200} {
		about(t, fmt.Sprintf("after %v s", at), leftOf(b, of(1), at), 300-at, 0.15)
	}
}

// A step that is gone from the plan does not count.
func TestAPlanThatGotShorter(t *testing.T) {
	t.Parallel()
	b := bookOf(several(10, func(i int) *estimate.Run {
		return ran(p("a", nearly(100, i)), p("b", nearly(100, i)), p("c", nearly(100, i)))
	})...)
	about(t, "without c", leftOf(b, ran(p("a", 100), p("b", 100)), 0), 200, 0.1)
	about(t, "without c, in b", leftOf(b, ran(p("a", 100), p("b", 100)), 150), 50, 0.1)
}

// The time between steps, and behind the last, belongs to the run.
func TestTailAndGaps(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		r := ran(p("a", nearly(100, i)), p("b", nearly(100, i)))
		r.Laps[0].From, r.Laps[1].From = 20, 220
		r.Elapsed = 380
		return r
	}
	b := bookOf(several(10, of)...)
	for _, at := range []float64{0, 10, 60, 130, 200, 300} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, of(1), at), 380-at, 0.1)
	}
}

// A run of which only the whole is known.
func TestARunWithoutSteps(t *testing.T) {
	t.Parallel()
	of := func(seconds float64) *estimate.Run {
		return &estimate.Run{Kind: "kind", Outcome: estimate.Success, Elapsed: seconds, Curve: slow(seconds)}
	}
	b := bookOf(several(8, func(i int) *estimate.Run { return of(nearly(200, i)) })...)
	about(t, "before it begins", leftOf(b, of(200), 0), 200, 0.1)
	about(t, "half way", leftOf(b, of(200), 101), 99, 0.12)
	about(t, "half way of one of twice the time", leftOf(b, of(400), 201), 199, 0.2)
}

// More steps than are looked at one by one are looked at as a whole.
func TestARunOfManySteps(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		var parts []part
		for n := range 10_000 {
			parts = append(parts, p(fmt.Sprint("file ", n), nearly(0.1, i)))
		}
		return ran(parts...)
	}
	b := bookOf(several(4, of)...)
	for _, at := range []float64{0, 100, 500, 900} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, of(1), at), 1000-at, 0.12)
	}
}

// Runs that did not end well teach what they completed, and nothing else.
func TestFailedRunsTeachWhatTheyCompleted(t *testing.T) {
	t.Parallel()
	good := several(5, func(i int) *estimate.Run { return ran(p("a", nearly(100, i)), p("b", nearly(100, i))) })
	now := ran(p("a", 100), p("b", 100))
	want := leftOf(bookOf(good...), now, 0)
	for _, outcome := range []estimate.Outcome{estimate.Failed, estimate.Cancelled} {
		early := several(4, func(i int) *estimate.Run {
			r := ran(p("a", 5))
			r.Outcome, r.Laps[0].State = outcome, estimate.Fell
			r.Laps = append(r.Laps, estimate.Lap{Name: "b"})
			return r
		})
		if got := leftOf(bookOf(append(good, early...)...), now, 0); got != want {
			t.Errorf("%s runs changed the guess from %+v to %+v", outcome, want, got)
		}
		halfway := several(4, func(i int) *estimate.Run {
			r := ran(p("a", nearly(200, i)), p("b", 5))
			r.Outcome, r.Laps[1].State = outcome, estimate.Fell
			return r
		})
		about(t, "after four of which a took 200 s", leftOf(bookOf(append(good, halfway...)...), now, 0), 300, 0.1)
	}
}

// A run that failed, was retried and came through is one run.
func TestARetriedRunCountsOnce(t *testing.T) {
	t.Parallel()
	runs := func(retried bool) *estimate.Book {
		b := estimate.NewBook()
		for i := range 4 {
			whole := ran(p("a", 50*float64(1+i)), p("b", 40*float64(1+i%2)))
			whole.ID = fmt.Sprint("run ", i)
			if retried {
				first := *whole
				first.Outcome, first.Elapsed = estimate.Failed, whole.Laps[1].From+3
				first.Laps = []estimate.Lap{whole.Laps[0], {Name: "b", State: estimate.Fell, From: whole.Laps[1].From, Active: 3}}
				b.Learn(&first)
			}
			b.Learn(whole)
		}
		return b
	}
	now := ran(p("a", 100), p("b", 100))
	for _, at := range []float64{0, 40, 110} {
		once := leftOf(runs(false), now, at)
		about(t, fmt.Sprint("after ", at, " s, each run retried"), leftOf(runs(true), now, at), once.Likely, 0.03)
	}
}
