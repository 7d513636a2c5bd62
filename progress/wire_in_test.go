package progress

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// TestReportsEncodeAsTheWireTakesThem holds that what a report does not say is
// not in its JSON, and that what it says comes back.
func TestReportsEncodeAsTheWireTakesThem(t *testing.T) {
	t.Parallel()
	percent, done, text := 12.5, false, ""
	for want, r := range map[string]Report{
		`{}`:           {},
		`{"step":2}`:   {Step: StepRef{Order: 2}},
		`{"step":"x"}`: {Step: StepRef{Name: "x"}},
		`{"progress":12.5,"step_progress":12.5,"substep":"s","substep_done":false,"message":""}`: {
			Progress: &percent, StepProgress: &percent, Substep: "s", SubstepDone: &done, Message: &text,
		},
		`{"metrics":{"n":1},"metadata":{"m":[]},"result":{"a":null},"error":{"message":"no"}}`: {
			Metrics: map[string]json.RawMessage{"n": json.RawMessage("1")}, Metadata: map[string]json.RawMessage{"m": json.RawMessage("[]")},
			Result: json.RawMessage(`{"a":null}`), Error: &Fault{Message: "no"},
		},
		`{"step_status":"running","status":"failed","seq":3,"at":"2026-01-31T12:00:00.5Z","worker":"w","lease":"l"}`: {
			StepStatus: StepRunning, Status: Failed, Seq: 3, At: time.Date(2026, 1, 31, 12, 0, 0, 5e8, time.UTC), Worker: "w", Lease: "l",
		},
	} {
		b, err := json.Marshal(r)
		if err != nil || string(b) != want {
			t.Errorf("%s, %v; want %s", b, err, want)
		}
		var back Report
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s came back as %+v, %v", b, back, err)
		}
	}
}

// TestWireComesBack holds that the wire's own types read what they write.
func TestWireComesBack(t *testing.T) {
	t.Parallel()
	at := Instant(time.Date(2026, 1, 31, 12, 0, 0, 123e6, time.UTC))
	eta := int64(5)
	in := Wire{
		ID: "a", Title: "T", Status: Failed, StartedAt: at, CreatedAt: at, ETA: &eta, Left: &ETA{4, 5, 6, "b", 1}, Run: 1,
		Error: &WireFault{Fault{Type: "x", Message: "m", Details: json.RawMessage(`{"a":1}`)}, 3},
		Steps: []WireStep{{
			StepLine: StepLine{Order: 1, Name: "s"}, Substeps: []WireSubstep{{"u", true, StepCompleted}}, StartedAt: at, Error: &Fault{Message: "e"},
			Approval: &WireApproval{Gate: Gate{Prompt: "p"}, Step: 1, RequestedAt: at, Votes: []WireVote{{By: "ann", At: at}}},
		}},
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out Wire
	if err := json.Unmarshal(b, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%s came back as %+v, %v", b, out, err)
	}
	var f WireFault
	if err := json.Unmarshal([]byte(`"plain"`), &f); err != nil || f.Message != "plain" || f.Step != 0 {
		t.Error(f, err)
	}
	for text, good := range map[string]bool{`null`: true, `"2026-01-31T12:00:00Z"`: true, `"yesterday"`: false, `7`: false} {
		i := at
		if err := json.Unmarshal([]byte(text), &i); (err == nil) != good || (text == "null" && !i.IsZero()) {
			t.Errorf("%s: %v, %v", text, time.Time(i), err)
		}
	}
}
