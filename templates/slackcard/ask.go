package slackcard

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Ask is the message of an approval, of the event that asked for it, as things stand now:
// the question with its buttons while a decision counts, then what became of it, without any.
// The first block has the id.
func (l *Layout) Ask(id string, s templates.Subject, e *progress.Event, r templates.Reader, seal Seal) Post {
	a := l.book.Asked(s, e, r)
	if a.Ask == nil {
		n := l.book.Notice(s, e, r)
		return l.Notice(id, &n, r)
	}
	shown := templates.Card{Task: a.Task, Title: a.Title, Link: a.Link, Ask: a.Ask}.Isolated()
	d := &draft{id: id}
	p := painter{l.scribe(r), d}
	p.say(whole, asked(&a, &shown))
	if !a.Open {
		p.question(shown.Ask)
		return Post{Text: fallback(a.Head, a.Reason, a.Title), Blocks: d.blocks()}
	}
	p.question(shown.Ask)
	p.terms(shown.Ask)
	ring := keyring{p.scribe, a.Task, shown.Title, shown.Ask, a.Link, seal}
	if keys := ring.deciding(a.Step); len(keys) > 0 {
		p.decides(append(keys, ring.opening(p.Say("push.open"))...))
	}
	return Post{Text: fallback(a.Head, a.Title, a.Ask.Prompt, a.Ask.Risk), Blocks: d.blocks()}
}

// asked is the headline: that somebody has to decide, or what became of it, and of which task.
func asked(a *templates.Asked, c *templates.Card) *prose {
	out := new(prose)
	if a.Since == "" {
		out.text(a.Symbol+" ", normal) // a reminder has one
	}
	out.text(templates.Cut(a.Head, mostAside), bold).lines(normal, templates.Cut(a.Reason, mostDetail), a.Since)
	return out.line().link(c.Title, c.Link, normal)
}

// mostEffects is how much room effects have.
const mostEffects = 3000

// question is what is asked, and what it does.
func (p painter) question(a *templates.Ask) {
	n := fitting(len(a.Effects), mostEffects, func(i int) int { return framed(dot, a.Effects[i]) })
	effects := a.Effects[:n:n]
	if more := a.More + len(a.Effects) - n; more > 0 {
		effects = append(effects, p.plus(more))
	}
	p.say(question, new(prose).quote(a.Prompt).list(effects...))
}

// terms are who decides, until when, and what then.
func (p painter) terms(a *templates.Ask) {
	out := new(prose).lines(bold, a.Risk)
	short := func(text string) string { return templates.Cut(text, mostAside) }
	out.lines(normal, short(a.Choice), short(a.Who), a.Votes)
	if a.Until != nil {
		out.lines(normal, a.Until.Text)
	}
	p.say(question, out.lines(normal, a.Rejecting, a.Others))
}
