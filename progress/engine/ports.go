package engine

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// writer commits.
type writer interface {
	Commit(ctx context.Context, need store.Need, decide func(store.Found) store.Batch) error
	Retryable(err error) bool
	Uncertain(err error) bool
	SingleWriter() bool
}

// reader reads.
type reader interface {
	Task(ctx context.Context, id progress.TaskID) (progress.Task, bool, error)
	Awake(ctx context.Context, at time.Time, limit int) ([]progress.TaskID, error)
	Claimable(ctx context.Context, kinds []string, at time.Time, limit int) ([]progress.TaskID, error)
	Pasts(ctx context.Context, q store.PastQuery) ([]store.Past, error)
}

// purger forgets what is old.
type purger interface {
	PurgeTasks(ctx context.Context, before time.Time, limit int) ([]progress.TaskID, error)
	PurgeKeys(ctx context.Context, before time.Time) error
	PurgePasts(ctx context.Context, before time.Time) error
}
