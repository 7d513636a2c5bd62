package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// screen is where the bar is shown.
type screen struct {
	out   io.Writer
	file  *os.File // the terminal, nil if it is none
	drawn string   // what stands there
}

func newScreen(out io.Writer) *screen {
	s := &screen{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		s.file = f
	}
	return s
}

// barWidth is the columns between the brackets.
const barWidth = 30

// show draws the bar anew, or writes a line if there is something to say.
func (s *screen) show(p picture) {
	if s.file == nil {
		s.line(p)
		return
	}
	full := int(p.percent / 100 * barWidth)
	bar := strings.Repeat("#", full) + strings.Repeat("-", barWidth-full)
	text := fmt.Sprintf("[%s] %3.0f %%  %s", bar, p.percent, p.words())
	if width, _, err := term.GetSize(int(s.file.Fd())); err == nil && width > 1 {
		text = cut(text, width-1)
	}
	if text != s.drawn {
		fmt.Fprint(s.out, "\r\x1b[2K", text)
		s.drawn = text
	}
}

// line writes what is new in the last ten percent.
func (s *screen) line(p picture) {
	p.left = nil // it always changes
	key := fmt.Sprint(int(p.percent/10), p.words())
	if key != s.drawn {
		fmt.Fprintf(s.out, "%3.0f %%  %s\n", p.percent, p.words())
		s.drawn = key
	}
}

// close leaves the bar as it is.
func (s *screen) close() {
	if s.file != nil && s.drawn != "" {
		fmt.Fprintln(s.out)
	}
}

// clean is a stranger's text without what moves a terminal's cursor or hides and
// reorders text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\n", " "))
}

// cut is as much of a text as fits on so many columns. It takes all that may be
// two columns wide for such.
func cut(text string, columns int) string {
	for i, r := range text {
		columns--
		if r >= 0x1100 {
			columns--
		}
		if columns < 0 {
			return text[:i]
		}
	}
	return text
}
