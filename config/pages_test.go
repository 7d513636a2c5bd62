package config_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/config"
)

// TestSettingsPage holds docs/settings.md to the table of settings, row by row.
func TestSettingsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range config.Settings() {
		byDefault := s.Default
		if byDefault == "" {
			byDefault = "none"
		}
		want = append(want, fmt.Sprintf("| %s | %s | %s | %s |", s.Key, s.Env, byDefault, s.Usage))
	}
	rows := strings.Join(want, "\n")
	if _, after, ok := strings.Cut(string(page), "| --- | --- | --- | --- |\n"); !ok || !strings.HasPrefix(after, rows+"\n\n") {
		t.Errorf("the table of docs/settings.md should have these rows:\n%s", rows)
	}
}

// commentedOut is a line of the example that is a setting.
var commentedOut = regexp.MustCompile(`(?m)^#(\w|  \w)`)

// TestExample takes the # away from every setting of the example, and wants all
// settings, each with its default.
func TestExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"HOME=/home/ada"}
	want := load(t, config.Source{Environ: env})
	if got := load(t, config.Source{Environ: env, File: "example.yaml"}); cut(printed(t, got)) != cut(printed(t, want)) {
		t.Errorf("as it is, the example sets\n%s", printed(t, got))
	}
	file := write(t, commentedOut.ReplaceAllString(string(text), "$1"))
	got := load(t, config.Source{Environ: env, File: file})
	if cut(printed(t, got)) != cut(printed(t, want)) {
		t.Errorf("without # the example sets\n%s\nthe defaults are\n%s", printed(t, got), printed(t, want))
	}
	for _, s := range config.Settings() {
		if !strings.HasPrefix(got.Place(s.Key), file) {
			t.Errorf("the example has no %s", s.Key)
		}
	}
}

// TestRulesOfThePages reads the rules that pages show. Those of docs/settings.md have
// every key that there is, and so has its table.
func TestRulesOfThePages(t *testing.T) {
	t.Parallel()
	example := load(t, config.Source{File: write(t, shown(t, "example.yaml", "#     "))})
	if len(example.Rules) != 2 {
		t.Errorf("the example has %+v", example.Rules)
	}
	c := load(t, config.Source{File: write(t, shown(t, "../docs/settings.md", "    "))})
	text, err := os.ReadFile("../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"name", "match", "match.kind", "match.owner", "match.label", "match.class", "match.event", "tell", "by", "digest", "group",
		"longer_than", "escalate", "escalate.after", "escalate.tell", "escalate.by", "continue", "rules",
	} {
		if !strings.Contains(string(text), "\n| "+key+" | ") {
			t.Errorf("the table of docs/settings.md has no %s", key)
		}
	}
	for _, v := range []any{config.Rule{}, config.Stage{}} {
		of := reflect.TypeOf(v)
		for i := range of.NumField() {
			if !used(c.Rules, of, i) {
				t.Errorf("the rules of docs/settings.md never say %s of a %s", of.Field(i).Name, of.Name())
			}
		}
	}
}

// TestRulesOfChats reads the rules that the pages of chats show, and which settings they name.
func TestRulesOfChats(t *testing.T) {
	t.Parallel()
	for _, chat := range []string{"slack", "discord"} {
		page := "../docs/" + chat + ".md"
		first := load(t, config.Source{File: write(t, shown(t, page, "       "))}).Rules
		more := load(t, config.Source{File: write(t, shown(t, page, "    "))}).Rules
		if len(first) != 1 || len(more) != 2 || first[0].Tell[0] != chat+":#deploys" || more[0].Escalate[0].Tell[0] != chat+":#leads" {
			t.Errorf("%s shows %+v and %+v", page, first, more)
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`HERALD_\w+`).FindAllString(string(text), -1) {
			if name != "HERALD_TOKEN" && !slices.ContainsFunc(config.Settings(), func(s config.Setting) bool { return s.Env == name }) {
				t.Errorf("%s names %s, which there is not", page, name)
			}
		}
	}
}

// shown are the rules in a page, where each line of them begins so.
func shown(t *testing.T, page, margin string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var rules strings.Builder
	_, after, _ := strings.Cut(string(text), "\n"+margin+"rules:\n")
	for line := range strings.Lines(margin + "rules:\n" + after) {
		line, in := strings.CutPrefix(line, margin)
		if !in {
			break
		}
		rules.WriteString(line)
	}
	return rules.String()
}

// used reports whether a rule, or a stage of one, has something in a field.
func used(rules []config.Rule, of reflect.Type, field int) bool {
	return slices.ContainsFunc(rules, func(r config.Rule) bool {
		stage := func(s config.Stage) bool { return !reflect.ValueOf(s).Field(field).IsZero() }
		if of == reflect.TypeFor[config.Stage]() {
			return slices.ContainsFunc(r.Escalate, stage) || used(r.Rules, of, field)
		}
		return !reflect.ValueOf(r).Field(field).IsZero() || used(r.Rules, of, field)
	})
}
