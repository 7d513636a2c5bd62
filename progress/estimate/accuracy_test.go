package estimate_test

import (
	"slices"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// seer knows each run's end, and is off by a factor; of runs in blind it knows
// nothing.
type seer struct {
	ends    map[string]float64
	off     float64
	wide    float64 // of its interval, a factor up and down
	blind   string
	learned []string
	asked   int
	early   int // questions about runs that it had learned
}

func (s *seer) Learn(r *estimate.Run) { s.learned = append(s.learned, r.ID) }

func (s *seer) Estimate(r *estimate.Run) estimate.Guess {
	s.asked++
	if r.Outcome != estimate.Underway || slices.Contains(s.learned, r.ID) {
		s.early++
	}
	if r.Kind == s.blind {
		return estimate.Guess{}
	}
	left := (s.ends[r.ID] - r.Elapsed) * s.off
	return estimate.Guess{Low: left / s.wide, Likely: left, High: left * s.wide, Basis: estimate.Basis{Runs: 1}}
}

// past are n runs of a kind with so many steps, of ten seconds each step.
func past(kind string, n, steps int) []*estimate.Run {
	var out []*estimate.Run
	for i := range n {
		laps := make([]estimate.Lap, steps)
		for j := range laps {
			laps[j] = estimate.Lap{Name: "s", State: estimate.Done, From: float64(10 * j), Active: 10}
		}
		out = append(out, &estimate.Run{ID: kind + string(rune('a'+i)), Kind: kind, Outcome: estimate.Success, Elapsed: float64(10 * max(steps, 1)), Laps: laps})
	}
	return out
}

func replayed(s *seer, runs []*estimate.Run) estimate.Report {
	s.ends = map[string]float64{}
	for _, r := range runs {
		s.ends[r.ID] = r.Elapsed
	}
	return estimate.Accuracy(s, slices.Values(runs))
}

func TestAccuracyOfWhoKnows(t *testing.T) {
	t.Parallel()
	s := &seer{off: 1, wide: 1.5}
	runs := slices.Concat(past("a", 5, 1), past("b", 5, 4), past("c", 5, 6), past("d", 1, 0))
	got := replayed(s, runs)
	if got.Kinds != 4 || got.Runs != 16 || s.early > 0 || len(s.learned) != 16 {
		t.Errorf("%+v; %d questions too late, %d learned", got, s.early, len(s.learned))
	}
	if got.Warm.Runs != 6 || got.Warm.Questions != 30 || got.First.Runs != 4 || got.First.Questions != 20 || s.asked != 50 {
		t.Errorf("%d warm runs, %d questions; %d first ones, %d; %d in all", got.Warm.Runs, got.Warm.Questions, got.First.Runs, got.First.Questions, s.asked)
	}
	for _, score := range []estimate.Score{got.Warm, got.First} {
		if score.Bound != 1 || score.Remaining != 1 || score.Covered != 1 || score.Unanswered != 0 {
			t.Errorf("%+v", score)
		}
		if want := 0.5 * (1.5 - 1/1.5); !near(score.Width, want) { // at half of the way
			t.Errorf("a width of %v, want %v", score.Width, want)
		}
	}
	for i, want := range []int{10, 5, 5} {
		if g := got.First.Groups[i]; g.Questions != want || g.Within != [3]float64{1, 1, 1} {
			t.Errorf("first runs: %+v", g)
		}
	}
}

// An answer that is two and a half times the time left is off by 135, 105, 75,
// 45 and 15 percent of the total at the five places.
func TestAccuracyOfWhoIsOff(t *testing.T) {
	t.Parallel()
	got := replayed(&seer{off: 2.5, wide: 1.1}, past("a", 4, 6)).Warm
	if got.Questions != 5 || got.Groups[2].Within != [3]float64{0.2, 0.2, 0.4} || got.Groups[2].Bound != 0.5 {
		t.Errorf("%+v", got.Groups[2])
	}
	if got.Bound != 0.4 || got.Remaining != 0 || got.Covered != 0 {
		t.Errorf("%+v", got)
	}
	if two := replayed(&seer{off: 2.5, wide: 1.1}, past("a", 4, 2)).Warm; two.Bound != 0.2 || two.Groups[0].Steps != "1-2" {
		t.Errorf("two steps: %+v", two)
	}
}

// No answer is no excuse.
func TestAccuracyCountsSilence(t *testing.T) {
	t.Parallel()
	got := replayed(&seer{off: 1, wide: 2, blind: "b"}, slices.Concat(past("a", 1, 1), past("b", 1, 1))).First
	if got.Questions != 10 || got.Unanswered != 5 || got.Bound != 0.5 || got.Covered != 0.5 || got.Remaining != 0.5 || !near(got.Width, 0.75) {
		t.Errorf("%+v", got)
	}
}

// Runs that did not end well are learned, and not asked about.
func TestAccuracyAsksOfWhatEndedWell(t *testing.T) {
	t.Parallel()
	runs := past("a", 6, 1)
	runs[0].Outcome, runs[3].Outcome, runs[4].Outcome, runs[5].Elapsed = estimate.Failed, estimate.Partial, estimate.Cancelled, 0
	got := replayed(&seer{off: 1, wide: 2}, runs)
	if got.First.Questions != 0 || got.Warm.Runs != 1 || got.Runs != 6 {
		t.Errorf("%+v", got)
	}
}
