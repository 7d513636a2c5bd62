package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/taskherald/herald/templates/textcard"
)

// canvas draws a text again and again in the same place of a terminal, with the
// sequences that all terminals know (ECMA-48, DEC VT). What stood above stays,
// and so does the last text.
type canvas struct {
	w       io.Writer
	text    string
	columns int
	open    bool
}

// The sequences.
const (
	hideCursor = "\x1b[?25l"
	showCursor = "\x1b[?25h"
	noWrap     = "\x1b[?7l" // a line that is too wide after all is cut, and takes no second row
	wrapAgain  = "\x1b[?7h"
	clearLine  = "\x1b[K"
	clearBelow = "\x1b[J"
)

// draw replaces the text that was drawn before. Nothing is written if it looks
// the same.
func (c *canvas) draw(text string, columns, rows int) error {
	if text == c.text && columns == c.columns {
		return nil
	}
	var out bytes.Buffer
	if !c.open {
		c.open = true
		out.WriteString(hideCursor)
	}
	out.WriteString(noWrap + "\r")
	if up := min(c.height(columns), rows-1); up > 0 {
		fmt.Fprintf(&out, "\x1b[%dA", up)
	}
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimSuffix(line, "\n") + clearLine + "\r\n")
	}
	out.WriteString(clearBelow + wrapAgain)
	c.text, c.columns = text, columns
	if _, err := c.w.Write(out.Bytes()); err != nil {
		return failure{fmt.Errorf("cannot draw: %w", err)}
	}
	return nil
}

// height is how many rows the text takes now. A terminal that became narrower
// has broken the lines that no longer fit.
func (c *canvas) height(columns int) int {
	n := 0
	for line := range strings.Lines(c.text) {
		n += max(1, (textcard.Columns(line)+columns-1)/max(columns, 1))
	}
	return n
}

// close gives the cursor back.
func (c *canvas) close() {
	if c.open {
		_, _ = io.WriteString(c.w, showCursor) // the terminal may be gone
	}
}
