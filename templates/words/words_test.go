package words

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// sound is a lexicon that nothing is wrong with, and that nothing wrong is asked of.
var sound = sync.OnceValue(func() *Lexicon {
	return Open(Options{Trouble: func(file string, err error) { panic(file + ": " + err.Error()) }})
})

// own is what the files of a language say, without those of English.
func own(t *testing.T, lang string) map[string]entry {
	t.Helper()
	l := layer{fsys: builtin, trouble: func(file string, err error) { t.Errorf("%s: %v", file, err) }}
	if lang == "en" {
		return l.read(lang, nil)
	}
	return l.read(lang, l.read("en", nil))
}

// TestLanguagesAgree is that every language has every key with its places and
// plural forms.
func TestLanguagesAgree(t *testing.T) {
	t.Parallel()
	want := slices.Sorted(maps.Keys(own(t, "en")))
	if len(want) < 50 {
		t.Fatalf("English has %d keys", len(want))
	}
	for _, lang := range Langs() {
		have := own(t, lang)
		missing := slices.DeleteFunc(slices.Clone(want), func(key string) bool { return have[key] != nil })
		if len(missing) > 0 {
			t.Errorf("%s has no %s", lang, strings.Join(missing, ", "))
		}
	}
}

// slips are what no text may have, by language; "" is for all.
var slips = map[string]map[string]*regexp.Regexp{
	"": {
		"space at an end":     regexp.MustCompile(`^[\s\x{a0}\x{202f}]|[\s\x{a0}\x{202f}]$`),
		"two spaces":          regexp.MustCompile(`[\s\x{a0}\x{202f}]{2}`),
		"an invisible letter": regexp.MustCompile(`[\x00-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]`),
		"three dots":          regexp.MustCompile(`\.\.\.`),
		"a straight quote":    regexp.MustCompile(`"|\w'\w`),
		"a letter in parts":   regexp.MustCompile(`[\x{300}-\x{36f}]`),
	},
	"en": {"another language's quote": regexp.MustCompile(`[«»„]`)},
	"fr": {
		"no narrow space before a mark": regexp.MustCompile(`[^\x{202f}\x{a0}][;!?%]|[^\x{202f}\x{a0}]:([^:]|$)`),
		"another language's quote":      regexp.MustCompile(`[“”„]`),
	},
	"de": {
		"a wide percent":           regexp.MustCompile(`[^\x{a0}]%`),
		"another language's quote": regexp.MustCompile(`[«»”]|“[^ .,;:!?)]`),
		"too familiar":             regexp.MustCompile(`(?i)\b(du|dein\w*|dir|dich|euer|eure\w*)\b`),
	},
	"es": {
		"a wide percent":           regexp.MustCompile(`[^\x{a0}]%`),
		"a mark that never opened": regexp.MustCompile(`^[^¡]*!|^[^¿]*\?`),
	},
	"pt": {"of the other side of the sea": regexp.MustCompile(`(?i)\b(utilizador|ficheiro|equipa|cancelad[oa]\s+pel[oa]\s+utilizador|ecrã)\b`)},
}

func (t text) String() string {
	var s strings.Builder
	for _, p := range t {
		s.WriteString(p.literal)
		if p.name != "" {
			s.WriteString("{" + p.name + "}")
		}
	}
	return s.String()
}

// separators are keys whose texts stand between others.
var separators = []string{"list.comma", "number.group"}

// TestTypography is that the texts are set as each language is.
func TestTypography(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		for key, e := range own(t, lang) {
			for _, said := range e {
				for _, rules := range []string{"", lang} {
					for what, slip := range slips[rules] {
						if slip.MatchString(said.String()) && !slices.Contains(separators, key) {
							t.Errorf("%s: %s has %s: %q", lang, key, what, said)
						}
					}
				}
			}
		}
	}
}

