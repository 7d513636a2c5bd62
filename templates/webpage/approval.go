package webpage

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// approvalView is an approval as its templates see it.
type approvalView struct {
	*progress.WireApproval
	Form                  form
	MayApprove, MayReject bool
	Now                   time.Time // zero where nobody is told how long is left
}

// Approvals are those that wait for a decision.
func (v taskView) Approvals() []approvalView {
	var out []approvalView
	for _, s := range v.Steps {
		a := s.Approval
		if s.Status != progress.StepWaiting || a == nil {
			continue
		}
		may := v.Decide[s.Order]
		f := v.form(progress.VerbApprove, s.Order)
		f.Digest = a.Digest
		out = append(out, approvalView{
			WireApproval: a, Form: f,
			MayApprove: slices.Contains(may, progress.VerbApprove), MayReject: slices.Contains(may, progress.VerbReject),
		})
	}
	return out
}

// Deciders says who may decide.
func (a approvalView) Deciders() string {
	named := a.Gate.Deciders()
	if len(named) == 0 {
		return "anyone who may approve"
	}
	return progress.Names(named)
}

// Asked is what is asked for.
func (a approvalView) Asked() string {
	if a.Prompt != "" {
		return a.Prompt
	}
	return "May “" + a.StepName + "” begin?"
}

// Counted says how many approvals there are, "" where one is enough.
func (a approvalView) Counted() string {
	if a.Needed() == 1 {
		return ""
	}
	return counted(a.WireApproval)
}

// Over reports whether there is nothing to decide any more.
func (a approvalView) Over() bool { return a.Status != progress.ApprovalPending }

// Left is for how long it can be decided, "" if that is not told.
func (a approvalView) Left() string {
	left := time.Time(a.ExpiresAt).Sub(a.Now).Truncate(time.Second)
	if a.Now.IsZero() || left <= 0 {
		return ""
	}
	return span(left)
}

// Unless says what happens when nobody decides in time.
func (a approvalView) Unless() string {
	switch a.Default {
	case progress.DefaultApprove:
		return "then it counts as approved"
	case progress.DefaultHold:
		return "it stays open after that"
	}
	return "then it counts as rejected"
}

// Rejecting says what a rejection does.
func (a approvalView) Rejecting() string {
	switch a.OnReject {
	case progress.RejectSkips:
		return "Rejecting skips the step."
	case progress.RejectCancels:
		return "Rejecting cancels the task."
	}
	return "Rejecting makes the task fail."
}
