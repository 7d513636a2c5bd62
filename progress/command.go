package progress

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// Command is a wish to change a task, or a fact about it from its worker. What
// it points to becomes part of the task: whoever gave it must not change it
// afterwards.
type Command struct {
	Key  string // idempotency key, unique to its caller and route; "" for none
	Body string // fingerprint of what was asked under Key; another body is refused
	Task TaskID
	If   Fence
	By   Actor
	Via  Via
	Do   Change
}

// Fence says which execution of a task a command means. Zero fields mean the
// present one. It never holds a version: a ticking task must not make its
// buttons stale.
type Fence struct {
	Run     int
	Attempt int
	Digest  string // of the approval that was shown, for Approve and Reject
}

// Change is what a command does: one of the structs in this file.
type Change interface{ Verb() Verb }

// Verb is the name of a change.
type Verb string

// The verbs.
const (
	VerbCreate    Verb = "create"
	VerbReport    Verb = "report"
	VerbHeartbeat Verb = "heartbeat"
	VerbLog       Verb = "log"
	VerbClaim     Verb = "claim"
	VerbAsk       Verb = "ask"
	VerbApprove   Verb = "approve"
	VerbReject    Verb = "reject"
	VerbPause     Verb = "pause"
	VerbResume    Verb = "resume"
	VerbCancel    Verb = "cancel"
	VerbRestart   Verb = "restart"
	VerbRetry     Verb = "retry"
	VerbSkip      Verb = "skip"
	VerbExpire    Verb = "expire"
	VerbStall     Verb = "stall"
	VerbLapse     Verb = "lapse"
)

// Create makes a task.
type Create struct {
	Spec  Spec
	Steps []Plan
}

// Report is what a worker says of its task. Fields that are absent say nothing.
type Report struct {
	Progress     *float64                   `json:"progress,omitempty"`      // of the task, 0..100
	Step         StepRef                    `json:"step,omitzero"`           // order or name; a new name is appended
	StepProgress *float64                   `json:"step_progress,omitempty"` // 0..100
	StepStatus   StepStatus                 `json:"step_status,omitempty"`
	Substep      string                     `json:"substep,omitempty"` // a new name is appended
	SubstepDone  *bool                      `json:"substep_done,omitempty"`
	Message      *string                    `json:"message,omitempty"`
	Metrics      map[string]json.RawMessage `json:"metrics,omitempty"`  // merged by name
	Metadata     map[string]json.RawMessage `json:"metadata,omitempty"` // merged by name
	Result       json.RawMessage            `json:"result,omitempty"`
	Error        *Fault                     `json:"error,omitempty"`
	Status       Status                     `json:"status,omitempty"` // running, paused, completed, failed or cancelled
	Seq          int64                      `json:"seq,omitempty"`    // the worker's own counter, 1 and up; 0 for none
	At           time.Time                  `json:"at,omitzero"`      // when it was so, by the worker's clock
	Worker       string                     `json:"worker,omitempty"`
	Lease        string                     `json:"lease,omitempty"`

	// Word is what the worker itself calls Status, on a face that has more words
	// for it; "" for none.
	Word string `json:"-"`

	// Aloud says that others are told of the report even if it changes nothing, as
	// they are of all reports on a session.
	Aloud bool `json:"-"`

	// Typical is the median past duration of a step of that name, for a step
	// that this report appends; 0 if unknown. The engine fills it in.
	Typical time.Duration `json:"-"`

	// Late is Plan.Late of a step that begins with this report, as it is known by
	// now; 0 if unknown. The engine fills it in.
	Late time.Duration `json:"-"`
}

// Heartbeat says that the worker is alive, and no more.
type Heartbeat struct {
	Worker string
	Lease  string
}

// Log appends lines of output.
type Log struct{ Lines []LogLine }

// LogLine is one line of a task's output.
type LogLine struct {
	N     int64     `json:"n"` // 1, 2, 3 … within the task, given by Decide
	At    time.Time `json:"at"`
	Level string    `json:"level,omitempty"`
	Step  string    `json:"step,omitempty"`
	Line  string    `json:"line"`
}

// Claim takes a task for a worker, until the lease lapses: LeaseFor after the
// last contact.
type Claim struct {
	Worker string
	Lease  string // secret, chosen by the engine
}

// Ask asks for an approval of a step, at its start or in its middle.
type Ask struct {
	Step StepRef
	Gate Gate
}

