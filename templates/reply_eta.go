package templates

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// timer says how long the task still takes.
type timer struct{ replier }

func (p timer) say(out *Reply) {
	q, ok := p.about()
	if !ok {
		doubter(p).say(out)
		return
	}
	t := q.task
	switch {
	case t.Status != progress.Running:
		out.Text, out.Details = q.head(), add(nil, q.left(), q.took(), q.ready())
	case q.eta == nil:
		out.Text = p.Say("eta.unknown", p.title())
	default:
		out.Text = p.Say("eta.left", p.title(), words.A("about", p.About(seconds(q.eta.Low), seconds(q.eta.High))))
		out.Details = add(nil, q.come())
	}
	out.Details = append(out.Details, waiter{q, p.a.Decisions}.all()...)
}

// ready is when the task ended, "" if it has not.
func (p reviewer) ready() string {
	t := p.task
	if !t.Status.Ended() || t.EndedAt.IsZero() {
		return ""
	}
	return p.Say("fact.line", words.A("name", p.Say("fact.ended")), words.A("value", p.clock(t.EndedAt)))
}

// come is how many approvals are still to come, "" for none.
func (p reviewer) come() string {
	if n := p.eta.Waits - p.task.Steps.Count(progress.StepWaiting); n > 0 {
		return p.Say("card.left.approvals", words.A("n", n))
	}
	return ""
}
