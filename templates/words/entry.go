package words

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// number is the place that chooses the plural form.
const number = "n"

// forms are the plural forms by the names that files have for them.
var forms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two,
	"few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// entry is what a key stands for: a text for each plural form, or one alone, which
// is the form Other.
type entry map[plural.Form]text

// entryOf reads what a file has for a key.
func entryOf(value any) (entry, error) {
	switch v := value.(type) {
	case string:
		t, err := parse(v)
		return entry{plural.Other: t}, err
	case map[string]any:
		return pluralOf(v)
	}
	return nil, fmt.Errorf("%v is no text; write it in quotes", value)
}

func pluralOf(texts map[string]any) (entry, error) {
	e := entry{}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		form, known := forms[name]
		said, isText := texts[name].(string)
		if !known || !isText {
			return nil, fmt.Errorf("%q is no plural form with a text; they are zero, one, two, few, many and other", name)
		}
		t, err := parse(said)
		if err != nil {
			return nil, err
		}
		e[form] = t
	}
	return e, nil
}

// suited is the text for the number among the arguments; Other suits fractions.
func (e entry) suited(lang language.Tag, args []Arg) text {
	if len(e) > 1 {
		if n, ok := whole(find(args, number)); ok {
			if t, ok := e[formOf(lang, n)]; ok {
				return t
			}
		}
	}
	return e[plural.Other]
}

// fits reports what is wrong with an entry in a language that should say what
// another says.
func (e entry) fits(want entry, lang language.Tag) error {
	places := want[plural.Other].names()
	if len(e) > 1 && !slices.Contains(places, number) {
		return fmt.Errorf("it has plural forms, but no {%s} to choose one by", number)
	}
	for name, form := range forms {
		if _, ok := e[form]; !ok && (form == plural.Other || len(e) != 1 && needed(lang, form)) {
			return fmt.Errorf("the plural form %q is missing", name)
		}
	}
	for form, t := range e {
		if err := samePlaces(t.names(), places, form != plural.Other); err != nil {
			return err
		}
	}
	return nil
}

// samePlaces reports the first place that is not where it should be. Some plural
// forms need no number: a minute ago.
func samePlaces(have, want []string, numberless bool) error {
	for _, name := range have {
		if !slices.Contains(want, name) {
			return fmt.Errorf("there is nothing to fill in for {%s}; %s", name, listed(want))
		}
	}
	for _, name := range want {
		if !slices.Contains(have, name) && (!numberless || name != number) {
			return fmt.Errorf("the place {%s} is missing", name)
		}
	}
	return nil
}

func listed(places []string) string {
	if len(places) == 0 {
		return "it has no places"
	}
	return "the places are {" + strings.Join(places, "}, {") + "}"
}

// needed reports whether a language says some number with the form.
func needed(lang language.Tag, form plural.Form) bool {
	for n := range 201 { // all rules for whole numbers show up to there
		if formOf(lang, n) == form {
			return true
		}
	}
	return false
}

func formOf(lang language.Tag, n int) plural.Form {
	return plural.Cardinal.MatchPlural(lang, n, 0, 0, 0, 0)
}
