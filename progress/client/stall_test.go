package client

import (
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/engine"
)

// TestStallIsSeen has a worker that falls silent, and comes back: watchers hear of
// it, and the task shows it until then.
func TestStallIsSeen(t *testing.T) {
	t.Parallel()
	s := apitest.Tuned(t, func(o *engine.Options) { o.StallAfter = 500 * time.Millisecond })
	c, err := New(Options{URL: s.URL, Token: apitest.Admin})
	if err != nil {
		t.Fatal(err)
	}
	ctx, w := soon(t), c.Work()
	for id, draft := range map[progress.TaskID]Draft{"silent": {}, "patient": {StallAfter: new(int64(0))}, "hour": {StallAfter: new(int64(3600))}} {
		draft.ID, draft.Title = id, "Test"
		if _, err := w.Create(ctx, draft); err != nil {
			t.Fatal(err)
		}
	}
	report := func(id progress.TaskID, r progress.Report) {
		t.Helper()
		if _, err := w.Report(ctx, id, progress.Fence{}, r); err != nil {
			t.Fatal(err)
		}
	}
	report("patient", progress.Report{Status: progress.Running})
	report("hour", progress.Report{Status: progress.Running})
	var types []string
	for f, err := range c.Watch(ctx, Watch{Task: "silent"}) {
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, f.Type)
		switch f.Type {
		case "snapshot":
			report("silent", progress.Report{Status: progress.Running})
		case "task_stalled":
			if f.Cause != progress.CauseQuiet || f.Reason == "" || f.Step != nil || f.Via != progress.ViaTimer {
				t.Errorf("the frame is %s", f.Raw)
			}
			if got, err := c.Task(ctx, "silent"); err != nil || got.Stalled != f.Reason || got.StallCause != progress.CauseQuiet {
				t.Errorf("the task says %q, %q, %v", got.Stalled, got.StallCause, err)
			}
			if _, err := w.Heartbeat(ctx, "silent", progress.Fence{}, progress.Heartbeat{}); err != nil {
				t.Fatal(err)
			}
		case "progress":
			report("silent", progress.Report{Status: progress.Completed})
		}
	}
	if want := []string{"snapshot", "task_started", "task_stalled", "progress", "task_complete"}; !slices.Equal(types, want) {
		t.Errorf("watchers hear %v", types)
	}
	if got, err := c.Task(ctx, "silent"); err != nil || got.Stalled != "" || got.StallCause != "" {
		t.Errorf("it has ended, and the task says %q, %q, %v", got.Stalled, got.StallCause, err)
	}
	for _, id := range []progress.TaskID{"patient", "hour"} {
		if got, err := c.Task(ctx, id); err != nil || got.Stalled != "" {
			t.Errorf("%s says %q, %v", id, got.Stalled, err)
		}
	}
	if _, err := w.Create(ctx, Draft{Title: "x", StallAfter: new(int64(29))}); err == nil {
		t.Error("29 seconds are taken")
	}
}
