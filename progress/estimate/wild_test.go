package estimate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// wild makes runs as nobody would, the same for the same seed.
type wild struct{ *rand.Rand }

func wildOf(seed uint64) wild { return wild{rand.New(rand.NewPCG(seed, 1))} }

func pick[T any](d wild, of ...T) T { return of[d.IntN(len(of))] }

// seconds is mostly a time.
func (d wild) seconds() float64 {
	return pick(d, 0, -1, 1e-9, 0.01, 1, d.Float64()*100, d.ExpFloat64()*1000, 1e12, -1e12, math.MaxFloat64, -math.MaxFloat64)
}

func (d wild) name() string { return pick(d, "", "a", "b", "c", "\x00", fmt.Sprint(d.IntN(1000))) }

func (d wild) curve() []estimate.Point {
	var c []estimate.Point
	for range d.IntN(6) {
		c = append(c, estimate.Point{Percent: pick(d, 0, -5, 1e-300, 50, 100, 101, 1e300, 100*d.Float64()), At: d.seconds()})
	}
	return c
}

func (d wild) lap() estimate.Lap {
	states := []estimate.State{estimate.Ahead, estimate.Running, estimate.Done, estimate.Done, estimate.Fell, estimate.Skipped, "asleep"}
	return estimate.Lap{Name: d.name(), Added: d.IntN(3) == 0, State: pick(d, states...), From: d.seconds(), Active: d.seconds(), Curve: d.curve()}
}

// run is a run, under way if it has no outcome.
func (d wild) run(outcomes ...estimate.Outcome) *estimate.Run {
	r := &estimate.Run{
		ID: pick(d, "", "1", "2", fmt.Sprint(d.Uint64())), Kind: pick(d, "", "k", "l", "m"),
		Outcome: pick(d, outcomes...), Elapsed: d.seconds(), Curve: d.curve(),
	}
	if d.IntN(2) == 0 {
		size := pick(d, 0, -1, 1, 1e3, 1e300, 1e-300, d.Float64()*100)
		r.Size = &size
	}
	for range pick(d, 0, 1, 1, 2, 3, 5, 12, 300) {
		r.Laps = append(r.Laps, d.lap())
	}
	return r
}

// ends are the ways in which a run ends, one of which nobody knows.
var ends = []estimate.Outcome{estimate.Success, estimate.Success, estimate.Success, estimate.Partial, estimate.Failed, estimate.Cancelled, "eaten"}

// inOrder fails the test unless a guess is one.
func inOrder(t *testing.T, g estimate.Guess, r *estimate.Run) {
	t.Helper()
	if !(0 <= g.Low && g.Low <= g.Likely && g.Likely <= g.High) || math.IsInf(g.High, 0) {
		t.Fatalf("the guess is %+v of %+v", g, r)
	}
	if g.Basis.Runs < 0 || g.Basis.Runs > 24 {
		t.Fatalf("it rests on %+v", g.Basis)
	}
}

// Whatever was learned, and whatever is asked about, there is a guess.
func TestAnyRunHasAGuess(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		d, b := wildOf(seed), estimate.NewBook()
		for range 60 {
			r := d.run(estimate.Underway, estimate.Failed)
			inOrder(t, b.Estimate(r), r)
			if late := b.Late(r.Kind, d.name()); late < 0 {
				t.Fatalf("late after %v", late)
			}
			b.Learn(d.run(ends...))
		}
	}
}

// ordinary makes runs as they are.
func ordinary(seed uint64, n int) []*estimate.Run {
	d := wildOf(seed)
	return several(n, func(i int) *estimate.Run {
		var parts []part
		pace := math.Exp(0.3 * d.NormFloat64())
		for s := range 1 + i%5 {
			took := pace * float64(1+s) * math.Exp(1+0.3*d.NormFloat64())
			parts = append(parts, p(fmt.Sprint("step ", s), took, slow(took)...))
		}
		r := sized(1+9*d.Float64(), ran(parts...))
		r.ID, r.Kind, r.Outcome = fmt.Sprint(i), fmt.Sprint("kind ", i%5), pick(d, ends...)
		return r
	})
}

