package intents

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/taskherald/herald/progress"
)

// TestCatalogue holds what CONTRIBUTING says of a new intent: a constant, a row, a file that
// is named after it, and examples in every language.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	rows := Catalogue()
	for _, name := range declared(t) {
		i := slices.IndexFunc(rows, func(k Kind) bool { return string(k.Intent) == name })
		if i < 0 {
			t.Errorf("%s has no row in catalogue (catalogue.go)", name)
			continue
		}
		if _, err := os.Stat(name + ".go"); err != nil {
			t.Errorf("%s has no file of its own, %s.go", name, name)
		}
		for _, lang := range langs {
			if !slices.ContainsFunc(rows[i].Examples, func(e Example) bool { return e.Lang == lang }) {
				t.Errorf("%s has no example in %s", name, lang)
			}
		}
		if rows[i].About == "" {
			t.Errorf("%s says nothing of itself", name)
		}
	}
}

// declared are the intents that intent.go declares.
func declared(t *testing.T) (names []string) {
	t.Helper()
	f, err := goparser.ParseFile(gotoken.NewFileSet(), "intent.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for _, value := range v.Values {
				if lit, ok := value.(*ast.BasicLit); ok {
					name, _ := strconv.Unquote(lit.Value)
					names = append(names, name)
				}
			}
		}
		return true
	})
	if len(names) < 18 {
		t.Fatal(names)
	}
	return names
}

// TestExamples holds that every example means what its row says.
func TestExamples(t *testing.T) {
	t.Parallel()
	p := New()
	for _, k := range Catalogue() {
		for _, e := range k.Examples {
			in := Input{Text: e.Text, Tasks: []Task{{"t1", "Holiday photos", progress.Running}, {"t2", "CRM", fitting(k.Intent)}}}
			if r := p.Parse(in); r.Intent != k.Intent {
				t.Errorf("%q is %s, not %s", e.Text, r.Intent, k.Intent)
			} else if k.Changes() && (r.Task != "t2" || r.Verb != k.Verb) {
				t.Errorf("%q is about %q", e.Text, r.Task)
			}
		}
	}
}

// TestLexicons holds that every language has every section, and that their files can be
// edited: none is larger than a person can read.
func TestLexicons(t *testing.T) {
	t.Parallel()
	if _, err := readLexicon(); err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		text, err := lexiconFiles.ReadFile("lexicon/" + lang + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for section := range classNames {
			if !strings.Contains("\n"+string(text), "\n"+section+":") && !strings.Contains("\n"+string(text), "\n\""+section+"\":") && !slices.Contains(optional[:], section) {
				t.Errorf("%s.yaml has no section %s", lang, section)
			}
		}
		for _, twice := range repeated(t, text) {
			t.Errorf("%s.yaml has %s", lang, twice)
		}
		if len(text) > 96<<10 {
			t.Errorf("%s.yaml has %d bytes; leave out what follows from other entries", lang, len(text))
		}
	}
}

// repeated are the entries that stand twice in a list of a lexicon.
func repeated(t *testing.T, text []byte) (out []string) {
	t.Helper()
	var sections map[string]any
	if err := yaml.Unmarshal(text, &sections); err != nil {
		t.Fatal(err)
	}
	var look func(name string, node any)
	look = func(name string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, below := range node {
				look(name+"."+key, below)
			}
		case []any:
			had := map[any]bool{}
			for _, entry := range node {
				if had[entry] {
					out = append(out, fmt.Sprintf("%s twice: %v", name, entry))
				}
				had[entry] = true
			}
		}
	}
	look("", sections)
	return out
}

// optional are sections that a language can do without.
var optional = [...]string{"of", "clock", "job", "tell", "on", "off", "go_ahead"}
