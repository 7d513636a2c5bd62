package estimate

// Outcome is how a run ended.
type Outcome string

// The outcomes. A run under way has none.
const (
	Underway  Outcome = ""
	Success   Outcome = "success"
	Partial   Outcome = "partial" // it came to its end, and not all of it went well
	Failed    Outcome = "failed"
	Cancelled Outcome = "cancelled"
)

// Run is a run of a task as far as it has gone: whole, as history keeps it, or
// in the middle. All times are in seconds and count only what was worked: time
// spent paused, or waiting for people, is in none of them.
type Run struct {
	ID      string   `json:"-"` // of the run; one that is learned again takes the place of the first
	Kind    string   `json:"-"` // of the task
	Size    *float64 `json:"-"` // of the job: files, tables, items; nil if not given
	Outcome Outcome  `json:"-"`
	Elapsed float64  `json:"-"` // since it began; 0 before that

	Laps  []Lap   `json:"laps"`            // the plan in its order, then what was not planned
	Curve []Point `json:"curve,omitempty"` // what its worker said of the whole, oldest first
}

// What of a run is made use of, at most: whoever keeps runs needs to keep no more.
const (
	MostLaps   = 256 // that are looked at one by one; a run of more is taken as a whole, by its Course
	MostPoints = 24  // of a curve
)

// State is how a step stands.
type State string

// The states.
const (
	Ahead   State = ""
	Running State = "running"
	Done    State = "done"
	Fell    State = "failed"
	Skipped State = "skipped"
)

// Lap is a step of a run.
type Lap struct {
	Name   string  `json:"name"`
	Added  bool    `json:"added,omitempty"` // not planned: it came on the way
	State  State   `json:"state,omitempty"`
	From   float64 `json:"from,omitempty"`   // of the run's time, when it began
	Active float64 `json:"active,omitempty"` // how long it has been worked on
	Curve  []Point `json:"curve,omitempty"`  // what was said of it, oldest first
}

// Point is a percent, 0..100, and the time since the begin of its step, or of
// its run, at which it was said.
type Point struct {
	Percent float64 `json:"p"`
	At      float64 `json:"t"`
}
