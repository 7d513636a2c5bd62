package scan

import (
	"bytes"
	"strconv"
)

// What is expected next within a control sequence.
const (
	ground   = iota // none is under way
	escaping        // ESC came
	charset         // ESC and an intermediate byte: one more ends it
	csi             // ESC [: parameters, then a letter
	text            // ESC ] and its kin: anything up to BEL or ESC \
	textEsc         // ESC inside such a text
)

// An escape is a control sequence under way, and then the one that was.
type escape struct {
	state int
	kind  byte     // what opened a text
	args  [32]byte // the first bytes of its parameters or text
	n     int      // how many there are, at most len(args)
	odd   bool     // it is a private one, or has too many parameters
}

// arg is the first parameter, or other if there is none; at most 999.
func (e *escape) arg(other int) int {
	first, _, _ := bytes.Cut(e.args[:e.n], []byte(";"))
	n, err := strconv.Atoi(string(first))
	if err != nil || n < 0 {
		return other
	}
	return min(n, 999)
}

func (e *escape) add(c byte) {
	if e.n == len(e.args) {
		e.odd = true
		return
	}
	e.args[e.n] = c
	e.n++
}

// take takes the next byte of a sequence and returns what is left, and what to
// do if that ended it: the letter after ESC [, or "]" for a text. A byte that
// does not belong to the sequence ends it and is left.
func (e *escape) take(b []byte) (rest []byte, do byte) {
	c := b[0]
	switch e.state {
	case escaping:
		return e.opened(b)
	case charset:
		e.state = ground
		if c < 0x20 || c >= 0x7f {
			return b, 0
		}
	case csi:
		return e.parameter(b)
	case text:
		return e.payload(b)
	case textEsc:
		if e.state = ground; c != '\\' {
			*e = escape{state: escaping}
			return b, 0
		}
		do = e.ended()
	}
	return b[1:], do
}

// opened takes the byte after ESC.
func (e *escape) opened(b []byte) (rest []byte, do byte) {
	e.state = ground
	switch c := b[0]; {
	case c == '[':
		e.state = csi
	case c == ']', c == 'P', c == '_', c == '^', c == 'X':
		e.state, e.kind = text, c
	case c >= 0x20 && c < 0x30:
		e.state = charset
	case c == '7':
		do = 's'
	case c == '8':
		do = 'u'
	case c == 'M':
		do = 'A'
	case c < 0x20, c >= 0x7f:
		return b, 0
	}
	return b[1:], do
}

// parameter takes the next byte after ESC [.
func (e *escape) parameter(b []byte) (rest []byte, do byte) {
	switch c := b[0]; {
	case c >= 0x20 && c < 0x40:
		if c >= '<' || c < '0' {
			e.odd = true
		}
		e.add(c)
	case c >= 0x40 && c < 0x7f:
		if e.state = ground; !e.odd {
			do = c
		}
	default:
		e.state = ground
		return b, 0
	}
	return b[1:], do
}

// payload takes the next byte of a text. A line end ends it, so that a stray
// opening cannot swallow the output.
func (e *escape) payload(b []byte) (rest []byte, do byte) {
	switch c := b[0]; c {
	case '\a':
		e.state = ground
		do = e.ended()
	case 0x1b:
		e.state = textEsc
	case '\n', '\r', 0x18, 0x1a:
		e.state = ground
		return b, 0
	default:
		e.add(c)
	}
	return b[1:], do
}

// ended is what a finished text asks for.
func (e *escape) ended() byte {
	if e.kind == ']' {
		return ']'
	}
	return 0
}
