package discordcard

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/templates"
)

// spoken is a message in plain words, a line each; empty ones are left out.
func spoken(lines ...string) string {
	said := slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	return some(templates.Cut(strings.Join(said, "\n"), mostSpoken))
}

// told is a card in plain words: the title, and what matters.
func told(c *templates.Card) []string {
	out := []string{c.Symbol + " " + c.Title, c.Head}
	if c.Alarm != nil {
		out = append(out, c.Alarm.Text)
	}
	if a := c.Ask; a != nil {
		out = append(out, a.Head, a.Prompt, a.Risk)
	}
	if c.Fault != nil {
		out = append(out, c.Fault.Where, c.Fault.Text)
	}
	if c.Outcome != nil {
		out = append(out, c.Outcome.Text, c.Reason)
	}
	return append(out, c.Now, c.Left, c.Took)
}
