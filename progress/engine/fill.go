package engine

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// planned gives a new task its patience, and its steps how long they typically
// take and when they are late. Whoever creates it does so, before the command
// waits: the past may have to be read.
func (m *committer) planned(c progress.Create) progress.Create {
	if c.Spec.StallAfter == 0 {
		c.Spec.StallAfter = m.stalls.after
	}
	kind := c.Spec.RunKind()
	if kind == "" {
		return c
	}
	c.Steps = slices.Clone(c.Steps)
	for i := range c.Steps {
		s := &c.Steps[i]
		s.Typical, s.Late = m.typical.of(kind, s.Name), m.stalls.late(kind, s.Name)
	}
	return c
}

// begun gives the step that a report begins, or appends, the same.
func (m *committer) begun(t *progress.Task, r progress.Report) progress.Report {
	if t.Spec == nil || t.Spec.Kind == "" {
		return r
	}
	name := progress.Begins(t, &r)
	if name == "" {
		return r
	}
	kind := t.Spec.RunKind()
	if t.Steps.Find(name) == 0 {
		r.Typical = m.typical.of(kind, name)
	}
	r.Late = m.stalls.late(kind, name)
	return r
}
