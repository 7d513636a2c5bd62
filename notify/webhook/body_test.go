package webhook

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 123_000_000, time.UTC)

// taskWith is a task that runs and has so many steps, the middle one running.
func taskWith(steps int) *progress.Task {
	list := make([]progress.Step, steps)
	for i := range list {
		status := progress.StepCompleted
		switch mid := steps / 2; {
		case i == mid:
			status = progress.StepRunning
		case i > mid:
			status = progress.StepPending
		}
		list[i] = progress.Step{
			Plan: progress.Plan{Name: fmt.Sprintf("step %d", i+1), Weight: 2, AllowFailure: i%3 == 0}, Order: i + 1, Status: status,
			StartedAt: noon, EndedAt: noon.Add(time.Second), Error: &progress.Fault{Message: "flaky"},
		}
	}
	return &progress.Task{
		ID: "t1", Run: 1, Attempt: 1, Status: progress.Running, Version: 7, Seq: 5, CreatedAt: noon, UpdatedAt: noon, StartedAt: noon,
		Spec: &progress.Spec{
			Title: "Shop", Kind: "agent", CallbackURL: "https://hush.test/hush", Inputs: []byte(`{"in":1}`),
			Metadata: map[string]json.RawMessage{"target_id": []byte(`"agent_7"`)},
		},
		Steps: progress.SetSteps(list),
		Pulse: progress.Pulse{Percent: 40, Lease: "hush", Worker: "w"},
	}
}

// letter is a message about an event of a task.
func letter(t *progress.Task, e progress.Event) notify.Message {
	if e.At.IsZero() {
		e.At = noon
	}
	return notify.Message{ID: "msg_1", Task: t, Event: &e, Notice: &templates.Notice{Text: "Your Shop task goes on"}}
}

// decoded is what a message is as JSON.
func decoded(t testing.TB, m notify.Message) (map[string]any, []byte) {
	t.Helper()
	body, err := encode("https://herald.test", &m)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatal(err)
	}
	return out, body
}

