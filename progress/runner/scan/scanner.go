package scan

import (
	"bytes"
)

// Scanner finds progress in the output of a command. It never changes it.
// One goroutine at a time may use it. It keeps at most about 3 MB, and far
// less unless lines are long or many rows are redrawn.
type Scanner struct {
	emit  func(Finding)
	skip  bool // lines are not given
	term  terminal
	guess guesser
	mute  bool // a percent was declared: guesses are not given
}

// New returns a scanner that hands what it finds to emit, in the order of the
// output, from inside Write and Close.
func New(emit func(Finding)) *Scanner {
	s := &Scanner{emit: emit}
	s.term.sink = view{s}
	return s
}

// SkipLines makes the scanner give no findings of kind Line any more, which
// spares their texts.
func (s *Scanner) SkipLines() { s.skip = true }

// Write takes the next bytes of the output, cut anywhere. It never fails.
func (s *Scanner) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		if s.term.fresh() {
			if rest := s.straight(b); len(rest) < len(b) {
				b = rest
				continue
			}
		}
		b = s.term.write(b)
	}
	return n, nil
}

// Close takes what is left without a line end. The scanner may be used again,
// and then remembers what was declared.
func (s *Scanner) Close() { s.term.close() }

// Idle looks at a redrawn line that has not been ended or replaced yet: most
// bars are drawn after a carriage return, so that the newest one would only be
// seen when the next one comes. Call it when nothing has come for a while. It
// gives strong percents only.
func (s *Scanner) Idle() {
	if s.mute || !s.term.row.redrawn && !s.term.cr || s.term.esc.state != ground || isBlank(s.term.row.now.text) {
		return
	}
	was := s.guess
	if f, ok := s.guess.look(s.term.row.now.text, meaning(s.term.row.now.text), true); ok && f.Strong {
		s.emit(f)
	}
	s.guess = was
}

// straight takes a whole line that needs no terminal, and returns what
// follows it, or b if there is none such.
func (s *Scanner) straight(b []byte) []byte {
	end := bytes.IndexByte(b, '\n')
	if end < 0 || end > maxLine {
		return b
	}
	line := b[:end]
	if end > 0 && line[end-1] == '\r' {
		line = line[:end-1]
	}
	m := meaning(line)
	if !plain(line, m) {
		return b
	}
	if len(line) > 0 {
		s.read(line, m, false)
	}
	s.guess.ended(line)
	if !s.skip {
		s.emit(Finding{Kind: Line, Line: string(line)})
	}
	return b[end+1:]
}

// read looks for what one form of a row says; m is what its bytes mean.
func (s *Scanner) read(line []byte, m byte, redrawn bool) {
	if declares(line) {
		s.declared(line)
		return
	}
	if s.mute {
		return
	}
	if f, ok := s.guess.look(line, m, redrawn); ok {
		s.emit(f)
	}
}

// A view is a scanner as its terminal sees it.
type view struct{ *Scanner }

func (v view) drawn(line []byte, redrawn bool) { v.read(line, meaning(line), redrawn) }

func (v view) finished(line []byte, lost int) {
	v.guess.ended(line)
	if !v.skip {
		v.emit(Finding{Kind: Line, Line: shown(line, lost, maxLine)})
	}
}

func (v view) signalled(percent float64) {
	if !v.mute {
		v.emit(Finding{Kind: Percent, Percent: percent, Strong: true, Span: Job, Shape: "terminal"})
	}
}
