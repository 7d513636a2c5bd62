package progress

// ETA is how long a task still takes, in whole seconds of work from now: of one
// that has not begun, all of it, once it has a worker. Low <= Likely <= High; four
// of five tasks end between Low and High.
type ETA struct {
	Low    int64  `json:"low"`
	Likely int64  `json:"likely"`
	High   int64  `json:"high"`
	Basis  string `json:"basis"` // what it rests on, for people: "12 similar runs and this run's pace"

	// Waits is how often people have to act before the task can end: the
	// approvals that are still to come, and 1 more while it is paused. How long
	// they take is in none of the numbers.
	Waits int `json:"waits,omitempty"`
}

// OwnBasis is the basis of an estimate that came from the worker.
const OwnBasis = "the worker's own estimate"

// ClaimedETA is the worker's own estimate as an ETA; nil if it gave none, or the
// task has ended.
func ClaimedETA(t *Task) *ETA {
	s := Claimed(t)
	if s == nil {
		return nil
	}
	return &ETA{Low: *s, Likely: *s, High: *s, Basis: OwnBasis, Waits: Waits(t)}
}

// Waits is how often people have to act before a task can end, as in ETA.
func Waits(t *Task) int {
	n := t.Steps.total.gates
	if t.Status == Paused {
		n++
	}
	return n
}

// seconds is the likely time that is left, nil if nobody knows.
func (e *ETA) seconds() *int64 {
	if e == nil {
		return nil
	}
	return &e.Likely
}
