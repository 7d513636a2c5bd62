package progress

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// lived is a task and the commands that it was given, a second apart.
func lived(t *testing.T, steps []Plan, then ...Change) Task {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	task, by := Task{}, Actor{Person: "ann", Rights: MayAdmin, All: true}
	for i, do := range append([]Change{Create{Spec: Spec{Title: "T"}, Steps: steps}}, then...) {
		var err error
		if task, _, err = Act(task, Command{Task: "t", By: by, Do: do}, at.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return task
}

// TestWaits counts how often people have to act before a task can end.
func TestWaits(t *testing.T) {
	t.Parallel()
	plan := []Plan{{Name: "a", Gate: &Gate{Prompt: "?"}}, {Name: "b"}, {Name: "c", Gate: &Gate{Prompt: "?", Quorum: 2}}}
	begin := Report{Step: StepRef{Order: 1}, StepStatus: StepRunning}
	yes := Approve{Step: 1}
	for name, c := range map[string]struct {
		task Task
		want int
	}{
		"a plan":         {lived(t, plan), 2},
		"none":           {lived(t, []Plan{{Name: "b"}}), 0},
		"asked":          {lived(t, plan, begin), 2},
		"decided":        {lived(t, plan, begin, yes), 1},
		"paused too":     {lived(t, plan, begin, yes, Pause{}), 2},
		"goes on":        {lived(t, plan, begin, yes, Pause{}, Resume{}), 1},
		"rests":          {lived(t, nil, Report{Status: Running}, Report{Status: Paused}), 1},
		"asked mid-step": {lived(t, []Plan{{Name: "b"}}, begin, Ask{Step: StepRef{Order: 1}, Gate: Gate{Prompt: "?"}}), 1},
	} {
		if got := Waits(&c.task); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// TestClaimedETA is a worker's own estimate as people are shown it.
func TestClaimedETA(t *testing.T) {
	t.Parallel()
	said := func(v string) Report {
		return Report{Metadata: map[string]json.RawMessage{RemainingKey: json.RawMessage(v)}}
	}
	for v, want := range map[string]string{
		`12.5`: `{"low":13,"likely":13,"high":13,"basis":"the worker's own estimate"}`, `0`: `{"low":0,"likely":0,"high":0,"basis":"the worker's own estimate"}`,
		`-1`: `null`, `"soon"`: `null`, `1e300`: `null`, `null`: `null`,
	} {
		task := lived(t, nil, said(v))
		b, err := json.Marshal(ClaimedETA(&task))
		if err != nil || string(b) != want {
			t.Errorf("%s is %s, %v; want %s", v, b, err, want)
		}
	}
	task := lived(t, nil, said("5"), Report{Status: Completed})
	if got := ClaimedETA(&task); got != nil {
		t.Errorf("an ended task still takes %+v", got)
	}
}

// TestWireETA holds that both fields say the same, and are there if nobody knows.
func TestWireETA(t *testing.T) {
	t.Parallel()
	task := lived(t, nil)
	for want, eta := range map[string]*ETA{
		`"eta_seconds":null,"eta":null,`:                                             nil,
		`"eta_seconds":2,"eta":{"low":1,"likely":2,"high":3,"basis":"b"},`:           {Low: 1, Likely: 2, High: 3, Basis: "b"},
		`"eta_seconds":0,"eta":{"low":0,"likely":0,"high":3,"basis":"b","waits":4},`: {High: 3, Basis: "b", Waits: 4},
	} {
		for _, d := range []Detail{Brief, Whole} {
			if b, err := json.Marshal(task.Wire(d, eta)); err != nil || !strings.Contains(string(b), want) {
				t.Errorf("%s, %v; want %s", b, err, want)
			}
		}
	}
}
