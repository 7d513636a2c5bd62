package progress

// WireKind is what the past runs of one kind say, as every face of Herald shows
// it: the newest 200 count, of tasks that the reader may see.
type WireKind struct {
	Kind    string  `json:"kind"`
	Runs    int     `json:"runs"`     // that ended in any way
	EndedAt Instant `json:"ended_at"` // the newest of them
	WireTimes

	// Idle is the median of the seconds that a run spent paused or waiting for
	// people, which are in none of the times; null if no run ended well.
	Idle *float64 `json:"idle_median_seconds"`
}

// WireTimes are what a series of runs of the same says, of a kind or of a step.
// The times are in seconds of work, of those that ended well: in success, or with
// a part that went wrong.
type WireTimes struct {
	Median      *float64 `json:"median_seconds"` // null if none ended well
	P90         *float64 `json:"p90_seconds"`    // nine of ten take less
	FailureRate *float64 `json:"failure_rate"`   // 0..1 of all but the cancelled; null if there is none
	Trend       *float64 `json:"trend"`          // the median of the newest third by that of the rest, 1.25 is slower by a quarter; null before the sixth
}

// WireKindWhole is a kind with its steps, the slowest first, and its newest runs.
type WireKindWhole struct {
	WireKind
	Steps     []WireKindStep `json:"steps"`      // at most 200
	MoreSteps int            `json:"more_steps"` // beside these
	Last      []WireKindRun  `json:"last"`       // the newest first, at most 20
}

// WireKindStep is what the past runs of a kind say of one of its steps.
type WireKindStep struct {
	Name string `json:"name"`
	Runs int    `json:"runs"` // in which it was done, or failed
	WireTimes
	Share float64 `json:"share"` // 0..1 of the time that all steps take together
}

// WireKindRun is one past run. Its task may be gone.
type WireKindRun struct {
	Task    TaskID  `json:"task_id"`
	Run     int     `json:"run"`
	EndedAt Instant `json:"ended_at"`
	Outcome string  `json:"outcome"`        // success, partial, failed, cancelled
	Active  float64 `json:"active_seconds"` // worked
	Idle    float64 `json:"idle_seconds"`   // paused, or waiting for people
}

// WireAccuracy is how good estimates would have been on past runs: each was
// asked about at 10, 30, 50, 70 and 90 % of its way, by what was known before it.
type WireAccuracy struct {
	Kinds    int       `json:"kinds"`
	Runs     int       `json:"runs"`     // that were replayed
	Complete bool      `json:"complete"` // false when there were too many for the time
	Warm     WireScore `json:"warm"`     // of runs before which their kind had at least three
	First    WireScore `json:"first"`    // of the first run of each kind
}

// WireScore is how good the estimates of some runs would have been. Shares are
// 0..1 of the questions, null where there was none.
type WireScore struct {
	Runs       int         `json:"runs"`      // that ended well and were asked about
	Questions  int         `json:"questions"` // five a run
	Unanswered int         `json:"unanswered"`
	Bound      *float64    `json:"within_bound"`        // predicted totals within the bound of their group
	Remaining  *float64    `json:"remaining_within_20"` // predicted times left within 20 % of the true ones
	Covered    *float64    `json:"covered"`             // true times left from low to high, where 0.8 is meant
	Width      *float64    `json:"median_width"`        // of high less low, as a share of the run's total
	Groups     []WireGroup `json:"groups"`
}

// WireGroup is how good the predicted totals are of runs with so many steps.
type WireGroup struct {
	Steps     string   `json:"steps"` // "1-2", "3-5" or "6+"
	Bound     float64  `json:"bound"` // how far off a good one is at most, as a share of the total
	Questions int      `json:"questions"`
	Within20  *float64 `json:"within_20"`
	Within30  *float64 `json:"within_30"`
	Within50  *float64 `json:"within_50"`
}
