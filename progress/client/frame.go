package client

import (
	"encoding/json"
	"time"

	"github.com/taskherald/herald/progress"
)

// Frame is what a watched task sends. Which fields are set follows from Type.
type Frame struct {
	Type    string          `json:"type"` // snapshot, progress, log, control, or that of a milestone
	ID      progress.TaskID `json:"task_id"`
	Seq     int64           `json:"seq"` // of the newest event that it reflects
	Version int64           `json:"version"`
	At      time.Time       `json:"at"`

	Task        *progress.Wire         `json:"task"`    // of snapshot and task_created
	Percent     float64                `json:"percent"` // of progress and the terminal frames
	Message     string                 `json:"message"`
	Step        *progress.StepLine     `json:"step"`
	StepPercent *float64               `json:"step_percent"`
	ETA         *int64                 `json:"eta_seconds"` // Likely of Left
	Left        *progress.ETA          `json:"eta"`         // of progress; nil when nobody can tell
	Steps       []progress.StepLine    `json:"steps"`       // all that are under way; of plan_changed the new ones
	Total       int                    `json:"total_steps"` // of plan_changed
	Substep     *progress.WireSubstep  `json:"substep"`
	Approval    *progress.WireApproval `json:"approval"`
	Result      json.RawMessage        `json:"result"`
	Error       *progress.WireFault    `json:"error"`
	Lines       []progress.WireLine    `json:"lines"`   // of log
	Control     progress.Control       `json:"control"` // of control
	Run         int                    `json:"run"`
	Attempt     int                    `json:"attempt"`
	By          progress.Person        `json:"by"`
	Via         progress.Via           `json:"via"`
	Reason      string                 `json:"reason"`
	Cause       progress.Cause         `json:"cause"` // of task_stalled

	Raw json.RawMessage `json:"-"` // the frame as it came
}

// Ended reports whether the frame says that the run is over.
func (f Frame) Ended() bool {
	switch f.Type {
	case "task_complete", "task_failed", "task_cancelled":
		return true
	}
	return false
}
