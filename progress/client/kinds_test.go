package client

import (
	"testing"

	"github.com/taskherald/herald/progress"
)

// TestPast holds that what runs took can be asked for, whatever their kind is
// called.
func TestPast(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	odd := `a/b c?d=%2F&e#ü`
	if _, err := c.Past().Kind(ctx, odd); problemStatus(err) != 404 {
		t.Errorf("a kind without runs: %v", err)
	}
	for _, kind := range []string{odd, "other"} {
		made, err := c.Work().Create(ctx, Draft{Title: "Test", Kind: kind, Steps: []DraftStep{{Name: "a"}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []progress.Report{step("a", progress.StepRunning), step("a", progress.StepCompleted), {Status: progress.Completed}} {
			if _, err := c.Work().Report(ctx, made.ID, progress.Fence{}, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	kinds, more, err := c.Past().Kinds(ctx, 1)
	if err != nil || len(kinds) != 1 || kinds[0].Kind != "other" || !more {
		t.Errorf("%+v, more %v, %v", kinds, more, err)
	}
	k, err := c.Past().Kind(ctx, odd)
	if err != nil || k.Kind != odd || k.Runs != 1 || k.Median == nil || k.Last[0].Outcome != "success" {
		t.Errorf("%+v, %v", k, err)
	}
	for kind, runs := range map[string]int{"": 2, odd: 1} {
		if a, err := c.Past().Accuracy(ctx, kind); err != nil || a.Runs != runs || !a.Complete {
			t.Errorf("%q: %+v, %v", kind, a, err)
		}
	}
}
