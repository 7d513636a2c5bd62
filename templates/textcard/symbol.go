package textcard

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// mark is how a status looks: a symbol, the same in ASCII, and a colour.
type mark struct {
	unicode string
	ascii   string
	ink     ink
}

// markOf is the mark of a status of a task or a step, which share their words.
func markOf(status string) mark {
	switch status {
	case string(progress.Completed):
		return mark{"✓", "[x]", green}
	case string(progress.Running):
		return mark{"◐", "[>]", cyan}
	case string(progress.Waiting):
		return mark{"⚠", "[!]", yellow}
	case string(progress.Failed):
		return mark{"✕", "[E]", red}
	case string(progress.Cancelled):
		return mark{"✕", "[E]", yellow}
	case string(progress.Paused):
		return mark{"⏸", "[=]", yellow}
	case string(progress.StepSkipped):
		return mark{"–", "[-]", faint}
	}
	return mark{"○", "[ ]", faint}
}

// attention is the mark of what somebody should look at.
func attention() mark { return mark{"⚠", "[!]", yellow} }

// symbol is a mark as the screen shows it, symbolWidth columns wide.
func (s pen) symbol(m mark) string {
	return s.paint(m.ink, pad(s.pick(m.unicode, m.ascii), s.symbolWidth()))
}

// symbolWidth is the columns of a symbol. Some terminals show a few of them two
// columns wide; the space that follows gives them room.
func (s pen) symbolWidth() int { return wide(s.pick("✓", "[x]")) }

// word says a status of a task. One that there is not may be any text.
func word(status progress.Status) string {
	switch {
	case status == progress.Waiting:
		return "needs approval"
	case !slices.Contains(progress.Statuses(), status):
		return "unknown"
	}
	return string(status)
}
