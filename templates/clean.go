package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/templates/textcard"
)

// clean makes a stranger's text one line of at most so many characters, without
// what controls, hides or reorders.
func clean(text string, most int) string {
	if !plain(text) {
		text = textcard.Screen{Unicode: true}.Clean(text)
	}
	return cut(text, most)
}

// plain reports whether cleaning would leave a text as it is; most are.
func plain(text string) bool {
	space := true // before the first character
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c > '~' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || text == ""
}

// The characters that keep a text of the other direction from reordering what
// stands around it (Unicode Standard Annex #9).
const (
	isolate = "\u2068"
	release = "\u2069"
)

// inside is a clean text as a part of a sentence.
func inside(text string) string {
	if rightToLeft(text) {
		return isolate + text + release
	}
	return text
}

// rightToLeft reports whether anything in a text runs from right to left.
func rightToLeft(text string) bool {
	for _, r := range text {
		if r >= 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam) {
			return true
		}
	}
	return false
}

// length is how long a text is in characters as UTF-16 counts them, which is the
// most that any far side counts.
func length(text string) int {
	n := 0
	for _, r := range text {
		n += wide(r)
	}
	return n
}

func wide(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Cut makes a text at most so many characters long, as UTF-16 counts them; one that
// was longer ends with an ellipsis.
func Cut(text string, most int) string { return cut(text, most) }

// cut makes a text at most so many characters long; one that was longer ends with
// an ellipsis. What belongs together on the screen is not torn apart.
func cut(text string, most int) string {
	if len(text) <= most || length(text) <= most {
		return text
	}
	if most < 1 {
		return ""
	}
	head := closed(wholeSigns(text, end(text, most-1)), most-1)
	return strings.TrimRight(head, " ") + "…"
}

// end is how many bytes of a text are so many characters.
func end(text string, most int) int {
	n := 0
	for i, r := range text {
		if n += wide(r); n > most {
			return i
		}
	}
	return len(text)
}

// wholeSigns is the text up to a place, or to the one before it where a word ends
// or at least a sign does, with its marks and what is joined to it.
func wholeSigns(text string, at int) string {
	if space := strings.LastIndexByte(text[:at], ' '); space > 0 && at-space < longWord && text[at] != ' ' {
		return text[:space]
	}
	for at > 0 && joined(text, at) {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return text[:at]
}

// longWord is how much of a last word may be given up to end with a whole one, in
// bytes.
const longWord = 24

// joined reports whether what stands at a place belongs to what is before it.
func joined(text string, at int) bool {
	const joiner = '\u200d'
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	next, _ := utf8.DecodeRuneInString(text[at:])
	skin := next >= 0x1f3fb && next <= 0x1f3ff
	return before == joiner || next == joiner || skin || unicode.Is(unicode.M, next) || nation(next) && halfFlag(text[:at])
}

// nation reports whether a character is half of a flag.
func nation(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// halfFlag reports whether a text ends with half a flag.
func halfFlag(text string) bool {
	letters := strings.TrimRightFunc(text, nation)
	return utf8.RuneCountInString(text[len(letters):])%2 == 1
}

// closed releases what is isolated in a text, in so many characters.
func closed(text string, most int) string {
	if strings.Count(text, isolate) == strings.Count(text, release) {
		return text
	}
	if length(text) >= most {
		_, size := utf8.DecodeLastRuneInString(text)
		return closed(text[:len(text)-size], most)
	}
	return text + release
}
