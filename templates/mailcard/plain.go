package mailcard

import (
	"strings"
	"unicode"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/textcard"
)

// plain is the view for plain text: no text of the other direction reorders what is
// beside it.
func (v *View) plain() *View {
	out := *v
	if v.Card != nil {
		card := *v.Card
		card.Card = card.Isolated()
		out.Card = &card
	}
	out.Tasks = templates.Notice{Tasks: v.Tasks}.Isolated().Tasks
	if v.Ask != nil {
		out.Ask = templates.Card{Ask: v.Ask}.Isolated().Ask
	}
	return &out
}

// columns is how wide a line of plain text may be.
const columns = 78

// wrapped is a text with its long lines broken, between words where it can. Further
// lines are indented: what stands at the left is ours, whatever a stranger wrote.
func wrapped(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if textcard.Columns(line) > columns {
			out = append(out, broken(line)...)
		} else {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// broken is a line in parts that are not too wide. A URL stays whole.
func broken(line string) []string {
	indent := "  "
	if strings.HasPrefix(line, quote) {
		indent = quote
	}
	var parts []string
	part := ""
	for word := range strings.SplitSeq(line, " ") {
		if part != "" && textcard.Columns(part)+1+textcard.Columns(word) <= columns {
			part += " " + word
			continue
		}
		if part != "" {
			parts, word = append(parts, part), indent+word
		}
		for at := fill(word); at < len(word) && !strings.Contains(word, "://"); at = fill(word) {
			parts, word = append(parts, word[:at]), indent+word[at:]
		}
		part = word
	}
	return released(append(parts, part))
}

// quote begins each line of a text that is quoted whole.
const quote = "> "

// fill is how many bytes of a word fill a line. Marks stay with their letter, and what
// is joined stays together.
func fill(word string) int {
	width, last, joined := 0, 0, false
	for i, r := range word {
		width += textcard.Columns(string(r))
		if width > columns && last > 0 {
			return last
		}
		mark := unicode.Is(unicode.M, r) || r == joiner
		if !mark && !joined {
			last = i
		}
		joined = r == joiner
	}
	return len(word)
}

// joiner makes one sign of two.
const joiner = '\u200d'

// The characters that a text of the other direction stands between.
const (
	isolate = "\u2068"
	release = "\u2069"
)

// released closes in each part what is isolated there, and opens it in the next: the
// end of a line ends it (Unicode Standard Annex #9, rule X8).
func released(parts []string) []string {
	open := 0
	for i, part := range parts {
		indent := part[:len(part)-len(strings.TrimLeft(part, " >"))]
		part = indent + strings.Repeat(isolate, open) + part[len(indent):]
		open = max(strings.Count(part, isolate)-strings.Count(part, release), 0)
		parts[i] = part + strings.Repeat(release, open)
	}
	return parts
}
