package discordcard

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Ask is the message of an approval, of the event that asked for it, as things stand now:
// the question with its buttons while a decision counts, then what became of it, without any.
// Its container has the mark of the id.
func (l *Layout) Ask(id string, s templates.Subject, e *progress.Event, r templates.Reader, seal Seal) Post {
	a := l.book.Asked(s, e, r)
	if a.Ask == nil {
		n := l.book.Notice(s, e, r)
		return l.Notice(id, &n, r)
	}
	shown := templates.Card{Task: a.Task, Title: a.Title, Link: a.Link, Ask: a.Ask}.Isolated()
	p := asker{painter{l.scribe(r), newDraft(id)}}
	p.colour = colour(a.Symbol)
	p.say(whole, p.asked(&a, &shown))
	p.question(shown.Ask)
	if !a.Open {
		return p.post(spoken(a.Head, a.Reason, a.Title))
	}
	p.terms(shown.Ask)
	ring := keyring{p.scribe, a.Task, shown.Ask, a.Link, seal}
	if keys := ring.deciding(a.Step); len(keys) > 0 {
		p.rows(whole, append(keys, ring.opening()...))
	}
	return p.post(spoken(a.Head, a.Title, a.Ask.Prompt, a.Ask.Risk))
}

// asker draws what somebody has to decide.
type asker struct{ painter }

// asked is the headline: that somebody has to decide, or what became of it, and of which task.
func (p asker) asked(a *templates.Asked, c *templates.Card) *prose {
	out := new(prose).line(heading)
	if a.Since == "" {
		out.text(a.Symbol, normal, mostLabel) // a reminder has one
	}
	out.text(a.Head, normal, mostSaid)
	out.each(body, mostSaid, a.Reason, a.Since)
	return out.line(body).link(c.Title, c.Link, p.Say("push.open"), bold)
}

// mostEffects is how much room effects have.
const mostEffects = 1200

// question is what is asked, and what it does.
func (p asker) question(a *templates.Ask) {
	p.say(question, new(prose).each(quote, mostPrompt, a.Prompt))
	effects := new(prose).each(dot, mostSaid, a.Effects...)
	n := fitting(effects.rows, mostEffects)
	effects.rows = effects.rows[:n]
	if more := a.More + len(a.Effects) - n; more > 0 {
		effects.each(dot, mostLabel, p.plus(more))
	}
	p.say(question, effects)
}

// terms are who decides, until when, and what then: what a decision hangs on first.
func (p asker) terms(a *templates.Ask) {
	out := new(prose).lines(bold, a.Risk).each(body, mostAside, a.Choice, a.Who, a.Votes)
	if a.Until != nil {
		out.each(body, mostAside, a.Until.Text)
	}
	p.say(question, out.each(small, mostAside, a.Rejecting, a.Others))
}

// fitting is how many of the first lines have room.
func fitting(rows []row, room int) int {
	for i, r := range rows {
		if room -= width(r.print()) + 1; room < 0 {
			return i
		}
	}
	return len(rows)
}
