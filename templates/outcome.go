package templates

import (
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// judge says how things were decided, and what went wrong.
type judge struct{ painter }

// outcome says who ended the task or decided last, near the step that it is at.
func (p judge) outcome(c *Card) {
	t := p.task
	if t.Status == progress.Cancelled && t.End != nil && p.ruling(t.End.Step, t.EndedAt) == nil {
		c.Outcome = p.done("by.cancelled", t.End.By, t.End.Via, t.EndedAt)
		c.Reason = p.reason(t.End.Reason)
		return
	}
	if n := p.decided(); n > 0 && t.Status != progress.Completed {
		ap := t.Steps.At(n).Approval
		q := question{p.speech, ap}
		c.Outcome, c.Reason = q.outcome(n), q.why()
	}
}

// ruling is the refusal of a step that made something happen at a time, nil if none
// did.
func (p judge) ruling(step int, at time.Time) *progress.Approval {
	if step < 1 || step > p.task.Steps.Len() {
		return nil
	}
	ap := p.task.Steps.At(step).Approval
	if ap == nil || ap.Status != progress.ApprovalRejected && ap.Status != progress.ApprovalExpired || !ap.DecidedAt.Equal(at) {
		return nil
	}
	return ap
}

// near is how far from the present step a decision still stands on a card.
const near = 3

// decided is the step of the newest decision that is near, 0 if there is none.
func (p judge) decided() int {
	t, newest := p.task, 0
	from, to := window(t.Steps.Len(), t.Current()-1, 2*near+1)
	for n := from + 1; n <= to; n++ {
		ap := t.Steps.At(n).Approval
		if ap == nil || ap.Status == progress.ApprovalPending || ap.Status == progress.ApprovalVoid {
			continue
		}
		if newest == 0 || ap.DecidedAt.After(t.Steps.At(newest).Approval.DecidedAt) {
			newest = n
		}
	}
	return newest
}

// outcome says what became of an approval, by whom, how and when.
func (q question) outcome(step int) *Said {
	key := "by.rejected"
	switch ap := q.Approval; {
	case ap.Status == progress.ApprovalExpired:
		key = "by.expired"
	case ap.Status == progress.ApprovalVoid:
		key = "by.void"
	case ap.Status == progress.ApprovalApproved && ap.Via == progress.ViaTimer:
		key = "by.approved.timer"
	case ap.Status == progress.ApprovalApproved:
		key = "by.approved"
	}
	return q.done(key, q.DecidedBy, q.Via, q.DecidedAt, order(step))
}

// why is the reason and the choice of who decided, "" for neither.
func (q question) why() string {
	var said []string
	if q.Option != "" {
		said = append(said, q.Say("by.option", arg("option", clean(q.Option, mostEffect))))
	}
	if q.Via != progress.ViaTimer && q.Reason != "" {
		said = append(said, q.reason(q.Reason))
	}
	return strings.Join(said, " · ")
}

// fault says what went wrong and what can be done; nil if nothing did.
func (p judge) fault() *Fault {
	t := p.task
	if t.Status != progress.Failed {
		if t.Fault == nil || t.Status.Ended() {
			return nil
		}
		return &Fault{Text: p.Say("fault.reason", arg("text", faultText(t.Fault)))}
	}
	n := failedStep(t)
	return &Fault{Step: n, Where: p.step(t, n), Text: p.why(n, failure(t, n)), Advice: p.advice()}
}

// failedStep is the step at which a failed task failed, 0 if it was at none.
func failedStep(t *progress.Task) int {
	if t.End != nil && t.End.Step > 0 && t.End.Step <= t.Steps.Len() {
		return t.End.Step
	}
	return t.Steps.First(progress.StepFailed)
}

// failure is what was said of the reason: of the task, else of its step.
func failure(t *progress.Task, n int) *progress.Fault {
	switch {
	case t.End != nil && t.End.Error != nil:
		return t.End.Error
	case n > 0 && t.Steps.At(n).Error != nil:
		return t.Steps.At(n).Error
	}
	return t.Fault
}

// refusal is the decision that made a step fail, nil if none did.
func (p judge) refusal(n int, f *progress.Fault) *progress.Approval {
	if f == nil || n < 1 || n > p.task.Steps.Len() {
		return nil
	}
	if ap := p.task.Steps.At(n).Approval; ap != nil && string(ap.Status) == f.Type {
		return ap
	}
	return nil
}

// why gives the reason of a failure; "" if somebody refused, which is said where
// decisions are.
func (p judge) why(n int, f *progress.Fault) string {
	if p.refusal(n, f) != nil {
		return ""
	}
	text := ""
	if f != nil {
		text = faultText(f)
	}
	if text == "" {
		return p.Say("fault.none")
	}
	return p.Say("fault.reason", arg("text", text))
}

// faultText is the sort of a fault and its message.
func faultText(f *progress.Fault) string {
	text := f.Message
	switch {
	case text == "":
		text = f.Type
	case f.Type != "" && !strings.Contains(text, f.Type):
		text = f.Type + ": " + text
	}
	return clean(text, mostReason)
}

// advice says what can be done about a failed task, "" if nothing.
func (p judge) advice() string {
	var can []string
	offers := progress.Offers(*p.task, progress.Timer())
	for _, want := range []progress.Verb{progress.VerbRetry, progress.VerbSkip, progress.VerbRestart} {
		for _, v := range offers {
			if v == want {
				can = append(can, p.Say("do."+string(v)))
			}
		}
	}
	if len(can) == 0 {
		return ""
	}
	return p.Say("fault.advice", words.A("list", p.List(can, true)))
}
