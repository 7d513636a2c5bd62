package discordcard

import (
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/templates"
)

// joiner is invisible and no part of a word: it takes apart what Discord would read as one.
const joiner = "\u2060"

// Plain is a text as Markdown that Discord shows as it is: no markup, link, mention, emoji or
// time comes of it, wherever it stands but inside code and the text of a masked link.
func Plain(text string) string {
	if !strings.ContainsAny(text, "\\`*_~|[]<>#@:-+.)(") {
		return text
	}
	var out strings.Builder
	begins := 0 // of the line
	for i, r := range text {
		if special(text, i, begins) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
		switch r {
		case '@': // pings are looked for before backslashes are read
			out.WriteString(joiner)
		case '\n':
			begins = i + 1
		}
	}
	return out.String()
}

// special reports whether the character at a place means something there, in a line that
// begins at another.
func special(text string, at, begins int) bool {
	switch text[at] {
	case '\\', '`', '*', '_', '~', '|', '[', ']', '<', '>', '#':
		return true
	case ':': // of an address, an emoji or a time
		return at+1 == len(text) || text[at+1] != ' '
	case '-', '+': // a list, or small print
		return strings.TrimLeft(text[begins:at], " ") == ""
	case '(': // behind a bracket it may end a masked link that began before
		return at > 0 && text[at-1] == ']'
	case '.', ')':
		return numbered(strings.TrimLeft(text[begins:at], " "))
	}
	return false
}

// numbered reports whether a text is the number of a list's entry.
func numbered(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// code is a text as it stands in a block of code, where backslashes are letters: nothing in
// it ends the block, and nobody is pinged.
func code(text string) string {
	text = strings.ReplaceAll(text, "@", "@"+joiner)
	return strings.ReplaceAll(text, "``", "`"+joiner+"`"+joiner)
}

// fit is a text as it is sent, cut so that it has at most so many characters. What is cut is
// the text, not what was made of it: so nothing ends amid an escape.
func fit(text string, most int, made func(string) string) string {
	for n := most; n > 0; {
		out := made(templates.Cut(text, n))
		over := width(out) - most
		if over <= 0 {
			return out
		}
		n = min(n, width(text)) - max(over/3, 1)
	}
	return ""
}

// width is how many characters a text has as UTF-16 counts them.
func width(text string) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		n++
		if r > 0xffff {
			n++
		}
		text = text[size:]
	}
	return n
}

// some is a text that is never empty, which Discord refuses.
func some(text string) string {
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	return text
}
