package engine

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Watcher hears what an engine does, to count it. Its methods are called from
// many goroutines and must not block.
type Watcher interface {
	// Commanded tells of a command that was given, and of the error of Execute.
	Commanded(do progress.Change, err error)

	// Committed tells of a transaction: how many commands shared it, how long it
	// took until it was on disk, and the error with which it failed for good.
	Committed(commands int, took time.Duration, err error)

	// Stalled tells of a task that was said not to move, and why.
	Stalled(why progress.Cause)

	// Purged tells that all that is old was forgotten.
	Purged(at time.Time)
}

// nobody is a Watcher that does not listen.
type nobody struct{}

func (nobody) Commanded(progress.Change, error)    {}
func (nobody) Committed(int, time.Duration, error) {}
func (nobody) Stalled(progress.Cause)              {}
func (nobody) Purged(time.Time)                    {}
