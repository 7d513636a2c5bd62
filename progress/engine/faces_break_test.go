package engine

import (
	"context"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestEndOfSessionIsPutOffOnDisk holds that a report that changes nothing puts
// off the end of a session for every node, and over a crash.
func TestEndOfSessionIsPutOffOnDisk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		now := time.Now()
		w.now = func() time.Time { return now }
		w.must("t", worker, progress.Create{Spec: progress.Spec{Title: "CRM", Session: "s", Grace: 3 * time.Second}})
		for range 4 {
			w.must("t", worker, progress.Report{Step: progress.StepRef{Name: "Load"}, StepProgress: new(100.0)})
			kept, _, err := w.keep.Task(context.Background(), "t")
			if want := now.UTC().Truncate(time.Microsecond).Add(3 * time.Second); err != nil || !kept.Wake().Equal(want) {
				t.Fatalf("other nodes end it at %v, want %v (%v)", kept.Wake(), want, err)
			}
			if due, err := w.reader.Awake(context.Background(), now.Add(2*time.Second), 1); err != nil || len(due) > 0 {
				t.Fatalf("their clocks look at %v (%v)", due, err)
			}
			now = now.Add(2 * time.Second)
		}
	})
}

// TestSessionsAreTheSameEverywhere leads a session through its own pause, its end
// and its reopening: memory, tables and events tell of one task at each step.
func TestSessionsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		now := time.Now()
		w.now = func() time.Time { return now }
		load := progress.Report{Step: progress.StepRef{Name: "Load"}, StepProgress: new(100.0)}
		w.must("t", worker, progress.Create{Spec: progress.Spec{Title: "CRM", Session: "s", Grace: time.Second}})
		for _, do := range []progress.Change{
			load, progress.Report{Status: progress.Paused}, progress.Report{Status: progress.Running}, progress.Lapse{},
			progress.Report{Step: progress.StepRef{Name: "Save"}, StepProgress: new(100.0)}, progress.Lapse{},
			progress.Report{Status: progress.Paused}, progress.Restart{}, load,
		} {
			now = now.Add(time.Minute)
			by := worker
			if do.Verb() != progress.VerbReport {
				by = progress.Timer()
			}
			w.must("t", by, do)
			w.same("t")
		}
		if got := w.same("t"); got.Run != 2 || got.Status != progress.Running || got.Resting {
			t.Fatalf("it is %+v", got)
		}
	})
}
