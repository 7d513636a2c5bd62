package progress

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

func TestTaskID(t *testing.T) {
	t.Parallel()
	early := NewTaskID(epoch, [5]byte{255, 255, 255, 255, 255})
	late := NewTaskID(epoch.Add(time.Millisecond), [5]byte{})
	if early >= late || !early.Valid() || len(early) != 18 {
		t.Fatal(early, late)
	}
	for _, bad := range []TaskID{"", "a b", "a/b", "-a", "..", "ä", TaskID(strings.Repeat("x", 129))} {
		if bad.Valid() {
			t.Errorf("%q is taken for an id", bad)
		}
	}
	for _, good := range []TaskID{"1", "exec_0123456789ab", "job:7.2-b"} {
		if !good.Valid() {
			t.Errorf("%q is refused", good)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk on fire")
	err := fmt.Errorf("wrapped: %w", &Error{Code: TooLarge, Say: "too long", Field: "title", Err: cause})
	if CodeOf(err) != TooLarge || CodeOf(nil) != "" || CodeOf(cause) != Internal || !errors.Is(err, cause) {
		t.Fatal(CodeOf(err))
	}
	if got := err.Error(); got != "wrapped: too_large: title: too long: disk on fire" {
		t.Fatal(got)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for want, list := range map[string][]string{
		"": nil, "ann": {"ann"}, "ann or the group ops": {"ann", "group:ops"}, "a, b or c": {"a", "b", "c"},
	} {
		if got := Names(list); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestReportJSON(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]func(Report) bool{
		`{"step":3}`:       func(r Report) bool { return r.Step == StepRef{Order: 3} },
		`{"step":"3"}`:     func(r Report) bool { return r.Step == StepRef{Name: "3"} },
		`{"error":"boom"}`: func(r Report) bool { return r.Error.Message == "boom" },
		`{"error":{"type":"io","message":"boom"}}`: func(r Report) bool { return r.Error.Type == "io" && r.Error.Message == "boom" },
		`{"progress":0}`: func(r Report) bool { return r.Progress != nil && *r.Progress == 0 },
		`{"metrics":{"rows":12},"unknown":[1,2,null]}`: func(r Report) bool { return string(r.Metrics["rows"]) == "12" },
	} {
		var r Report
		if err := json.Unmarshal([]byte(text), &r); err != nil || !ok(r) {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
	for _, bad := range []string{`{"step":1.5}`, `{"step":true}`, `{"progress":"5"}`, `{"error":7}`, `{"at":"yesterday"}`} {
		if err := json.Unmarshal([]byte(bad), new(Report)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// FuzzReport decides any report that decodes, on a task with a gate: it must
// never panic, and what is accepted must keep the laws of a move.
func FuzzReport(f *testing.F) {
	f.Add(`{"step":2,"step_status":"running","seq":1}`)
	f.Add(`{"step":"new","substep":"x","substep_done":true,"progress":44.5}`)
	f.Add(`{"status":"completed","result":{"a":[1]}}`)
	f.Add(`{"step":1,"step_progress":1e308,"at":"2026-01-02T03:04:05Z"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var r Report
		if json.Unmarshal([]byte(text), &r) != nil {
			return
		}
		l := begin(t, gated(Gate{Prompt: "go?"})...)
		for range 3 {
			before := l.task
			events, err := l.try(r, worker)
			checkMove(t, before, l.task, r, events, err)
		}
	})
}

func TestKinds(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if k.Milestone && (!k.Visible || k.Frame == "") {
			t.Errorf("%s: a milestone is visible and has a frame", k.Kind)
		}
		if k.Frame != "" && seen[k.Frame] {
			t.Errorf("two kinds give the frame %s", k.Frame)
		}
		seen[k.Frame] = true
	}
	if _, ok := Kind("task.exploded").Info(); ok {
		t.Error("an unknown kind has a row")
	}
	if got := Apply(Task{ID: "x"}, Event{Kind: "task.exploded"}); got.ID != "x" || got.Version != 0 {
		t.Error("an unknown kind changes a task")
	}
}

// TestLifecyclePage holds docs/lifecycle.md to the table; -update writes it.
func TestLifecyclePage(t *testing.T) {
	t.Parallel()
	const path = "../docs/lifecycle.md"
	want := lifecyclePage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Fatalf("%s is not what the table says (%v); run: go test ./progress -run Lifecycle -update", path, err)
	}
}

func lifecyclePage() string {
	var b strings.Builder
	b.WriteString("# The life of a task\n\n" +
		"Printed from the table in `progress/rules.go` by `go test ./progress -run Lifecycle -update`.\n\n" +
		"A cell says what a task may become when the verb (left) meets it in a status (top). " +
		"An empty cell is a refusal (409); `=` means that the status stays.\n\n| verb |")
	for _, s := range Statuses() {
		b.WriteString(" " + string(s) + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(Statuses())+1) + "\n")
	for _, r := range Rules() {
		if r.Verb == VerbCreate {
			continue
		}
		b.WriteString("| " + string(r.Verb) + " |")
		for _, s := range Statuses() {
			b.WriteString(" " + cell(s, r.On[s]) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n`create` makes a task; it begins as pending.\n\n| verb | does | needs the right | offered to people |\n| --- | --- | --- | --- |\n")
	for _, r := range Rules() {
		offered := ""
		if r.Wish {
			offered = "yes"
		}
		if r.Needs {
			offered += ", if its worker obeys it"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Verb, r.Does, rightName(r.Right), offered)
	}
	b.WriteString("\n## Events\n\nMilestones have a `seq` and are kept; ticks have none.\n\n| event | frame on live sockets | milestone |\n| --- | --- | --- |\n")
	for _, k := range Kinds() {
		frame, milestone := "–", "–"
		if k.Frame != "" {
			frame = "`" + k.Frame + "`"
		}
		if k.Milestone {
			milestone = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", k.Kind, frame, milestone)
	}
	return b.String()
}

func cell(from Status, to []Status) string {
	var out []string
	for _, s := range to {
		if s == from {
			out = append(out, "=")
			continue
		}
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}

func rightName(r Right) string {
	return map[Right]string{
		MayRead: "read", MayReport: "report", MayOperate: "operate", MayApprove: "approve", MayAdmin: "admin",
	}[r]
}
