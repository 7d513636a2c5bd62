package worlds

import (
	"math"
	"sync"
	"testing"
)

// halves are what happens in each half, played once for all tests: they must not
// change it.
var halves = map[bool]func() []entry{
	false: sync.OnceValue(func() []entry { return happenings(Half(false)) }),
	true:  sync.OnceValue(func() []entry { return happenings(Half(true)) }),
}

// TestRunsAreLikeLife looks for what an estimate must live with.
func TestRunsAreLikeLife(t *testing.T) {
	t.Parallel()
	found, open, began := map[string]int{}, map[string]int{}, map[string]bool{}
	kinds := map[string]string{}
	for _, e := range halves[false]() {
		switch e := e.what.(type) {
		case startLine:
			kinds[e.Run] = e.Workflow
			open[e.Workflow]++
			found["two runs of a kind at once"] += one(open[e.Workflow] > 1)
			found["no plan"] += one(len(e.Plan) == 0)
			found["a size"] += one(e.Complexity != nil)
			found["whole seconds"] += one(e.T == math.Trunc(e.T))
		case stepLine:
			found["a step again"] += one(began[e.Run+e.Step])
			began[e.Run+e.Step] = true
		case stepEndLine:
			found["step "+e.Status]++
		case endLine:
			open[kinds[e.Run]]--
			found[e.Status]++
		}
	}
	for what, least := range map[string]int{
		"two runs of a kind at once": 30, "no plan": 20, "a size": 200, "whole seconds": 500, "a step again": 15,
		"step success": 5000, "step failed": 100, "step skipped": 10,
		"success": 2500, "failed": 100, "cancelled": 30, "partial": 10,
	} {
		if found[what] < least {
			t.Errorf("%s: %d times, not %d", what, found[what], least)
		}
	}
}

// most is how many lines a half may have, about 40 MB.
const most = 400_000

// TestSimpleEstimatesAreAsGoodAsOnRealJobs holds how hard the worlds are: the
// mean of the last three runs is within the tolerances about as often as it is
// on real jobs, in 73, 79 and 77 of a hundred.
func TestSimpleEstimatesAreAsGoodAsOnRealJobs(t *testing.T) {
	t.Parallel()
	for _, unseen := range []bool{false, true} {
		all := halves[unseen]()
		if len(all) > most || len(all) < most/10 {
			t.Errorf("unseen: %v, there are %d lines", unseen, len(all))
		}
		r := meanOfThree(all)
		for class, want := range []float64{73, 79, 77} {
			if got := share(r.classes[class].total, r.classes[class].asked); math.IsNaN(got) || math.Abs(got-want) > 8 {
				t.Errorf("unseen: %v, class %d: %.1f %%, not about %v", unseen, class, got, want)
			}
		}
	}
}

// meanOfThree is how good the mean of the last three runs is.
func meanOfThree(all []entry) Report {
	r := reportOf()
	starts, past := map[string]startLine{}, map[string][]float64{}
	for _, e := range all {
		switch e := e.what.(type) {
		case startLine:
			starts[e.Run] = e
		case endLine:
			if s := starts[e.Run]; e.Status == "success" || e.Status == "partial" {
				past[s.Workflow] = append(past[s.Workflow], e.T-s.T)
			}
		case *queryLine:
			a := answer{Kind: e.Kind, Nth: e.Nth, Steps: e.Steps, Frac: e.Frac, Remaining: e.Remaining, Total: e.Total}
			if last := past[e.Kind]; len(last) > 0 {
				a.Likely = new(max(0, mean(last[max(0, len(last)-3):])-(e.T-starts[e.Run].T)))
			}
			r.add(&a)
		}
	}
	return r
}

func mean(of []float64) float64 {
	sum := 0.0
	for _, v := range of {
		sum += v
	}
	return sum / float64(len(of))
}
