package templates

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
	if c.Fault != nil {
		fault := *c.Fault
		fault.Text = mask(fault.Text)
		c.Fault = &fault
	}
}
