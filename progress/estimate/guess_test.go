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

// TestStrangersAreNotBorrowed holds that of a task without steps nothing is known
// from tasks of other kinds that have none either.
func TestStrangersAreNotBorrowed(t *testing.T) {
	t.Parallel()
	bare := func(kind string) *estimate.Run {
		return &estimate.Run{Kind: kind, Outcome: estimate.Success, Elapsed: 40}
	}
	book := bookOf(bare("a"), bare("a"), ran(p("Build", 30)))
	for kind, want := range map[string]estimate.Basis{"a": {Runs: 2}, "b": {}, "": {}} {
		if got := book.Estimate(&estimate.Run{Kind: kind}).Basis; got != want {
			t.Errorf("a task of the kind %q is known by %+v, want %+v", kind, got, want)
		}
	}
	if got := book.Estimate(&estimate.Run{Kind: "b", Laps: []estimate.Lap{{Name: "Build"}}}).Basis; got != (estimate.Basis{Borrowed: true}) {
		t.Errorf("a step of the same name is known by %+v", got)
	}
}