// again is a value as JSON reads it back.
func again(t testing.TB, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEventBody(t *testing.T) {
	t.Parallel()
	task := taskWith(3)
	eta := &progress.ETA{}
	m := letter(task, progress.Event{Seq: 5, Version: 7, Kind: progress.StepDone, Step: 1, By: "ana", Via: progress.ViaREST})
	m.ETA, m.Link = eta, "https://herald.test/tasks/t1"
	got, body := decoded(t, m)
	want := map[string]any{
		"specversion": "1.0", "id": "msg_1", "source": "https://herald.test", "type": "herald.step.completed", "subject": "t1",
		"time": "2026-01-31T12:00:00.123Z", "datacontenttype": "application/json",
		"data": map[string]any{
			"text": "Your Shop task goes on", "link": "https://herald.test/tasks/t1",
			"event": again(t, m.Event.Wire()), "task": again(t, task.Wire(progress.Brief, eta)), "execution": again(t, progress.ExecutionOf(*task)),
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it is %s\nwant %v", body, want)
	}
	if strings.Contains(string(body), "hush") {
		t.Errorf("it tells a secret: %s", body)
	}
}

// TestCreatedBody holds that the URL of a callback, which may hold a secret, is not
// told to others.
func TestCreatedBody(t *testing.T) {
	t.Parallel()
	task := taskWith(3)
	_, body := decoded(t, letter(task, progress.Event{Seq: 1, Kind: progress.TaskCreated, Data: progress.Data{Spec: task.Spec}}))
	if strings.Contains(string(body), "hush") || !strings.Contains(string(body), `"inputs":{"in":1}`) {
		t.Errorf("it is %s", body)
	}
}

func TestCardBody(t *testing.T) {
	t.Parallel()
	got, body := decoded(t, notify.Message{ID: "c1", Task: taskWith(3), Card: &templates.Card{Head: "40% complete"}})
	data := got["data"].(map[string]any)
	if got["type"] != "herald.task.progress" || got["time"] != "2026-01-31T12:00:00.123Z" || data["text"] != "40% complete" || data["event"] != nil || data["task"] == nil {
		t.Errorf("it is %s", body)
	}
}

func TestNoteBody(t *testing.T) {
	t.Parallel()
	n := &notify.Note{Kind: notify.NoteOff, Channel: "webhook", To: "https://a.test", Sub: "sub_1", Reason: "gone", At: noon}
	got, body := decoded(t, notify.Message{ID: "n1", Note: n, Notice: &templates.Notice{Text: "It is off."}})
	want := map[string]any{
		"specversion": "1.0", "id": "n1", "source": "https://herald.test", "type": "herald.destination.off", "time": "2026-01-31T12:00:00.123Z",
		"datacontenttype": "application/json",
		"data": map[string]any{"text": "It is off.", "note": map[string]any{
			"kind": "destination.off", "channel": "webhook", "to": "https://a.test", "subscription": "sub_1", "reason": "gone", "at": "2026-01-31T12:00:00.123Z",
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it is %s", body)
	}
}

// TestLongTask holds that of a long task the steps around the present one are
// shown, each as in the whole list, and that all else is as it is.
func TestLongTask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ steps, at, first int }{
		{200, 100, 1}, {201, 1, 1}, {201, 201, 2}, {1000, 500, 400}, {10_000, 9_950, 9_801}, {1000, 20, 1},
	} {
		task := taskWith(c.steps)
		task.Steps = moved(task.Steps, c.at)
		whole := again(t, task.Wire(progress.Brief, nil)).(map[string]any)
		got, _ := decoded(t, letter(task, progress.Event{Seq: 1, Kind: progress.StepStarted, Step: c.at}))
		data := got["data"].(map[string]any)
		few := data["task"].(map[string]any)
		left, _ := data["steps_left_out"].(float64)
		shown := whole["steps"].([]any)[c.first-1:][:200]
		if int(left) != c.steps-200 || !reflect.DeepEqual(few["steps"], shown) {
			t.Errorf("%d steps at %d: %v left out, and the first is %v", c.steps, c.at, left, few["steps"].([]any)[0])
		}
		delete(few, "steps")
		delete(whole, "steps")
		if !reflect.DeepEqual(few, whole) {
			t.Errorf("%d steps: the task is %v\nwant %v", c.steps, few, whole)
		}
	}
}

// moved makes one step the only one that runs, and the last one wait for a
// decision.
func moved(steps progress.Steps, to int) progress.Steps {
	var list []progress.Step
	for s := range steps.All() {
		s.Status = progress.StepPending
		if s.Order == to {
			s.Status = progress.StepRunning
		}
		list = append(list, s)
	}
	if last := len(list); last != to {
		list[last-1].Status = progress.StepWaiting
		list[last-1].Approval = &progress.Approval{ID: "a1", Gate: progress.Gate{Prompt: "Well?"}, Status: progress.ApprovalPending}
	}
	return progress.SetSteps(list)
}

func TestLargeBody(t *testing.T) {
	t.Parallel()
	doc := []byte(`"` + strings.Repeat("x", 500<<10) + `"`)
	wordy := strings.Repeat("\x01", 4_000)
	effects := make([]string, 100)
	for i := range effects {
		effects[i] = wordy
	}
	gate := progress.Gate{Prompt: wordy, Effects: effects}
	for name, c := range map[string]struct {
		spoil func(*progress.Task, *progress.Event)
		has   []string // what is still there
	}{
		"documents": {func(task *progress.Task, e *progress.Event) {
			spec := *task.Spec
			spec.CallbackURL = "" // so that the event shares it
			spec.Inputs, spec.Metadata = doc, map[string]json.RawMessage{"a": doc}
			task.Spec, task.Metrics, task.Metadata = &spec, map[string]json.RawMessage{"m": doc}, map[string]json.RawMessage{"b": doc}
			task.Result, task.Status, task.EndedAt = doc, progress.Failed, noon
			task.End = &progress.End{Result: doc, Error: &progress.Fault{Type: "T", Message: "it broke", Details: doc}}
			e.Data = progress.Data{Spec: &spec, Inputs: doc, Result: doc, Error: &progress.Fault{Message: "it fell", Details: doc}}
		}, []string{`"name":"step 2"`, `"spec":{"title":"Shop"`, `"message":"it fell"`, `"error":{"type":"T","message":"it broke","details":null}`, `"error":{"type":"T","message":"it broke"}`}},
		"errors": {func(task *progress.Task, _ *progress.Event) {
			list := []progress.Step{}
			for i := range 4 {
				list = append(list, progress.Step{Order: i + 1, Status: progress.StepFailed, Error: &progress.Fault{Message: "it broke", Details: doc}})
			}
			task.Steps = progress.SetSteps(list)
		}, []string{`"message":"it broke"`}},
		"steps": {func(task *progress.Task, e *progress.Event) {
			list := []progress.Step{}
			e.Data.Reason = "so it is"
			for i := range 200 {
				list = append(list, progress.Step{Order: i + 1, Status: progress.StepFailed, Error: &progress.Fault{Message: wordy}})
				e.Data.Steps = append(e.Data.Steps, progress.Plan{Name: wordy})
			}
			task.Steps = progress.SetSteps(list)
		}, []string{`"steps_left_out":200`, `"reason":"so it is"`}},
		"an approval": {func(task *progress.Task, e *progress.Event) {
			a := &progress.Approval{ID: "a1", Gate: gate}
			task.Steps = progress.SetSteps([]progress.Step{{Order: 1, Status: progress.StepWaiting, Approval: a}})
			e.Data.Approval = a
		}, []string{`"total_steps":1`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := taskWith(3)
			e := progress.Event{Seq: 9, Kind: progress.TaskFailed, Step: 2, At: noon}
			c.spoil(task, &e)
			was := string(asJSON(t, task.Wire(progress.Whole, nil))) + string(asJSON(t, e.Wire()))
			got, body := decoded(t, letter(task, e))
			data := got["data"].(map[string]any)
			if len(body) > 64<<10 || data["truncated"] != true { // not one of the documents is left
				t.Errorf("%d bytes: %.300s", len(body), body)
			}
			for _, has := range c.has {
				if !strings.Contains(string(body), has) {
					t.Errorf("without %s: %.3000s", has, body)
				}
			}
			if got["subject"] != "t1" || data["event"].(map[string]any)["seq"] != 9.0 || data["execution"] == nil || data["text"] != "Your Shop task goes on" {
				t.Errorf("too much is left out: %.500s", body)
			}
			if is := string(asJSON(t, task.Wire(progress.Whole, nil))) + string(asJSON(t, e.Wire())); is != was {
				t.Error("the task itself was changed")
			}
		})
	}
	if got, _ := decoded(t, letter(taskWith(3), progress.Event{Kind: progress.TaskStarted})); got["data"].(map[string]any)["truncated"] != nil {
		t.Error("a small one is truncated")
	}
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// BenchmarkEncode holds that a long task costs no more than one of 200 steps.
func BenchmarkEncode(b *testing.B) {
	for _, steps := range []int{5, 200, 10_000} {
		m := letter(taskWith(steps), progress.Event{Seq: 5, Kind: progress.StepDone, Step: 1})
		b.Run(fmt.Sprintf("%d-steps", steps), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := encode("herald", &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
