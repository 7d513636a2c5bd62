package engine

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// mayBeQuiet is for how long nothing may be heard of a task's worker on a server
// that does not say.
const mayBeQuiet = 10 * time.Minute

// stalls knows when tasks do not move as they should.
type stalls struct {
	after time.Duration // 0 for never
	late  func(kind, step string) time.Duration
}

func newStalls(o Options) stalls {
	if o.StallAfter == 0 {
		o.StallAfter = mayBeQuiet
	}
	if o.Late == nil {
		o.Late = func(string, string) time.Duration { return 0 }
	}
	return stalls{max(o.StallAfter, 0), o.Late}
}

// told is why a command's events say that a task does not move, "" if they do not.
func told(events []progress.Event) progress.Cause {
	for i := range events {
		if events[i].Kind == progress.TaskStalled {
			return events[i].Data.Cause
		}
	}
	return ""
}
