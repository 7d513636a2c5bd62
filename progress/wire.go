package progress

import (
	"bytes"
	"encoding/json"
	"time"
)

// Instant is a time as the wire shows it: RFC 3339 in UTC with milliseconds,
// null for none.
type Instant time.Time

const instantForm = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the time, or null for the zero one.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	return time.Time(i).UTC().AppendFormat(make([]byte, 0, 26), `"`+instantForm+`"`), nil
}

// String is the time without quotes, "" for none.
func (i Instant) String() string {
	if i.IsZero() {
		return ""
	}
	return time.Time(i).UTC().Format(instantForm)
}

// UnmarshalJSON reads an RFC 3339 time, or null for none.
func (i *Instant) UnmarshalJSON(b []byte) error {
	*i = Instant{}
	return (*time.Time)(i).UnmarshalJSON(b)
}

// IsZero reports whether there is no time.
func (i Instant) IsZero() bool { return time.Time(i).IsZero() }

// Detail is how much of a task is shown.
type Detail int

// The details.
const (
	Brief Detail = iota // for lists: without substeps and inputs
	Whole
)

// Wire is a task as every face of Herald shows it. It holds no secret: neither
// the lease nor the callback URL.
type Wire struct {
	ID          TaskID     `json:"task_id"`
	Title       string     `json:"title"`
	Status      Status     `json:"status"`
	Progress    float64    `json:"progress"`     // 0..100
	CurrentStep int        `json:"current_step"` // 1-based; 0 without steps
	TotalSteps  int        `json:"total_steps"`
	StartedAt   Instant    `json:"started_at"`
	ETA         *int64     `json:"eta_seconds"` // Likely of Left
	Left        *ETA       `json:"eta"`         // null when nobody can tell
	Steps       []WireStep `json:"steps"`

	Run         int     `json:"run"`
	Attempt     int     `json:"attempt"`
	Seq         int64   `json:"seq"`
	Version     int64   `json:"version"`
	CreatedAt   Instant `json:"created_at"`
	UpdatedAt   Instant `json:"updated_at"`
	EndedAt     Instant `json:"ended_at"`
	HeartbeatAt Instant `json:"heartbeat_at"`

	Kind       string                     `json:"kind,omitempty"`
	Session    string                     `json:"session_id,omitempty"` // what its reporter calls it, beside kind
	Owner      string                     `json:"owner,omitempty"`
	CreatedBy  Person                     `json:"created_by,omitempty"`
	Labels     map[string]string          `json:"labels,omitempty"`
	Parent     TaskID                     `json:"parent,omitempty"`
	Complexity *float64                   `json:"complexity,omitempty"`
	Controls   []Verb                     `json:"controls,omitzero"`
	Message    string                     `json:"message,omitempty"`
	Metrics    map[string]json.RawMessage `json:"metrics,omitempty"`
	Metadata   map[string]json.RawMessage `json:"metadata,omitempty"`
	Inputs     json.RawMessage            `json:"inputs,omitempty"`
	Result     json.RawMessage            `json:"result,omitempty"`
	Error      *WireFault                 `json:"error,omitempty"`
	Reason     string                     `json:"reason,omitempty"`   // why it ended
	EndedBy    Person                     `json:"ended_by,omitempty"` // who ended it
	EndedVia   Via                        `json:"ended_via,omitempty"`
	Worker     string                     `json:"worker,omitempty"`
	LeaseUntil Instant                    `json:"lease_until,omitzero"`
	Stalled    string                     `json:"stalled,omitempty"` // why nothing moves
	StallCause Cause                      `json:"stalled_cause,omitempty"`
	Approval   *WireApproval              `json:"approval,omitempty"` // that waits for a decision
}

// WireFault is why a task failed, and at which step.
type WireFault struct {
	Fault
	Step int `json:"step,omitempty"`
}

// UnmarshalJSON reads the fault, a plain text too, and the step.
func (f *WireFault) UnmarshalJSON(b []byte) error {
	*f = WireFault{}
	if err := f.Fault.UnmarshalJSON(b); err != nil || bytes.HasPrefix(b, []byte(`"`)) {
		return err
	}
	var at struct{ Step int }
	err := json.Unmarshal(b, &at)
	f.Step = at.Step
	return err
}

