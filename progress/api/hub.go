package api

import (
	"context"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/store"
)

// NewHub makes the hub that sends tasks to open sockets, on what keeps them; the rest
// of what it needs is in o.
func NewHub(e *engine.Engine, s *store.Store, x *store.Index, o live.Options) *live.Hub {
	o.Task, o.Events = e.Task, s.Events
	o.Live = func(ctx context.Context) ([]progress.Task, error) { return unended(ctx, x) }
	o.Lines = func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.LogLine, error) {
		return s.Lines(ctx, store.Logs{Task: id, Since: since, Limit: limit})
	}
	return live.New(o)
}

// unended are all tasks that have not ended.
func unended(ctx context.Context, x *store.Index) ([]progress.Task, error) {
	ask := store.Query{Eyes: progress.Timer(), Limit: maxTaskPage}
	for _, s := range progress.Statuses() {
		if !s.Ended() {
			ask.Status = append(ask.Status, s)
		}
	}
	var out []progress.Task
	for {
		page, next, err := x.Find(ctx, ask)
		if err != nil {
			return nil, unreadable(err)
		}
		out = append(out, page...)
		if next.IsZero() {
			return out, nil
		}
		ask.After = next
	}
}
