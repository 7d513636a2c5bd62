package estimate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Finished is a run that has ended.
type Finished struct {
	*Run
	Ended time.Time
	Idle  float64 // seconds that it was paused or waited for people
}

// What statistics go over, at most.
const (
	StatRuns  = 200 // the newest runs of a kind
	StatSteps = 200 // its slowest steps
)

// Figures are what the times of a kind's runs say, or those of a step.
type Figures struct {
	Runs        int     // that ended in any way
	Judged      int     // of these, all but the cancelled ones
	Well        int     // of these, the ones that succeeded or came to their end; the times are theirs
	Median, P90 float64 // seconds worked; 0 if none ended well
	FailureRate float64 // 0..1, the share of the judged that failed; 0 if none was judged
	Trend       float64 // the median of the newest third of the well ended, divided by that of the rest; 0 if they are less than six
}

// Stats are what the past runs of one kind say.
type Stats struct {
	Kind string
	Figures
	Newest time.Time // when the newest run ended; zero if there is none
	Idle   float64   // median of the seconds that a run that ended well spent paused or waiting for people
	Steps  []StepStats
	More   int // steps beside these
}

// StepStats are what is said of one step of a kind, by its name.
type StepStats struct {
	Name string
	Figures
	Share float64 // 0..1 of the time that all steps of the runs that ended well took
}

// Summarise tells what runs of one kind say, in any order: the newest StatRuns
// count. The slowest steps come first.
func Summarise(runs []Finished) Stats {
	runs = recent(runs)
	var worked, idle times
	steps := stepTimes{}
	for _, r := range runs {
		worked.add(r.verdict(), r.Elapsed)
		idle.add(r.verdict(), r.Idle)
		steps.add(r.Run)
	}
	out := Stats{Figures: worked.figures(), Idle: idle.figures().Median}
	if n := len(runs); n > 0 {
		out.Kind, out.Newest = runs[n-1].Kind, runs[n-1].Ended
	}
	out.Steps, out.More = steps.slowest(StatSteps)
	return out
}

// recent are the runs that count, oldest first.
func recent(runs []Finished) []Finished {
	runs = slices.SortedStableFunc(slices.Values(runs), func(a, b Finished) int { return a.Ended.Compare(b.Ended) })
	return runs[max(0, len(runs)-StatRuns):]
}

// verdict is what an end means for statistics.
type verdict int

const (
	saysNothing verdict = iota
	endedWell
	endedBadly
)

func (r *Run) verdict() verdict {
	switch r.Outcome {
	case Success, Partial:
		return endedWell
	case Failed:
		return endedBadly
	}
	return saysNothing
}

func (l *Lap) verdict() verdict {
	switch l.State {
	case Done:
		return endedWell
	case Fell:
		return endedBadly
	}
	return saysNothing
}

// times are the times that something took, oldest first.
type times struct {
	took        []float64 // of those that ended well
	runs, badly int       // all of them, and those that failed
}

func (s *times) add(v verdict, took float64) {
	s.runs++
	switch v {
	case endedWell:
		s.took = append(s.took, took)
	case endedBadly:
		s.badly++
	}
}

func (s *times) figures() Figures {
	sorted := slices.Sorted(slices.Values(s.took))
	out := Figures{
		Runs: s.runs, Judged: s.badly + len(s.took), Well: len(s.took),
		Median: quantileOf(sorted, atMedian), P90: quantileOf(sorted, atP90), Trend: trendOf(s.took),
	}
	if out.Judged > 0 {
		out.FailureRate = float64(s.badly) / float64(out.Judged)
	}
	return out
}

// The quantiles that are told.
const (
	atMedian = 0.5
	atP90    = 0.9
)

// leastTrend is how many times a trend needs: fewer than two against four are
// chance.
const leastTrend = 6

// trendOf compares the newest third of times with those before, 0 if it cannot.
func trendOf(took []float64) float64 {
	if len(took) < leastTrend {
		return 0
	}
	at := len(took) - len(took)/3
	before := quantileOf(slices.Sorted(slices.Values(took[:at])), atMedian)
	if before <= 0 {
		return 0
	}
	return quantileOf(slices.Sorted(slices.Values(took[at:])), atMedian) / before
}

// quantileOf is the value below which that share of sorted ones lies, between two
// of them in proportion; 0 of none.
func quantileOf(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := share * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// stepTimes are what is known of steps, by name.
type stepTimes map[string]*stepTime

type stepTime struct {
	times
	spent float64 // seconds, in runs that ended well
}

// add counts the steps of a run, oldest run first.
func (t stepTimes) add(r *Run) {
	for i := range r.Laps {
		lap := &r.Laps[i]
		v := lap.verdict()
		if v == saysNothing {
			continue
		}
		if t[lap.Name] == nil {
			t[lap.Name] = &stepTime{}
		}
		t[lap.Name].add(v, lap.Active)
		if r.verdict() == endedWell {
			t[lap.Name].spent += lap.Active
		}
	}
}

// slowest are at most so many steps, the slowest first, and how many there are
// beside them.
func (t stepTimes) slowest(most int) (steps []StepStats, more int) {
	all := 0.0
	for name, one := range t {
		steps = append(steps, StepStats{Name: name, Figures: one.figures(), Share: one.spent})
		all += one.spent
	}
	if all > 0 {
		for i := range steps {
			steps[i].Share /= all
		}
	}
	slices.SortFunc(steps, func(a, b StepStats) int {
		return cmp.Or(cmp.Compare(b.Median, a.Median), strings.Compare(a.Name, b.Name))
	})
	more = max(0, len(steps)-most)
	return steps[:len(steps)-more], more
}
