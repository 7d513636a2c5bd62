package progress

import (
	"encoding/json"
	"slices"
	"time"
)

// Event is a fact that followed from a command.
type Event struct {
	Seq     int64 // of a milestone: 1, 2, 3 … within the task; 0 for a tick
	Version int64 // of the task right after it
	Kind    Kind
	Step    int // order, 0 if it is about no step
	At      time.Time
	By      Person
	Via     Via
	Data    Data
}

// Data is what an event says beyond its kind and step. Which fields are set
// follows from the kind.
type Data struct {
	Run      int             `json:"run,omitempty"`
	Attempt  int             `json:"attempt,omitempty"`
	Spec     *Spec           `json:"spec,omitempty"`
	Steps    []Plan          `json:"steps,omitempty"`   // declared, or appended
	Substep  *Substep        `json:"substep,omitempty"` // new, or changed
	Approval *Approval       `json:"approval,omitempty"`
	Error    *Fault          `json:"error,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Inputs   json.RawMessage `json:"inputs,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Tell     Control         `json:"tell,omitempty"`    // what the worker has to hear of
	Own      bool            `json:"own,omitempty"`     // a pause that the worker itself makes
	Lapsed   bool            `json:"lapsed,omitempty"`  // the end of a session that has gone quiet
	Cause    Cause           `json:"cause,omitempty"`   // why it does not move
	Late     time.Duration   `json:"late_ns,omitempty"` // Plan.Late of the step that begins, if it is newer

	Tick  *Tick     `json:"-"` // of Ticked
	Beat  *Beat     `json:"-"` // of Beaten
	Lines []LogLine `json:"-"` // of Logged
}

// Tick is what a report moved without passing a milestone.
type Tick struct {
	Percent     *float64 // the reporter's own number for the task
	StepPercent *float64
	Message     *string
	Metrics     map[string]json.RawMessage
	Metadata    map[string]json.RawMessage
	Result      json.RawMessage
	Error       *Fault
}

// Beat is a contact with a worker.
type Beat struct {
	Worker string
	Seq    int64     // of its report, 0 if none
	Deaf   bool      // its answer tells the worker nothing
	Alone  bool      // a heartbeat of a task that runs, without a report
	Lease  string    // handed out, "" to leave it
	Until  time.Time // when the lease lapses, zero to leave it
	Spare  time.Time // not of a worker: until when nothing is said of its silence
}

// Kind names what happened.
type Kind string

// The kinds of milestones.
const (
	TaskCreated     Kind = "task.created"
	TaskStarted     Kind = "task.started"
	TaskPaused      Kind = "task.paused"
	TaskResumed     Kind = "task.resumed"
	TaskReopened    Kind = "task.reopened"
	TaskCompleted   Kind = "task.completed"
	TaskFailed      Kind = "task.failed"
	TaskCancelled   Kind = "task.cancelled"
	TaskRestarted   Kind = "task.restarted"
	TaskRetried     Kind = "task.retried"
	TaskStalled     Kind = "task.stalled"
	StepStarted     Kind = "step.started"
	StepDone        Kind = "step.completed"
	StepFell        Kind = "step.failed"
	StepPassed      Kind = "step.skipped"
	ApprovalNeeded  Kind = "approval.needed"
	ApprovalVoted   Kind = "approval.voted"
	ApprovalDecided Kind = "approval.decided"
	PlanChanged     Kind = "plan.changed"
)

// The kinds of ticks.
const (
	Ticked Kind = "progress"  // percent, message, metrics, metadata
	Beaten Kind = "heartbeat" // the worker was here; not visible
	Logged Kind = "log"       // lines were written; not visible
)

// KindInfo is what the kinds table says of a kind.
type KindInfo struct {
	Kind      Kind
	Frame     string // its type on live sockets
	Milestone bool   // it is appended, with a Seq
	Visible   bool   // it raises the task's version
	apply     func(t *Task, e *Event)
}

// Kinds is the kinds table.
func Kinds() []KindInfo { return slices.Clone(kinds[:]) }

var kinds = [...]KindInfo{
	{TaskCreated, "task_created", true, true, applyCreated},
	{TaskStarted, "task_started", true, true, applyStarted},
	{TaskPaused, "task_paused", true, true, applyPaused},
	{TaskResumed, "task_resumed", true, true, applyResumed},
	{TaskReopened, "task_reopened", true, true, applyReopened},
	{TaskCompleted, "task_complete", true, true, applyCompleted},
	{TaskFailed, "task_failed", true, true, applyFailed},
	{TaskCancelled, "task_cancelled", true, true, applyCancelled},
	{TaskRestarted, "task_restarted", true, true, applyRestarted},
	{TaskRetried, "task_retried", true, true, applyRetried},
	{TaskStalled, "task_stalled", true, true, applyStalled},
	{StepStarted, "step_started", true, true, applyStepStarted},
	{StepDone, "step_complete", true, true, applyStepDone},
	{StepFell, "step_failed", true, true, applyStepFell},
	{StepPassed, "step_skipped", true, true, applyStepPassed},
	{ApprovalNeeded, "approval_needed", true, true, applyApprovalNeeded},
	{ApprovalVoted, "approval_voted", true, true, applyApprovalVoted},
	{ApprovalDecided, "approval_decided", true, true, applyApprovalDecided},
	{PlanChanged, "plan_changed", true, true, applyPlanChanged},
	{Ticked, "progress", false, true, applyTicked},
	{Beaten, "", false, false, applyBeaten},
	{Logged, "log", false, false, applyLogged},
}

// Info returns the row of a kind, and whether there is one.
func (k Kind) Info() (KindInfo, bool) {
	if row := k.row(); row != nil {
		return *row, true
	}
	return KindInfo{}, false
}

// row finds the row of a kind; the ticks, which are by far the most, are last.
func (k Kind) row() *KindInfo {
	for i := len(kinds) - 1; i >= 0; i-- {
		if kinds[i].Kind == k {
			return &kinds[i]
		}
	}
	return nil
}

// Moved says that a task has changed: what a bell tells. It may be lost, and is
// never the only copy of anything.
type Moved struct {
	Task   TaskID
	Kind   string // of the task, Spec.Kind
	Status Status // after the change
	Seq    int64  // of the newest milestone before the change

	// Path is what each command did, oldest first, where the bell rings in the
	// process that committed them; empty if none can be seen. Elsewhere it is nil:
	// the task itself says how it stands. Nothing that it points to may be changed.
	Path []Move
}

// Move is what one command did to a task: a change that can be seen, or a
// report that changed nothing.
type Move struct {
	Was, Now *Task
	Do       Change
	By       Person
	Events   []Event
}
