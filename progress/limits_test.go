package progress

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestLimitsPage holds docs/limits.md to the defaults.
func TestLimitsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(DefaultLimits())
	for i := range v.NumField() {
		row := fmt.Sprintf("| %s | %d |", v.Type().Field(i).Name, v.Field(i).Int())
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/limits.md has no row that begins %q", row)
		}
	}
}

// TestEscalationOnThePage holds docs/limits.md to the bounds that no setting changes.
func TestEscalationOnThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("escalates in at most %d stages, each %d s to %d days after the one before it", MaxStages, MinAfter, MaxAfter/(24*3600))
	if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), want) {
		t.Errorf("docs/limits.md does not say %q", want)
	}
}

// tight is limits that everything in TestLimitsCheck is just over.
var tight = Limits{
	Title: 3, Name: 3, Text: 3, Labels: 1, Steps: 2, Substeps: 1, List: 1, Metrics: 1, Workers: 1,
	Document: 4, LogLine: 4, LogLines: 1, BatchLogs: 1,
}

func TestLimitsCheck(t *testing.T) {
	t.Parallel()
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	spec := func(change func(*Spec)) Change {
		s := Spec{Title: "abc"}
		change(&s)
		return Create{Spec: s}
	}
	gate := func(g Gate) Change { return Create{Spec: Spec{Title: "a"}, Steps: []Plan{{Name: "a", Gate: &g}}} }
	for field, c := range map[string]Change{
		"title":                                 spec(func(s *Spec) { s.Title = "abcd" }),
		"kind":                                  spec(func(s *Spec) { s.Kind = "abcd" }),
		"owner":                                 spec(func(s *Spec) { s.Owner = "äöüß" }),
		"labels":                                spec(func(s *Spec) { s.Labels = map[string]string{"a": "", "b": ""} }),
		"labels.a":                              spec(func(s *Spec) { s.Labels = map[string]string{"a": "abcd"} }),
		"callback_events":                       spec(func(s *Spec) { s.CallbackEvents = []string{"progress", "started"} }),
		"inputs":                                spec(func(s *Spec) { s.Inputs = raw(`"abc"`) }),
		"metadata":                              spec(func(s *Spec) { s.Metadata = map[string]json.RawMessage{"a": raw(`"bc"`)} }),
		"steps":                                 Create{Spec: Spec{Title: "a"}, Steps: plan("a", "b", "c")},
		"steps[0].name":                         Create{Spec: Spec{Title: "a"}, Steps: plan("abcd")},
		"steps[0].substeps":                     Create{Spec: Spec{Title: "a"}, Steps: []Plan{{Name: "a", Substeps: make([]Substep, 2)}}},
		"steps[0].approval.prompt":              gate(Gate{Prompt: "abcd"}),
		"steps[0].approval.options":             gate(Gate{Options: []string{"a", "b"}}),
		"steps[0].approval.effects[0]":          gate(Gate{Effects: []string{"abcd"}}),
		"steps[0].approval.escalate[0].tell":    gate(Gate{Escalate: []Escalation{{After: MinAfter, Tell: []string{"a", "b"}}}}),
		"steps[0].approval.escalate[0].tell[0]": gate(Gate{Escalate: []Escalation{{After: MinAfter, Tell: []string{"abcd"}}}}),
		"steps[0].approval.escalate[1].by":      gate(Gate{Escalate: []Escalation{{After: MinAfter}, {After: MinAfter, By: []string{"a", "b"}}}}),
		"steps[0].approval.escalate[0].by[0]":   gate(Gate{Escalate: []Escalation{{After: MinAfter, By: []string{"abcd"}}}}),
		"message":                               Report{Message: new("abcd")},
		"metrics":                               Report{Metrics: map[string]json.RawMessage{"a": raw("1"), "b": raw("2")}},
		"result":                                Report{Result: raw(`[1,2]`)},
		"error.message":                         Report{Error: &Fault{Message: "abcd"}},
		"worker":                                Heartbeat{Worker: "abcd"},
		"lines":                                 Log{Lines: make([]LogLine, 2)},
		"lines[0].line":                         Log{Lines: []LogLine{{Line: "abcde"}}},
		"reason":                                Cancel{Reason: "abcd"},
	} {
		err := tight.Check(c)
		if e, ok := err.(*Error); !ok || e.Code != TooLarge || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for field, c := range map[string]Change{
		"title": spec(func(s *Spec) { s.Title = "a\x00" }), "reason": Pause{Reason: "\xff"},
		"steps[0].approval.escalate[0].tell[0]": gate(Gate{Escalate: []Escalation{{After: MinAfter, Tell: []string{"\xff"}}}}),
	} {
		err := tight.Check(c)
		if e, ok := err.(*Error); !ok || e.Code != Invalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, c := range []Change{
		spec(func(s *Spec) { s.Title = "äöü" }), Report{Message: new("abc")}, Approve{Reason: "abc"}, gate(Gate{Escalate: []Escalation{{After: MinAfter, Tell: []string{"abc"}, By: []string{"abc"}}}}),
	} {
		if err := tight.Check(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestLimitsOfTheSum(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	before := l.task
	for i := range 2 {
		l.must(Report{Step: StepRef{Name: fmt.Sprint("s", i)}, StepStatus: StepRunning}, worker)
	}
	if err := tight.CheckTask(&before, &l.task); CodeOf(err) != TooLarge {
		t.Fatal(err)
	}
	r := tick(1, 1)
	r.Metrics = map[string]json.RawMessage{"a": json.RawMessage("1"), "b": json.RawMessage("1")}
	l.must(r, worker)
	if err := tight.CheckTask(&l.task, &l.task); CodeOf(err) != TooLarge {
		t.Fatal(err)
	}
}
