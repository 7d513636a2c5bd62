package config_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/config"
)

// everyKey is a file with all that rules may have.
const everyKey = `keep: 7d
rules:
  - name: production # with a comment
    match:
      kind: [deploy, "release*"]
      owner: group:ops
      label: {env: prod, "a:b": 7}
      class: [approval, end]
      event:
        - task.failed
        - approval.*
    tell: [owner, group:ops, ana, email:ops@example.com]
    by: email, webpush
    digest: 08:00 17:30
    group: [kind, label:env]
    longer_than: 10m
    escalate:
      - after: 5m
      - after: 1.5d
        tell: group:leads
        by: [webpush]
    continue: yes
    rules:
      - tell: ben
      -
        match:
        rules: []
  - {}
`

// want is what it says.
func want(file string) []config.Rule {
	at := func(line int) string { return fmt.Sprintf("%s:%d", file, line) }
	return []config.Rule{
		{
			Place: at(3), Name: "production",
			Kinds: []string{"deploy", "release*"}, Owners: []string{"group:ops"}, Labels: map[string]string{"env": "prod", "a:b": "7"},
			Classes: []string{"approval", "end"}, Events: []string{"task.failed", "approval.*"},
			Tell: []string{"owner", "group:ops", "ana", "email:ops@example.com"}, By: []string{"email", "webpush"},
			Digest: "08:00 17:30", Group: []string{"kind", "label:env"}, Longer: 10 * time.Minute,
			Escalate: []config.Stage{{After: 5 * time.Minute}, {After: 36 * time.Hour, Tell: []string{"group:leads"}, By: []string{"webpush"}}},
			Continue: true,
			Rules:    []config.Rule{{Place: at(24), Tell: []string{"ben"}}, {Place: at(26)}},
		},
		{Place: at(28)},
	}
}

// TestRules reads every key, and holds that each rule knows its place.
func TestRules(t *testing.T) {
	t.Parallel()
	file := write(t, everyKey)
	c := load(t, config.Source{File: file})
	if !reflect.DeepEqual(c.Rules, want(file)) {
		t.Errorf("got\n%+v\nwant\n%+v", c.Rules, want(file))
	}
	if c.Place("rules") != file+":2" || c.Keep != 7*24*time.Hour {
		t.Errorf("rules are from %s, keep is %v", c.Place("rules"), c.Keep)
	}
}

func TestNoRules(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "rules:", "rules: []", "rules: null", "rules:\n  # - name: later\n", "{rules: []}"} {
		if c := load(t, config.Source{File: write(t, text)}); len(c.Rules) != 0 {
			t.Errorf("%q has %+v", text, c.Rules)
		}
	}
	if c := load(t, config.Source{}); c.Place("rules") != "default" || !strings.Contains(printed(t, c), "\nrules: []") {
		t.Errorf("without a file they are from %s:\n%s", c.Place("rules"), printed(t, c))
	}
}

// TestRuleProblems is one file with everything wrong.
func TestRuleProblems(t *testing.T) {
	t.Parallel()
	file := write(t, strings.Join([]string{
		"ruels: []",
		"rules:",
		"  - nam: x",
		"    kind: deploy",
		"    match: deploy",
		"    tell: {to: ana}",
		"    by: [email, [webpush]]",
		"    by: email",
		"  - deploy",
		"  -",
		"  - match:",
		"      kinds: [deploy]",
		"      event: [task.failed,]",
		"      class:",
		"        - end",
		"        -",
		"      label: {env, a: [b]}",
		"    digest: [15m]",
		"    longer_than: soon",
		"    escalate:",
		"      after: 5m",
		"    continue: perhaps",
		"    rules: {tell: ana}",
		"  - escalate:",
		"      - 5m",
		"      - aftr: 5m",
		"      - after: -5m",
		"      - after: 36501d",
		"    owners: ana",
		"    whatever: 1",
		"    rules:",
		"      - tel: ana",
	}, "\n"))
	got := problems(t, config.Source{File: file, Environ: []string{"HERALD_RULES=[]"}})
	want := []string{
		`herald.yaml:1: there is no setting ruels; did you mean rules?`,
		`herald.yaml:3: there is no setting rules[0].nam; did you mean name?`,
		`herald.yaml:4: there is no setting rules[0].kind; did you mean kind in the section match?`,
		`herald.yaml:5: rules[0].match: must be settings, each as key: value`,
		`herald.yaml:6: rules[0].tell: must be one plain value`,
		`herald.yaml:7: rules[0].by[1]: must be one plain value`,
		`herald.yaml:8: rules[0].by is here for the second time; it is also at herald.yaml:7`,
		`herald.yaml:9: rules[1]: must be settings, each as key: value`,
		`herald.yaml:10: rules[2]: is empty`,
		`herald.yaml:12: there is no setting rules[3].match.kinds; did you mean kind?`,
		`herald.yaml:16: rules[3].match.class[1]: is empty`,
		`herald.yaml:17: rules[3].match.label.env: must be a value, "*" for any`,
		`herald.yaml:17: rules[3].match.label.a: must be one plain value`,
		`herald.yaml:18: rules[3].digest: must be one plain value`,
		`herald.yaml:19: rules[3].longer_than: "soon" is no time; write one such as 90s, 10m or 2d`,
		`herald.yaml:21: rules[3].escalate: must be a list, each of its items behind a -`,
		`herald.yaml:22: rules[3].continue: "perhaps" is neither true nor false`,
		`herald.yaml:23: rules[3].rules: must be a list, each of its items behind a -`,
		`herald.yaml:25: rules[4].escalate[0]: must be settings, each as key: value`,
		`herald.yaml:26: there is no setting rules[4].escalate[1].aftr; did you mean after?`,
		`herald.yaml:27: rules[4].escalate[2].after: "-5m" is no time; write one such as 90s, 10m or 2d`,
		`herald.yaml:28: rules[4].escalate[3].after: "36501d" is no time; write one such as 90s, 10m or 2d`,
		`herald.yaml:29: there is no setting rules[4].owners; docs/settings.md lists all`,
		`herald.yaml:30: there is no setting rules[4].whatever; docs/settings.md lists all`,
		`herald.yaml:32: there is no setting rules[4].rules[0].tel; did you mean tell?`,
		`HERALD_RULES: there is no such variable; docs/settings.md lists all`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRuleTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90s": 90 * time.Second, "2d": 48 * time.Hour, "1h30m": 90 * time.Minute, "36500d": 36500 * 24 * time.Hour, "''": 0} {
		if c := load(t, config.Source{File: write(t, "rules: [{longer_than: "+text+"}]")}); c.Rules[0].Longer != want {
			t.Errorf("%s is %v", text, c.Rules[0].Longer)
		}
	}
	for _, text := range []string{"0", "0s", "0d", "5", "d", "1d2h", "off", "NaN", "9999999999999d", "1e9d", ".d"} {
		if got := problems(t, config.Source{File: write(t, "rules: [{longer_than: "+text+"}]")}); !strings.Contains(got[0], "is no time") {
			t.Errorf("%s gives %q", text, got)
		}
	}
}

