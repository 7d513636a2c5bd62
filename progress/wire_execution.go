package progress

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// WireExecution is a task as the executions face shows it. Every key is always
// there, null when there is nothing to say. It holds no secret.
type WireExecution struct {
	ID          TaskID                 `json:"execution_id"`
	Type        *string                `json:"type"`
	Target      *string                `json:"target_id"`
	Status      Status                 `json:"status"`
	Progress    *WireExecutionProgress `json:"progress"`
	Outputs     json.RawMessage        `json:"outputs"`
	Error       *WireExecutionError    `json:"error"`
	StartedAt   Instant                `json:"started_at"`
	CompletedAt Instant                `json:"completed_at"`
	FailedAt    Instant                `json:"failed_at"`
}

// WireExecutionProgress is how far an execution is.
type WireExecutionProgress struct {
	Current int       `json:"current_step"` // steps that are done
	Total   int       `json:"total_steps"`
	Percent wireFloat `json:"percentage"` // 0..100
	Name    *string   `json:"current_step_name"`
}

// wireFloat is a number that always shows that it need not be whole: 40.0.
type wireFloat float64

// MarshalJSON writes the number with a decimal point.
func (f wireFloat) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(f), 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}

// WireExecutionError is why an execution failed.
type WireExecutionError struct {
	Type    string          `json:"type"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details"`
}

// Execution is a task's status in the words of the executions face.
func (s Status) Execution() Status {
	if s == Paused || s == Waiting {
		return Running
	}
	return s
}

// ExecutionOf shows a task as an execution. What it points to is shared with the
// task.
func ExecutionOf(t Task) WireExecution {
	e := WireExecution{
		ID: t.ID, Type: orNull(t.Spec.Kind), Target: orNull(t.Spec.Target()), Status: t.Status.Execution(),
		Progress: ExecutionProgressOf(t), StartedAt: Instant(t.StartedAt), Error: ExecutionErrorOf(t), Outputs: OutputsOf(t),
	}
	switch t.Status {
	case Completed:
		e.CompletedAt = Instant(t.EndedAt)
	case Failed:
		e.FailedAt = Instant(t.EndedAt)
	}
	return e
}

// orNull is nil for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ExecutionProgressOf is how far a task is, nil while its run has not reported any
// progress.
func ExecutionProgressOf(t Task) *WireExecutionProgress {
	if !touched(t) {
		return nil
	}
	p := &WireExecutionProgress{
		Current: t.Steps.Count(StepCompleted) + t.Steps.Count(StepSkipped),
		Total:   t.Steps.Len(), Percent: wireFloat(t.Percent),
	}
	if t.Status == Completed {
		p.Current = p.Total
	}
	if n := t.Current(); n > 0 {
		name := t.Steps.At(n).Name
		p.Name = &name
	}
	return p
}

// touched reports whether a report of this run gave a percent or touched a step.
// A step is tried again only after it was.
func touched(t Task) bool {
	switch {
	case t.Given != nil, t.Attempt > 1, t.Steps.Len() > t.Steps.Count(StepPending):
		return true
	case t.StartedAt.IsZero():
		return false
	}
	for s := range t.Steps.All() { // one that was approved before it began waits again
		if !s.UpdatedAt.IsZero() {
			return true
		}
	}
	return false
}

// ExecutionErrorOf is why the task failed or was cancelled, nil if it was not or,
// of a cancelled one, if nobody said.
func ExecutionErrorOf(t Task) *WireExecutionError {
	if t.End == nil || t.End.Error == nil && t.Status != Failed {
		return nil
	}
	e := WireExecutionError{Type: "Error", Message: t.End.Reason}
	if f := t.End.Error; f != nil {
		e = WireExecutionError{Type: cmp.Or(f.Type, e.Type), Message: f.Message, Details: f.Details}
	}
	e.Message = cmp.Or(e.Message, "it failed and did not say why")
	return &e
}

// OutputsOf is what the task has come to, nil for nothing.
func OutputsOf(t Task) json.RawMessage {
	if t.End == nil || t.End.Result == nil {
		return t.Result
	}
	return t.End.Result
}
