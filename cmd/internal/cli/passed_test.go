package cli

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestPassed holds that a silent task is asked how long it still takes.
func TestPassed(t *testing.T) {
	t.Parallel()
	now := time.Now()
	known := progress.Wire{Status: progress.Running, Left: &progress.ETA{}}
	ended := progress.Wire{Status: progress.Completed, Left: &progress.ETA{}}
	for _, c := range []struct {
		task  progress.Wire
		heard time.Duration
		want  bool
	}{{known, silence, true}, {known, silence - 1, false}, {progress.Wire{Status: progress.Running}, time.Hour, false}, {ended, time.Hour, false}} {
		if got := passed(c.task, now.Add(-c.heard), now); got != c.want {
			t.Errorf("%s after %v: %v", c.task.Status, c.heard, got)
		}
	}
}
