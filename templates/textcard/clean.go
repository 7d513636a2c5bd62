package textcard

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a stranger's text safe for the screen, on one line: control
// sequences are taken out, line ends and tabs are spaces, and neither control
// characters nor characters that reorder or hide text are left. On a screen
// without UTF-8 what is not ASCII is "?".
func (s Screen) Clean(text string) string {
	return strings.Join(strings.Fields(printable(text, s.Unicode)), " ")
}

// Output makes a line of a program's output safe for the screen. Unlike Clean it
// keeps spaces and fills tabs up to every eighth column.
func (s Screen) Output(line string) string {
	var out strings.Builder
	column := 0
	for part := range strings.SplitAfterSeq(strings.TrimRight(line, "\r\n"), "\t") {
		tab := strings.HasSuffix(part, "\t")
		part = printable(strings.TrimSuffix(part, "\t"), s.Unicode)
		out.WriteString(part)
		column += wide(part)
		if tab {
			fill := tabStop - column%tabStop
			out.WriteString(strings.Repeat(" ", fill))
			column += fill
		}
	}
	return out.String()
}

const tabStop = 8

// maxMarks is how many marks a letter may carry. No script needs more; a tower
// of them covers the lines above.
const maxMarks = 6

// printable takes out all that is not to be seen as it is.
func printable(text string, utf8Too bool) string {
	var out strings.Builder
	marks := 0
	for len(text) > 0 {
		if n := sequence(text); n > 0 {
			text = text[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		if marks <= maxMarks {
			out.WriteString(shown(r, utf8Too))
		}
	}
	return out.String()
}

// The joiners that scripts and emoji need; all other invisible characters go.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// shown is what is seen of a character.
func shown(r rune, utf8Too bool) string {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
		return " "
	case unicode.IsControl(r):
		return ""
	case !utf8Too && r > unicode.MaxASCII:
		if unicode.In(r, unicode.Cf, unicode.M) {
			return ""
		}
		return "?"
	case r == joiner || r == nonJoiner || unicode.IsGraphic(r):
		return string(r)
	case unicode.Is(unicode.Cf, r):
		return ""
	}
	return string(unicode.ReplacementChar)
}

// sequence is the length of the control sequence that a text begins with, 0 for
// none (ECMA-48, section 5): ESC [ … letter, ESC ] … BEL and their like, and
// ESC with what belongs to it. An unfinished one goes up to where it breaks off.
func sequence(text string) int {
	var kind byte
	begin := 2
	switch {
	case len(text) > 1 && text[0] == 0x1b:
		kind = text[1]
	case strings.HasPrefix(text, "\u009b"):
		kind = '['
	case strings.HasPrefix(text, "\u009d"), strings.HasPrefix(text, "\u0090"):
		kind = ']'
	default:
		return 0
	}
	switch kind {
	case '[':
		return span(text, begin, '@', '~')
	case ']', 'P', 'X', '^', '_':
		return stringEnd(text, begin)
	}
	return span(text, 1, '0', '~')
}

// span is the end of a sequence from a place on, whose last byte lies between
// two.
func span(text string, from int, first, last byte) int {
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case c >= first && c <= last:
			return i + 1
		case c < ' ' || c > '~': // broken off
			return i
		}
	}
	return len(text)
}

// stringEnd is the end of a control string: its terminator, or where a line
// ends that has none.
func stringEnd(text string, from int) int {
	for i := from; i < len(text); i++ {
		switch {
		case text[i] == '\a':
			return i + 1
		case strings.HasPrefix(text[i:], "\x1b\\"), strings.HasPrefix(text[i:], "\u009c"):
			return i + 2
		case text[i] == '\n':
			return i
		}
	}
	return len(text)
}
