package mailcard

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// Card is a task as it is. What the mail has said above it is not said again.
type Card struct {
	templates.Card
	Tone       string // of the bar: good, bad, warn, plain or none
	Percentage string // "65%"
	Bar        string // the same as a row of blocks
	Rest       int    // what is missing to 100
	Plus       string // lines that are left out: "+3 more"
}

// picture is a card for layouts.
func picture(t *words.Tongue, c templates.Card) *Card {
	return &Card{
		Card: c, Tone: barTone(c), Percentage: t.Percent(float64(c.Percent)), Bar: bar(c.Percent), Rest: 100 - c.Percent, Plus: more(t, c.More),
	}
}

func barTone(c templates.Card) string {
	switch c.Status {
	case progress.Running:
		return "plain"
	case progress.Pending, progress.Cancelled:
		return "none"
	}
	return toneOf(c.Symbol)
}

// blocks is how long a bar of text is.
const blocks = 20

// bar is a percent as a row of blocks. What has begun shows one, and only what is done
// all of them.
func bar(percent int) string {
	full := percent * blocks / 100
	if percent > 0 {
		full = max(full, 1)
	}
	return strings.Repeat("█", full) + strings.Repeat("░", blocks-full)
}

// forget takes off a card what has been said.
func (c *Card) forget(said []string) {
	drop := func(texts ...*string) {
		for _, text := range texts {
			if slices.Contains(said, *text) {
				*text = ""
			}
		}
	}
	drop(&c.Head, &c.Took, &c.Reason)
	if c.Fault != nil {
		drop(&c.Fault.Where, &c.Fault.Text, &c.Fault.Advice)
	}
	if c.Alarm != nil && slices.Contains(said, c.Alarm.Text) {
		c.Alarm = nil
	}
	if c.Outcome != nil && slices.Contains(said, c.Outcome.Text) {
		c.Outcome = nil
	}
	c.Remarks = slices.DeleteFunc(c.Remarks, func(s string) bool { return slices.Contains(said, s) })
	c.Result = slices.DeleteFunc(c.Result, func(f templates.Fact) bool { return slices.Contains(said, f.Text) })
}
