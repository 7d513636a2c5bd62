package mailcard

import "github.com/taskherald/herald/templates"

// cut is how much stays of a mail that is too long.
type cut struct {
	text    int // characters of each text
	details int
	effects int
}

// cuts are tried one after another.
var cuts = [...]cut{{800, 20, 10}, {300, 12, 5}, {100, 6, 3}}

// cut shortens a mail. What is known of the task beside its picture goes first.
func (v *View) cut(to cut) {
	shorter := func(texts ...*string) {
		for _, text := range texts {
			*text = templates.Cut(*text, to.text)
		}
	}
	shorter(&v.Subject, &v.Text, &v.About)
	if over := len(v.Details) - to.details; over > 0 && v.Tasks == nil {
		v.Details = append(v.Details[:to.details-1], more(v.tongue, over+1))
	}
	for i := range v.Details {
		shorter(&v.Details[i])
	}
	v.fewer(to.details)
	for i := range v.Tasks {
		shorter(&v.Tasks[i].Title, &v.Tasks[i].Text)
	}
	if a := v.Ask; a != nil {
		if over := len(a.Effects) - to.effects; over > 0 {
			a.Effects, a.More = a.Effects[:to.effects], a.More+over
			v.More = more(v.tongue, a.More)
		}
		for i := range a.Effects {
			shorter(&a.Effects[i])
		}
		shorter(&a.Head, &a.Prompt, &a.Choice, &a.Who)
	}
	if v.Card != nil {
		v.Card.cut(shorter)
	}
}

// fewer leaves so many tasks of a digest, and their details.
func (v *View) fewer(most int) {
	over := len(v.Tasks) - most
	if over <= 0 {
		return
	}
	v.left += over
	v.Plus = more(v.tongue, v.left)
	v.Tasks, v.Details = v.Tasks[:most], append(v.Details[:most], v.Plus)
}

// cut leaves of a card what is needed to know how the task stands.
func (c *Card) cut(shorter func(...*string)) {
	c.Facts, c.Result, c.Remarks = nil, nil, nil
	shorter(&c.Head, &c.Now, &c.Message, &c.Reason)
	for i := range c.Lines {
		shorter(&c.Lines[i].Text)
	}
	if c.Fault != nil {
		shorter(&c.Fault.Where, &c.Fault.Text)
	}
	for _, said := range []*templates.Said{c.Alarm, c.Outcome} {
		if said != nil {
			shorter(&said.Text)
		}
	}
}
