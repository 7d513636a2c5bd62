package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

// TestCheckRules is which rules are refused, and where.
func TestCheckRules(t *testing.T) {
	t.Parallel()
	long, most := strings.Repeat("é", notify.MostName+1), strings.Repeat("é", notify.MostName)
	tell := func(names ...string) notify.Rule { return notify.Rule{Tell: names} }
	match := func(m notify.Matcher) notify.Rule { return notify.Rule{Match: m} }
	label := func(name, value string) notify.Rule {
		return match(notify.Matcher{Labels: map[string]string{"env": "prod", name: value}})
	}
	many := make([]string, notify.MostNames+1)
	for i := range many {
		many[i] = fmt.Sprint("ann", i)
	}
	labels := map[string]string{"env": "prod"}
	for i := range notify.MostLabels {
		labels[fmt.Sprint(i)] = "*"
	}
	for _, c := range []struct {
		name  string
		rule  notify.Rule
		field string // of the rule
	}{
		{"empty", notify.Rule{}, ""},
		{"a long name", notify.Rule{Name: long}, ".name"},
		{"a name as long as may be", notify.Rule{Name: most}, ""},
		{"people", tell("ann", "owner", "approvers", "operators", "group:ops", "email:ops@example.com"), ""},
		{"as many as may be", tell(many[1:]...), ""},
		{"too many", tell(many...), ".tell"},
		{"nobody", tell("ann", ""), ".tell[1]"},
		{"a long person", tell(long), ".tell[0]"},
		{"a group without a name", tell("group:"), ".tell[0]"},
		{"no mail address", tell("ann", "email:Ann <ann@example.com>"), ".tell[1]"},
		{"a webhook", tell("webhook:https://example.com"), ".tell[0]"},
		{"a browser", tell("webpush:https://push.example.com"), ".tell[0]"},
		{"no channel", tell("slack:C0123"), ".tell[0]"},
		{"channels", notify.Rule{By: []string{"email", "webhook"}}, ""},
		{"what is no channel", notify.Rule{By: []string{"email", "slack"}}, ".by[1]"},
		{"kinds", match(notify.Matcher{Kinds: []string{"deploy", "deploy.*", "*"}}), ""},
		{"no kind", match(notify.Matcher{Kinds: []string{"deploy", ""}}), ".match.kind[1]"},
		{"a star before the end", match(notify.Matcher{Kinds: []string{"*.deploy"}}), ".match.kind[0]"},
		{"two stars", match(notify.Matcher{Kinds: []string{"deploy**"}}), ".match.kind[0]"},
		{"too many kinds", match(notify.Matcher{Kinds: many}), ".match.kind"},
		{"owners", match(notify.Matcher{Owners: []string{"ann", "group:*"}}), ""},
		{"a long owner", match(notify.Matcher{Owners: []string{long}}), ".match.owner[0]"},
		{"a label without a value", label("env", ""), ""},
		{"a label without a name", label("", "x"), ".match.label"},
		{"too many labels", match(notify.Matcher{Labels: labels}), ".match.label"},
		{"a long value", label("env", long), ".match.label.env"},
		{"a star in a value", label("env", "a*b"), ".match.label.env"},
		{"classes", match(notify.Matcher{Classes: notify.Classes()}), ""},
		{"no class", match(notify.Matcher{Classes: []notify.Class{"end", "ends"}}), ".match.class[1]"},
		{"events", match(notify.Matcher{Events: []string{"task.failed", "approval.*"}}), ""},
		{"no event", match(notify.Matcher{Events: []string{"task.fails"}}), ".match.event[0]"},
		{"a digest", notify.Rule{Digest: notify.Cadence{Every: time.Hour}, Group: []string{"task", "kind", "owner", "label:env"}}, ""},
		{"no digest", notify.Rule{Digest: notify.Cadence{Every: time.Second}}, ".digest"},
		{"no group", notify.Rule{Group: []string{"task", "tasks"}}, ".group[1]"},
		{"a group of no label", notify.Rule{Group: []string{"label:"}}, ".group[0]"},
		{"long runs", notify.Rule{Over: notify.MostOver}, ""},
		{"too long", notify.Rule{Over: notify.MostOver + 1}, ".longer_than"},
		{"less than no time", notify.Rule{Over: -1}, ".longer_than"},
	} {
		checkRule(t, c.name, c.rule, c.field)
	}
}

