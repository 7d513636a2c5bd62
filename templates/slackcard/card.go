package slackcard

import (
	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// Card is the live card of a task, with buttons for what it offers; without a seal it has
// none. The first block has the id.
func (l *Layout) Card(id string, c *templates.Card, r templates.Reader, seal Seal) Post {
	s, d, shown := l.scribe(r), &draft{id: id}, c.Isolated()
	painter{s, d}.card(&shown)
	s.offers(d, &shown, seal)
	return Post{Text: fallback(c.Spoken()...), Blocks: d.blocks()}
}

// painter draws a card.
type painter struct {
	scribe
	*draft
}

// card is all but the buttons.
func (p painter) card(c *templates.Card) {
	p.say(whole, p.headline(c))
	if c.Alarm != nil {
		p.say(matter, new(prose).lines(bold, "⚠️ "+c.Alarm.Text))
	}
	if c.Ask != nil {
		p.say(whole, new(prose).lines(bold, "⚠️ "+templates.Cut(c.Ask.Head, mostAside)))
		p.question(c.Ask)
		p.terms(c.Ask)
	}
	p.say(matter, p.end(c))
	p.say(detail, p.work(c))
	p.say(detail, p.results(c))
	p.facts(c)
}

// headline is what the task is, and how far.
func (p painter) headline(c *templates.Card) *prose {
	out := new(prose).text(c.Symbol+" ", normal).link(c.Title, c.Link, bold).lines(normal, c.Head)
	if bar := c.Bar(p.Tongue); bar != "" {
		out.lines(normal, bar)
		if c.Place != "" {
			out.text(" · "+c.Place, normal)
		}
	}
	return out.lines(normal, c.Left, c.Took)
}

// end is what went wrong, who decided or ended it, and what can be done.
func (p painter) end(c *templates.Card) *prose {
	out := new(prose)
	if f := c.Fault; f != nil {
		out.lines(bold, f.Where).lines(normal, f.Text)
	}
	if c.Outcome != nil {
		out.lines(normal, c.Outcome.Text, c.Reason)
	}
	if f := c.Fault; f != nil {
		out.lines(normal, f.Advice)
	}
	return out
}

// work is what is done at present, and what lies around it.
func (p painter) work(c *templates.Card) *prose {
	out := new(prose).lines(normal, c.Now)
	for _, line := range c.Lines {
		look := normal
		if line.Status == progress.StepRunning {
			look = bold
		}
		out.line().text(line.Symbol+" ", normal).text(line.Text, look)
		if line.Note != "" {
			out.text(" ("+line.Note+")", normal)
		}
	}
	if c.More > 0 && len(c.Lines) > 0 {
		out.lines(normal, p.plus(c.More))
	}
	out.lines(italic, c.Message)
	return out.lines(normal, c.Remarks...)
}

// results are what came out, each with its name.
func (p painter) results(c *templates.Card) *prose {
	out := new(prose)
	for _, f := range c.Result {
		out.line().text(f.Name, bold).text(": "+f.Value, normal)
	}
	return out
}

// facts are small, below all.
func (p painter) facts(c *templates.Card) {
	var out []slack.MixedElement
	for _, f := range c.Facts[:min(len(c.Facts), mostContext)] {
		out = append(out, plain(f.Text, mostAside))
	}
	if len(out) > 0 {
		p.add(extra, slack.NewContextBlock("", out...))
	}
}

// plus says how many are left out.
func (s scribe) plus(n int) string { return s.Say("card.more", words.A("n", n)) }

// offers adds the buttons: those that decide in a row of their own, then all others.
func (s scribe) offers(d *draft, c *templates.Card, seal Seal) {
	if seal == nil || len(c.Offers) == 0 {
		return
	}
	ring := keyring{s, c.Task, c.Title, c.Ask, c.Link, seal}
	var other []key
	for _, o := range templates.ByThumb(c.Offers) {
		switch o.Verb {
		case progress.VerbApprove:
			d.decides(ring.deciding(o.Step))
		case progress.VerbReject:
		default:
			other = append(other, ring.acting(o)...)
		}
	}
	for _, b := range compact(append(other, ring.reading()...)) {
		d.add(control, b)
	}
}

// decides adds the buttons of an approval, which are never left out.
func (d *draft) decides(keys []key) {
	for _, b := range rows(keys) {
		d.add(whole, b)
	}
}
