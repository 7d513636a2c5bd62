package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/store"
)

// metrics is GET /metrics. They tell of everyone's tasks, so they are for those
// who see them all.
func metrics(c *call) error {
	if !c.who.All {
		return &progress.Error{
			Code: progress.Forbidden,
			Say:  "metrics tell of everyone's tasks; send the token of a person who sees them all, such as a viewer",
		}
	}
	c.Header("Cache-Control", "no-store")
	c.metrics.ServeHTTP(c.Writer, c.Request)
	return nil
}

// measured gives the meter what it reads when it is asked.
func (s *server) measured() (http.Handler, error) {
	err := s.Meter.Watch(meter.Sources{
		Tasks: func(ctx context.Context) (map[progress.Status]int, error) {
			return s.Index.Count(ctx, store.Query{Eyes: progress.Timer()})
		},
		Ready:   s.Ready,
		Readers: func() meter.Readers { return meter.Readers(s.Hub.Census()) },
		Clients: func() int { return s.watchers.io.Sockets() },
		Claims:  s.line.length,
	})
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return s.Meter.Handler(s.Log), nil
}
