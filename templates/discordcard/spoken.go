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
	return append([]string{c.Symbol + " " + c.Title}, c.Spoken()...)
}
