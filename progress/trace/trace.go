package trace

import (
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
)

// ID is the name of a task's nth run among all runs.
func ID(task progress.TaskID, nth int) string { return string(task) + "/" + strconv.Itoa(nth) }

// Of is the present run of a task as it stands at a time, or stood when it
// ended. Without a trail, of a run that is under way, the newest percents are
// taken from the task. Of a step that was retried only the latest attempt is
// seen. The run shares the trail's points.
func Of(t *progress.Task, at time.Time, trail Trail) estimate.Run {
	r := estimate.Run{ID: ID(t.ID, t.Run), Kind: t.Spec.RunKind(), Size: t.Spec.Complexity, Outcome: outcomeOf(t)}
	if n := t.Steps.Len(); n > 0 {
		r.Laps = make([]estimate.Lap, n)
	}
	at = within(t, at)
	for s := range progress.Peek(t.Steps) {
		tell(&r.Laps[s.Order-1], s, at, trail)
	}
	r.Elapsed = t.Worked(at).Seconds()
	r.Curve = trail[0]
	if trail == nil && t.Given != nil && !t.Status.Ended() {
		r.Curve = []estimate.Point{{Percent: *t.Given, At: t.Worked(t.UpdatedAt).Seconds()}}
	}
	return r
}

// within is a time, or when the work was done if the task has ended by then: that
// of a session that ended by itself, before its grace.
func within(t *progress.Task, at time.Time) time.Time {
	switch {
	case !t.Status.Ended():
		return at
	case t.End != nil && t.End.Lapsed:
		return t.EndedAt.Add(-t.Spec.Grace)
	}
	return t.EndedAt
}

// Took is how long a step that has ended was worked on.
func Took(t *progress.Task, s *progress.Step) time.Duration {
	return activeAt(s, within(t, s.EndedAt))
}

// tell fills in the lap of a step.
func tell(l *estimate.Lap, s *progress.Step, at time.Time, trail Trail) {
	l.Name, l.Added = s.Name, !s.Declared
	if s.StartedAt.IsZero() {
		return
	}
	l.State, l.From, l.Active = stateOf(s.Status), s.From.Seconds(), activeAt(s, at).Seconds()
	if trail != nil {
		l.Curve = trail[s.Order]
	} else if s.Given && l.State == estimate.Running {
		l.Curve = []estimate.Point{{Percent: s.Percent, At: activeAt(s, s.UpdatedAt).Seconds()}}
	}
}

// activeAt is how long a step that has begun had been worked on at a time.
func activeAt(s *progress.Step, at time.Time) time.Duration {
	if !s.EndedAt.IsZero() && s.EndedAt.Before(at) {
		at = s.EndedAt
	}
	if !s.IdleSince.IsZero() && s.IdleSince.Before(at) {
		at = s.IdleSince
	}
	return max(at.Sub(s.StartedAt)-s.Idle, 0)
}

// stateOf is the state of a step that has begun.
func stateOf(s progress.StepStatus) estimate.State {
	switch s {
	case progress.StepCompleted:
		return estimate.Done
	case progress.StepFailed:
		return estimate.Fell
	case progress.StepSkipped:
		return estimate.Skipped
	}
	return estimate.Running
}

// outcomeOf is how a run ended. It went only partly well if a step failed, or
// was skipped by a person.
func outcomeOf(t *progress.Task) estimate.Outcome {
	switch t.Status {
	case progress.Completed:
		if t.Steps.Count(progress.StepFailed) > 0 || waived(t) {
			return estimate.Partial
		}
		return estimate.Success
	case progress.Failed:
		return estimate.Failed
	case progress.Cancelled:
		return estimate.Cancelled
	}
	return estimate.Underway
}

func waived(t *progress.Task) bool {
	if t.Steps.Count(progress.StepSkipped) == 0 {
		return false
	}
	for s := range progress.Peek(t.Steps) {
		if s.Waived {
			return true
		}
	}
	return false
}
