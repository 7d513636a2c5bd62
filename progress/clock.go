package progress

import "time"

// Clock counts what was worked of a run.
type Clock struct {
	BeganAt   time.Time     // of this run's first attempt; zero until its first report
	IdleSince time.Time     // since when nobody can work on it, zero while somebody can
	Idle      time.Duration // paused, waiting for people, or ended, before that
}

// Worked is how long this run had been worked on at a time: without what it was
// paused, waited for people with nothing else to do, or lay between two attempts.
func (c Clock) Worked(at time.Time) time.Duration {
	if c.BeganAt.IsZero() {
		return 0
	}
	if !c.IdleSince.IsZero() && c.IdleSince.Before(at) {
		at = c.IdleSince
	}
	return max(at.Sub(c.BeganAt)-c.Idle, 0)
}

// Idled is how long this run was not worked on since it began.
func (c Clock) Idled(at time.Time) time.Duration {
	if c.BeganAt.IsZero() {
		return 0
	}
	return max(at.Sub(c.BeganAt)-c.Worked(at), 0)
}

// count keeps the clock after an event.
func (c *Clock) count(t *Task, at time.Time) {
	if c.BeganAt.IsZero() {
		c.BeganAt = t.StartedAt
	}
	switch idle := still(t); {
	case c.BeganAt.IsZero():
	case idle && c.IdleSince.IsZero():
		c.IdleSince = at
	case !idle && !c.IdleSince.IsZero():
		c.Idle += at.Sub(c.IdleSince)
		c.IdleSince = time.Time{}
	}
}

// still reports whether nobody works on the task. A worker that has not heard of
// a pause may begin a step in it.
func still(t *Task) bool { return t.Status != Running && t.Steps.Count(StepRunning) == 0 }
