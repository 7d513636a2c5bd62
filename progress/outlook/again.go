package outlook

import (
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
)

// Of a long plan an estimate takes a millisecond, and such tasks tick fast, a
// little at a time: then one is used again for a while.
const (
	longPlan  = 500 // steps
	reuse     = 250 * time.Millisecond
	mostReuse = 256 // tasks
)

// again are estimates that may be used again, by their task. The zero value has
// none.
type again struct {
	mu   sync.Mutex
	told map[progress.TaskID]told
}

// told is an estimate, when it was made, and of what.
type told struct {
	at           time.Time
	run, attempt int
	status       progress.Status
	guess        estimate.Guess
}

// find gives the estimate of a task that may be used again.
func (a *again) find(t *progress.Task, now time.Time) (estimate.Guess, bool) {
	if t.Steps.Len() <= longPlan {
		return estimate.Guess{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.told[t.ID]
	age := now.Sub(was.at)
	good := was.run == t.Run && was.attempt == t.Attempt && was.status == t.Status && age >= 0 && age < reuse
	return was.guess, good
}

// keep keeps an estimate, if it is worth it.
func (a *again) keep(t *progress.Task, now time.Time, g estimate.Guess) {
	if t.Steps.Len() <= longPlan {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.told == nil || len(a.told) >= mostReuse {
		a.told = map[progress.TaskID]told{}
	}
	a.told[t.ID] = told{now, t.Run, t.Attempt, t.Status, g}
}
