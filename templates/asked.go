package templates

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Asked is an approval as a message of its own shows it, however long ago it was asked: the
// question, and how it stands now.
type Asked struct {
	Task    progress.TaskID `json:"task_id"`
	Step    int             `json:"step"`
	Lang    string          `json:"lang"`
	Symbol  string          `json:"symbol"` // of how it stands: ⚠ ✓ ✕ –
	Title   string          `json:"title"`  // of the task
	Head    string          `json:"head"`   // that somebody has to decide, else what became of it
	Since   string          `json:"since,omitempty"`
	Ask     *Ask            `json:"ask,omitempty"`     // as it was asked, with the votes of now; nil for an event that asks nothing
	Open    bool            `json:"open,omitempty"`    // a decision counts
	Outcome *Said           `json:"outcome,omitempty"` // unless it is open: who decided, through which channel, and when
	Reason  string          `json:"reason,omitempty"`  // that they gave, and what they chose
	Link    string          `json:"link,omitempty"`
}

// Asked says how the approval of an event stands now. A reminder says since when nobody
// decides.
func (b *Book) Asked(s Subject, e *progress.Event, r Reader) Asked {
	p := asker{teller{judge{painter{b.speech(r, s.Now), s.Task, s.ETA}}, e, s.Again}}
	out := Asked{Task: s.Task.ID, Step: e.Step, Lang: p.Lang(), Title: titleOf(s.Task), Link: s.Link}
	if e.Data.Approval == nil {
		out.Symbol, out.Head = decisionSymbol(nil), p.says("event.other")
		return out
	}
	q := question{p.speech, e.Data.Approval}
	if now := p.asking(); now != nil {
		q.Approval = now
	}
	out.Symbol, out.Ask = decisionSymbol(q.Approval), q.ask(e.Step, p.stepName())
	if open := p.asks(e.Step); open != nil && open.ID == q.ID {
		p.opens(&out, open)
		return out
	}
	out.Outcome, out.Reason = p.closes(q)
	out.Head = out.Outcome.Text
	if q.Status == progress.ApprovalPending {
		out.Symbol = symbol(string(progress.StepSkipped))
	}
	return out
}

// opens says that somebody has to decide, or still has to.
func (p asker) opens(out *Asked, now *Ask) {
	out.Open, out.Ask, out.Head = true, now, now.Head
	if p.reminds() {
		out.Head = p.Say("event.approval.again", order(p.event.Step))
		out.Since = p.Say("ask.since", words.A("ago", p.Ago(p.now.Sub(p.event.At))))
	}
}

// closes says why a decision counts no more, and the reason for that.
func (p asker) closes(q question) (*Said, string) {
	t, n := p.task, p.event.Step
	switch {
	case q.Status == progress.ApprovalPending:
		return &Said{Text: p.Say("card.gone", order(n))}, ""
	case q.Status == progress.ApprovalVoid && t.Status == progress.Cancelled && t.End != nil && q.DecidedAt.Equal(t.EndedAt):
		return p.done("by.cancelled", t.End.By, t.End.Via, t.EndedAt), p.reason(t.End.Reason)
	}
	return q.outcome(n), q.why()
}

// stepName is the name of the event's step, "" if the task has none such.
func (p asker) stepName() string {
	if n := p.event.Step; n > 0 && n <= p.task.Steps.Len() {
		return p.task.Steps.At(n).Name
	}
	return ""
}
