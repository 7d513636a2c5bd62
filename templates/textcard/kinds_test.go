package textcard

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

func wireTimes(median, p90, failed, trend float64) progress.WireTimes {
	return progress.WireTimes{Median: &median, P90: &p90, FailureRate: &failed, Trend: &trend}
}

// kinds are some of which much is known, and little, and that mean no good.
func kinds() []progress.WireKind {
	return []progress.WireKind{
		{Kind: "backup", Runs: 41, EndedAt: before(time.Minute), WireTimes: wireTimes(185, 262.5, 0.0488, 1.25), Idle: new(0.0)},
		{Kind: "build the documentation of all products", Runs: 200, EndedAt: before(26 * time.Hour), WireTimes: wireTimes(3723, 9000, 0, 0.8), Idle: new(7200.0)},
		{Kind: "e\x1b[31mvil\u202e\n", Runs: 1, EndedAt: before(3 * time.Second)},
		{Kind: "顧客データの取り込み", Runs: 6, EndedAt: before(time.Hour), WireTimes: wireTimes(0.4, 0.5, 1, 1.01), Idle: new(1.0)},
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	golden(t, "kinds", 0, func(s Screen) string { return Past{s}.Kinds(kinds()) })
}

func TestKind(t *testing.T) {
	t.Parallel()
	k := progress.WireKindWhole{WireKind: kinds()[0], MoreSteps: 7}
	k.Idle = new(42.0)
	k.Steps = []progress.WireKindStep{
		{Name: "Dump the tables", Runs: 41, WireTimes: wireTimes(120, 190, 0.02, 2.5), Share: 0.66},
		{Name: "Upload\x1b[2J", Runs: 40, WireTimes: wireTimes(61, 70, 0, 1), Share: 0.3},
		{Name: "Say so", Runs: 1, WireTimes: progress.WireTimes{FailureRate: new(1.0)}},
	}
	for i, outcome := range []string{"success", "failed", "partial", "cancelled"} {
		k.Last = append(k.Last, progress.WireKindRun{Task: "01k5m3q8x9abcdefgh", Run: 1 + i, EndedAt: before(time.Duration(i) * time.Hour), Outcome: outcome, Active: float64(200 * i), Idle: float64(i)})
	}
	golden(t, "kind", 0, func(s Screen) string { return Past{s}.Kind(k) })
	golden(t, "kind_first", 0, func(s Screen) string { return Past{s}.Kind(progress.WireKindWhole{WireKind: kinds()[2]}) })
}

func TestAccuracy(t *testing.T) {
	t.Parallel()
	groups := []progress.WireGroup{
		{Steps: "1-2", Bound: 0.2, Questions: 160, Within20: new(0.8375), Within30: new(0.9), Within50: new(0.999)},
		{Steps: "3-5", Bound: 0.3, Questions: 19, Within20: new(1.0), Within30: new(1.0), Within50: new(1.0)},
		{Steps: "6+", Bound: 0.5, Questions: 20, Within20: new(0.0), Within30: new(0.5), Within50: new(1.0)},
	}
	a := progress.WireAccuracy{Kinds: 3, Runs: 61, Warm: progress.WireScore{
		Runs: 40, Questions: 199, Unanswered: 2, Bound: new(0.8563), Remaining: new(0.61), Covered: new(0.79), Width: new(0.312), Groups: groups,
	}, First: progress.WireScore{Runs: 3, Questions: 15, Bound: new(1.0), Groups: groups}}
	golden(t, "accuracy", 0, func(s Screen) string { return Past{s}.Accuracy(a) })
	a.Complete = true
	if said := (Past{Screen{Width: 80}}).Accuracy(a); strings.Contains(said, "There were more") || !strings.Contains(said, "too few runs to say (15 questions)") {
		t.Errorf("of all runs it says\n%s", said)
	}
}

func TestTrend(t *testing.T) {
	t.Parallel()
	for ratio, want := range map[float64]string{
		1: "as before", 1.04: "as before", 0.96: "as before", 1.25: "25% slower than before", 0.8: "20% faster than before",
		1.999: "100% slower than before", 2.5: "150% slower than before", 0.01: "99% faster than before",
	} {
		if got := Trend(&ratio); got != want {
			t.Errorf("%v: %q, want %q", ratio, got, want)
		}
	}
	if got := Trend(nil); got != "" {
		t.Errorf("of too few runs: %q", got)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0%", 0.0001: "<1%", 0.01: "1%", 0.455: "46%", 0.995: ">99%", 1: "100%"} {
		if got := Share(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
