package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/table"
)

// encode is v as JSON, or "" for a value that says nothing. It is used on our
// own types only, which always encode.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T does not encode: %v", v, err))
	}
	if s := string(b); s != "null" && s != "{}" {
		return s
	}
	return ""
}

// decode reads what encode wrote.
func decode(s string, v any) error {
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), v)
}

// pulse is a task's pulse and wish as they are stored, but for what has columns
// of its own.
type pulse struct {
	Given       *float64                    `json:"given,omitempty"`
	Message     string                      `json:"message,omitempty"`
	Metrics     map[string]json.RawMessage  `json:"metrics,omitempty"`
	Metadata    map[string]json.RawMessage  `json:"metadata,omitempty"`
	Result      json.RawMessage             `json:"result,omitempty"`
	Fault       *progress.Fault             `json:"fault,omitempty"`
	Workers     map[string]progress.Contact `json:"workers,omitempty"`
	Retried     int                         `json:"retried,omitempty"`
	Worker      string                      `json:"worker,omitempty"`
	Lease       string                      `json:"lease,omitempty"`
	HeartbeatAt int64                       `json:"heartbeat_at,omitempty"`
	Beats       bool                        `json:"beats,omitempty"`
	Stalled     string                      `json:"stalled,omitempty"`
	StallCause  progress.Cause              `json:"stall_cause,omitempty"`
	Spared      int64                       `json:"spared,omitempty"`
	Resting     bool                        `json:"resting,omitempty"`
	Lines       int64                       `json:"lines,omitempty"`
	BeganAt     int64                       `json:"began_at,omitempty"`
	IdleSince   int64                       `json:"idle_since,omitempty"`
	Idle        time.Duration               `json:"idle,omitempty"`
	Wish        *progress.Wish              `json:"wish,omitempty"`
}

func pulseOf(t *progress.Task) string {
	p := pulse{
		Given: t.Given, Message: t.Message, Metrics: t.Metrics, Metadata: t.Metadata, Result: t.Result,
		Fault: t.Fault, Workers: t.Workers, Retried: t.Retried, Worker: t.Worker, Lease: t.Lease,
		HeartbeatAt: table.Micros(t.HeartbeatAt), Beats: t.Beats, Stalled: t.Stalled, StallCause: t.StallCause, Spared: table.Micros(t.Spared), Resting: t.Resting, Lines: t.Lines,
	}
	p.BeganAt, p.IdleSince, p.Idle = table.Micros(t.BeganAt), table.Micros(t.IdleSince), t.Idle
	if t.Wish.Control != "" {
		p.Wish = &t.Wish
	}
	return encode(p)
}

func (p pulse) restore(t *progress.Task) {
	t.Given, t.Message, t.Metrics, t.Metadata = p.Given, p.Message, p.Metrics, p.Metadata
	t.Result, t.Fault, t.Workers, t.Retried = p.Result, p.Fault, p.Workers, p.Retried
	t.Worker, t.Lease, t.HeartbeatAt = p.Worker, p.Lease, table.Time(p.HeartbeatAt)
	t.Beats, t.Stalled, t.StallCause, t.Spared = p.Beats, p.Stalled, p.StallCause, table.Time(p.Spared)
	t.Resting, t.Lines = p.Resting, p.Lines
	t.Clock = progress.Clock{BeganAt: table.Time(p.BeganAt), IdleSince: table.Time(p.IdleSince), Idle: p.Idle}
	if p.Wish != nil {
		t.Wish = *p.Wish
	}
}

// detail is what of a step has no column of its own in task_progress.
type detail struct {
	Weight       float64            `json:"weight,omitempty"`
	Substeps     []progress.Substep `json:"substeps,omitempty"`
	Gate         *progress.Gate     `json:"gate,omitempty"`
	AllowFailure bool               `json:"allow_failure,omitempty"`
	Typical      time.Duration      `json:"typical,omitempty"`
	Late         time.Duration      `json:"late,omitempty"`
	Overran      bool               `json:"overran,omitempty"`
	Given        bool               `json:"given,omitempty"`
	Declared     bool               `json:"declared,omitempty"`
	Waived       bool               `json:"waived,omitempty"`
	Attempt      int                `json:"attempt,omitempty"`
	StartedAt    int64              `json:"started_at,omitempty"`
	EndedAt      int64              `json:"ended_at,omitempty"`
	IdleSince    int64              `json:"idle_since,omitempty"`
	Idle         time.Duration      `json:"idle,omitempty"`
	From         time.Duration      `json:"from,omitempty"`
	Approval     *progress.Approval `json:"approval,omitempty"`
	Error        *progress.Fault    `json:"error,omitempty"`
}

func detailOf(s progress.Step) detail {
	return detail{
		Weight: s.Weight, Substeps: s.Substeps, Gate: s.Gate, AllowFailure: s.AllowFailure,
		Typical: s.Typical, Late: s.Late, Overran: s.Overran,
		Given: s.Given, Declared: s.Declared, Waived: s.Waived, Attempt: s.Attempt,
		StartedAt: table.Micros(s.StartedAt), EndedAt: table.Micros(s.EndedAt),
		IdleSince: table.Micros(s.IdleSince), Idle: s.Idle, From: s.From, Approval: s.Approval, Error: s.Error,
	}
}

func (d detail) restore(s *progress.Step) {
	s.Weight, s.Substeps, s.Gate, s.AllowFailure, s.Typical = d.Weight, d.Substeps, d.Gate, d.AllowFailure, d.Typical
	s.Late, s.Overran = d.Late, d.Overran
	s.Given, s.Declared, s.Waived, s.Attempt = d.Given, d.Declared, d.Waived, d.Attempt
	s.StartedAt, s.EndedAt = table.Time(d.StartedAt), table.Time(d.EndedAt)
	s.IdleSince, s.Idle, s.From, s.Approval, s.Error = table.Time(d.IdleSince), d.Idle, d.From, d.Approval, d.Error
}

// readable is a step's time as outside readers get it, NULL for none.
func readable(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(readableForm)
}

const readableForm = "2006-01-02T15:04:05.000000Z"

// ticked reports whether nothing of a step but its percent and time differs
// from what it was: then its detail is stored as it is.
func ticked(was progress.Steps, is progress.Step) bool {
	if is.Order > was.Len() {
		return false
	}
	old := was.At(is.Order)
	old.Percent, old.UpdatedAt = is.Percent, is.UpdatedAt
	return old.Same(is)
}

// taskArgs are the columns of a row of tasks, in the order of taskColumns.
func taskArgs(args []any, t *progress.Task, rev int64) []any {
	return append(args, string(t.ID), rev, t.Version, t.Seq, t.Run, t.Attempt, string(t.Status),
		t.Spec.Kind, t.Spec.Owner, t.Spec.Title, t.Percent,
		table.Micros(t.CreatedAt), table.Micros(t.RunAt), table.Micros(t.StartedAt), table.Micros(t.EndedAt), table.Micros(t.UpdatedAt),
		table.Micros(t.Wake()), table.Micros(t.LeaseUntil), pulseOf(t))
}

func stepArgs(args []any, id progress.TaskID, s progress.Step) []any {
	return append(args, string(id), s.Order, s.Name, string(s.Status), s.Percent, readable(s.UpdatedAt), encode(detailOf(s)))
}
