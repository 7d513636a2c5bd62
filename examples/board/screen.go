package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/taskherald/herald/progress"
)

// screen is where the board is shown.
type screen struct {
	out    io.Writer
	file   *os.File // the terminal, nil if it is none
	colour bool
	lines  int    // that stand there, which the next drawing overwrites
	drawn  string // them
}

func newScreen(out io.Writer) *screen {
	s := &screen{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		s.file, s.colour = f, os.Getenv("NO_COLOR") == ""
	}
	return s
}

// tell says something beside the rows where they are not redrawn, if it is news.
func (s *screen) tell(news bool, text string) {
	if s.file == nil && news {
		fmt.Fprintln(s.out, text)
	}
}

// line writes a row, where rows are not redrawn, if it says something new.
func (s *screen) line(r *row) {
	if s.file != nil {
		return
	}
	status, _, about := r.words()
	if key := fmt.Sprint(status, about, int(r.percent/10)); key != r.said {
		fmt.Fprintf(s.out, "%s %3.0f %%  %s\n", status, r.percent, about)
		r.said = key
	}
}

// draw redraws the rows in a terminal, if anything has changed.
func (s *screen) draw(rows []*row, away bool) {
	if s.file == nil {
		return
	}
	width, height, err := term.GetSize(int(s.file.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		width, height = 80, 24 // it does not know
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return r.status == "" }) // nothing is known of it yet
	var text strings.Builder
	shown := fitting(rows, height-2)
	for _, r := range shown {
		text.WriteString(s.painted(r, width-1) + "\x1b[K\n")
	}
	text.WriteString(cut(foot(len(rows)-len(shown), away), width-1) + "\x1b[K\n\x1b[J")
	if text.String() == s.drawn {
		return
	}
	if s.lines > 0 {
		fmt.Fprintf(s.out, "\x1b[%dA", s.lines)
	}
	fmt.Fprint(s.out, text.String())
	s.drawn, s.lines = text.String(), len(shown)+1
}

// foot is the last line.
func foot(hidden int, away bool) string {
	text := ""
	if hidden > 0 {
		text = fmt.Sprintf("and %d more ", hidden)
	}
	if away {
		text += "(the server is away; waiting for it)"
	}
	return text
}

// fitting are the rows for which there is room: those that have ended go first,
// the oldest before others.
func fitting(rows []*row, room int) []*row {
	surplus := len(rows) - max(room, 1)
	rows = slices.DeleteFunc(slices.Clone(rows), func(r *row) bool {
		gone := surplus > 0 && r.status.Ended()
		if gone {
			surplus--
		}
		return gone
	})
	return rows[:min(len(rows), max(room, 1))]
}

// painted is a row in colour. The status is a word, too, for those who see none.
func (s *screen) painted(r *row, width int) string {
	status, bar, about := r.words()
	text := cut(status+" "+bar+"  "+about, width)
	colour := ink(r.status)
	if !s.colour || colour == "" || len(text) < len(status) {
		return text
	}
	return colour + status + "\x1b[0m" + text[len(status):]
}

// ink is the colour of a status.
func ink(s progress.Status) string {
	switch s {
	case progress.Completed:
		return "\x1b[32m" // green
	case progress.Running:
		return "\x1b[36m" // cyan
	case progress.Failed:
		return "\x1b[31m" // red
	case progress.Waiting, progress.Paused, progress.Cancelled:
		return "\x1b[33m" // yellow
	}
	return ""
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
