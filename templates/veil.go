package templates

import (
	"slices"
	"strings"
)

// veil hides secrets in what a reply repeats of others: messages, reasons and errors go
// wherever the bot is asked.
func (r *Reply) veil() {
	for _, texts := range [][]string{r.Details, r.After} {
		for i := range texts {
			texts[i] = mask(texts[i])
		}
	}
	for i := range r.Items {
		r.Items[i].Text = mask(r.Items[i].Text)
	}
	if r.Card != nil {
		r.Card.veil()
	}
}

func (c *Card) veil() {
	c.Message, c.Reason = mask(c.Message), mask(c.Reason)
	c.Result = slices.Clone(c.Result)
	for i := range c.Result {
		c.Result[i].veil()
	}
	if c.Ask != nil {
		ask := *c.Ask
		ask.Prompt, ask.Effects = mask(ask.Prompt), each(ask.Effects, mask)
		c.Ask = &ask
	}
	if c.Fault != nil {
		fault := *c.Fault
		fault.Text = mask(fault.Text)
		c.Fault = &fault
	}
}

// veil hides a value that is secret by itself, or by its name.
func (f *Fact) veil() {
	name := f.Name + ": "
	if whole := mask(name + f.Value); strings.HasPrefix(whole, name) {
		f.Value = whole[len(name):]
	}
}