// TestTypographySlips is that each slip is found.
func TestTypographySlips(t *testing.T) {
	t.Parallel()
	for slip, lang := range map[string]string{
		" a": "", "a\u00a0": "", "a  b": "", "a \u202fb": "", "a\u200bb": "", "a...": "", "it's": "", "e\u0301": "", `a "b"`: "",
		"«a»": "en", "Note : a": "fr", "Vite!": "fr", "65 %": "fr", "“a”": "fr", "65%": "de", "„a”": "de", "Ist dein": "de",
		"5 %": "es", "Hola!": "es", "o ficheiro": "pt",
	} {
		if !slices.ContainsFunc(slices.Collect(maps.Values(slips[lang])), func(r *regexp.Regexp) bool { return r.MatchString(slip) }) {
			t.Errorf("%q is no slip in %q", slip, lang)
		}
	}
	for fine, lang := range map[string]string{"„a“ b": "de", "¡Hola! ¿Qué tal?": "es", "Note\u00a0: a": "fr", "18:04": "en", "Vite\u202f!": "fr"} {
		for what, slip := range slips[lang] {
			if slip.MatchString(fine) {
				t.Errorf("%q has %s", fine, what)
			}
		}
	}
}

func TestTongue(t *testing.T) {
	t.Parallel()
	l := sound()
	for tag, want := range map[string]string{
		"": "en", "en": "en", "pt": "pt", "pt-BR": "pt", "pt_PT": "pt", "es-419": "es", "de-CH": "de", "gsw": "de", "fr-CA": "fr", "FR": "fr",
		"en-GB": "en", "xx": "en", "ja": "en", "zh-Hant": "en", "not a tag": "en", "-": "en", strings.Repeat("de-", 1000): "de", strings.Repeat("x", 1000): "en",
	} {
		if got := l.Tongue(tag).Lang(); got != want {
			t.Errorf("%q is %s, want %s", tag, got, want)
		}
	}
}

// small is a lexicon whose English has the texts too.
func small(t *testing.T, texts string) (*Tongue, *[]string) {
	t.Helper()
	var said []string
	trouble := func(file string, err error) { said = append(said, file+": "+err.Error()) }
	measure := layer{fsys: fstest.MapFS{"en/a.yaml": {Data: []byte(texts)}}, trouble: trouble}.read("en", nil)
	return newTongue("en", measure, &once{trouble: trouble}), &said
}

func TestSay(t *testing.T) {
	t.Parallel()
	en, trouble := small(t, `
plain: "Nothing to fill in"
hello: "{who}, {who} and {What}"
steps: {one: "a step of {of}", other: "{n} steps of {of}"}
number.point: "."
number.group: ","
number.grouped_from: "4"
`)
	for _, c := range []struct {
		key  string
		args []Arg
		want string
	}{
		{"plain", nil, "Nothing to fill in"},
		{"plain", []Arg{A("unused", 1)}, "Nothing to fill in"},
		{"hello", []Arg{A("who", "{what}"), A("what", "éa")}, "{what}, {what} and Éa"},
		{"hello", []Arg{A("who", 1234), A("what", 0.5)}, "1,234, 1,234 and 0.5"},
		{"hello", []Arg{A("who", fs.ErrExist), A("what", "")}, "file already exists, file already exists and "},
		{"steps", []Arg{A("of", 3), A("n", 1)}, "a step of 3"},
		{"steps", []Arg{A("of", int64(3)), A("n", int64(1))}, "a step of 3"},
		{"steps", []Arg{A("of", 3), A("n", 0)}, "0 steps of 3"},
		{"steps", []Arg{A("of", time.March), A("n", 2)}, "2 steps of March"},
		{"steps", []Arg{A("of", 3), A("n", 1.5)}, "1.5 steps of 3"},
		{"steps", []Arg{A("of", 3), A("n", "many")}, "many steps of 3"},
	} {
		if got := en.Say(c.key, c.args...); got != c.want {
			t.Errorf("%s is %q, want %q", c.key, got, c.want)
		}
	}
	if len(*trouble) > 0 {
		t.Errorf("there is trouble: %q", *trouble)
	}
}

// TestMistakesAreToldOnce is that what a caller does wrong is said as well as it
// can be, and told once.
func TestMistakesAreToldOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []string
	l := Open(Options{Trouble: func(file string, err error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, file+": "+err.Error())
	}})
	var all sync.WaitGroup
	for _, lang := range Langs() {
		all.Go(func() {
			t := l.Tongue(lang)
			for range 100 {
				_ = t.Say("no.such") + t.Say("list.group")
			}
		})
	}
	all.Wait()
	slices.Sort(told)
	want := []string{`: "list.group": nothing is given for {name}`, `: nothing is said for "no.such"`}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if got := l.Tongue("de").Say("no.such") + l.Tongue("de").Say("list.group"); got != "no.suchdie Gruppe {name}" {
		t.Errorf("said %q", got)
	}
}

