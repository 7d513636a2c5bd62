package progress

import (
	"encoding/json"
	"slices"
	"time"
)

// Task is the thing being done. It is a value: see the package comment.
type Task struct {
	ID      TaskID
	Spec    *Spec // what was asked for; never nil in a task that exists
	Run     int   // 1 and up, raised by restart
	Attempt int   // 1 and up within a run, raised by retry
	Status  Status
	Seq     int64 // of the newest milestone
	Version int64 // raised by every visible change
	Steps   Steps

	CreatedAt time.Time
	RunAt     time.Time // when this run or attempt was asked for
	StartedAt time.Time // of this run; zero until its first report
	EndedAt   time.Time // zero until it ends
	UpdatedAt time.Time // of the newest visible change

	End     *End // how this run ended, nil until then
	Retried int  // the step that this attempt retries, 0 for none
	Wish    Wish // the newest wish that its worker has to hear of
	Resting bool // it is paused by its worker, which goes on by itself
	Clock
	Pulse
}

// Spec is what was asked for when a task was created. A retry or a restart with
// new inputs makes a new Spec; nothing else does.
type Spec struct {
	Title       string                     `json:"title"`
	Kind        string                     `json:"kind,omitempty"`
	Owner       string                     `json:"owner,omitempty"` // a person or "group:NAME"; "" for everyone
	CreatedBy   Person                     `json:"created_by,omitempty"`
	Labels      map[string]string          `json:"labels,omitempty"`
	Metadata    map[string]json.RawMessage `json:"metadata,omitempty"`
	Inputs      json.RawMessage            `json:"inputs,omitempty"`
	Complexity  *float64                   `json:"complexity,omitempty"` // size of the job: files, tables, items
	Parent      TaskID                     `json:"parent,omitempty"`
	CallbackURL string                     `json:"callback_url,omitempty"`

	// CallbackEvents are what the callback is told of beside the start and the end,
	// each a CallbackWord.
	CallbackEvents []string `json:"callback_events,omitempty"`

	// Session is what its reporter calls the task, beside Kind; "" if it knows it
	// by its id. Such a task ends when its last step stands at 100 and nothing
	// follows for Grace; 0 means never.
	Session string        `json:"session,omitempty"`
	Grace   time.Duration `json:"grace_ns,omitempty"`

	// StallAfter is for how long nothing may be heard of its worker while it runs;
	// 0 or less means for ever. In a Create 0 is what the engine gives to all.
	StallAfter time.Duration `json:"stall_after_ns,omitempty"`

	Controls []Verb `json:"controls,omitzero"` // what the worker obeys; nil: everything
	Open     bool   `json:"open,omitempty"`    // no plan was declared: more steps may come
}

// End is how a run ended.
type End struct {
	Step   int             `json:"step,omitempty"` // at which it failed, 0 for none
	Result json.RawMessage `json:"result,omitempty"`
	Error  *Fault          `json:"error,omitempty"`
	Reason string          `json:"reason,omitempty"`
	By     Person          `json:"by,omitempty"`
	Via    Via             `json:"via,omitempty"`
	Lapsed bool            `json:"lapsed,omitempty"` // by going quiet: a report reopens the task
}

// Wish is something that a worker has to hear of at its next contact.
type Wish struct {
	Control Control `json:"control,omitempty"`
	Step    int     `json:"step,omitempty"`
	Seq     int64   `json:"seq,omitempty"` // of the milestone that made it
}

// Contact is what a task knows of one of its workers, by name.
type Contact struct {
	Seq   int64 `json:"seq,omitempty"`   // its newest report's number in this attempt
	Heard int64 `json:"heard,omitempty"` // Seq of the newest wish that it was told
	By    int64 `json:"by,omitempty"`    // number of the report whose answer told it
	Here  bool  `json:"here,omitempty"`  // it was in contact in this attempt
}

// Pulse is the part of a task that ticks. Replaying the milestones does not
// give it back.
type Pulse struct {
	Percent  float64  // shown, 0..100, kept at its high-water mark
	Given    *float64 // the reporter's own number for this attempt, nil if none
	Message  string
	Metrics  map[string]json.RawMessage
	Metadata map[string]json.RawMessage // what reports added to Spec.Metadata
	Result   json.RawMessage            // reported before the end
	Fault    *Fault                     // reported without failing anything

	Workers     map[string]Contact // by name; "" is a worker that gives none
	Worker      string
	Lease       string // secret; "" if nobody has claimed the task
	LeaseUntil  time.Time
	HeartbeatAt time.Time // newest contact with a worker
	Beats       bool      // a worker sends heartbeats of their own in this attempt
	Stalled     string    // why nothing moves; "" while it does
	StallCause  Cause     // the same for programs
	Spared      time.Time // until when nothing is said of its silence: the server was away
	Lines       int64     // log lines so far
}

// Claimable reports whether a worker may claim the task at that time: nobody
// has it, or who had it has let its lease lapse.
func (t Task) Claimable(at time.Time) bool {
	if t.Status.Ended() {
		return false
	}
	if t.Lease != "" {
		return !at.Before(t.LeaseUntil)
	}
	return t.Status == Pending
}

// Current is the order of the step to show: the lowest running, else the one
// that waits for a decision or is paused, else the failed, else the next
// pending, else the last. 0 without steps.
func (t Task) Current() int {
	for _, s := range []StepStatus{StepRunning, StepWaiting, StepPaused, StepFailed, StepPending} {
		if n := t.Steps.First(s); n > 0 {
			return n
		}
	}
	return t.Steps.Len()
}

// obeys reports whether the task's worker does what the verb asks.
func (s *Spec) obeys(v Verb) bool {
	if s.Controls == nil {
		return true
	}
	if v == VerbResume && slices.Contains(s.Controls, VerbPause) {
		return true // or a pause would be for ever
	}
	return slices.Contains(s.Controls, v)
}

// atWork reports whether a worker may still be at this run: one that was in
// contact in it, unless by ending it, or one that has yet to hear of a wish.
func atWork(t Task) bool {
	endedIt := t.Status.Ended() && !t.HeartbeatAt.Before(t.EndedAt)
	for _, c := range t.Workers {
		if (c.Here && !endedIt) || c.Heard < t.Wish.Seq {
			return true
		}
	}
	return false
}

// failedStep is the step at which a failed task failed, 0 if it was at none.
func (t Task) failedStep() int {
	if t.End != nil && t.End.Step > 0 && t.Steps.At(t.End.Step).Status == StepFailed {
		return t.End.Step
	}
	return t.Steps.First(StepFailed)
}
