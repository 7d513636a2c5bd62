package notify

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// Ask is an approval that waits, and that the recipient of a message may decide.
type Ask struct {
	Step     int // order
	Approval *progress.Approval
}

// asksOf are the approvals of a task that somebody may decide and has not said yes to,
// that of a step first.
func asksOf(t *progress.Task, who *progress.Actor, first int) (out []Ask) {
	if who == nil || t.Steps.First(progress.StepWaiting) == 0 || progress.Allow(*t, *who, progress.VerbApprove) != nil {
		return nil
	}
	for s := range t.Steps.All() {
		if s.Status == progress.StepWaiting && progress.MayDecide(*s.Approval, *who) == nil && !s.Approval.ApprovedBy(who.Person) {
			out = append(out, Ask{s.Order, s.Approval})
		}
	}
	slices.SortStableFunc(out, func(a, b Ask) int {
		switch first {
		case a.Step:
			return -1
		case b.Step:
			return 1
		}
		return 0
	})
	return out
}

// Concerns reports whether an event is one that somebody wants to be called to the
// screen for: it asks for a decision that they may take, or says how something stands
// that is theirs. It is pure.
func Concerns(t *progress.Task, e *progress.Event, who progress.Actor) bool {
	if !mayTell(&who, t) {
		return false
	}
	switch ClassOf(e.Kind) {
	case ClassApproval:
		if a := e.Data.Approval; e.Kind == progress.ApprovalNeeded && a != nil {
			return progress.Allow(*t, who, progress.VerbApprove) == nil && progress.MayDecide(*a, who) == nil
		}
		return theirs(t, who)
	case ClassEnd, ClassAlarm:
		return theirs(t, who)
	case ClassStep, ClassProgress:
	}
	return false
}

// theirs reports whether a task is somebody's: they own it, a group of theirs does, or
// they made it and it is nobody's.
func theirs(t *progress.Task, who progress.Actor) bool {
	if t.Spec.Owner != "" {
		return who.Is(t.Spec.Owner)
	}
	return who.Person != "" && who.Person == t.Spec.CreatedBy
}
