package estimate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/estimate"
)

// A machine that becomes half or twice as fast is followed within three runs.
func TestAChangeIsFollowed(t *testing.T) {
	t.Parallel()
	for _, after := range []float64{50, 200} {
		runs := several(15, func(i int) *estimate.Run { return ran(p("build", nearly(100, i))) })
		runs = append(runs, several(3, func(i int) *estimate.Run { return ran(p("build", nearly(after, i))) })...)
		about(t, "after three runs", leftOf(bookOf(runs...), ran(p("build", after)), 0), after, 0.2)
	}
}

func TestAnOutlierMovesLittle(t *testing.T) {
	t.Parallel()
	for _, odd := range []float64{10, 1000} {
		runs := several(12, func(i int) *estimate.Run { return ran(p("build", nearly(100, i))) })
		b := bookOf(append(runs, ran(p("build", odd)))...)
		about(t, "after one of "+fmt.Sprint(odd), leftOf(b, ran(p("build", 100)), 0), 100, 0.2)
	}
}

// A step that takes 10 s with its cache, else 100 s, takes 100 s once it has
// taken clearly longer than 10.
func TestAStepHasLastedThisLongAlready(t *testing.T) {
	t.Parallel()
	b := bookOf(several(24, func(i int) *estimate.Run {
		if i%4 == 1 {
			return ran(p("install", nearly(100, i)))
		}
		return ran(p("install", nearly(10, i)))
	})...)
	now := ran(p("install", 100))
	about(t, "before it begins", leftOf(b, now, 0), 11, 0.3)
	about(t, "after 5 s", leftOf(b, now, 5), 5, 0.3)
	about(t, "after 12 s", leftOf(b, now, 12), 88, 0.1)
	about(t, "after 16 s", leftOf(b, now, 16), 84, 0.1)
	about(t, "after 60 s", leftOf(b, now, 60), 40, 0.1)
}

// A step that has outlasted all that is known goes on for some time, not for
// none.
func TestAStepGoesBeyondAllThatIsKnown(t *testing.T) {
	t.Parallel()
	b := bookOf(several(10, func(i int) *estimate.Run { return ran(p("build", nearly(100, i))) })...)
	for _, at := range []float64{150, 400, 4000} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, ran(p("build", 2*at)), at), 0.3*at, 0.8)
	}
}

func TestSizesCountWhereTheyHaveCounted(t *testing.T) {
	t.Parallel()
	grows := several(12, func(i int) *estimate.Run {
		n := float64(int(1) << (i % 4))
		return sized(n, ran(p("copy", nearly(10*n, i))))
	})
	about(t, "twice the largest so far", leftOf(bookOf(grows...), sized(16, ran(p("copy", 160))), 0), 160, 0.25)
	about(t, "the smallest again", leftOf(bookOf(grows...), sized(1, ran(p("copy", 10))), 0), 10, 0.25)

	same := several(12, func(i int) *estimate.Run { return sized(5, ran(p("copy", nearly(50, i)))) })
	about(t, "twice a size that never varied", leftOf(bookOf(same...), sized(10, ran(p("copy", 50))), 0), 50, 0.1)

	void := several(12, func(i int) *estimate.Run { return sized(float64(int(1)<<(i%4)), ran(p("copy", nearly(50, i)))) })
	about(t, "twice a size that told nothing", leftOf(bookOf(void...), sized(16, ran(p("copy", 50))), 0), 50, 0.1)
	about(t, "a size that is not given", leftOf(bookOf(void...), ran(p("copy", 50)), 0), 50, 0.1)
}

// slow is what a step says that has gone three quarters of its way by half of
// its time.
func slow(seconds float64) []estimate.Point {
	var said []estimate.Point
	for u := 0.05; u < 0.99; u += 0.05 {
		said = append(said, estimate.Point{Percent: 100 * (1 - (1-u)*(1-u)), At: u * seconds})
	}
	return said
}

// Elapsed by percent would say 67 s where 200 s are left.
func TestPercentsThatAreSlowAtTheEndAreUnderstood(t *testing.T) {
	t.Parallel()
	b := bookOf(several(8, func(i int) *estimate.Run { s := nearly(200, i); return ran(p("index", s, slow(s)...)) })...)
	about(t, "in a run like the others", leftOf(b, ran(p("index", 200, slow(200)...)), 101), 99, 0.12)
	about(t, "in one of twice the time", leftOf(b, ran(p("index", 400, slow(400)...)), 201), 199, 0.2)
}

// The first run of a kind has only its percents.
func TestAFirstRunGoesByItsPercents(t *testing.T) {
	t.Parallel()
	r := ran(p("load", 1000, estimate.Point{Percent: 10, At: 100}, estimate.Point{Percent: 40, At: 400}, estimate.Point{Percent: 70, At: 700}))
	b := estimate.NewBook()
	about(t, "at 40 %", leftOf(b, r, 400), 600, 0.3)
	about(t, "at 70 %", leftOf(b, r, 700), 300, 0.3)
	if g := leftOf(b, r, 700); g.Basis != (estimate.Basis{Pace: true}) || g.Basis.String() != "this run's pace" {
		t.Errorf("it rests on %+v, %q", g.Basis, g.Basis)
	}
	if g := leftOf(b, r, 50); g.Basis != (estimate.Basis{}) || g.Basis.String() != "" {
		t.Errorf("before a percent it rests on %+v, %q", g.Basis, g.Basis)
	}
}

