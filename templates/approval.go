package templates

import (
	"cmp"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// asker says what was asked, and what became of it.
type asker struct{ teller }

// decision says what is asked, or what became of it.
func (p asker) decision() (text string, details []string) {
	e := p.event
	if e.Data.Approval == nil {
		return p.says("event.other"), nil
	}
	q := question{p.speech, e.Data.Approval}
	details = p.setting()
	switch e.Kind {
	case progress.ApprovalNeeded:
		key := "event.approval.needed"
		if p.reminds() {
			key = "event.approval.again"
		}
		return p.Say(key, order(e.Step)), append(details, p.asked(q)...)
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

// setting is what stands before what is asked, or what became of it: since when nobody
// decides, and the step.
func (p asker) setting() []string {
	var out []string
	if p.reminds() {
		out = append(out, p.Say("ask.since", words.A("ago", p.Ago(p.now.Sub(p.event.At)))))
	}
	return add(out, p.step(p.task, p.event.Step))
}

// reminds reports whether it was told before that somebody has to decide, and nobody has.
func (p asker) reminds() bool {
	if p.again == 0 || p.event.Kind != progress.ApprovalNeeded {
		return false
	}
	now := p.asking()
	return now != nil && now.Status == progress.ApprovalPending
}

// asked is what has to be decided, a line each. What has been decided since is said
// first.
func (p asker) asked(q question) []string {
	a := q.ask(p.event.Step, "")
	out := add(nil, p.since(), inside(a.Prompt))
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

// since says what has become of the approval since it was asked, "" if it is still
// open.
func (p asker) since() string {
	now := p.asking()
	if now == nil || now.Status == progress.ApprovalPending {
		return ""
	}
	return question{p.speech, now}.outcome(p.event.Step).Text
}

// asking is the approval of the event as it is now, nil if the task has it no more.
func (p asker) asking() *progress.Approval {
	n := p.event.Step
	if n < 1 || n > p.task.Steps.Len() {
		return nil
	}
	now := p.task.Steps.At(n).Approval
	if now == nil || now.ID != p.event.Data.Approval.ID {
		return nil
	}
	return now
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
