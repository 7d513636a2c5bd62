package bot

import (
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// How much of a task's past is told.
const (
	mostRuns      = 10
	mostDecisions = 20
	mostEvents    = 500 // that are looked at for decisions, the newest
)

// history is what became of a task's earlier runs, and who decided what.
func history(t *talk, task progress.Task) (templates.Answer, error) {
	a := templates.Answer{About: templates.TopicHistory, Task: t.subject(task)}
	var err error
	if a.Runs, err = t.Past.Runs(t.ctx, task.ID, 0, mostRuns); err != nil {
		return a, err
	}
	slices.Reverse(a.Runs)
	a.Decisions, err = decided(t, task)
	return a, err
}

// decided is what people decided about a task, newest first.
func decided(t *talk, task progress.Task) ([]templates.Decision, error) {
	events, err := t.Past.Events(t.ctx, task.ID, max(0, task.Seq-mostEvents), mostEvents)
	return decisions(events, task.Run), err
}

// decisions are what people decided, newest first; run is the one that the last event is
// of. What follows from a rejection is none of its own.
func decisions(events []progress.Event, run int) []templates.Decision {
	var out []templates.Decision
	for i, e := range slices.Backward(events) {
		follows := i > 0 && events[i-1].Kind == progress.ApprovalDecided && events[i-1].At.Equal(e.At)
		if d, ok := decision(e); ok && !follows && len(out) < mostDecisions {
			d.Run = run
			out = append(out, d)
		}
		if e.Kind == progress.TaskRestarted {
			run = e.Data.Run - 1
		}
	}
	return out
}

// decision is what somebody decided with an event; ok is false for one of another sort.
func decision(e progress.Event) (d templates.Decision, ok bool) {
	d = templates.Decision{Step: e.Step, By: e.By, Via: e.Via, At: e.At, Reason: e.Data.Reason}
	switch e.Kind {
	case progress.ApprovalVoted, progress.ApprovalDecided:
		return voted(d, e.Data.Approval)
	case progress.TaskPaused:
		d.Verb, ok = progress.VerbPause, !e.Data.Own
	case progress.TaskResumed:
		d.Verb, ok = progress.VerbResume, e.Data.Tell == progress.ControlResume
	case progress.TaskCancelled:
		d.Verb, ok = progress.VerbCancel, true
	case progress.TaskRestarted:
		d.Verb, ok = progress.VerbRestart, true
	case progress.TaskRetried:
		d.Verb, ok = progress.VerbRetry, e.Data.Tell != progress.ControlSkip
	case progress.StepPassed:
		d.Verb, ok = progress.VerbSkip, e.Data.Tell == progress.ControlSkip
	}
	return d, ok
}

// voted is a decision about an approval, or a vote for it that did not decide it yet.
func voted(d templates.Decision, ap *progress.Approval) (templates.Decision, bool) {
	if ap == nil {
		return d, false
	}
	d.Reason = ap.Reason
	switch {
	case ap.Status == progress.ApprovalRejected, ap.Status == progress.ApprovalExpired:
		d.Verb = progress.VerbReject
	case ap.Status == progress.ApprovalApproved:
		d.Verb = progress.VerbApprove
	case ap.Status == progress.ApprovalPending && len(ap.Votes) > 0:
		d.Verb, d.Reason = progress.VerbApprove, ap.Votes[len(ap.Votes)-1].Reason
	}
	return d, d.Verb != ""
}
