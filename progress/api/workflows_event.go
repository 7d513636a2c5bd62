package api

import (
	"encoding/json"

	"github.com/taskherald/herald/progress"
)

// The names of the events of the workflows face begin with these.
const (
	progressEvent = "workflow:progress:"
	stateEvent    = "workflow:state:"
)

// workflowProgress is what watchers are sent of a report.
type workflowProgress struct {
	Session  string                     `json:"session_id"`
	Step     string                     `json:"step"`
	Progress float64                    `json:"progress"` // of the step, 0..100
	Kind     string                     `json:"workflow_type"`
	Metadata map[string]json.RawMessage `json:"metadata"` // of the report
}

// workflowState is what watchers are sent of a state.
type workflowState struct {
	Flow   string          `json:"flow"`
	Run    string          `json:"flow_run"`
	State  string          `json:"state"`
	User   json.RawMessage `json:"user_id,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// told is one event of the workflows face.
type told struct {
	name string
	data any
}

// tellOf is what watchers are sent of a move, in order: what a report says of a
// step, as it says it, and then what has become of the whole.
func tellOf(m progress.Move) []told {
	var out []told
	r, report := m.Do.(progress.Report)
	if report && !fresh(m, r) {
		return nil
	}
	f := flowOf(m.Now)
	if report && ticks(r) {
		out = append(out, told{progressEvent + f.Kind, progressIn(f, r, m.Now)})
	}
	if word := wordOf(m, r); word != "" {
		out = append(out, told{stateEvent + f.Kind, stateIn(f, word, r, m.Now)})
	}
	return out
}

// fresh reports whether a report was taken: not one that came again, or that
// belongs to an earlier run.
func fresh(m progress.Move, r progress.Report) bool {
	return m.Now.Version != m.Was.Version || r.Seq == 0 && m.Was.Run == m.Now.Run
}

// ticks reports whether the report says anything of a step or a percent.
func ticks(r progress.Report) bool {
	return r.StepProgress != nil || r.Progress != nil || r.StepStatus != "" || r.Substep != "" || len(r.Metadata) > 0 && r.Word == ""
}

// progressIn is what a report says: of its step, else of the current one, else
// of the whole task.
func progressIn(f flow, r progress.Report, now *progress.Task) workflowProgress {
	out := workflowProgress{Session: f.Name, Kind: f.Kind, Step: now.Spec.Title, Progress: now.Percent, Metadata: r.Metadata}
	if out.Metadata == nil {
		out.Metadata = map[string]json.RawMessage{}
	}
	n := now.Current()
	switch {
	case r.Step.Name != "":
		n = now.Steps.Find(r.Step.Name)
	case r.Step.Order > 0:
		n = r.Step.Order
	}
	if n > 0 {
		s := now.Steps.At(n)
		out.Step, out.Progress = s.Name, s.Percent
	}
	if r.StepProgress != nil {
		out.Progress = *r.StepProgress
	}
	return out
}

// wordOf is the state that a move says or leads to, "" for none: the reporter's
// own word, else that for another status. That a report of progress starts a
// session, or reopens it, needs no word.
func wordOf(m progress.Move, r progress.Report) string {
	if r.Word != "" {
		return r.Word
	}
	_, report := m.Do.(progress.Report)
	begins := report && r.Status == "" && m.Now.Status == progress.Running
	if m.Was.Spec == nil || m.Was.Status == m.Now.Status || begins {
		return ""
	}
	return stateWords[m.Now.Status]
}

// stateWords are the states of the workflows face.
var stateWords = map[progress.Status]string{
	progress.Pending: "Pending", progress.Running: "Running", progress.Paused: "Paused", progress.Waiting: "Paused",
	progress.Completed: "Completed", progress.Failed: "Failed", progress.Cancelled: "Cancelled",
}

// stateIn is what watchers are sent of a state.
func stateIn(f flow, word string, r progress.Report, now *progress.Task) workflowState {
	out := workflowState{Flow: f.Kind, Run: f.Name, State: word, User: now.Metadata[userKey], Result: r.Result}
	if r.Word != "" || now.End == nil {
		return out
	}
	if out.Result = progress.OutputsOf(*now); out.Result == nil && now.End.Error != nil {
		out.Result, _ = json.Marshal(map[string]*progress.WireExecutionError{"error": progress.ExecutionErrorOf(*now)}) // of plain values: cannot fail
	}
	return out
}