// guesses are those of runs on their way.
func guesses(b *estimate.Book, runs []*estimate.Run) []estimate.Guess {
	var all []estimate.Guess
	for _, r := range runs {
		for _, part := range []float64{0, 0.1, 0.5, 0.9} {
			all = append(all, leftOf(b, r, part*r.Elapsed))
		}
	}
	return all
}

func TestTheSameRunsGiveTheSameNumbers(t *testing.T) {
	t.Parallel()
	runs := ordinary(1, 200)
	first, again := guesses(bookOf(runs...), runs), guesses(bookOf(runs...), runs)
	if !slices.Equal(first, again) {
		t.Error("two books of the same runs guess differently")
	}
}

// Guesses change nothing, and can be asked for by many at once.
func TestGuessesChangeNothing(t *testing.T) {
	t.Parallel()
	runs := ordinary(2, 100)
	b := bookOf(runs...)
	want := guesses(b, runs)
	strangers := several(50, func(int) *estimate.Run { return wildOf(9).run("") })
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			guesses(b, strangers)
			b.Late("kind 1", "step 0")
			if !slices.Equal(guesses(b, runs), want) {
				t.Error("a guess changed")
			}
		})
	}
	readers.Wait()
}

// Learning takes nothing of a run, and guessing neither: both leave it alone, and
// it may be changed later.
func TestRunsAreNotKept(t *testing.T) {
	t.Parallel()
	runs, same := ordinary(3, 60), ordinary(3, 60)
	b := bookOf(runs...)
	want := guesses(b, same)
	for _, r := range runs {
		*r.Size *= 100
		for i := range r.Laps {
			r.Laps[i].Active *= 100
			r.Laps[i].Name = "changed"
			for j := range r.Laps[i].Curve {
				r.Laps[i].Curve[j].Percent = 1
			}
		}
	}
	if !slices.Equal(guesses(b, same), want) {
		t.Error("runs that were changed after they were learned changed the guess")
	}
}

// heap is how many bytes are in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Names that never come again do not fill the memory: neither kinds nor steps.
func TestMemoryIsBounded(t *testing.T) {
	b := estimate.NewBook()
	learn := func(from, to int) {
		for i := from; i < to; i++ {
			r := ran(p(fmt.Sprint("step ", i, strings.Repeat(" ", 50)), 1), p(fmt.Sprint("of ", i), 2), p("same", 3))
			r.ID, r.Kind = fmt.Sprint("run ", i), fmt.Sprint("kind ", i%10_000)
			b.Learn(r)
		}
	}
	before := heap()
	learn(0, 6000)
	full := heap()
	learn(6000, 12_000)
	after := heap()
	t.Logf("%d KiB after 6,000 runs, %d KiB after 12,000", (full-before)>>10, (after-before)>>10)
	if grown := int64(after) - int64(full); grown > 4<<20 {
		t.Errorf("it grew by %d KiB", grown>>10)
	}
	if after-before > 64<<20 {
		t.Errorf("it takes %d KiB", (after-before)>>10)
	}
	inOrder(t, b.Estimate(&estimate.Run{Kind: "kind 9999"}), nil)
}

// One kind with ever new steps is bounded too.
func TestMemoryOfAKindIsBounded(t *testing.T) {
	b := estimate.NewBook()
	learn := func(from, to int) {
		for i := from; i < to; i++ {
			var parts []part
			for n := range 50 {
				parts = append(parts, p(fmt.Sprint("file ", i, "/", n), 1))
			}
			b.Learn(ran(parts...))
		}
	}
	learn(0, 200)
	full := heap()
	learn(200, 1200)
	if grown := int64(heap()) - int64(full); grown > 2<<20 {
		t.Errorf("it grew by %d KiB", grown>>10)
	}
	inOrder(t, b.Estimate(&estimate.Run{Kind: "kind"}), nil)
}
