package api

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress"
)

// execution is a task as the executions face shows it. Every key is always
// there, null when there is nothing to say.
type execution struct {
	ID          progress.TaskID    `json:"execution_id"`
	Type        *string            `json:"type"`
	Target      *string            `json:"target_id"`
	Status      progress.Status    `json:"status"`
	Progress    *executionProgress `json:"progress"`
	Outputs     json.RawMessage    `json:"outputs"`
	Error       *executionError    `json:"error"`
	StartedAt   progress.Instant   `json:"started_at"`
	CompletedAt progress.Instant   `json:"completed_at"`
	FailedAt    progress.Instant   `json:"failed_at"`
}

// executionProgress is how far an execution is.
type executionProgress struct {
	Current int     `json:"current_step"` // steps that are done
	Total   int     `json:"total_steps"`
	Percent float   `json:"percentage"` // 0..100
	Name    *string `json:"current_step_name"`
}

// float is a number that always shows that it need not be whole: 40.0.
type float float64

// MarshalJSON writes the number with a decimal point.
func (f float) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(f), 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}

// executionError is why an execution failed.
type executionError struct {
	Type    string          `json:"type"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details"`
}

// executionStatus is a task's status in the words of the executions face.
func executionStatus(s progress.Status) progress.Status {
	if s == progress.Paused || s == progress.Waiting {
		return progress.Running
	}
	return s
}

// executionOf shows a task as an execution.
func executionOf(t progress.Task) execution {
	e := execution{
		ID: t.ID, Type: orNull(t.Spec.Kind), Target: orNull(t.Spec.Target()), Status: executionStatus(t.Status),
		Progress: progressOf(t), StartedAt: progress.Instant(t.StartedAt), Error: errorOf(t), Outputs: outputsOf(t),
	}
	switch t.Status {
	case progress.Completed:
		e.CompletedAt = progress.Instant(t.EndedAt)
	case progress.Failed:
		e.FailedAt = progress.Instant(t.EndedAt)
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

// progressOf is how far a task is, nil while its run has not reported any
// progress.
func progressOf(t progress.Task) *executionProgress {
	if !reported(t) {
		return nil
	}
	p := &executionProgress{
		Current: t.Steps.Count(progress.StepCompleted) + t.Steps.Count(progress.StepSkipped),
		Total:   t.Steps.Len(), Percent: float(t.Percent),
	}
	if t.Status == progress.Completed {
		p.Current = p.Total
	}
	if n := t.Current(); n > 0 {
		name := t.Steps.At(n).Name
		p.Name = &name
	}
	return p
}

// reported reports whether a report of this run gave a percent or touched a step.
// A step is tried again only after it was.
func reported(t progress.Task) bool {
	switch {
	case t.Given != nil, t.Attempt > 1, t.Steps.Len() > t.Steps.Count(progress.StepPending):
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

// errorOf is why the task failed or was cancelled, nil if it was not or, of a
// cancelled one, if nobody said.
func errorOf(t progress.Task) *executionError {
	if t.End == nil || t.End.Error == nil && t.Status != progress.Failed {
		return nil
	}
	e := executionError{Type: "Error", Message: t.End.Reason}
	if f := t.End.Error; f != nil {
		e = executionError{Type: cmp.Or(f.Type, e.Type), Message: f.Message, Details: f.Details}
	}
	e.Message = cmp.Or(e.Message, "it failed and did not say why")
	return &e
}

// outputsOf is what the task has come to, nil for nothing.
func outputsOf(t progress.Task) json.RawMessage {
	if t.End == nil || t.End.Result == nil {
		return t.Result
	}
	return t.End.Result
}