// Where slow runs were slow throughout, one that begins slowly stays so; where
// steps were slow by themselves, it does not.
func TestAPaceIsCarriedWhereItWas(t *testing.T) {
	t.Parallel()
	of := func(a, b, c float64) *estimate.Run { return ran(p("a", 100*a), p("b", 100*b), p("c", 100*c)) }
	together := several(20, func(i int) *estimate.Run {
		pace := []float64{1, 1.5, 1.5, 1, 1, 1.5, 1}[i%7]
		return of(pace, pace, pace)
	})
	about(t, "on a slow machine", leftOf(bookOf(together...), of(1.5, 1.5, 1.5), 150), 300, 0.16)
	about(t, "on a fast machine", leftOf(bookOf(together...), of(1, 1, 1), 100), 200, 0.12)

	alone := several(20, func(i int) *estimate.Run {
		paces := []float64{1, 1.5, 1.2, 0.8, 1.3, 0.9, 1.1, 1.4}
		return of(paces[i%8], paces[(i*3+1)%8], paces[(i*5+2)%8])
	})
	slow, quick := leftOf(bookOf(alone...), of(1.5, 1, 1), 150), leftOf(bookOf(alone...), of(0.8, 1, 1), 80)
	if ratio := slow.Likely / quick.Likely; ratio < 0.9 || ratio > 1.2 {
		t.Errorf("a first step of 150 s in place of 80 s changes the rest from %.1f to %.1f", quick.Likely, slow.Likely)
	}
}

// A kind that is not known borrows of others the steps that are called the same.
func TestStepsAreBorrowed(t *testing.T) {
	t.Parallel()
	b := bookOf(several(6, func(i int) *estimate.Run { return ran(p("checkout", nearly(5, i)), p("train", nearly(3000, i))) })...)
	r := ran(p("checkout", 5), p("train", 3000))
	r.Kind = "another"
	g := leftOf(b, r, 0)
	about(t, "before the first run", g, 3005, 0.25)
	if g.Basis != (estimate.Basis{Borrowed: true}) || g.Basis.String() != "steps of the same names" {
		t.Errorf("it rests on %+v, %q", g.Basis, g.Basis)
	}
	if g.High-g.Low < g.Likely/2 {
		t.Errorf("what is borrowed is sure: %+v", g)
	}
}

func TestBasisSaysHowManyRuns(t *testing.T) {
	t.Parallel()
	b, r := estimate.NewBook(), ran(p("a", 10))
	for i, want := range []string{"", "1 similar run", "2 similar runs", "3 similar runs"} {
		if i == 0 {
			continue
		}
		r.ID = fmt.Sprint(i)
		b.Learn(r)
		if g := leftOf(b, r, 0); g.Basis.Runs != i || g.Basis.String() != want {
			t.Errorf("after %d runs it rests on %+v, %q", i, g.Basis, g.Basis)
		}
	}
	failed := ran(p("a", 10))
	failed.Outcome = estimate.Failed
	b.Learn(failed)
	two := ran(p("a", 10), p("b", 10))
	if g := leftOf(b, two, 15); g.Basis.String() != "3 similar runs and this run's pace" {
		t.Errorf("in its second step it rests on %+v, %q", g.Basis, g.Basis)
	}
}

func TestRangesNarrowOnTheWay(t *testing.T) {
	t.Parallel()
	paces := []float64{1, 1.3, 0.8, 1.1, 0.9, 1.2}
	b := bookOf(several(40, func(i int) *estimate.Run {
		return ran(p("a", 100*paces[i%6]), p("b", 100*paces[(i*5+1)%6]), p("c", 100*paces[(i/2)%6]))
	})...)
	width := 1e9
	for _, at := range []float64{0, 101, 201} {
		g := leftOf(b, ran(p("a", 100), p("b", 100), p("c", 100)), at)
		if g.High-g.Low >= width || g.High-g.Low < 5 {
			t.Errorf("after %v s it is %+v", at, g)
		}
		width = g.High - g.Low
	}
}

func TestLateIsBeyondWhatIsUsual(t *testing.T) {
	t.Parallel()
	runs := several(20, func(i int) *estimate.Run { return ran(p("a", nearly(100, i)), p("b", 10*float64(1+i%5))) })
	b := bookOf(runs...)
	within := func(step string, low, high time.Duration) {
		if late := b.Late("kind", step); late < low || late > high {
			t.Errorf("%s is late after %v, not after %v to %v", step, late, low, high)
		}
	}
	within("a", 102*time.Second, 140*time.Second)
	within("b", 50*time.Second, 120*time.Second)
	within("c", 0, 0)
	if late := b.Late("another", "a"); late != 0 {
		t.Errorf("a step of an unknown kind is late after %v", late)
	}
	if late := bookOf(runs[:4]...).Late("kind", "a"); late != 0 {
		t.Errorf("a step of four runs is late after %v", late)
	}
	if late := bookOf(runs[:5]...).Late("kind", "a"); late == 0 {
		t.Error("a step of five runs is never late")
	}
}
