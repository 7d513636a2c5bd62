package engine

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// mayBeQuiet is for how long nothing may be heard of a task's worker on a server
// that does not say.
const mayBeQuiet = 10 * time.Minute

// stalls knows when tasks do not move as they should.
type stalls struct {
	after time.Duration                         // 0 for never
	late  func(kind, step string) time.Duration // nil: nobody knows
}

func newStalls(o Options) stalls {
	if o.StallAfter == 0 {
		o.StallAfter = mayBeQuiet
	}
	return stalls{max(o.StallAfter, 0), o.Late}
}

// fill gives a new task its patience, and its steps, and a step that a report
// begins, the time after which they are late.
func (s stalls) fill(t *progress.Task, c progress.Change) progress.Change {
	switch c := c.(type) {
	case progress.Create:
		if c.Spec.StallAfter == 0 {
			c.Spec.StallAfter = s.after
		}
		if s.late == nil || c.Spec.Kind == "" {
			return c
		}
		c.Steps = slices.Clone(c.Steps)
		for i := range c.Steps {
			c.Steps[i].Late = s.late(c.Spec.RunKind(), c.Steps[i].Name)
		}
		return c
	case progress.Report:
		if s.late == nil || t.Spec == nil || t.Spec.Kind == "" {
			return c
		}
		if name := progress.Begins(t, &c); name != "" {
			c.Late = s.late(t.Spec.RunKind(), name)
			return c
		}
	}
	return c
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
