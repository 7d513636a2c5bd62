package webpage

import (
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress"
)

// sentences say what happened to a task, and to a step where there is a %s.
var sentences = map[progress.Kind]string{
	progress.TaskCreated:    "The task was created",
	progress.TaskStarted:    "The task started",
	progress.TaskPaused:     "Paused",
	progress.TaskResumed:    "Resumed",
	progress.TaskReopened:   "It goes on",
	progress.TaskCompleted:  "The task completed",
	progress.TaskFailed:     "The task failed",
	progress.TaskCancelled:  "The task was cancelled",
	progress.TaskRestarted:  "Restarted",
	progress.TaskRetried:    "Tried again from %s",
	progress.TaskStalled:    "Nothing moves",
	progress.StepStarted:    "%s started",
	progress.StepDone:       "%s completed",
	progress.StepFell:       "%s failed",
	progress.StepPassed:     "%s was skipped",
	progress.ApprovalNeeded: "%s waits for approval",
	progress.ApprovalVoted:  "A vote on %s",
	progress.PlanChanged:    "The plan changed",
}

// wished are the kinds of which it matters who wanted them.
var wished = map[progress.Kind]bool{
	progress.TaskPaused: true, progress.TaskResumed: true, progress.TaskCancelled: true, progress.TaskRestarted: true,
	progress.TaskRetried: true, progress.StepPassed: true, progress.ApprovalVoted: true,
}

// eventView is a milestone as its template sees it.
type eventView struct {
	Seq int64
	At  progress.Instant
	Say string
}

// eventsOf are the milestones, the newest first.
func eventsOf(events []progress.WireEvent, steps []progress.WireStep) []eventView {
	out := make([]eventView, len(events))
	for i, e := range events {
		out[len(out)-1-i] = eventView{e.Seq, e.At, say(e, steps)}
	}
	return out
}

// say puts a milestone into a sentence.
func say(e progress.WireEvent, steps []progress.WireStep) string {
	step := stepName(e.Step, steps)
	text, ok := sentences[e.Type]
	switch {
	case e.Type == progress.ApprovalDecided && e.Data.Approval != nil:
		text = fmt.Sprintf("%s: %s", step, outcome(e.Data.Approval))
	case e.Type == progress.PlanChanged && e.Data.Substep != nil:
		text = fmt.Sprintf("%s: %s %s", step, e.Data.Substep.Name, changed(e.Data.Substep.Status))
	case e.Data.Cause == progress.CauseOverrun:
		text = "It takes long"
	case !ok:
		text = string(e.Type) + " " + step
	default:
		text = strings.Replace(text, "%s", step, 1)
	}
	if wished[e.Type] && e.By != "" {
		text += fmt.Sprintf(" by %s, %s", who(e.By), via(e.Via))
	}
	switch {
	case e.Data.Error != nil && e.Data.Error.Message != "":
		text += ": " + cut(e.Data.Error.Message, mostReason)
	case e.Data.Reason != "":
		text += ": " + cut(e.Data.Reason, mostReason)
	}
	return text
}

// changed says how a substep is now.
func changed(s progress.StepStatus) string {
	if s == "" || s == progress.StepPending {
		return "was added"
	}
	return "is " + stepStatuses[s].Word
}

// mostReason is how much of a reason a sentence holds, in bytes.
const mostReason = 300

// stepName names a step by its order.
func stepName(order int, steps []progress.WireStep) string {
	if order < 1 || order > len(steps) {
		return "The task"
	}
	return fmt.Sprintf("Step %d “%s”", order, steps[order-1].Name)
}

// outcome says what became of an approval, who decided, and through which
// channel.
func outcome(a *progress.WireApproval) string {
	switch {
	case a.Status == progress.ApprovalExpired:
		return "nobody decided in time"
	case a.Status == progress.ApprovalVoid:
		return "the question was withdrawn"
	case a.Via == progress.ViaTimer:
		return string(a.Status) + ", as nobody decided in time"
	}
	said := fmt.Sprintf("%s by %s, %s", a.Status, who(a.DecidedBy), via(a.Via))
	if a.Option != "" {
		said += ", with “" + a.Option + "”"
	}
	if a.Reason != "" {
		said += ": " + cut(a.Reason, mostReason)
	}
	return said
}
