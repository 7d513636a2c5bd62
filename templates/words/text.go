package words

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text is a sentence with places that are filled in.
type text []part

// part is a piece of a text: what is said as it stands, or a place.
type part struct {
	literal string
	name    string // of the place, in small letters; "" for a literal
	capital bool   // what is filled in begins with a capital letter
}

var place = regexp.MustCompile(`\{([A-Za-z][a-z_]*)\}`)

// parse reads a text. Braces are for places only.
func parse(source string) (text, error) {
	var t text
	from := 0
	for _, at := range place.FindAllStringSubmatchIndex(source, -1) {
		t = t.literal(source[from:at[0]])
		name := source[at[2]:at[3]]
		t = append(t, part{name: strings.ToLower(name[:1]) + name[1:], capital: unicode.IsUpper(rune(name[0]))})
		from = at[1]
	}
	t = t.literal(source[from:])
	for _, p := range t {
		if strings.ContainsAny(p.literal, "{}") {
			return nil, fmt.Errorf("%q has a brace that belongs to no place such as {name}", source)
		}
	}
	if len(t) == 0 {
		return nil, fmt.Errorf("the text is empty")
	}
	return t, nil
}

func (t text) literal(s string) text {
	if s == "" {
		return t
	}
	return append(t, part{literal: s})
}

// names are those of the places, in order of the alphabet.
func (t text) names() []string {
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return names
}

// capital gives a text a capital first letter.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToTitle(r)) + s[size:]
}
