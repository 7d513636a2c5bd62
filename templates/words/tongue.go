package words

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Tongue is one language. It may be used from many goroutines.
type Tongue struct {
	lang    string
	tag     language.Tag
	entries map[string]entry
	told    *once
}

// newTongue begins a language, which says in English what it has no text for.
func newTongue(lang string, english map[string]entry, told *once) *Tongue {
	return &Tongue{lang: lang, tag: language.Make(lang), entries: maps.Clone(english), told: told}
}

// Lang is the language's tag: en, pt, es, de or fr.
func (t *Tongue) Lang() string { return t.lang }

// Arg is what is filled in at a place of a text.
type Arg struct {
	name  string
	value any
}

// A names what is filled in at the places of that name. Numbers are written as the
// language does; the one named "n" chooses the plural form.
func A(name string, value any) Arg { return Arg{name, value} }

// Say is the text of a key with its places filled in. What is filled in is never
// read as a text. For a key that no language has it is the key, and a place for
// which there is no argument stays as it is; Trouble is told.
func (t *Tongue) Say(key string, args ...Arg) string {
	e, ok := t.entries[key]
	if !ok {
		t.told.tell(fmt.Errorf("nothing is said for %q", key))
		return key
	}
	var out strings.Builder
	for _, p := range e.suited(t.tag, args) {
		out.WriteString(p.literal)
		if p.name != "" {
			out.WriteString(t.fill(key, p, args))
		}
	}
	return out.String()
}

// fill is what stands at a place.
func (t *Tongue) fill(key string, p part, args []Arg) string {
	value := find(args, p.name)
	if value == nil {
		t.told.tell(fmt.Errorf("%q: nothing is given for {%s}", key, p.name))
		return "{" + p.name + "}"
	}
	said := t.show(value)
	if p.capital {
		return capital(said)
	}
	return said
}

// find is the argument of a name, or nil.
func find(args []Arg, name string) any {
	for _, a := range args {
		if a.name == name {
			return a.value
		}
	}
	return nil
}

// show says a value.
func (t *Tongue) show(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	if n, ok := whole(value); ok {
		return t.Number(float64(n), 0)
	}
	if f, ok := value.(float64); ok {
		return t.Number(f, decimals(f))
	}
	return fmt.Sprint(value)
}

// decimals is how many digits a number has behind its point.
func decimals(f float64) int {
	_, behind, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
	return len(behind)
}

// whole is a value as a whole number; ok is false if it is none.
func whole(value any) (n int, ok bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	}
	return 0, false
}
