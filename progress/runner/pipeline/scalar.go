package pipeline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// plain is the text of a number, a boolean or null, as it is written.
func plain(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.NanNode, *ast.InfinityNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// text is a value as text: numbers and booleans as they are written.
func (v value) text() (string, bool) {
	switch n := v.node.(type) {
	case *ast.StringNode:
		return v.kept(n.Value)
	case *ast.LiteralNode:
		return v.kept(n.Value.Value)
	}
	if s, ok := plain(v.node); ok && !v.null() {
		return s, true
	}
	v.wrong("must be text")
	return "", false
}

// kept refuses a text that no process and no database takes.
func (v value) kept(s string) (string, bool) {
	if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
		v.wrong("must be UTF-8 text without NUL")
		return "", false
	}
	return s, true
}

// line reads one line of text, at most so many characters, without the spaces
// around it.
func (v value) line(most int) (string, bool) {
	s, ok := v.text()
	s = strings.TrimSpace(s)
	switch {
	case !ok:
		return "", false
	case s == "":
		v.wrong("must not be empty")
	case strings.ContainsFunc(s, unicode.IsControl):
		v.wrong("must be one line without tabs")
	case utf8.RuneCountInString(s) > most:
		v.wrong("is %d characters long; at most %d are taken", utf8.RuneCountInString(s), most)
	default:
		return s, true
	}
	return "", false
}

// lineInto sets a text where there is one.
func lineInto(to *string, most int) func(value) {
	return func(v value) {
		if !v.null() {
			*to, _ = v.line(most)
		}
	}
}

// flagInto reads true or false.
func flagInto(to *bool) func(value) {
	return func(v value) {
		if v.null() {
			return
		}
		on, ok := boolean(v.node)
		if !ok {
			v.wrong("must be true or false")
		}
		*to = on
	}
}

// boolean knows the words of older YAML too.
func boolean(n ast.Node) (on, ok bool) {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value, true
	}
	s, _ := n.(*ast.StringNode)
	if s == nil || s.Token.Type == token.SingleQuoteType || s.Token.Type == token.DoubleQuoteType {
		return false, false
	}
	i := slices.Index([]string{"yes", "on", "no", "off"}, strings.ToLower(s.Value))
	return i == 0 || i == 1, i >= 0
}

// digits is a number that means the same everywhere.
var digits = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// number reads a number from least to most.
func (v value) number(least, most float64) (float64, bool) {
	s, _ := plain(v.node)
	switch v.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if !digits.MatchString(s) {
			v.wrong("is written as %s, which not all read alike; write it with plain digits", s)
			return 0, false
		}
	default:
		s = ""
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < least || f > most {
		v.wrong("must be a number from %s to %s", short(least), short(most))
		return 0, false
	}
	return f, true
}

func short(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// wholeInto reads a whole number from least to most.
func wholeInto(to *int, least, most int) func(value) {
	return func(v value) {
		if v.null() {
			return
		}
		f, ok := v.number(float64(least), float64(most))
		if ok && f != float64(int(f)) {
			v.wrong("must be a whole number from %d to %d", least, most)
		}
		*to = int(f)
	}
}

// The lengths of time that a file may speak of.
const (
	day    = 24 * time.Hour
	week   = 7 * day
	decade = 3650 * day
)

var (
	span  = regexp.MustCompile(`^([0-9]{1,12}(\.[0-9]{1,9})?(ms|s|m|h|d))+$`)
	piece = regexp.MustCompile(`([0-9.]+)([a-z]+)`)
	units = map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}
)

// durationInto reads a length of time from least to most.
func durationInto(to *time.Duration, least, most time.Duration) func(value) {
	return func(v value) {
		if v.null() {
			return
		}
		s, ok := v.text()
		if !ok {
			return
		}
		d, ok := parseSpan(strings.TrimSpace(s))
		switch {
		case !ok && digits.MatchString(s):
			v.wrong("has no unit; write %ss or %sm", s, s)
		case !ok:
			v.wrong("must be a number with ms, s, m, h or d, such as 90s or 1h30m, not %q", clip(s))
		case d < least || d > most:
			v.wrong("must be from %s to %s", sayDuration(least), sayDuration(most))
		default:
			*to = d
		}
	}
}

// parseSpan reads pieces such as 1h30m; 0 needs no unit. What is longer than a
// decade comes out as longer than a decade.
func parseSpan(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	if !span.MatchString(s) || len(s) > 100 {
		return 0, false
	}
	sum := 0.0
	for _, p := range piece.FindAllStringSubmatch(s, -1) {
		n, err := strconv.ParseFloat(p[1], 64)
		if err != nil {
			return 0, false
		}
		sum += n * float64(units[p[2]])
	}
	return time.Duration(min(sum, float64(decade+day))), true
}

// sayDuration is how a person would write it.
func sayDuration(d time.Duration) string {
	for _, unit := range []string{"d", "h", "m"} {
		if d > 0 && d%units[unit] == 0 {
			return strconv.Itoa(int(d/units[unit])) + unit
		}
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}

// clip keeps a sentence short.
func clip(s string) string {
	if list := []rune(s); len(list) > 40 {
		return string(list[:40]) + "…"
	}
	return s
}
