package config_test

import (
	"fmt"
	"os"
	"regexp"
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
