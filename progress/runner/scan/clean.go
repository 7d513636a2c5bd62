package scan

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The bounds on what is kept of a line, in bytes.
const (
	maxLine   = 16 << 10  // of a Line, its mark included
	maxResult = 512 << 10 // of a line that declares a result
)

// plain tells whether b, whose bytes mean m, can be shown as it is.
func plain(b []byte, m byte) bool {
	if m&control != 0 {
		return false
	}
	return m&high == 0 || utf8.Valid(b) && !hasC1(b)
}

// hasC1 finds the controls U+0080 to U+009F in valid UTF-8.
func hasC1(b []byte) bool {
	for {
		i := bytes.IndexByte(b, 0xc2)
		if i < 0 || i+1 >= len(b) {
			return false
		}
		if b[i+1] < 0xa0 {
			return true
		}
		b = b[i+1:]
	}
}

// shown is b as text, with everything that is no text as an escape, and cut
// with a mark where it is longer than most bytes. Lost bytes came after b and
// were not kept.
func shown(b []byte, lost, most int) string {
	if lost == 0 && len(b) <= most && plain(b, meaning(b)) {
		return string(b)
	}
	if lost > 0 {
		b = whole(b)
	}
	var out strings.Builder
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		piece := escaped(r, b[i:i+n])
		if out.Len()+len(piece) > most-markRoom && (lost > 0 || out.Len()+rest(b[i:], most) > most) {
			lost += len(b) - i
			break
		}
		out.WriteString(piece)
		i += n
	}
	if lost > 0 {
		fmt.Fprintf(&out, "… (%d more bytes)", lost)
	}
	return out.String()
}

// markRoom is what the mark of a cut line takes at most.
const markRoom = 48

// rest is how long the remainder gets, as far as that matters.
func rest(b []byte, most int) int {
	size := 0
	for i := 0; i < len(b) && size <= most; {
		r, n := utf8.DecodeRune(b[i:])
		size += len(escaped(r, b[i:i+n]))
		i += n
	}
	return size
}

// escaped is one rune as it is shown; raw is its bytes.
func escaped(r rune, raw []byte) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1, r < 0x20 && r != '\t', r == 0x7f:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r >= 0x80 && r < 0xa0:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return string(raw)
}

// whole is b without a rune that is cut at its end.
func whole(b []byte) []byte {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}