// checkRule holds what is wrong with a rule, in other rules.
func checkRule(t *testing.T, name string, r notify.Rule, field string) {
	t.Helper()
	for path, rules := range map[string][]notify.Rule{
		"rules[1]":                   {{}, r},
		"rules[0].rules[0].rules[1]": {{Rules: []notify.Rule{{Rules: []notify.Rule{{}, r}}}}, {}},
	} {
		if field != "" {
			path += field
		} else {
			path = ""
		}
		if got := fieldOf(t, notify.CheckRules(rules, []string{"email", "webpush", "webhook"})); got != path {
			t.Errorf("%s: %q is wrong, want %q", name, got, path)
		}
	}
}

// TestCheckStages is which escalations are refused, and where.
func TestCheckStages(t *testing.T) {
	t.Parallel()
	many := make([]notify.Stage, notify.MostStages+1)
	for i := range many {
		many[i].After = time.Minute
	}
	for _, c := range []struct {
		name   string
		stages []notify.Stage
		field  string
	}{
		{"a reminder", []notify.Stage{{After: 30 * time.Second}}, ""},
		{"a month", []notify.Stage{{After: 30 * 24 * time.Hour}}, ""},
		{"too soon", []notify.Stage{{After: time.Minute}, {After: 30*time.Second - 1}}, ".escalate[1].after"},
		{"too late", []notify.Stage{{After: 30*24*time.Hour + 1}}, ".escalate[0].after"},
		{"as many as may be", many[1:], ""},
		{"too many", many, ".escalate"},
		{"others", []notify.Stage{{After: time.Minute, Tell: []string{"group:ops", "email:ops@example.com"}, By: []string{"email"}}}, ""},
		{"nobody", []notify.Stage{{After: time.Minute, Tell: []string{"group:"}}}, ".escalate[0].tell[0]"},
		{"no channel", []notify.Stage{{After: time.Minute, By: []string{"slack"}}}, ".escalate[0].by[0]"},
	} {
		checkRule(t, c.name, notify.Rule{Tell: []string{"approvers"}, Escalate: c.stages}, c.field)
	}
}

// TestEscalateOfNobody is that an escalation needs somebody who is asked first: in its rule,
// around it, or inside.
func TestEscalateOfNobody(t *testing.T) {
	t.Parallel()
	stages, told := []notify.Stage{{After: time.Minute}}, []string{"ann"}
	for _, c := range []struct {
		name, field string
		rule        notify.Rule
	}{
		{"nobody", "rules[0].escalate", notify.Rule{Escalate: stages, Rules: []notify.Rule{{}}}},
		{"itself", "", notify.Rule{Escalate: stages, Tell: told}},
		{"inside", "", notify.Rule{Escalate: stages, Rules: []notify.Rule{{}, {Rules: []notify.Rule{{Tell: told}}}}}},
		{"around", "", notify.Rule{Tell: told, Rules: []notify.Rule{{Rules: []notify.Rule{{Escalate: stages}}}}}},
		{"beside", "rules[0].rules[1].escalate", notify.Rule{Rules: []notify.Rule{{Tell: told}, {Escalate: stages}}}},
	} {
		if field := fieldOf(t, notify.CheckRules([]notify.Rule{c.rule}, nil)); field != c.field {
			t.Errorf("%s: %q is wrong", c.name, field)
		}
	}
}

// TestCheckManyRules is how many rules there may be, and how deep.
func TestCheckManyRules(t *testing.T) {
	t.Parallel()
	deep := []notify.Rule{{}}
	for range notify.MostDepth - 1 {
		deep = []notify.Rule{{Rules: deep}}
	}
	if err := notify.CheckRules(deep, nil); err != nil {
		t.Error(err)
	}
	if field := fieldOf(t, notify.CheckRules([]notify.Rule{{}, {Rules: deep}}, nil)); field != "rules[1]"+strings.Repeat(".rules[0]", notify.MostDepth-1)+".rules" {
		t.Errorf("%q is wrong", field)
	}
	inner := make([]notify.Rule, notify.MostRules-2)
	if err := notify.CheckRules([]notify.Rule{{Rules: inner}, {}}, nil); err != nil {
		t.Error(err)
	}
	if field := fieldOf(t, notify.CheckRules([]notify.Rule{{}, {}, {Rules: inner}}, nil)); field != "rules[2].rules" {
		t.Errorf("%q is wrong", field)
	}
	if err := notify.CheckRules(nil, nil); err != nil {
		t.Error(err)
	}
}

// TestCheckMailWithoutMail is that a server without mail tells no mail addresses.
func TestCheckMailWithoutMail(t *testing.T) {
	t.Parallel()
	rules := []notify.Rule{{Tell: []string{"email:ops@example.com"}}}
	if field := fieldOf(t, notify.CheckRules(rules, []string{"webhook"})); field != "rules[0].tell[0]" {
		t.Errorf("%q is wrong", field)
	}
}
