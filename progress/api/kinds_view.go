package api

import (
	"math"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// wireKind shows the statistics of a kind, with its newest runs.
func wireKind(s estimate.Stats, last []store.Past) progress.WireKindWhole {
	out := progress.WireKindWhole{
		WireKind: progress.WireKind{
			Kind: s.Kind, Runs: s.Runs, EndedAt: progress.Instant(s.Newest), WireTimes: wireTimes(s.Figures), Idle: known(s.Idle, s.Well > 0),
		},
		Steps: make([]progress.WireKindStep, len(s.Steps)), MoreSteps: s.More, Last: make([]progress.WireKindRun, len(last)),
	}
	for i, step := range s.Steps {
		out.Steps[i] = progress.WireKindStep{Name: step.Name, Runs: step.Runs, WireTimes: wireTimes(step.Figures), Share: rounded(step.Share)}
	}
	for i, p := range last {
		out.Last[i] = progress.WireKindRun{
			Task: p.Task, Run: p.Nth, EndedAt: progress.Instant(p.Ended), Outcome: string(p.Outcome),
			Active: rounded(p.Elapsed), Idle: rounded(p.Idle.Seconds()),
		}
	}
	return out
}

func wireTimes(f estimate.Figures) progress.WireTimes {
	return progress.WireTimes{
		Median: known(f.Median, f.Well > 0), P90: known(f.P90, f.Well > 0),
		FailureRate: known(f.FailureRate, f.Judged > 0), Trend: known(f.Trend, f.Trend > 0),
	}
}

// wireAccuracy shows a report; complete says whether all runs are in it.
func wireAccuracy(r estimate.Report, complete bool) progress.WireAccuracy {
	return progress.WireAccuracy{Kinds: r.Kinds, Runs: r.Runs, Complete: complete, Warm: wireScore(r.Warm), First: wireScore(r.First)}
}

func wireScore(s estimate.Score) progress.WireScore {
	asked := s.Questions > 0
	out := progress.WireScore{
		Runs: s.Runs, Questions: s.Questions, Unanswered: s.Unanswered, Bound: known(s.Bound, asked), Remaining: known(s.Remaining, asked),
		Covered: known(s.Covered, asked), Width: known(s.Width, s.Questions > s.Unanswered),
	}
	for _, g := range s.Groups {
		asked := g.Questions > 0
		out.Groups = append(out.Groups, progress.WireGroup{
			Steps: g.Steps, Bound: g.Bound, Questions: g.Questions,
			Within20: known(g.Within[0], asked), Within30: known(g.Within[1], asked), Within50: known(g.Within[2], asked),
		})
	}
	return out
}

// known is a figure, null if nothing is known.
func known(v float64, is bool) *float64 {
	if !is {
		return nil
	}
	v = rounded(v)
	return &v
}

// rounded keeps what can be trusted: milliseconds, and hundredths of a percent.
func rounded(v float64) float64 { return math.Round(v*1e4) / 1e4 }
