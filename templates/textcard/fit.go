package textcard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// emojiStyle asks for the picture of the character before it, which is two
// columns wide.
const emojiStyle = '\ufe0f'

// wide is how many columns a clean text takes, at most.
func wide(text string) int {
	n, last := 0, 0
	for _, r := range text {
		w := cells(r)
		if r == emojiStyle && last == 1 {
			w = 1
		}
		n += w
		last = w
	}
	return n
}

// cells is how many columns a character takes: 0, 1 or 2.
func cells(r rune) int {
	switch {
	case r < 0x300: // clean texts have no control characters
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11ff: // vowels and finals of Hangul join
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut makes a clean text at most so many columns wide; one that was longer ends
// with an ellipsis.
func (s pen) cut(text string, columns int) string {
	if wide(text) <= columns {
		return text
	}
	dots := s.pick("…", "...")
	if columns < wide(dots) {
		return strings.Repeat(".", max(columns, 0))
	}
	head, _ := split(text, columns-wide(dots))
	return strings.TrimRight(head, " ") + dots
}

// split cuts a clean text where it fills so many columns. Marks stay with their
// letter.
func split(text string, columns int) (head, tail string) {
	n, last := 0, 0
	for i, r := range text {
		w := cells(r)
		if r == emojiStyle && last == 1 {
			w = 1
		}
		if n+w > columns {
			return text[:i], text[i:]
		}
		n += w
		last = w
	}
	return text, ""
}

// pad fills a text up to so many columns, at its right or its left.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(columns-wide(text), 0))
}

func padLeft(text string, columns int) string {
	return strings.Repeat(" ", max(columns-wide(text), 0)) + text
}

// wrap breaks a stranger's text into clean lines of at most so many columns,
// between words where it can. Its own line ends stay. With most above 0 there
// are at most so many lines, the last of which shows that more would follow.
func (s pen) wrap(text string, columns, most int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		lines = append(lines, wrapLine(s.Clean(paragraph), columns)...)
		if most > 0 && len(lines) > most {
			lines = lines[:most]
			lines[most-1] = s.cut(lines[most-1]+strings.Repeat(" ", columns)+".", columns)
			break
		}
	}
	return lines
}

// wrapLine breaks a clean text into lines.
func wrapLine(text string, columns int) []string {
	var lines []string
	line, room := "", columns
	for word := range strings.FieldsSeq(text) {
		if line != "" && wide(word)+1 <= room {
			line += " " + word
			room -= wide(word) + 1
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		head, tail := split(word, columns)
		for tail != "" && head != "" {
			lines = append(lines, head)
			word = tail
			head, tail = split(word, columns)
		}
		line, room = word, columns-wide(word)
	}
	return append(lines, line)
}

// Columns is how many columns a line takes that a Screen has written, at most.
func Columns(line string) int {
	n := 0
	for line != "" {
		if size := sequence(line); size > 0 {
			line = line[size:]
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		if line = line[size:]; r != '\n' {
			n += cells(r)
			if r == emojiStyle {
				n++
			}
		}
	}
	return n
}
