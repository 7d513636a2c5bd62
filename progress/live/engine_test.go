package live

import (
	"context"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// sourceOf are a hub's options on a real engine and its store.
func sourceOf(e *engine.Engine, s *store.Store, bell Bell) Options {
	return Options{
		Bell: bell, Task: e.Task, Events: s.Events,
		Lines: func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.LogLine, error) {
			return s.Lines(ctx, store.Logs{Task: id, Since: since, Limit: limit})
		},
		Live: func(context.Context) ([]progress.Task, error) { return nil, nil },
	}
}
