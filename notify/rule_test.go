package notify_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestMatcher is which events of which tasks a rule is about.
func TestMatcher(t *testing.T) {
	t.Parallel()
	task := &progress.Task{Spec: &progress.Spec{Kind: "deploy.web", Owner: "group:ops", Labels: map[string]string{"env": "prod-1", "empty": ""}}}
	bare := &progress.Task{Spec: &progress.Spec{}}
	failed, asked := &progress.Event{Kind: progress.TaskFailed}, &progress.Event{Kind: progress.ApprovalNeeded}
	labels := func(name, value string) notify.Matcher {
		return notify.Matcher{Labels: map[string]string{"empty": "", name: value}}
	}
	for _, c := range []struct {
		name  string
		match notify.Matcher
		task  *progress.Task
		event *progress.Event
		of    bool
	}{
		{"everything", notify.Matcher{}, bare, failed, true},
		{"a kind", notify.Matcher{Kinds: []string{"x", "deploy.web"}}, task, failed, true},
		{"another kind", notify.Matcher{Kinds: []string{"deploy", "web"}}, task, failed, false},
		{"kinds that begin so", notify.Matcher{Kinds: []string{"deploy.*"}}, task, failed, true},
		{"no kind", notify.Matcher{Kinds: []string{"deploy.*"}}, bare, failed, false},
		{"any kind, none too", notify.Matcher{Kinds: []string{"*"}}, bare, failed, true},
		{"an owner", notify.Matcher{Owners: []string{"group:ops"}}, task, failed, true},
		{"another owner", notify.Matcher{Owners: []string{"ops", "group:dev"}}, task, failed, false},
		{"any group", notify.Matcher{Owners: []string{"group:*"}}, task, failed, true},
		{"a label", labels("env", "prod-1"), task, failed, true},
		{"labels that begin so", labels("env", "prod-*"), task, failed, true},
		{"another value", labels("env", "prod"), task, failed, false},
		{"any value", labels("env", "*"), task, failed, true},
		{"no such label", labels("region", "*"), task, failed, false},
		{"a class", notify.Matcher{Classes: []notify.Class{notify.ClassStep, notify.ClassEnd}}, task, failed, true},
		{"another class", notify.Matcher{Classes: []notify.Class{notify.ClassApproval}}, task, failed, false},
		{"a class of questions", notify.Matcher{Classes: []notify.Class{notify.ClassApproval}}, task, asked, true},
		{"an event", notify.Matcher{Events: []string{"task.failed"}}, task, failed, true},
		{"events that begin so", notify.Matcher{Events: []string{"step.*", "approval.*"}}, task, asked, true},
		{"another event", notify.Matcher{Events: []string{"step.*", "approval.*"}}, task, failed, false},
		{"all of it", notify.Matcher{Kinds: []string{"deploy.*"}, Owners: []string{"group:ops"}, Events: []string{"task.*"}}, task, failed, true},
		{"all but one", notify.Matcher{Kinds: []string{"deploy.*"}, Owners: []string{"ann"}, Events: []string{"task.*"}}, task, failed, false},
	} {
		if c.match.Of(c.task, c.event) != c.of {
			t.Errorf("%s: %v", c.name, !c.of)
		}
	}
}

// about is a matcher of a kind.
func about(kind string) notify.Matcher { return notify.Matcher{Kinds: []string{kind}} }

