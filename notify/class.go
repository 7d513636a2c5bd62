package notify

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Class is how much a message matters. It decides who goes first in a lane and
// for how long a message is worth trying.
type Class string

// The classes.
const (
	ClassProgress Class = "progress" // a picture that the next one replaces
	ClassStep     Class = "step"     // something went on
	ClassAlarm    Class = "alarm"    // somebody should look: it does not move, or a channel is off
	ClassApproval Class = "approval" // somebody has to decide, or has decided
	ClassEnd      Class = "end"      // a run is over

	ClassAnswer Class = "answer" // what the bot says; of no letter
)

// Classes are all that letters and cards have, the least first.
func Classes() []Class {
	return []Class{ClassProgress, ClassStep, ClassAlarm, ClassApproval, ClassEnd}
}

// ClassOf is the class of an event's letter.
func ClassOf(k progress.Kind) Class {
	switch k {
	case progress.TaskCompleted, progress.TaskFailed, progress.TaskCancelled:
		return ClassEnd
	case progress.ApprovalNeeded, progress.ApprovalDecided:
		return ClassApproval
	case progress.TaskStalled:
		return ClassAlarm
	}
	return ClassStep
}

// Urgent reports whether a message passes those that can wait.
func (c Class) Urgent() bool {
	return c == ClassApproval || c == ClassEnd || c == ClassAlarm || c == ClassAnswer
}

// How long a message is worth trying, from when it was written.
const (
	stepHorizon = time.Hour
	endHorizon  = 24 * time.Hour
	askHorizon  = 30 * 24 * time.Hour // of an approval that never expires
)

// Horizon is until when a letter about the event is worth trying. An approval's
// lasts as long as the approval.
func Horizon(e *progress.Event) time.Time { return horizonFrom(e, e.At) }

// horizonFrom is that of a letter that is written at a time.
func horizonFrom(e *progress.Event, at time.Time) time.Time {
	if a := e.Data.Approval; e.Kind == progress.ApprovalNeeded && a != nil {
		if lapse, ok := a.Lapses(); ok {
			return lapse
		}
		return at.Add(askHorizon)
	}
	if ClassOf(e.Kind) == ClassStep {
		return at.Add(stepHorizon)
	}
	return at.Add(endHorizon)
}
