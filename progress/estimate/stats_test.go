package estimate_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/estimate"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// ended is a run of so many seconds that ended n hours after noon.
func ended(n int, seconds float64, o estimate.Outcome, laps ...estimate.Lap) estimate.Finished {
	return estimate.Finished{
		Run:   &estimate.Run{ID: fmt.Sprint("T/", n), Kind: "crm", Outcome: o, Elapsed: seconds, Laps: laps},
		Ended: noon.Add(time.Duration(n) * time.Hour), Idle: seconds * 10,
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestSummariseCountsWhatEndedWell(t *testing.T) {
	t.Parallel()
	got := estimate.Summarise([]estimate.Finished{
		ended(3, 30, estimate.Partial), ended(1, 10, estimate.Success), ended(2, 20, estimate.Success),
		ended(4, 1000, estimate.Failed), ended(5, 2000, estimate.Cancelled),
	})
	if got.Kind != "crm" || got.Runs != 5 || got.Judged != 4 || got.Well != 3 || !got.Newest.Equal(noon.Add(5*time.Hour)) {
		t.Errorf("%+v", got)
	}
	if !near(got.Median, 20) || !near(got.P90, 28) || !near(got.Idle, 200) || !near(got.FailureRate, 0.25) || got.Trend != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSummariseOfNothing(t *testing.T) {
	t.Parallel()
	for _, runs := range [][]estimate.Finished{nil, {ended(1, 5, estimate.Cancelled)}} {
		got := estimate.Summarise(runs)
		if got.Runs != len(runs) || got.Judged+got.Well != 0 || got.Median+got.P90+got.FailureRate+got.Trend+got.Idle != 0 || len(got.Steps) != 0 {
			t.Errorf("%+v", got)
		}
	}
}

// A trend is told from six runs on, whatever order they come in, and failures
// are none of them.
func TestTrendIsTheNewestThirdAgainstTheRest(t *testing.T) {
	t.Parallel()
	runs := []estimate.Finished{ended(9, 1, estimate.Failed)}
	for i, seconds := range []float64{100, 110, 90, 100, 120, 130} {
		if got := estimate.Summarise(runs); got.Trend != 0 {
			t.Errorf("a trend of %v after %d runs", got.Trend, i)
		}
		runs = append([]estimate.Finished{ended(i, seconds, estimate.Success)}, runs...)
	}
	if got := estimate.Summarise(runs).Trend; !near(got, 1.25) {
		t.Errorf("a trend of %v", got)
	}
}

// The newest runs count, those before are no longer true.
func TestSummariseForgets(t *testing.T) {
	t.Parallel()
	var runs []estimate.Finished
	for i := range 2 * estimate.StatRuns {
		runs = append(runs, ended(-i, map[bool]float64{true: 7, false: 700}[i < estimate.StatRuns], estimate.Success))
	}
	if got := estimate.Summarise(runs); got.Runs != estimate.StatRuns || got.P90 != 7 {
		t.Errorf("%+v", got.Figures)
	}
}

func TestStepsAreSlowestFirst(t *testing.T) {
	t.Parallel()
	lap := func(name string, state estimate.State, seconds float64) estimate.Lap {
		return estimate.Lap{Name: name, State: state, Active: seconds}
	}
	got := estimate.Summarise([]estimate.Finished{
		ended(1, 40, estimate.Success, lap("build", estimate.Done, 30), lap("plan", estimate.Done, 10), lap("ship", estimate.Skipped, 0)),
		ended(2, 60, estimate.Success, lap("build", estimate.Done, 40), lap("plan", estimate.Done, 20)),
		ended(3, 500, estimate.Failed, lap("plan", estimate.Done, 900), lap("build", estimate.Fell, 5), lap("ship", estimate.Ahead, 0)),
	})
	if len(got.Steps) != 2 || got.More != 0 || got.Steps[0].Name != "build" {
		t.Fatalf("%+v", got.Steps)
	}
	build, plan := got.Steps[0], got.Steps[1]
	if build.Runs != 3 || build.Well != 2 || !near(build.Median, 35) || !near(build.P90, 39) || !near(build.FailureRate, 1.0/3) {
		t.Errorf("build: %+v", build)
	}
	if plan.Runs != 3 || !near(plan.Median, 20) || plan.FailureRate != 0 {
		t.Errorf("plan: %+v", plan)
	}
	if !near(build.Share, 0.7) || !near(plan.Share, 0.3) {
		t.Errorf("of runs that ended well %v is build and %v plan", build.Share, plan.Share)
	}
}

// Of very many steps the slowest are told, and how many are not.
func TestStepsAreBounded(t *testing.T) {
	t.Parallel()
	var laps []estimate.Lap
	for i := range estimate.StatSteps + 3 {
		laps = append(laps, estimate.Lap{Name: fmt.Sprint(i), State: estimate.Done, Active: float64(i)})
	}
	got := estimate.Summarise([]estimate.Finished{ended(1, 1, estimate.Success, laps...)})
	if len(got.Steps) != estimate.StatSteps || got.More != 3 || got.Steps[0].Median != estimate.StatSteps+2 {
		t.Errorf("%d steps, %d more, first %+v", len(got.Steps), got.More, got.Steps[0])
	}
}