// TestApplying is which rules apply to a task of the kind k.
func TestApplying(t *testing.T) {
	t.Parallel()
	rule := func(name, kind string, inner ...notify.Rule) notify.Rule {
		return notify.Rule{Name: name, Match: about(kind), Tell: []string{name}, Rules: inner}
	}
	more := func(r notify.Rule) notify.Rule { r.Continue = true; return r }
	mute := func(r notify.Rule) notify.Rule { r.Tell = nil; return r }
	for _, c := range []struct {
		name  string
		rules []notify.Rule
		want  string // names of rules, and whom each tells
	}{
		{"none", nil, ""},
		{"none that matches", []notify.Rule{rule("a", "x")}, ""},
		{"the first", []notify.Rule{rule("a", "x"), rule("b", "k"), rule("c", "k")}, "b:b"},
		{"more", []notify.Rule{more(rule("a", "k")), rule("b", "x"), more(rule("c", "k")), rule("d", "k"), rule("e", "k")}, "a:a c:c d:d"},
		{"no more where it does not match", []notify.Rule{more(rule("a", "x")), rule("b", "k"), rule("c", "k")}, "b:b"},
		{"inside", []notify.Rule{rule("a", "k", rule("b", "x"), rule("c", "k"), rule("d", "k")), rule("e", "k")}, "c:c"},
		{"none inside", []notify.Rule{rule("a", "k", rule("b", "x"), rule("c", "x"))}, "a:a"},
		{"many inside", []notify.Rule{rule("a", "k", more(rule("b", "k")), rule("c", "k")), rule("e", "k")}, "b:b c:c"},
		{"inside one that does not match", []notify.Rule{rule("a", "x", rule("b", "k")), rule("c", "k")}, "c:c"},
		{"inside, and more", []notify.Rule{more(rule("a", "k", rule("b", "k"))), rule("c", "k")}, "b:b c:c"},
		{"more inside is none outside", []notify.Rule{rule("a", "k", more(rule("b", "k"))), rule("c", "k")}, "b:b"},
		{"deep", []notify.Rule{rule("a", "k", rule("b", "k", rule("c", "k"), rule("d", "k")))}, "c:c"},
		{"deep, then none", []notify.Rule{rule("a", "k", rule("b", "k", rule("c", "x")))}, "b:b"},
		{"whom the rule around tells", []notify.Rule{rule("a", "k", mute(rule("b", "k", mute(rule("c", "k")))))}, "c:a"},
		{"nobody", []notify.Rule{mute(rule("a", "k")), rule("b", "k")}, ""},
		{"nobody, and more", []notify.Rule{more(mute(rule("a", "k"))), rule("b", "k")}, "b:b"},
		{"nobody but inside", []notify.Rule{mute(rule("a", "k", mute(rule("b", "x")), rule("c", "k")))}, "c:c"},
		{"nobody inside either", []notify.Rule{mute(rule("a", "k", mute(rule("b", "k")))), rule("c", "k")}, ""},
	} {
		var said []string
		for _, r := range notify.Applying(c.rules, &progress.Task{Spec: &progress.Spec{Kind: "k"}}, &progress.Event{Kind: progress.TaskFailed}) {
			said = append(said, r.Name+":"+strings.Join(r.Tell, ","))
			if r.Rules != nil {
				t.Errorf("%s: %s has rules inside", c.name, r.Name)
			}
		}
		if got := strings.Join(said, " "); got != c.want {
			t.Errorf("%s: %s apply, want %s", c.name, got, c.want)
		}
	}
}

// TestInherited is what a rule has from those around it.
func TestInherited(t *testing.T) {
	t.Parallel()
	around := notify.Rule{
		Name: "around", Match: about("k"), Tell: []string{"ann"}, By: []string{"email"}, Digest: notify.Cadence{Every: time.Hour}, Group: []string{"kind"},
		Over: time.Minute, Escalate: []notify.Stage{{After: time.Hour}}, Continue: true,
	}
	own := notify.Rule{
		Name: "own", Match: notify.Matcher{Events: []string{"task.*"}}, Tell: []string{"bob"}, By: []string{"webpush"}, Digest: notify.Cadence{At: []notify.Clock{60}},
		Group: []string{"task"}, Over: time.Hour, Escalate: []notify.Stage{{After: time.Minute}, {After: time.Hour}},
	}
	empty := notify.Rule{Name: "empty"}
	filled := around
	filled.Name, filled.Match, filled.Continue = "empty", notify.Matcher{}, false

	task, event := &progress.Task{Spec: &progress.Spec{Kind: "k"}}, &progress.Event{Kind: progress.TaskFailed}
	for _, c := range []struct{ inner, want notify.Rule }{{own, own}, {empty, filled}} {
		outer := around
		outer.Rules = []notify.Rule{{Name: "between", Rules: []notify.Rule{c.inner}}}
		if got := notify.Applying([]notify.Rule{outer}, task, event); !reflect.DeepEqual(got, []notify.Rule{c.want}) {
			t.Errorf("%+v applies, want %+v", got, c.want)
		}
		if !reflect.DeepEqual(outer.Rules[0].Rules[0], c.inner) {
			t.Errorf("the rule itself is now %+v", outer.Rules[0].Rules[0])
		}
	}
}

// TestNamed is what rules without a name are called.
func TestNamed(t *testing.T) {
	t.Parallel()
	rules := []notify.Rule{{Name: "first"}, {Rules: []notify.Rule{{}, {Name: "inner", Rules: []notify.Rule{{}}}}}}
	got := notify.Named(rules)
	want := []notify.Rule{{Name: "first"}, {Name: "rules[1]", Rules: []notify.Rule{
		{Name: "rules[1].rules[0]"}, {Name: "inner", Rules: []notify.Rule{{Name: "rules[1].rules[1].rules[0]"}}},
	}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if rules[1].Name != "" || rules[1].Rules[0].Name != "" {
		t.Errorf("the rules themselves are now %+v", rules)
	}
}