// TestRuleDepth holds that rules stand in each other as deep as they may, and no file
// leads deeper.
func TestRuleDepth(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return strings.Repeat("{rules: [", depth) + "{tell: ana}" + strings.Repeat("]}", depth)
	}
	c := load(t, config.Source{File: write(t, nested(config.RuleDepth))})
	rules := c.Rules
	for range config.RuleDepth - 1 {
		rules = rules[0].Rules
	}
	if rules[0].Tell[0] != "ana" {
		t.Errorf("at the bottom is %+v", rules)
	}
	for _, depth := range []int{config.RuleDepth + 1, 2000} {
		got := problems(t, config.Source{File: write(t, nested(depth))})
		path := "rules" + strings.Repeat("[0].rules", config.RuleDepth)
		if want := "herald.yaml:1: " + path + ": rules may stand only 8 deep in each other"; len(got) != 1 || got[0] != want {
			t.Errorf("%d deep gives\n%s\nwant\n%s", depth, strings.Join(got, "\n"), want)
		}
	}
}

// TestPrintedRules holds printed rules to be a file that says the same, and each to have
// its place.
func TestPrintedRules(t *testing.T) {
	t.Parallel()
	file := write(t, everyKey)
	first := printed(t, load(t, config.Source{File: file}))
	if again := load(t, config.Source{File: write(t, first)}).Rules; !reflect.DeepEqual(placeless(again), placeless(want(file))) {
		t.Errorf("printed\n%s\nand read again\n%+v", first, again)
	}
	for _, want := range []string{"- name: production # 3", "label: {\"a:b\": 7, env: prod}", "- tell: [ben] # 24", "- {} # 26", "- {} # 28"} {
		if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(first, file+":", "")), " "), want) {
			t.Errorf("does not say %q:\n%s", want, first)
		}
	}
}

// TestPrintedRulesOfOddTexts has texts that YAML would take for something else.
func TestPrintedRulesOfOddTexts(t *testing.T) {
	t.Parallel()
	odd := []string{
		"null", "~", "true", "1_000", "0x10", "1e3", ".inf", ".nan", "...", "a: b", "a:", "a #b", "[a]", "{a}", "*", "a*", "&a", "!a", "- a", "-", "?", "@a", "`", "%",
		"a, b", "'", `"`, `\`, "a\tb", "a\nb", "\u200b", "•", "é", "08:00", "label:env", "<<", "=", "2001-01-01", "a  # b", "\x07",
	}
	labels := map[string]string{"": "", "a:b": "c"}
	for _, text := range odd {
		labels[text] = text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "rules:\n- name: %q\n  match:\n    kind: %s\n    label:\n", odd[0], quotedList(odd))
	for name, value := range labels {
		fmt.Fprintf(&b, "      %q: %q\n", name, value)
	}
	for _, text := range odd {
		fmt.Fprintf(&b, "- name: %q\n", text)
	}
	c := load(t, config.Source{File: write(t, b.String())})
	if !slices.Equal(c.Rules[0].Kinds, odd) || !reflect.DeepEqual(c.Rules[0].Labels, labels) {
		t.Fatalf("got %+v", c.Rules[0])
	}
	first := printed(t, c)
	if again := load(t, config.Source{File: write(t, first)}).Rules; !reflect.DeepEqual(placeless(again), placeless(c.Rules)) {
		t.Errorf("printed\n%s\nand read again\n%+v", first, again)
	}
}

func quotedList(texts []string) string {
	var all []string
	for _, text := range texts {
		all = append(all, fmt.Sprintf("%q", text))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// placeless are rules without where they are from.
func placeless(rules []config.Rule) []config.Rule {
	out := slices.Clone(rules)
	for i := range out {
		out[i].Place, out[i].Rules = "", placeless(out[i].Rules)
	}
	return out
}
