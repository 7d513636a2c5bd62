package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// typed are lines that somebody types at a terminal, with the keys of an editor where it
// has them, or that come through a pipe.
type typed struct {
	Process
	prompt string
	keys   *os.File       // of a terminal with an editor, nil of anything else
	editor *term.Terminal // on keys
	plain  *phrases       // else
}

// talks reports whether somebody sits there who sees what is answered.
func (p Process) talks() bool {
	_, _, in := p.size(p.Stdin)
	_, _, out := p.size(p.Stdout)
	return in && out
}

func newTyped(p Process, prompt string) *typed {
	t := &typed{Process: p}
	if p.talks() {
		t.prompt = prompt
	}
	if keys, ok := p.Stdin.(*os.File); ok && p.talks() && !p.dumb() {
		t.keys = keys
		t.editor = term.NewTerminal(screenOf{keys, p.Stdout}, t.prompt)
		return t
	}
	in := p.Stdin
	if in == nil {
		in = strings.NewReader("")
	}
	t.plain = newPhrases("stdin", in)
	return t
}

// screenOf is a keyboard and what shows what is typed.
type screenOf struct {
	io.Reader
	io.Writer
}

// next is the next line. It ends with io.EOF, at a terminal with Ctrl-C too, and with ctx.
// Only meanwhile is the terminal one whose keys are not obeyed by the system.
func (t *typed) next(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	restore, err := t.open()
	if err != nil {
		return "", failure{err}
	}
	defer restore()
	came := make(chan line, 1)
	go func() {
		text, err := t.read()
		came <- line{text, err}
	}()
	select {
	case l := <-came:
		return l.text, l.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// open makes ready for a line; the func that it returns takes that back.
func (t *typed) open() (restore func(), err error) {
	if t.editor == nil {
		return func() {}, (results{t.Process}).print(t.prompt)
	}
	was, err := term.MakeRaw(int(t.keys.Fd()))
	if err != nil {
		return nil, err
	}
	if columns, rows, ok := t.size(t.Stdout); ok {
		_ = t.editor.SetSize(columns, rows) // it draws a little worse without
	}
	return func() { _ = term.Restore(int(t.keys.Fd()), was) }, nil // there is nobody to tell
}

// read reads a line.
func (t *typed) read() (string, error) {
	if t.editor != nil {
		return t.editor.ReadLine()
	}
	line, err := t.plain.line()
	if errors.Is(err, errLong) {
		err = failure{errors.New(t.plain.wrong(err))}
	}
	return strings.TrimSpace(string(line)), err
}
