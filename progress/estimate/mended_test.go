package estimate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// What follows the last step passes as steps do, though another is planned that
// never comes.
func TestATailPasses(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		r := ran(p("a", 10))
		r.Elapsed += nearly(100, i)
		return r
	}
	optional := func(i int) *estimate.Run {
		r := of(i)
		r.Laps = append(r.Laps, estimate.Lap{Name: "never"})
		return r
	}
	for what, each := range map[string]func(int) *estimate.Run{"with all steps done": of, "with one that never comes": optional} {
		b := bookOf(several(10, each)...)
		for _, at := range []float64{30, 60, 100} {
			about(t, fmt.Sprint(what, ", after ", at, " s"), leftOf(b, each(1), at), 110-at, 0.15)
		}
	}
}

// Who waits long for a step to begin still has all of it before him.
func TestALongWaitTakesNothingOfAStep(t *testing.T) {
	t.Parallel()
	of := func(i int, wait float64) *estimate.Run {
		r := ran(p("a", nearly(10, i)), p("b", nearly(100, i)))
		r.Laps[1].From += wait
		r.Elapsed += wait
		return r
	}
	b := bookOf(several(10, func(i int) *estimate.Run { return of(i, 5) })...)
	about(t, "after the usual wait", leftOf(b, of(1, 60), 14), 101, 0.1)
	about(t, "after twelve times as long", leftOf(b, of(1, 60), 69), 101, 0.2)
}

// abc is a run of three steps of which nobody said beforehand.
func abc(int) *estimate.Run { return unplanned(ran(p("a", 10), p("b", 50), p("c", 50))) }

// A step that is new does not hide those that followed it in other runs.
func TestANewStepHidesNothing(t *testing.T) {
	t.Parallel()
	now := unplanned(ran(p("a", 10), p("new", 20), p("b", 50), p("c", 50)))
	g := leftOf(bookOf(several(10, abc)...), now, 12)
	about(t, "in the new step", g, 118, 0.3)
}

// Runs that end early say nothing of how a run goes on.
func TestFailuresLeaveTheOrderAlone(t *testing.T) {
	t.Parallel()
	failed := several(10, func(int) *estimate.Run {
		r := unplanned(ran(p("a", 10)))
		r.Outcome = estimate.Failed
		return r
	})
	b := bookOf(append(several(10, abc), failed...)...)
	about(t, "after ten failures", leftOf(b, abc(0), 1), 109, 0.15)
}

// Before anything has begun that was not planned, the steps of other runs are all
// that is to come.
func TestBeforeTheFirstStep(t *testing.T) {
	t.Parallel()
	of := func(int) *estimate.Run {
		r := unplanned(ran(p("a", 100), p("b", 100)))
		r.Laps[0].From, r.Laps[1].From, r.Elapsed = 5, 110, 210
		return r
	}
	b := bookOf(several(10, of)...)
	for _, at := range []float64{0, 1, 4} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, of(0), at), 210-at, 0.15)
	}
}

// Of how many steps a run has done that were not planned, its percent is not
// known.
func TestManyStepsThatAreNotPlanned(t *testing.T) {
	t.Parallel()
	of := func(int) *estimate.Run {
		var parts []part
		for n := range 1000 {
			parts = append(parts, p(fmt.Sprint("file ", n), 1))
		}
		return unplanned(ran(parts...))
	}
	b := bookOf(several(10, of)...)
	for _, at := range []float64{0, 10.5, 100.5, 500.5, 900.5} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, of(0), at), 1000-at, 0.1)
	}
}

// noSteps is a run of which only the whole is known.
func noSteps(seconds float64) *estimate.Run {
	return &estimate.Run{Kind: "kind", Outcome: estimate.Success, Elapsed: seconds}
}

// A kind of which only the whole was known is looked at by its steps once a run
// has come to its end with some; until then all that is known of the whole counts.
func TestStepsThatAreReportedFromNowOn(t *testing.T) {
	t.Parallel()
	before := several(6, func(i int) *estimate.Run { return noSteps(nearly(110, i)) })
	early := ran(p("a", 10))
	early.Outcome = estimate.Cancelled
	b := bookOf(append(before, noSteps(170), early)...)
	about(t, "before any run ended well with steps", leftOf(b, noSteps(110), 0), 110, 0.15)

	since := several(4, func(i int) *estimate.Run { return ran(p("a", nearly(10, i)), p("b", nearly(100, i))) })
	b = bookOf(append(before, since...)...)
	about(t, "in a run like the others", leftOf(b, since[1], 5), 105, 0.15)
	about(t, "without its long step", leftOf(b, ran(p("a", 10)), 1), 9, 0.15)
}

// High does not explode where a cache may have been missed.
func TestHighStaysNearWhatWas(t *testing.T) {
	t.Parallel()
	b := bookOf(several(24, func(i int) *estimate.Run {
		if i%4 == 0 {
			return ran(p("a", nearly(100, i)))
		}
		return ran(p("a", nearly(10, i)))
	})...)
	for _, at := range []float64{9, 9.8, 10, 10.1, 10.2, 10.4, 10.8} {
		if g := leftOf(b, ran(p("a", 100)), at); g.High > 1000 {
			t.Errorf("after %v s of at most 102 it is %+v", at, g)
		}
	}
}

