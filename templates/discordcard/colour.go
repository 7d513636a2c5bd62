package discordcard

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// The colours beside a message.
const (
	blue  = 0x3B82F6 // it goes on
	amber = 0xF59E0B // somebody has to look at it
	green = 0x16A34A
	red   = 0xDC2626
	grey  = 0x6B7280 // nothing happens
)

// colour is that of a symbol of the book.
func colour(symbol string) int {
	switch symbol {
	case "✓":
		return green
	case "◐":
		return blue
	case "⚠":
		return amber
	case "✕":
		return red
	}
	return grey
}

// shade is the colour of a task.
func shade(c *templates.Card) int {
	switch {
	case c.Alarm != nil:
		return amber
	case c.Status == progress.Cancelled:
		return grey // that was meant
	}
	return colour(c.Symbol)
}
