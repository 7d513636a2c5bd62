package estimate

import (
	"iter"
	"math"
	"slices"
)

// Learner is what learns of runs that have ended and says how long others take:
// a Book.
type Learner interface {
	// Learn takes a run that has ended.
	Learn(r *Run)
	// Estimate says how long a run under way still takes.
	Estimate(r *Run) Guess
}

// Report is how good estimates would have been on past runs.
type Report struct {
	Kinds, Runs int   // that were replayed
	Warm        Score // of runs of which at least three of their kind went before
	First       Score // of the first run of each kind
}

// Score is how good the estimates of some runs would have been. Its shares are
// 0..1 of the questions, 0 where there was none; a question that nothing was
// known to answer counts as missed.
type Score struct {
	Runs       int // that were asked about
	Questions  int
	Unanswered int

	Groups    [3]Group // by the number of steps
	Bound     float64  // predicted totals within the bound of their group
	Remaining float64  // predicted times left within a fifth of the true one
	Covered   float64  // true times left between low and high
	Width     float64  // median of high less low, as a share of the run's total; of those that were answered
}

// Group is how good the predicted totals of runs with so many steps are.
type Group struct {
	Steps     string  // "1-2", "3-5", "6+"
	Bound     float64 // how far off a good one is at most, as a share of the total
	Questions int
	Within    [3]float64 // the share of totals that are off by at most Bounds
}

// Bounds are how far off a predicted total may be, as shares of it.
func Bounds() [3]float64 { return [3]float64{0.2, 0.3, 0.5} }

// Accuracy replays runs that have ended, oldest first: each that ended well is
// asked about on its way, by a learner that knows only those before it, and then
// learned. The learner should be new. Whoever wants it to stop ends the sequence.
func Accuracy(book Learner, runs iter.Seq[*Run]) Report {
	t := trial{book: book, seen: map[string]int{}}
	all := 0
	for r := range runs {
		t.run(r)
		all++
	}
	return Report{Kinds: len(t.seen), Runs: all, Warm: t.warm.score(), First: t.first.score()}
}

// warmAfter is how many runs of a kind make it known.
const warmAfter = 3

// trial is a replay under way.
type trial struct {
	book        Learner
	seen        map[string]int // runs that were learned, by kind
	warm, first marks
}

func (t *trial) run(r *Run) {
	if r.verdict() == endedWell && r.Elapsed > 0 {
		switch n := t.seen[r.Kind]; {
		case n == 0:
			t.first.ask(t.book, r)
		case n >= warmAfter:
			t.warm.ask(t.book, r)
		}
	}
	t.book.Learn(r)
	t.seen[r.Kind]++
}

// marks are the answers to questions.
type marks struct {
	runs, unanswered   int
	groups             [3]mark
	remaining, covered int
	widths             []float64
}

// mark are those about runs with so many steps.
type mark struct {
	asked  int
	within [3]int // of Bounds
}

// ask asks about a run at five places of its way.
func (m *marks) ask(book Learner, r *Run) {
	m.runs++
	for _, part := range [...]float64{0.1, 0.3, 0.5, 0.7, 0.9} {
		then := r.At(part * r.Elapsed)
		m.judge(&m.groups[groupOf(len(r.Laps))], r.Elapsed-then.Elapsed, r.Elapsed, book.Estimate(&then))
	}
}

// judge compares an answer with the time that was left.
func (m *marks) judge(into *mark, left, total float64, g Guess) {
	into.asked++
	if g.Basis == (Basis{}) {
		m.unanswered++
		return
	}
	off := math.Abs(g.Likely - left)
	for i, bound := range Bounds() {
		into.within[i] += one(off <= bound*total)
	}
	m.remaining += one(off <= leftBound*left)
	m.covered += one(g.Low <= left && left <= g.High)
	m.widths = append(m.widths, (g.High-g.Low)/total)
}

// leftBound is how far off a good time left is at most, as a share of it.
const leftBound = 0.2

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// groupOf is the group of runs with so many steps. A run without steps is one
// step.
func groupOf(steps int) int {
	switch {
	case steps <= 2:
		return 0
	case steps <= 5:
		return 1
	}
	return 2
}

// score turns counts into shares.
func (m *marks) score() Score {
	out := Score{Runs: m.runs, Unanswered: m.unanswered, Width: quantileOf(slices.Sorted(slices.Values(m.widths)), atMedian)}
	bound := 0
	for i, g := range m.groups {
		out.Groups[i] = Group{Steps: [...]string{"1-2", "3-5", "6+"}[i], Bound: Bounds()[i], Questions: g.asked}
		for j, n := range g.within {
			out.Groups[i].Within[j] = shareOf(n, g.asked)
		}
		out.Questions += g.asked
		bound += g.within[i] // the bound of a group stands at its own place
	}
	out.Bound = shareOf(bound, out.Questions)
	out.Remaining = shareOf(m.remaining, out.Questions)
	out.Covered = shareOf(m.covered, out.Questions)
	return out
}

func shareOf(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
