package estimate_test

import (
	"reflect"
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// whole is a run of twenty seconds: a first step of six, one that was skipped
// at an unknown time, one of ten, one that failed at eighteen, one never begun.
func whole() *estimate.Run {
	return &estimate.Run{
		ID: "T/1", Kind: "crm", Outcome: estimate.Failed, Elapsed: 20,
		Curve: []estimate.Point{{Percent: 10, At: 3}, {Percent: 50, At: 10}, {Percent: 90, At: 19}},
		Laps: []estimate.Lap{
			{Name: "plan", State: estimate.Done, Active: 6},
			{Name: "check", State: estimate.Skipped},
			{Name: "build", State: estimate.Done, From: 6, Active: 10, Curve: []estimate.Point{{Percent: 20, At: 2}, {Percent: 80, At: 8}}},
			{Name: "test", State: estimate.Fell, From: 16, Active: 4},
			{Name: "ship"},
		},
	}
}

func TestAtIsTheRunAsItStood(t *testing.T) {
	t.Parallel()
	r := whole()
	ahead := func(name string) estimate.Lap { return estimate.Lap{Name: name} }
	cases := map[string]struct {
		at    float64
		curve int
		laps  []estimate.Lap
	}{
		"in its first step": {3, 1, []estimate.Lap{
			{Name: "plan", State: estimate.Running, Active: 3}, ahead("check"), ahead("build"), ahead("test"), ahead("ship")}},
		"between two points": {10, 2, []estimate.Lap{
			r.Laps[0], r.Laps[1],
			{Name: "build", State: estimate.Running, From: 6, Active: 4, Curve: r.Laps[2].Curve[:1]}, ahead("test"), ahead("ship")}},
		"when a step began": {16, 2, []estimate.Lap{
			r.Laps[0], r.Laps[1], r.Laps[2],
			{Name: "test", State: estimate.Running, From: 16}, ahead("ship")}},
		"at its end":  {20, 3, r.Laps},
		"after that":  {99, 3, r.Laps},
		"before that": {-1, 0, []estimate.Lap{ahead("plan"), ahead("check"), ahead("build"), ahead("test"), ahead("ship")}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.At(c.at)
			if got.Outcome != estimate.Underway || got.Elapsed != min(c.at, 20) || got.ID != r.ID || got.Kind != r.Kind {
				t.Errorf("it says %q after %v of %s, %s", got.Outcome, got.Elapsed, got.ID, got.Kind)
			}
			if len(got.Curve) != c.curve {
				t.Errorf("its curve is %v", got.Curve)
			}
			for i, want := range c.laps {
				if !same(got.Laps[i], want) {
					t.Errorf("step %d is %+v, want %+v", i+1, got.Laps[i], want)
				}
			}
		})
	}
}

// same compares two laps, an empty curve being none.
func same(a, b estimate.Lap) bool {
	if len(a.Curve)+len(b.Curve) == 0 {
		a.Curve, b.Curve = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// A step that was skipped at a known time is skipped from then on.
func TestAtKnowsWhenAStepWasSkipped(t *testing.T) {
	t.Parallel()
	r := &estimate.Run{Elapsed: 9, Laps: []estimate.Lap{
		{Name: "a", State: estimate.Done, Active: 5},
		{Name: "b", State: estimate.Skipped, From: 7},
		{Name: "c", State: estimate.Skipped, From: 2, Active: 4},
	}}
	for at, want := range map[float64][2]estimate.State{
		1: {estimate.Ahead, estimate.Ahead},
		3: {estimate.Ahead, estimate.Running},
		8: {estimate.Skipped, estimate.Skipped},
	} {
		got := r.At(at)
		if [2]estimate.State{got.Laps[1].State, got.Laps[2].State} != want {
			t.Errorf("after %v: %+v", at, got.Laps)
		}
	}
}

// A copy is not the run: what is appended to it stays its own.
func TestAtLeavesTheRunAlone(t *testing.T) {
	t.Parallel()
	r, want := whole(), whole()
	then := r.At(10)
	then.Laps[0].Name = "another"
	then.Curve = append(then.Curve, estimate.Point{Percent: 1})
	then.Laps[2].Curve = append(then.Laps[2].Curve, estimate.Point{Percent: 2})
	if !reflect.DeepEqual(r, want) {
		t.Errorf("the run became %+v", r)
	}
}

func TestAtAllocatesOnce(t *testing.T) {
	r := whole()
	var then estimate.Run
	if n := testing.AllocsPerRun(100, func() { then = r.At(10) }); n > 1 {
		t.Errorf("%v allocations for %d steps", n, len(then.Laps))
	}
}