// Nor where a step that takes nearly no time mostly takes a quarter of an hour now
// and then.
func TestHighOfNearlyNothing(t *testing.T) {
	t.Parallel()
	b := bookOf(several(24, func(i int) *estimate.Run {
		if i%4 == 0 {
			return ran(p("a", 1000))
		}
		return ran(p("a", 0.05))
	})...)
	for _, at := range []float64{0.01, 0.03, 0.05, 0.06, 0.08, 0.1} {
		now := ran(p("a", 1000))
		g := leftOf(b, now, at)
		inOrder(t, g, now)
		if g.High > 5000 {
			t.Errorf("after %v s it is %+v", at, g)
		}
	}
}

// However often a kind that is mostly quick was far off, high stays in what can be.
func TestHighIsBounded(t *testing.T) {
	t.Parallel()
	dice, b := rand.New(rand.NewPCG(1, 2)), estimate.NewBook()
	long := ran(p("a", 10_000))
	for i := range 200 {
		for _, at := range []float64{9.5, 10, 10.05, 10.1} {
			if g := leftOf(b, long, at); i > 10 && g.High > 15_000 {
				t.Fatalf("after %d runs, and %v s of at most 10,000, it is %+v", i, at, g)
			}
		}
		r := ran(p("a", 10))
		if dice.Float64() < 0.25 {
			r = ran(p("a", 10_000))
		}
		r.ID = fmt.Sprint(i)
		b.Learn(r)
	}
}

// covered is how many of fifty noisy runs of a kind end within what was guessed
// at their begin, after ten more.
func covered(b *estimate.Book, kind string) (in int) {
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		r := ran(p("a", 100*math.Exp(0.3*dice.NormFloat64())))
		r.ID, r.Kind = fmt.Sprint(kind, i), kind
		if g := leftOf(b, r, 0); i >= 10 && g.Low <= r.Elapsed && r.Elapsed <= g.High {
			in++
		}
		b.Learn(r)
	}
	return in
}

// However long all went well, ranges widen soon when it no longer does; other
// kinds do not pay for it.
func TestRangesComeBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"kind", "other"} {
		b := bookOf(several(1000, func(int) *estimate.Run { return ran(p("a", 100)) })...)
		if in := covered(b, kind); in < 30 {
			t.Errorf("%s: %d of 50 are covered", kind, in)
		}
	}
}

// A percent that is said as a step begins tells nothing of its time.
func TestAPercentAtOnceTellsNothing(t *testing.T) {
	t.Parallel()
	said := []estimate.Point{{Percent: 5, At: 0}, {Percent: 30, At: 25}, {Percent: 60, At: 55}, {Percent: 90, At: 90}}
	of := func(int) *estimate.Run { return ran(p("a", 100, said...), p("b", 100, said...), p("c", 100, said...)) }
	b := bookOf(several(10, of)...)
	for _, at := range []float64{1, 20, 101, 120, 201} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, of(0), at), 300-at, 0.1)
	}
}

// A step that fell got nowhere near its end: its percents are of another time.
func TestAStepThatFellTeachesNoCurve(t *testing.T) {
	t.Parallel()
	var said []estimate.Point
	for percent := 10.0; percent <= 90; percent += 10 {
		said = append(said, estimate.Point{Percent: percent, At: percent})
	}
	fell := several(3, func(int) *estimate.Run {
		r := ran(p("a", 31, said[:3]...))
		r.Outcome, r.Laps[0].State = estimate.Partial, estimate.Fell
		return r
	})
	of := func(int) *estimate.Run { return ran(p("a", 100, said...)) }
	b := bookOf(append(several(10, of), fell...)...)
	about(t, "at 30 %", leftOf(b, of(0), 30), 70, 0.2)
}

// Where a step falls and the run goes on, its time was spent all the same.
func TestAStepThatFellTakesItsTime(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		r := ran(p("a", nearly(10, i)), p("b", nearly(90, i)))
		r.Outcome, r.Laps[1].State = estimate.Partial, estimate.Fell
		return r
	}
	about(t, "before it begins", leftOf(bookOf(several(6, of)...), of(1), 0), 100, 0.1)
}

// learnedAgain are two books of the same runs, which one of them was told of
// again, as they were and as they might have ended.
func learnedAgain(runs []*estimate.Run) (once, again *estimate.Book) {
	again = estimate.NewBook()
	for _, r := range runs {
		again.Learn(r)
		failed := *r
		failed.Outcome = estimate.Failed
		again.Learn(&failed)
		again.Learn(r)
	}
	return bookOf(runs...), again
}

