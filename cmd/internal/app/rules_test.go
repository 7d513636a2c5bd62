package app_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify"
)

// ruled are settings with rules, of a server that sends mail.
func ruled(t *testing.T, rules string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "herald.yaml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Source{File: file, Environ: []string{"HERALD_EMAIL_SERVER=127.0.0.1", "HERALD_EMAIL_FROM=herald@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wrongRules are what is wrong with them; the folder of the file is left out.
func wrongRules(t *testing.T, c config.Config, channels []string) []string {
	t.Helper()
	rules, err := app.Rules(c, channels)
	problems, ok := errors.AsType[config.Problems](err)
	if !ok || rules != nil {
		t.Fatalf("got %+v, %v, want problems", rules, err)
	}
	var lines []string
	for _, p := range problems {
		lines = append(lines, filepath.Base(p.Place)+": "+p.Say)
	}
	return lines
}

// TestRules has every key arrive where the road out reads it.
func TestRules(t *testing.T) {
	t.Parallel()
	c := ruled(t, `
rules:
  - name: production
    match: {kind: "release*", owner: group:ops, label: {env: prod}, class: [approval, end], event: approval.*}
    tell: [owner, email:ops@example.com]
    by: [email, webpush]
    digest: 08:00 17:30
    group: label:env
    longer_than: 10m
    escalate: [{after: 5m}, {after: 1d, tell: group:leads, by: webpush}]
    continue: true
    rules: [{}, {name: inner, rules: [{tell: ana}]}]
  - digest: 15m
    escalate: [{after: 5m}]
    rules: [{tell: ben}]
`)
	got, err := app.Rules(c, app.Channels(c))
	if err != nil {
		t.Fatal(err)
	}
	want := []notify.Rule{{
		Name: "production",
		Match: notify.Matcher{
			Kinds: []string{"release*"}, Owners: []string{"group:ops"}, Labels: map[string]string{"env": "prod"},
			Classes: []notify.Class{notify.ClassApproval, notify.ClassEnd}, Events: []string{"approval.*"},
		},
		Tell: []string{"owner", "email:ops@example.com"}, By: []string{"email", "webpush"},
		Digest: notify.Cadence{At: []notify.Clock{8 * 60, 17*60 + 30}}, Group: []string{"label:env"}, Over: 10 * time.Minute,
		Escalate: []notify.Stage{{After: 5 * time.Minute}, {After: 24 * time.Hour, Tell: []string{"group:leads"}, By: []string{"webpush"}}},
		Continue: true,
		Rules:    []notify.Rule{{Name: "rules[0].rules[0]"}, {Name: "inner", Rules: []notify.Rule{{Name: "rules[0].rules[1].rules[0]", Tell: []string{"ana"}}}}},
	}, {
		Name: "rules[1]", Digest: notify.Cadence{Every: 15 * time.Minute}, Escalate: []notify.Stage{{After: 5 * time.Minute}},
		Rules: []notify.Rule{{Name: "rules[1].rules[0]", Tell: []string{"ben"}}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got, err := app.Rules(ruled(t, ""), nil); err != nil || len(got) != 0 {
		t.Errorf("without any there are %+v, %v", got, err)
	}
}

// TestRuleProblems holds that each rule says what is wrong with it, and where.
func TestRuleProblems(t *testing.T) {
	t.Parallel()
	c := ruled(t, strings.Join([]string{
		"rules:",
		"  - tell: [ana, '']",
		"    escalate: [{after: 5m}]",
		"    rules:",
		"      - by: [email, pigeon]",
		"      - escalate: [{after: 1s}]",
		"  - digest: 7m",
		"    match: {class: urgent}",
		"  - match: {event: approval.}",
		"  - longer_than: 721h",
		"  - tell: email:ops",
		"    by: fax",
		"    group: labels:x",
		"    match: {kind: 'a*b'}",
	}, "\n"))
	got, want := wrongRules(t, c, app.Channels(c)), []string{
		"herald.yaml:2: rules[0].tell[1]: ",
		"herald.yaml:5: rules[0].rules[0].by[1]: ",
		"herald.yaml:6: rules[0].rules[1].escalate[0].after: ",
		"herald.yaml:7: rules[1].digest: ",
		"herald.yaml:7: rules[1].match.class[0]: ",
		"herald.yaml:9: rules[2].match.event[0]: ",
		"herald.yaml:10: rules[3].longer_than: ",
		"herald.yaml:11: rules[4].match.kind[0]: ",
		"herald.yaml:11: rules[4].tell[0]: ",
		"herald.yaml:11: rules[4].by[0]: ",
		"herald.yaml:11: rules[4].group[0]: ",
	}
	if !slices.EqualFunc(got, want, func(got, want string) bool { return strings.HasPrefix(got, want) && len(got) > len(want) }) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestRulesTogether has what only all rules show: that they are too many, and that one
// escalates what nobody is told.
func TestRulesTogether(t *testing.T) {
	t.Parallel()
	many := ruled(t, "keep: 1d\nrules:\n"+strings.Repeat("  - {}\n", notify.MostRules+1))
	if got := wrongRules(t, many, nil); len(got) != 1 || !strings.HasPrefix(got[0], "herald.yaml:2: rules: ") {
		t.Errorf("got %q", got)
	}
	idle := ruled(t, "rules:\n  - tell: ana\n  - rules:\n    - name: idle\n      escalate: [{after: 5m}]\n")
	if got := wrongRules(t, idle, nil); len(got) != 1 || !strings.HasPrefix(got[0], "herald.yaml:4: rules[1].rules[0].escalate: ") {
		t.Errorf("got %q", got)
	}
}

// TestRulesKnowTheChannels holds that a channel that the settings do not set up is none.
func TestRulesKnowTheChannels(t *testing.T) {
	t.Parallel()
	c := ruled(t, "rules: [{by: email, tell: ana}]")
	if got := app.Channels(c); !slices.Equal(got, []string{"email", "webhook", "webpush"}) {
		t.Errorf("with mail there are %q", got)
	}
	c.Email.Server = ""
	if got := app.Channels(c); !slices.Equal(got, []string{"webhook", "webpush"}) {
		t.Errorf("without mail there are %q", got)
	}
	if got := wrongRules(t, c, app.Channels(c)); len(got) != 1 || !strings.HasPrefix(got[0], "herald.yaml:1: rules[0].by[0]: ") {
		t.Errorf("got %q", got)
	}
}

// TestRulesOfThePages holds that the rules that pages show are right, and the bounds as
// they say.
func TestRulesOfThePages(t *testing.T) {
	t.Parallel()
	for page, margin := range map[string]string{"docs/settings.md": "    ", "config/example.yaml": "#     "} {
		text, err := os.ReadFile("../../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(text), "\n"+margin+"rules:\n")
		rules := "rules:\n"
		for line := range strings.Lines(after) {
			in, ok := strings.CutPrefix(line, margin)
			if !ok {
				break
			}
			rules += in
		}
		c := ruled(t, rules)
		if got, err := app.Rules(c, app.Channels(c)); err != nil || len(got) != 2 {
			t.Errorf("%s has %d: %v", page, len(got), err)
		}
		bounds := fmt.Sprintf("up to %d stages. There are up to %d rules, %d deep in each other, with up to %d entries in a list.",
			notify.MostStages, notify.MostRules, notify.MostDepth, notify.MostNames)
		if !strings.HasSuffix(page, ".yaml") && !strings.Contains(strings.Join(strings.Fields(string(text)), " "), bounds) {
			t.Errorf("%s does not say: %s", page, bounds)
		}
	}
	if config.RuleDepth != notify.MostDepth {
		t.Errorf("a file has %d deep, the road out %d", config.RuleDepth, notify.MostDepth)
	}
}
