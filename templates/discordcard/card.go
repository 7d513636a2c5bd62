package discordcard

import (
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// Card is the live card of a task, with buttons for what it offers; without a seal it has
// none. Its container has the mark of the id.
func (l *Layout) Card(id string, c *templates.Card, r templates.Reader, seal Seal) Post {
	p := painter{l.scribe(r), newDraft(id)}
	shown := c.Isolated()
	p.card(&shown, p.ring(&shown, seal))
	return p.post(spoken(told(c)...))
}

// painter draws a card.
type painter struct {
	scribe
	*draft
}

// ring is what the keys of a card are made with.
func (p painter) ring(c *templates.Card, seal Seal) keyring {
	if len(c.Offers) == 0 {
		seal = nil
	}
	return keyring{p.scribe, c.Task, c.Ask, c.Link, seal}
}

// card is all of it: what has to be decided stands above how far the work is.
func (p painter) card(c *templates.Card, ring keyring) {
	p.colour = shade(c)
	p.say(whole, p.headline(c))
	if c.Alarm != nil {
		p.say(matter, new(prose).lines(bold, "⚠️ "+c.Alarm.Text))
	}
	if c.Ask != nil {
		p.apart(whole, new(prose).text("⚠️ "+c.Ask.Head, bold, mostAside))
		asker{p}.question(c.Ask)
		asker{p}.terms(c.Ask)
	}
	p.decides(c, ring)
	p.apart(matter, p.end(c))
	p.apart(detail, p.work(c))
	p.say(detail, p.results(c))
	p.facts(c)
	p.offers(c, ring)
}

// headline is what the task is, and how far.
func (p painter) headline(c *templates.Card) *prose {
	out := new(prose).line(heading).text(c.Symbol, normal, mostLabel).link(c.Title, c.Link, p.Say("push.open"), normal)
	out.line(body).text(c.Head, normal, mostSaid)
	if bar := c.Bar(p.Tongue); bar != "" {
		out.line(body).text(bar, normal, mostLabel)
		if c.Place != "" {
			out.text("· "+c.Place, normal, mostLabel)
		}
	}
	return out.each(body, mostAside, c.Left, c.Took)
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
		out.line(body).text(line.Symbol, normal, mostLabel).text(line.Text, look, mostSaid)
		if line.Note != "" {
			out.text("("+line.Note+")", normal, mostAside)
		}
	}
	if c.More > 0 && len(c.Lines) > 0 {
		out.lines(normal, p.plus(c.More))
	}
	return out.lines(italic, c.Message).lines(normal, c.Remarks...)
}

// results are what came out, each with its name.
func (p painter) results(c *templates.Card) *prose {
	out := new(prose)
	for _, f := range c.Result {
		out.line(body).text(f.Name+":", bold, mostAside).text(f.Value, normal, mostDetail)
	}
	return out
}

// facts are small, below all.
func (p painter) facts(c *templates.Card) {
	out := new(prose).line(small)
	for i, f := range c.Facts {
		if i > 0 {
			out.text("·", normal, 1)
		}
		out.text(f.Text, normal, mostAside)
	}
	p.say(extra, out)
}

// plus says how many are left out.
func (s scribe) plus(n int) string { return s.Say("card.more", words.A("n", n)) }

// decides adds the buttons that decide, which are never left out.
func (p painter) decides(c *templates.Card, ring keyring) {
	if i := slices.IndexFunc(c.Offers, func(o templates.Offer) bool { return o.Verb == progress.VerbApprove }); i >= 0 && ring.seal != nil {
		p.rows(whole, ring.deciding(c.Offers[i].Step))
	}
}

// offers adds all other buttons, those last that a thumb should not find by chance.
func (p painter) offers(c *templates.Card, ring keyring) {
	if ring.seal == nil {
		return
	}
	var keys []key
	for _, o := range templates.ByThumb(c.Offers) {
		if o.Verb != progress.VerbApprove && o.Verb != progress.VerbReject {
			keys = append(keys, ring.acting(o)...)
		}
	}
	p.rows(control, append(keys, ring.reading()...))
}
