package textcard

import (
	"strings"
	"time"
)

// Screen is what a text is written for.
type Screen struct {
	Width   int       // columns; fewer than 40 count as 40
	Height  int       // rows that the text may take; 0 is no bound
	Colour  bool      // it shows colours
	Unicode bool      // it reads UTF-8
	Now     time.Time // times are shown in its zone
}

// pen writes on a screen: texts that fit, with colours and symbols if it has them.
type pen struct{ Screen }

// dial tells times on a screen.
type dial struct{ pen }

// card writes the parts of a view.
type card struct{ dial }

// card begins a view.
func (s Screen) card() card { return card{dial{pen{s}}} }

// The bounds of a line. In a wider one the eye loses its way from a name to what
// is said of it.
const (
	minWidth = 40
	maxWidth = 100
)

// width is how wide a card may be.
func (s pen) width() int { return min(s.columns(), maxWidth) }

// columns is how wide the screen is.
func (s pen) columns() int { return max(s.Width, minWidth) }

// ink is a colour or weight.
type ink string

// The inks: select graphic rendition codes of ECMA-48.
const (
	plain  ink = ""
	bold   ink = "1"
	faint  ink = "2"
	red    ink = "31"
	green  ink = "32"
	yellow ink = "33"
	cyan   ink = "36"
)

// paint colours a text, if the screen shows colours.
func (s pen) paint(i ink, text string) string {
	if !s.Colour || i == plain || text == "" {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}

// pick is the first text where the screen reads UTF-8, else the second.
func (s pen) pick(unicode, ascii string) string {
	if s.Unicode {
		return unicode
	}
	return ascii
}

// joined ends each line, as files and terminals have them.
func joined(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}
