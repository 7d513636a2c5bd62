package ledger

import (
	"context"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
)

// Agenda keeps what waits for its time, and why events were told or not.
type Agenda struct {
	d *db.DB
}

// Soonest is when the first bundle or chain is due; zero for never.
func (a *Agenda) Soonest(ctx context.Context) (time.Time, error) { return time.Time{}, nil }

// Bundles are the events of bundles that are due at a time.
func (a *Agenda) Bundles(ctx context.Context, at time.Time, limit int) ([]notify.Held, error) {
	return nil, nil
}

// Chains are those with something to do at a time, the longest due first.
func (a *Agenda) Chains(ctx context.Context, at time.Time, limit int) ([]notify.Chain, error) {
	return nil, nil
}

// ChainsOf are those of a task, the oldest first, those that are over too.
func (a *Agenda) ChainsOf(ctx context.Context, task progress.TaskID) ([]notify.Chain, error) {
	return nil, nil
}

// Traces are those of a task from a seq on, in the order of their events and rounds, at
// most limit.
func (a *Agenda) Traces(ctx context.Context, task progress.TaskID, since int64, limit int) ([]notify.Trace, error) {
	return nil, nil
}
