package webpage

import (
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// done says what a command has done.
var done = map[progress.Verb]string{
	progress.VerbApprove: "You approved this. The work goes on.",
	progress.VerbReject:  "You rejected this.",
	progress.VerbPause:   "Paused. The work holds until somebody resumes it.",
	progress.VerbResume:  "Resumed. The work goes on.",
	progress.VerbCancel:  "The task is cancelled.",
	progress.VerbRestart: "Restarted. A new run begins as soon as a worker takes it.",
	progress.VerbRetry:   "The failed step is tried again as soon as a worker takes it.",
	progress.VerbSkip:    "The step is skipped.",
}

// Done says that a command has done what it is for. step is the one that it was
// about; one whose approval still waits has got a vote only.
func Done(v progress.Verb, step progress.WireStep) Notice {
	a := step.Approval
	if v == progress.VerbApprove && a != nil && a.Status == progress.ApprovalPending {
		return Notice{Text: fmt.Sprintf("Your approval counts. %s needed.", counted(a))}
	}
	return Notice{Text: done[v]}
}

// Again says that a form has done nothing, as it was not the one that the page gave.
func Again() Notice {
	return Notice{Bad: true, Text: "Nothing has happened yet: press the button once more. If this comes back, your browser keeps no cookies here; log in to go on."}
}

// Refused says why a command has done nothing. For a step that somebody decided
// before that is who, when and through which channel.
func Refused(say string, v progress.Verb, step progress.WireStep) Notice {
	if a := step.Approval; (v == progress.VerbApprove || v == progress.VerbReject) && a != nil && decided(a) {
		when := time.Time(a.DecidedAt).UTC().Format("15:04 UTC on 2006-01-02")
		return Notice{Text: fmt.Sprintf("%s %s this at %s %s.", who(a.DecidedBy), a.Status, when, via(a.Via)), Bad: true}
	}
	return Notice{Text: Sentence(say), Bad: true}
}

// decided reports whether a person has decided the approval.
func decided(a *progress.WireApproval) bool {
	said := a.Status == progress.ApprovalApproved || a.Status == progress.ApprovalRejected
	return said && a.Via != progress.ViaTimer
}

// counted says how many approvals there are of those that are needed.
func counted(a *progress.WireApproval) string {
	yes := 0
	for _, v := range a.Votes {
		if v.Decision == progress.ApprovalApproved {
			yes++
		}
	}
	return fmt.Sprintf("%d of %d", yes, a.Needed())
}

// Sentence makes one of what is said.
func Sentence(say string) string {
	if say == "" {
		return ""
	}
	if c := say[0]; 'a' <= c && c <= 'z' {
		say = string(c-'a'+'A') + say[1:]
	}
	if !strings.HasSuffix(say, ".") {
		say += "."
	}
	return say
}