// StepLine is a step in one line, as frames have it.
type StepLine struct {
	Order    int        `json:"order"`
	Name     string     `json:"name"`
	Status   StepStatus `json:"status"`
	Progress float64    `json:"progress"`              // 0..100
	Duration *int64     `json:"duration_ms,omitempty"` // from its begin to its end, once it has ended
}

// WireStep is a step as every face shows it.
type WireStep struct {
	StepLine
	Substeps     []WireSubstep `json:"substeps,omitzero"`
	Weight       float64       `json:"weight,omitempty"`
	AllowFailure bool          `json:"allow_failure,omitempty"`
	StartedAt    Instant       `json:"started_at,omitzero"`
	EndedAt      Instant       `json:"ended_at,omitzero"`
	Error        *Fault        `json:"error,omitempty"`
	Approval     *WireApproval `json:"approval,omitempty"` // the latest asked, else the one declared
}

// WireSubstep is a substep as every face shows it.
type WireSubstep struct {
	Name   string     `json:"name"`
	Done   bool       `json:"done"`
	Status StepStatus `json:"status"` // pending, running or completed
}

// Wire shows the task, with the time that it still takes, nil if nobody can tell.
// What it points to is shared with the task.
func (t Task) Wire(d Detail, eta *ETA) Wire {
	s := t.Spec
	w := Wire{
		ID: t.ID, Title: s.Title, Status: t.Status, Progress: t.Percent, CurrentStep: t.Current(), TotalSteps: t.Steps.Len(),
		StartedAt: Instant(t.StartedAt), ETA: eta.seconds(), Left: eta, Steps: wireSteps(t.Steps, d), Run: t.Run, Attempt: t.Attempt, Seq: t.Seq, Version: t.Version,
		CreatedAt: Instant(t.CreatedAt), UpdatedAt: Instant(t.UpdatedAt), EndedAt: Instant(t.EndedAt), HeartbeatAt: Instant(t.HeartbeatAt),
		Kind: s.Kind, Session: s.Session, Owner: s.Owner, CreatedBy: s.CreatedBy, Labels: s.Labels, Parent: s.Parent, Complexity: s.Complexity,
		Controls: s.Controls, Message: t.Message, Metrics: t.Metrics, Metadata: merged(t.Spec.Metadata, t.Metadata), Result: t.Result,
		Worker: t.Worker, LeaseUntil: Instant(t.LeaseUntil), Stalled: t.Stalled, StallCause: t.StallCause,
	}
	if d == Whole {
		w.Inputs = s.Inputs
	}
	if n := t.Steps.First(StepWaiting); n > 0 {
		w.Approval = wireApproval(t.Steps.At(n))
	}
	w.ended(t)
	return w
}

// ended shows how the task ended, or what its worker said of an error.
func (w *Wire) ended(t Task) {
	if t.Fault != nil {
		w.Error = &WireFault{Fault: *t.Fault}
	}
	e := t.End
	if e == nil {
		return
	}
	w.Reason, w.EndedBy, w.EndedVia = e.Reason, e.By, e.Via
	if len(e.Result) > 0 {
		w.Result = e.Result
	}
	if e.Error != nil {
		w.Error = &WireFault{*e.Error, e.Step}
	}
}

func wireSteps(steps Steps, d Detail) []WireStep {
	out := make([]WireStep, 0, steps.Len())
	for s := range steps.All() {
		out = append(out, wireStep(s, d))
	}
	return out
}

func wireStep(s Step, d Detail) WireStep {
	w := WireStep{
		StepLine: s.Line(), Weight: s.Weight, AllowFailure: s.AllowFailure,
		StartedAt: Instant(s.StartedAt), EndedAt: Instant(s.EndedAt), Error: s.Error,
	}
	if d == Whole {
		w.Substeps = wireSubsteps(s)
		w.Approval = wireApproval(s)
	}
	return w
}

// Line shows the step in one line.
func (s Step) Line() StepLine {
	l := StepLine{Order: s.Order, Name: s.Name, Status: s.Status, Progress: s.Percent}
	if !s.StartedAt.IsZero() && !s.EndedAt.IsZero() {
		ms := s.EndedAt.Sub(s.StartedAt).Milliseconds()
		l.Duration = &ms
	}
	return l
}

