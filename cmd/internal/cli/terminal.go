package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/taskherald/herald/templates/textcard"
)

// TerminalSize is the size of the terminal that a stream is, and whether it is
// one: what Process.Size is in a real process.
func TerminalSize(stream any) (columns, rows int, ok bool) {
	f, isFile := stream.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, 0, false
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24, true // it does not know
	}
	return columns, rows, true
}

// size is the size of the terminal that a stream is, if it is one.
func (p Process) size(stream any) (columns, rows int, ok bool) {
	if p.Size == nil || stream == nil {
		return 0, 0, false
	}
	return p.Size(stream)
}

// unbounded is how wide a line may be that no terminal shows: tables in files
// and pipes are not cut.
const unbounded = 10_000

// screen is where the results go, without a bound of height.
func (p Process) screen() textcard.Screen {
	columns, _, terminal := p.size(p.Stdout)
	if !terminal {
		columns = unbounded
	}
	return textcard.Screen{Width: columns, Colour: terminal && p.colours(), Unicode: p.unicode(), Now: time.Now()}
}

// colours reports whether a terminal is to be given colours (https://no-color.org).
func (p Process) colours() bool { return p.variable("NO_COLOR") == "" && !p.dumb() }

// dumb reports whether the terminal understands nothing but text.
func (p Process) dumb() bool {
	kind := p.variable("TERM")
	return kind == "" || kind == "dumb"
}

// redraws reports whether the results can be redrawn in place.
func (p Process) redraws() bool {
	_, _, terminal := p.size(p.Stdout)
	return terminal && !p.dumb()
}

// unicode reports whether the locale is a UTF-8 one, by the variables that POSIX
// names, in their order.
func (p Process) unicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(p.variable(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}

// printable is a text that is safe to write to any terminal, its lines and tabs
// kept.
func printable(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, "\n\t")
		if end < 0 {
			end = len(text)
		}
		out.WriteString(textcard.Screen{Unicode: true}.Output(text[:end]))
		out.WriteString(text[end:min(end+1, len(text))])
		text = text[min(end+1, len(text)):]
	}
	return out.String()
}

// asks reports whether there is somebody at a terminal to ask.
func (p Process) asks() bool {
	_, _, in := p.size(p.Stdin)
	_, _, out := p.size(p.Stderr)
	return in && out
}

// confirm asks whether to go on. The error says that nothing was done.
func (p Process) confirm(question string) error {
	fmt.Fprintf(p.Stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(p.Stdin).ReadString('\n')
	if err != nil {
		fmt.Fprintln(p.Stderr)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return failure{fmt.Errorf("nothing was done")}
}
