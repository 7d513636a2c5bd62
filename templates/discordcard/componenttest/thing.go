package componenttest

import (
	"net/url"
	"regexp"
	"strings"
)

// codeBlock is a block of code, whose language is not seen.
var codeBlock = regexp.MustCompile("(?s)^```(?:[a-zA-Z0-9_+.-]*\n)?(.*?[^\n].*?)```")

// code is a text whose letters are shown as they are.
func (s *scan) code() bool {
	if m := codeBlock.FindStringSubmatch(s.rest()); m != nil && !s.raw {
		return s.show(strings.Trim(m[1], "\n"), len(m[0]))
	}
	rest := s.rest()
	n := len(rest) - len(strings.TrimLeft(rest, "`"))
	for i := n; i < len(rest); i++ {
		if rest[i] != '`' {
			continue
		}
		m := len(rest[i:]) - len(strings.TrimLeft(rest[i:], "`"))
		if m == n && i > n {
			return s.show(rest[n:i], i+m)
		}
		i += m - 1
	}
	return s.show(rest[:n], n)
}

// What stands in angle brackets.
var (
	times    = regexp.MustCompile(`^<t:-?[0-9]+(?::[tTdDfFRsS])?>`)
	emojis   = regexp.MustCompile(`^<a?:[a-zA-Z0-9_]+:[0-9]+>`)
	names    = regexp.MustCompile(`^<(?:@[!&]?|#)[0-9]+>`)
	commands = regexp.MustCompile(`^<(?:/[^:>\n]+:[0-9]+|id:[a-zA-Z-]+)>`)
	bracket  = regexp.MustCompile(`^<([^: >\n]+:/[^ >\n]+|(?:mailto|tel|sms):[^ >\n]+|[^ <>@\n]+@[^ <>@\n]+\.[^ <>@\n]+|\+[0-9 ()-]+)>`)
)

// angle is a time, an emoji, a name or an address in angle brackets.
func (s *scan) angle() bool {
	for _, form := range []*regexp.Regexp{times, emojis, names, commands} {
		if m := form.FindString(s.rest()); m != "" {
			s.Made = append(s.Made, m)
			return s.show(m, len(m))
		}
	}
	if m := bracket.FindStringSubmatch(s.rest()); m != nil {
		s.Links = append(s.Links, m[1])
		return s.show(m[1], len(m[0]))
	}
	return false
}

var everybody = regexp.MustCompile(`^@(?:everyone|here)`)

// named is a name that stands out.
func (s *scan) named() bool {
	m := everybody.FindString(s.rest())
	if m == "" {
		return false
	}
	s.Made = append(s.Made, m)
	return s.show(m, len(m))
}

var shortcode = regexp.MustCompile(`^:[a-zA-Z0-9_+-]+(?:::skin-tone-[0-9])?:`)

// emoji is the name of one. Which there are is not known: each counts.
func (s *scan) emoji() bool {
	m := shortcode.FindString(s.rest())
	if m == "" {
		return false
	}
	s.Made = append(s.Made, m)
	return s.show(m, len(m))
}

var bare = regexp.MustCompile(`^(?:https?|steam|discord)://[^\s<]+[^<.,:;"'\]\s]`)

// address is one that stands for itself.
func (s *scan) address() bool {
	m := bare.FindString(s.rest())
	if m == "" {
		return false
	}
	if strings.HasSuffix(m, ")") && strings.Count(m, "(") == 0 {
		m = m[:len(m)-1]
	}
	s.Links = append(s.Links, m)
	return s.show(m, len(m))
}

// The parts of a masked link.
var (
	maskText   = regexp.MustCompile(`(?s)^(?:\[[^\]]*\]|[^\[\]])*[^\[]*$`)
	maskTarget = regexp.MustCompile(`(?s)^\(\s*<?((?:\([^)]*\)|[^\s\\]|\\[^\n])*?)>?(?:\s+['"](.*?)['"])?\s*\)`)
	unescape   = regexp.MustCompile(`\\([^a-zA-Z0-9\s])`)
)

// masked is a link with a text of its own: of all places where that may end the last, as
// brackets within it need no backslash.
func (s *scan) masked() bool {
	rest := s.rest()
	for end := strings.LastIndex(rest, "]("); end > 0; end = strings.LastIndex(rest[:end], "](") {
		m := maskTarget.FindStringSubmatch(rest[end+1:])
		if m == nil || !maskText.MatchString(rest[1:end]) {
			continue
		}
		text, target := rest[1:end], unescape.ReplaceAllString(m[1], "$1")
		long := end + 1 + len(m[0])
		if !leads(target) || !admits(text) {
			return s.show(rest[:long], long)
		}
		s.Links = append(s.Links, target)
		p := s.place
		p.raw, p.amid = true, true
		return s.show(s.parse(text, p), long)
	}
	return false
}

// leads reports whether an address is one that a link may have.
func leads(target string) bool {
	u, err := url.Parse(target)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "discord") && u.Host != ""
}

// pictures are signs that are shown as pictures, roughly.
var pictures = regexp.MustCompile(`[\x{1f000}-\x{1faff}\x{2600}-\x{27bf}\x{2b00}-\x{2bff}\x{fe0f}]`)

// admits reports whether a text may be that of a link: nothing in it is an address, a name, a
// time or an emoji, with or without backslashes.
func admits(text string) bool {
	tried := &reading{}
	seen := tried.parse(strings.ReplaceAll(text, `\`, ""), place{amid: true})
	return len(tried.Links)+len(tried.Made) == 0 && !pictures.MatchString(text) && strings.TrimSpace(seen) != "" && !strings.Contains(strings.ToLower(text), "discord.gg/")
}