// TestOverlay is that right texts of an overlay are taken, one by one, and wrong
// ones left out and told.
func TestOverlay(t *testing.T) {
	t.Parallel()
	var told []string
	l := Open(Options{
		Overlay: fstest.MapFS{
			"en/mine.yaml": {Data: []byte(`
list.and: "{rest} & {last}"
list.or: "{rest} | {first}"
list.group: "the group"
ago.now: "now {n}"
ago.day: {one: "yesterday or so", other: "{n} days back"}
ago.hour: {one: "{n} hour back"}
ago.minute: {other: "{n} minutes back"}
ago.second: {one: "a", some: "b"}
about.less: {one: "a", other: "b"}
about.one: ["about"]
about.most: "up to {time"
about.range: {other: "{low"}
about.hours: {one: "about an hour", other: "about {low} to {n} hours"}
month.1: ""
month.2: 2
month.3: "Marzo"
no.such: "x"
`)},
			"de/a.yaml":      {Data: []byte("list.and: \"{rest} & {last}\"\nmonth.1: \"Jänner\"")},
			"de/b.yaml":      {Data: []byte("month.1: \"Hartung\"")},
			"de/broken.yaml": {Data: []byte("month.2: \"Feber")},
			"de/list.yaml":   {Data: []byte("- a\n- b")},
			"de/empty.yaml":  {},
			"de/dir.yaml/a":  {},
			"[/a.yaml":       {},
			"pt-BR/a.yaml":   {Data: []byte("month.1: \"x\"")},
			"README.yaml":    {Data: []byte("month.1: \"x\"")},
			"de/notes.txt":   {Data: []byte("not ours")},
		},
		Trouble: func(file string, err error) {
			line, _, _ := strings.Cut(err.Error(), "\n")
			told = append(told, file+": "+line)
		},
	})
	for got, want := range map[string]string{
		l.Tongue("en").List([]string{"a", "b"}, false): "a & b",
		l.Tongue("en").List([]string{"a", "b"}, true):  "a or b",
		l.Tongue("en").Names([]string{"group:a"}):      "the group a",
		l.Tongue("en").Ago(0):                          "just now",
		l.Tongue("en").Ago(3 * day):                    "3 days back",
		l.Tongue("en").Say("ago.day", A("n", 1)):       "yesterday or so",
		l.Tongue("en").Ago(60 * minute):                "1 hour ago",
		l.Tongue("en").Ago(minute):                     "1 minutes back",
		l.Tongue("en").About(0, 0):                     "less than a minute",
		l.Tongue("en").About(0, 5*minute):              "up to 5 minutes",
		l.Tongue("en").Say("month.2"):                  "February",
		l.Tongue("en").Say("month.3"):                  "Marzo",
		l.Tongue("de").List([]string{"a", "b"}, false): "a & b",
		l.Tongue("de").Say("month.1"):                  "Jänner",
		l.Tongue("fr").Say("month.1"):                  "janvier",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	want := []string{
		`pt-BR/a.yaml: there is no language "pt-BR"; there are [en pt es de fr]`,
		`en/mine.yaml: about.hours: the place {low} is missing`,
		`en/mine.yaml: about.less: it has plural forms, but no {n} to choose one by`,
		`en/mine.yaml: about.most: "up to {time" has a brace that belongs to no place such as {name}`,
		`en/mine.yaml: about.one: [about] is no text; write it in quotes`,
		`en/mine.yaml: about.range: "{low" has a brace that belongs to no place such as {name}`,
		`en/mine.yaml: ago.hour: the plural form "other" is missing`,
		`en/mine.yaml: ago.now: there is nothing to fill in for {n}; it has no places`,
		`en/mine.yaml: ago.second: "some" is no plural form with a text; they are zero, one, two, few, many and other`,
		`en/mine.yaml: list.group: the place {name} is missing`,
		`en/mine.yaml: list.or: there is nothing to fill in for {first}; the places are {last}, {rest}`,
		`en/mine.yaml: month.1: the text is empty`,
		`en/mine.yaml: month.2: 2 is no text; write it in quotes`,
		`en/mine.yaml: no.such: there is no such key`,
		`de/b.yaml: month.1: another file of de has it too`,
		`de/broken.yaml: it is no YAML of keys and texts: [1:10] could not find end character of double-quoted text`,
		`de/dir.yaml: read de/dir.yaml: invalid argument`,
		`de/list.yaml: it is no YAML of keys and texts: [1:1] sequence was used where mapping is expected`,
	}
	if !slices.Equal(told, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

// TestNobodyToTell is that trouble may be of no interest.
func TestNobodyToTell(t *testing.T) {
	t.Parallel()
	l := Open(Options{Overlay: fstest.MapFS{"en/a.yaml": {Data: []byte("x: y")}}})
	if got := l.Tongue("").Say("x"); got != "x" {
		t.Errorf("said %q", got)
	}
}

// TestNoOverlayFolder is that a folder that is not there is as if it were empty.
func TestNoOverlayFolder(t *testing.T) {
	t.Parallel()
	overlay, err := fs.Sub(fstest.MapFS{}, "words")
	if err != nil {
		t.Fatal(err)
	}
	l := Open(Options{Overlay: overlay, Trouble: func(file string, err error) { t.Errorf("%s: %v", file, err) }})
	if got := l.Tongue("pt").Ago(0); got != "agora mesmo" {
		t.Errorf("said %q", got)
	}
}

// TestPluralForms is that languages with more forms than ours have could be added.
func TestPluralForms(t *testing.T) {
	t.Parallel()
	en := map[string]entry{"k": mustEntry(t, map[string]any{"one": "{n} step", "other": "{n} steps"})}
	for _, c := range []struct {
		lang, want string
		forms      map[string]any
	}{
		{"ru", "", map[string]any{"one": "{n} шаг", "few": "{n} шага", "many": "{n} шагов", "other": "{n} шага"}},
		{"ru", `the plural form "few" is missing`, map[string]any{"one": "{n} шаг", "many": "{n} шагов", "other": "{n} шага"}},
		{"ar", `the plural form "two" is missing`, map[string]any{"zero": "0", "one": "1", "few": "{n}", "many": "{n}", "other": "{n}"}},
		{"ja", "", map[string]any{"other": "{n}"}},
		{"de", `there is nothing to fill in for {x}; the places are {n}`, map[string]any{"one": "{x}", "other": "{n}"}},
	} {
		_, err := check("k", c.forms, language.Make(c.lang), en)
		if got := errText(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
	ru := newTongue("ru", map[string]entry{"k": {plural.One: lit("1"), plural.Few: lit("2"), plural.Many: lit("5"), plural.Other: lit("x")}}, nil)
	var said strings.Builder
	for _, n := range []int{1, 2, 5, 11, 21, 22, 25, 101} {
		said.WriteString(ru.Say("k", A("n", n)))
	}
	if said.String() != "12551251" {
		t.Errorf("the forms are %s", said.String())
	}
}

func lit(s string) text { return text{{literal: s}} }

func mustEntry(t *testing.T, value any) entry {
	t.Helper()
	e, err := entryOf(value)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzParse is that a text that is taken says all that stands in its source.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "{a}", "x{a_b}y{C}", "{", "{}", "{a", "a}", "{{a}}", "{é}", "\xff{a}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		parsed, err := parse(source)
		if err != nil {
			return
		}
		small := place.ReplaceAllStringFunc(source, func(p string) string { return "{" + strings.ToLower(p[1:2]) + p[2:] })
		if parsed.String() != small {
			t.Errorf("%q became %q", source, parsed)
		}
	})
}

func BenchmarkSay(b *testing.B) {
	de := sound().Tongue("de")
	b.ReportAllocs()
	for b.Loop() {
		_ = de.Say("ago.minute", A("n", 12))
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		Open(Options{})
	}
}

func BenchmarkTongue(b *testing.B) {
	l := sound()
	b.ReportAllocs()
	for b.Loop() {
		_ = l.Tongue("pt-BR")
	}
}
