package componenttest

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// place is where a text stands that is parsed.
type place struct {
	amid   bool // something stands before it in its line
	quoted bool // in a quote, where no other one begins
	listed bool // in a list, where no heading begins
	raw    bool // in a masked link, where backslashes are letters and nothing leads anywhere
}

// scan is a text that is being read.
type scan struct {
	*reading
	place
	src string
	at  int
	out strings.Builder
}

// parse is what is seen of a text.
func (r *reading) parse(src string, p place) string {
	s := &scan{reading: r, place: p, src: src}
	for s.at < len(s.src) {
		if s.begins() && s.line() || s.mark() {
			continue
		}
		_, size := utf8.DecodeRuneInString(s.rest())
		s.show(s.rest()[:size], size)
	}
	return s.out.String()
}

func (s *scan) rest() string { return s.src[s.at:] }

// show is that some bytes are seen as a text.
func (s *scan) show(text string, bytes int) bool {
	s.out.WriteString(text)
	s.at += bytes
	return true
}

// inner parses what stands within marks.
func (s *scan) inner(text string) string {
	p := s.place
	p.amid = !s.begins()
	return s.parse(text, p)
}

// begins reports whether a line begins here, spaces aside.
func (s *scan) begins() bool {
	before := strings.TrimRight(s.src[:s.at], " ")
	if before == "" {
		return !s.amid
	}
	return strings.HasSuffix(before, "\n")
}

// What a line may begin with.
var (
	headingLine = regexp.MustCompile(`^#{1,3} +([^#\n][^\n]*)`)
	smallLine   = regexp.MustCompile(`^-# +([^\n]+)`)
	quoteLine   = regexp.MustCompile(`^> ([^\n]*)`)
	quoteRest   = regexp.MustCompile(`(?s)^>>> (.*)`)
	listLine    = regexp.MustCompile(`^(?:[*-]|([0-9]+\.)) +([^\n]+)`)
)

// line reads a line that is more than text; false if it is none.
func (s *scan) line() bool {
	p := s.place
	p.amid = false
	if m := headingLine.FindStringSubmatch(s.rest()); m != nil && !s.listed && !s.raw {
		return s.show(s.parse(strings.TrimRight(strings.TrimRight(m[1], " "), "#"), p), len(m[0]))
	}
	if m := smallLine.FindStringSubmatch(s.rest()); m != nil {
		return s.show(s.parse(m[1], p), len(m[0]))
	}
	if m := listLine.FindStringSubmatch(s.rest()); m != nil {
		p.listed = true
		return s.show("• "+s.parse(m[2], p), len(m[0]))
	}
	p.quoted = true
	for _, form := range []*regexp.Regexp{quoteRest, quoteLine} {
		if m := form.FindStringSubmatch(s.rest()); m != nil && !s.quoted {
			return s.show("│ "+s.parse(m[1], p), len(m[0]))
		}
	}
	return false
}

// mark reads what is more than one letter of text; false if there is no such thing here.
func (s *scan) mark() bool {
	switch s.src[s.at] {
	case '\\':
		return s.escape()
	case '`':
		return s.code()
	case '*':
		return s.around("**", '*') || s.slanted('*')
	case '_':
		return s.around("__", '_') || s.slanted('_')
	case '~':
		return s.around("~~", '_')
	case '|':
		return s.around("||", 0)
	case '<':
		return s.angle()
	case '@':
		return s.named()
	case '[':
		return !s.raw && s.masked()
	case ':':
		return s.emoji()
	case 'h', 's', 'd':
		return s.address()
	}
	return false
}

// escape is a backslash before anything that is no letter, digit or space.
func (s *scan) escape() bool {
	r, size := utf8.DecodeRuneInString(s.rest()[1:])
	if s.raw || size == 0 || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || unicode.IsSpace(r) {
		return false
	}
	return s.show(s.rest()[1:1+size], 1+size)
}

// around is a text with the same two marks on both sides, of which the last are not followed
// by another one.
func (s *scan) around(marks string, not byte) bool {
	rest := s.rest()
	if !strings.HasPrefix(rest, marks) {
		return false
	}
	for i := 2; i < len(rest); i++ {
		switch {
		case rest[i] == '\\':
			i++
		case i > 2 && strings.HasPrefix(rest[i:], marks) && (i+2 == len(rest) || rest[i+2] != not):
			return s.show(s.inner(rest[2:i]), i+2)
		}
	}
	return false
}

// slanted is a text between single marks.
func (s *scan) slanted(mark byte) bool {
	rest := s.rest()
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\':
			i++
		case rest[i] == mark && i+1 < len(rest) && rest[i+1] == mark:
			i++
		case rest[i] == mark:
			text, next := rest[1:i], rest[i+1:]
			if text == "" || mark == '*' && (strings.ContainsAny(text[:1]+text[len(text)-1:], " \n")) || mark == '_' && word.MatchString(next) {
				return false
			}
			return s.show(s.inner(text), i+1)
		}
	}
	return false
}

var word = regexp.MustCompile(`^[a-zA-Z0-9_]`)
