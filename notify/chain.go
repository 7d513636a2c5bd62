package notify

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Chain is what happens while an approval that was asked for is not decided. It is frozen
// when it is asked: no later change of rules or settings touches it.
type Chain struct {
	Approval string // its id
	Task     progress.TaskID
	Seq      int64 // of the event that asks
	Step     int   // order
	AskedAt  time.Time
	Stages   []Stage
	Next     int       // of Stages, the one to come; len(Stages) after the last
	Round    int       // how often it has been told since it was asked
	FiredAt  time.Time // when the stage before Next was told, or it was asked
	DueAt    time.Time // when there is something to do; zero: never
	Alerted  bool      // the operators know that it reached nobody
	Over     string    // why nothing more happens, "" while it goes on
	OverAt   time.Time
}