// wireSubsteps shows the substeps. Unless its worker says which one runs, the
// first one of a running step that is not done does.
func wireSubsteps(s Step) []WireSubstep {
	out := make([]WireSubstep, len(s.Substeps))
	next, said := -1, false
	for i, sub := range s.Substeps {
		out[i] = WireSubstep{sub.Name, sub.Done(), sub.Status}
		if sub.Status == "" {
			out[i].Status = StepPending
		}
		if !sub.Done() && next < 0 {
			next = i
		}
		said = said || sub.Status == StepRunning
	}
	if s.Status == StepRunning && next >= 0 && !said {
		out[next].Status = StepRunning
	}
	return out
}

// WireApproval is an approval as every face shows it. One that has no status
// was declared and not asked yet.
type WireApproval struct {
	Gate
	Step        int            `json:"step"`
	StepName    string         `json:"step_name,omitempty"`
	ID          string         `json:"id,omitempty"`
	Digest      string         `json:"digest,omitempty"`
	Status      ApprovalStatus `json:"status,omitempty"`
	AskedBy     Person         `json:"asked_by,omitempty"`
	RequestedAt Instant        `json:"requested_at,omitzero"`
	ExpiresAt   Instant        `json:"expires_at,omitzero"`
	Votes       []WireVote     `json:"votes,omitzero"`
	DecidedBy   Person         `json:"decided_by,omitempty"`
	DecidedAt   Instant        `json:"decided_at,omitzero"`
	Via         Via            `json:"via,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Option      string         `json:"option,omitempty"`
}

// WireVote is a vote as every face shows it.
type WireVote struct {
	By       Person         `json:"by"`
	Decision ApprovalStatus `json:"decision"` // approved or rejected
	Via      Via            `json:"via"`
	At       Instant        `json:"at"`
	Reason   string         `json:"reason,omitempty"`
	Option   string         `json:"option,omitempty"`
}

func wireApproval(s Step) *WireApproval {
	switch {
	case s.Approval != nil:
		return s.Approval.Wire(s.Order, s.Name)
	case s.Gate != nil:
		return &WireApproval{Gate: *s.Gate, Step: s.Order, StepName: s.Name}
	}
	return nil
}

// Wire shows the approval of a step.
func (a Approval) Wire(step int, name string) *WireApproval {
	w := &WireApproval{
		Gate: a.Gate, Step: step, StepName: name, ID: a.ID, Digest: a.Digest, Status: a.Status, AskedBy: a.AskedBy,
		RequestedAt: Instant(a.RequestedAt), ExpiresAt: Instant(a.ExpiresAt), Votes: make([]WireVote, len(a.Votes)),
		DecidedBy: a.DecidedBy, DecidedAt: Instant(a.DecidedAt), Via: a.Via, Reason: a.Reason, Option: a.Option,
	}
	for i, v := range a.Votes {
		w.Votes[i] = WireVote{v.By, v.Decision, v.Via, Instant(v.At), v.Reason, v.Option}
	}
	return w
}

// WireEvent is a milestone as every face shows it.
type WireEvent struct {
	Seq     int64    `json:"seq"`
	Version int64    `json:"version"`
	Type    Kind     `json:"type"`
	Step    int      `json:"step,omitempty"`
	At      Instant  `json:"at"`
	By      Person   `json:"by"`
	Via     Via      `json:"via"`
	Data    wireData `json:"data"`
}

// wireData is Data with its times as the wire has them, and without secrets.
type wireData struct {
	Data
	Spec     *Spec         `json:"spec,omitempty"`
	Approval *WireApproval `json:"approval,omitempty"`
}

// Wire shows the milestone.
func (e Event) Wire() WireEvent {
	w := WireEvent{
		Seq: e.Seq, Version: e.Version, Type: e.Kind, Step: e.Step, At: Instant(e.At), By: e.By, Via: e.Via,
		Data: wireData{Data: e.Data, Spec: e.Data.Spec},
	}
	if s := e.Data.Spec; s != nil && s.CallbackURL != "" {
		shown := *s
		shown.CallbackURL = ""
		w.Data.Spec = &shown
	}
	if a := e.Data.Approval; a != nil {
		w.Data.Approval = a.Wire(e.Step, "")
	}
	return w
}

// WireLine is a log line as every face shows it.
type WireLine struct {
	LogLine
	At Instant `json:"at"`
}

// Wire shows the line.
func (l LogLine) Wire() WireLine { return WireLine{l, Instant(l.At)} }