// A run that is learned again counts once: its steps, of which some have the same
// name and some fell, its tail, and the run itself.
func TestARunLearnedAgainCountsOnce(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		r := ran(p("a", 10*float64(1+i%3)), p("b", 10*float64(1+i%4)), p("a", 10*float64(1+i%5)))
		r.ID, r.Outcome, r.Laps[1].State = fmt.Sprint(i), estimate.Partial, estimate.Fell
		r.Elapsed += float64(i % 2)
		return r
	}
	once, again := learnedAgain(several(8, of))
	for _, at := range []float64{0, 15} {
		if want, got := leftOf(once, of(0), at), leftOf(again, of(0), at); got != want {
			t.Errorf("after %v s: learned once %+v, again %+v", at, want, got)
		}
	}
}

func TestStepsOfTheSameName(t *testing.T) {
	t.Parallel()
	of := func(int) *estimate.Run { return ran(p("deploy", 10), p("test", 200), p("deploy", 10)) }
	b := bookOf(several(10, of)...)
	for _, at := range []float64{0, 5, 11} {
		about(t, fmt.Sprint("after ", at, " s"), leftOf(b, of(0), at), 220-at, 0.1)
	}
}

// A plan may have steps that no run has had, and those of others in another order.
func TestAPlanThatChanged(t *testing.T) {
	t.Parallel()
	b := bookOf(several(10, func(i int) *estimate.Run {
		return ran(p("a", nearly(100, i)), p("b", nearly(100, i)), p("c", nearly(100, i)))
	})...)
	about(t, "with d in place of c", leftOf(b, ran(p("a", 100), p("b", 100), p("d", 100)), 0), 300, 0.1)
	turned := ran(p("c", 100), p("a", 100), p("b", 100))
	about(t, "in another order", leftOf(b, turned, 0), 300, 0.1)
	about(t, "in another order, in its second step", leftOf(b, turned, 150), 150, 0.1)
}

// Where the order varies from run to run, and none is planned, that a step came
// earlier than now in some run does not say that it will not come.
func TestOrderThatVaries(t *testing.T) {
	t.Parallel()
	of := func(i int) *estimate.Run {
		steps := []part{p("a", 100), p("b", 100), p("c", 100), p("d", 100)}
		return unplanned(ran(append(steps[i%4:], steps[:i%4]...)...))
	}
	b := bookOf(several(20, of)...)
	for i := range 4 {
		for _, at := range []float64{10, 110, 210} {
			about(t, fmt.Sprint("order ", i, ", after ", at, " s"), leftOf(b, of(i), at), 400-at, 0.15)
		}
	}
}

// A size that nobody can mean is no more than a very large one, or a very small.
func TestSizesThatNobodyMeans(t *testing.T) {
	t.Parallel()
	of := func(n float64) *estimate.Run { return sized(n, ran(p("a", 10*n), p("b", 10*n))) }
	b := bookOf(several(12, func(i int) *estimate.Run { return of(float64(1 + i%4)) })...)
	for _, n := range []float64{1e300, 1e-300} {
		now := of(n)
		g := leftOf(b, now, 0)
		inOrder(t, g, now)
		if g.High > 1e6 || n > 1 && g.Low < 1000 {
			t.Errorf("of size %v it is %+v", n, g)
		}
	}
}

// Nor is a time without end more than a very long one, where two of them follow
// each other.
func TestTimesThatNobodyMeans(t *testing.T) {
	t.Parallel()
	of := func(int) *estimate.Run {
		r := ran(p("a", math.MaxFloat64/2), p("b", math.MaxFloat64/2))
		for i := range r.Laps {
			r.Laps[i].From, r.Laps[i].Active = r.Elapsed, r.Elapsed
		}
		return r
	}
	b := bookOf(several(3, of)...)
	for _, now := range []*estimate.Run{of(0), ran(p("a", 1), p("b", 1))} {
		now.Outcome = estimate.Underway
		for i := range now.Laps {
			now.Laps[i].State = estimate.Ahead
		}
		inOrder(t, b.Estimate(now), now)
	}
}

// Names that never come again leave room for those that do.
func TestNamesAreForgotten(t *testing.T) {
	t.Parallel()
	runs := several(6003, func(i int) *estimate.Run {
		if i < 6000 {
			return ran(p(fmt.Sprint("once ", i), 1))
		}
		r := ran(p("train", 1000))
		r.Kind = "another"
		return r
	})
	now := ran(p("train", 1000))
	now.Kind = "third"
	about(t, "of a step that another kind knows", leftOf(bookOf(runs...), now, 0), 1000, 0.3)
}

// That nothing was planned, and nothing had begun, in runs of kinds that nobody
// knew does not make the last part of such a run less sure.
func TestLateBeginningsLeaveEndsAlone(t *testing.T) {
	t.Parallel()
	b := bookOf(several(40, func(i int) *estimate.Run {
		r := unplanned(ran(p("a", 15)))
		r.Kind, r.Laps[0].From, r.Elapsed = fmt.Sprint("kind ", i), 5, 20
		return r
	})...)
	now := ran(p("b", 100, estimate.Point{Percent: 50, At: 50}, estimate.Point{Percent: 95, At: 95}))
	if g := leftOf(b, now, 96); g.High > 60 {
		t.Errorf("four seconds before its end it is %+v", g)
	}
}
