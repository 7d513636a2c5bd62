package estimate_test

import (
	"testing"

	"github.com/taskherald/herald/progress/estimate"
)

// TestBasis holds that people are told what a guess rests on.
func TestBasis(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]estimate.Basis{
		"": {}, "1 similar run": {Runs: 1}, "12 similar runs": {Runs: 12, Borrowed: true},
		"12 similar runs and this run's pace": {Runs: 12, Pace: true}, "this run's pace": {Pace: true, Borrowed: true},
		"steps of the same names": {Borrowed: true},
	} {
		if got := b.String(); got != want {
			t.Errorf("%+v is %q, want %q", b, got, want)
		}
	}
}