// Approve says yes to a step that waits; Step 0 means the first that does.
type Approve struct {
	Step   int
	Reason string
	Option string // one of the options that were offered, or ""
}

// Reject says no to a step that waits; Step 0 means the first that does.
type Reject struct {
	Step   int
	Reason string
}

// Pause holds a running task.
type Pause struct{ Reason string }

// Resume lets a paused task go on.
type Resume struct{ Reason string }

// Cancel ends a task.
type Cancel struct{ Reason string }

// Restart begins a new run of a task; of one that has not ended it is cancel
// and start over in one act.
type Restart struct {
	Reason string
	Inputs json.RawMessage // replaces the inputs, if any
}

// Retry begins a new attempt at a failed step; Step 0 means the first failed one.
type Retry struct {
	Step   int
	Reason string
	Inputs json.RawMessage // replaces the inputs, if any
}

// Skip goes on without a step; Step 0 means the failed or the running one.
type Skip struct {
	Step   int
	Reason string
}

// Expire ends an approval whose time is up.
type Expire struct{ Step int }

// Stall says that nothing moves. Only the timer gives it; Overdue makes it.
type Stall struct {
	Cause  Cause
	Step   int // that takes too long, 0 for none
	Reason string

	// Up is since when the server runs: who could not be heard before has a
	// chance to be. The engine fills it in; the zero time gives none.
	Up time.Time
}

// Lapse ends a session whose last step stands at 100 and that has gone quiet.
type Lapse struct{}

// Verb is the name of the change.
func (Create) Verb() Verb { return VerbCreate }

// Verb is the name of the change.
func (Report) Verb() Verb { return VerbReport }

// Verb is the name of the change.
func (Heartbeat) Verb() Verb { return VerbHeartbeat }

// Verb is the name of the change.
func (Log) Verb() Verb { return VerbLog }

// Verb is the name of the change.
func (Claim) Verb() Verb { return VerbClaim }

// Verb is the name of the change.
func (Ask) Verb() Verb { return VerbAsk }

// Verb is the name of the change.
func (Approve) Verb() Verb { return VerbApprove }

// Verb is the name of the change.
func (Reject) Verb() Verb { return VerbReject }

// Verb is the name of the change.
func (Pause) Verb() Verb { return VerbPause }

// Verb is the name of the change.
func (Resume) Verb() Verb { return VerbResume }

// Verb is the name of the change.
func (Cancel) Verb() Verb { return VerbCancel }

// Verb is the name of the change.
func (Restart) Verb() Verb { return VerbRestart }

// Verb is the name of the change.
func (Retry) Verb() Verb { return VerbRetry }

// Verb is the name of the change.
func (Skip) Verb() Verb { return VerbSkip }

// Verb is the name of the change.
func (Expire) Verb() Verb { return VerbExpire }

// Verb is the name of the change.
func (Stall) Verb() Verb { return VerbStall }

// Verb is the name of the change.
func (Lapse) Verb() Verb { return VerbLapse }

// StepRef names a step by its order (1, 2, 3 …) or by its name. The zero value
// names none.
type StepRef struct {
	Order int
	Name  string
}

// UnmarshalJSON reads a number as an order and a text as a name.
func (r *StepRef) UnmarshalJSON(b []byte) error {
	*r = StepRef{}
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, &r.Name)
	}
	return json.Unmarshal(b, &r.Order)
}

// MarshalJSON writes the name if there is one, else the order.
func (r StepRef) MarshalJSON() ([]byte, error) {
	if r.Name != "" {
		return json.Marshal(r.Name)
	}
	return json.Marshal(r.Order)
}

// None reports whether no step is named.
func (r StepRef) None() bool { return r == StepRef{} }

// Fault is why something failed.
type Fault struct {
	Type    string          `json:"type,omitempty"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details,omitempty"`
}

// UnmarshalJSON also reads a plain text, as the message.
func (f *Fault) UnmarshalJSON(b []byte) error {
	*f = Fault{}
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, &f.Message)
	}
	type plain Fault
	return json.Unmarshal(b, (*plain)(f))
}

// same reports whether two faults, either of them nil, say the same.
func (f *Fault) same(o *Fault) bool {
	if f == nil || o == nil {
		return f == o
	}
	return f.Type == o.Type && f.Message == o.Message && bytes.Equal(f.Details, o.Details)
}

// blank reports whether a text says nothing.
func blank(s string) bool { return strings.TrimSpace(s) == "" }
