package templates

import (
	"cmp"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// decision says what is asked, or what became of it.
func (p teller) decision() (text string, details []string) {
	e := p.event
	if e.Data.Approval == nil {
		return p.says("event.other"), nil
	}
	q := question{p.speech, e.Data.Approval}
	details = add(nil, p.step(p.task, e.Step))
	switch e.Kind {
	case progress.ApprovalNeeded:
		return p.Say("event.approval.needed", order(e.Step)), append(details, p.asked(q)...)
	case progress.ApprovalVoted:
		text = p.Say("event.approval.voted", append(q.counted(), order(e.Step))...)
		return text, append(details, q.voted(e)...)
	}
	key := "event.approval.rejected"
	switch q.Status {
	case progress.ApprovalApproved, progress.ApprovalExpired, progress.ApprovalVoid:
		key = "event.approval." + string(q.Status)
	}
	return p.Say(key, order(e.Step)), add(details, q.outcome(e.Step).Text, q.why())
}

// asked is what has to be decided, a line each. What has been decided since is said
// first.
func (p teller) asked(q question) []string {
	a := q.ask(p.event.Step, "")
	out := add(nil, p.since(q.Approval), inside(a.Prompt))
	for _, effect := range a.Effects {
		out = append(out, "• "+inside(effect))
	}
	if a.More > 0 {
		out = append(out, "• "+p.Say("card.more", words.A("n", a.More)))
	}
	out = add(out, a.Choice, a.Risk, a.Who, a.Votes)
	if a.Until != nil {
		out = append(out, a.Until.Text)
	}
	return append(out, a.Rejecting)
}

// since says what has become of an approval since it was asked, "" if it is still
// open.
func (p teller) since(ap *progress.Approval) string {
	n := p.event.Step
	if n < 1 || n > p.task.Steps.Len() {
		return ""
	}
	now := p.task.Steps.At(n).Approval
	if now == nil || now.ID != ap.ID || now.Status == progress.ApprovalPending {
		return ""
	}
	return question{p.speech, now}.outcome(n).Text
}

// voted says who has voted last, and why.
func (q question) voted(e *progress.Event) []string {
	if len(q.Votes) == 0 {
		return nil
	}
	v := q.Votes[len(q.Votes)-1]
	said := q.done("by", cmp.Or(v.By, e.By), v.Via, v.At).Text
	vote := question{q.speech, &progress.Approval{Option: v.Option, Reason: v.Reason, Via: v.Via}}
	return add([]string{said}, vote.why())
}
