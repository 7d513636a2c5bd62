package engine

import (
	"context"
	"errors"
	"time"

	"github.com/taskherald/herald/progress"
)

// Retention is how long things are kept. A negative duration means for ever.
type Retention struct {
	Tasks time.Duration // after they ended, with their events, logs and history
	Keys  time.Duration // idempotency keys
	Pasts time.Duration // of runs, for weights, estimates and statistics
}

// DefaultRetention is that of a server that sets none.
func DefaultRetention() Retention {
	return Retention{Tasks: 90 * 24 * time.Hour, Keys: 24 * time.Hour, Pasts: 2 * 365 * 24 * time.Hour}
}

// How often the clock is looked at, and how often old things are forgotten.
const (
	sweepEvery = time.Second
	purgeEvery = 10 * time.Minute
)

// Sweep gives the commands of the clock until ctx ends: approvals expire, tasks
// that no worker takes or that do not move say so, and what is old is forgotten.
// Several nodes may sweep the same database: a command that comes second changes
// nothing.
func (e *Engine) Sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	var purged time.Time
	for {
		if err := e.wake(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("the clock's commands failed; they are tried again", "error", err)
		}
		if now := e.now(); now.Sub(purged) >= purgeEvery {
			purged = now
			if err := e.purge(ctx); err == nil {
				e.watch.Purged(now)
			} else if ctx.Err() == nil {
				e.log.Error("old tasks could not be forgotten; it is tried again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// wake does what is overdue.
func (e *Engine) wake(ctx context.Context) error {
	ids, err := e.reader.Awake(ctx, e.now(), batchSize)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, e.wakeTask(ctx, id)) // one that fails does not stop the clock of the others
	}
	return errors.Join(errs...)
}

func (e *Engine) wakeTask(ctx context.Context, id progress.TaskID) error {
	t, err := e.Task(ctx, id)
	if err != nil {
		return skip(err)
	}
	for _, do := range t.Overdue(e.now()) {
		if s, ok := do.(progress.Stall); ok {
			s.Up = e.up
			do = s
		}
		out, err := e.Execute(ctx, progress.Command{Task: id, By: progress.Timer(), Via: progress.ViaTimer, Do: do})
		if skip(err) != nil {
			return err
		}
		if why := told(out.Events); why != "" {
			e.watch.Stalled(why)
		}
	}
	return nil
}

// skip forgives what only says that the task has moved on.
func skip(err error) error {
	switch progress.CodeOf(err) {
	case progress.Conflict, progress.NotFound:
		return nil
	}
	return err
}

// purge forgets what is old, in small transactions between the commands.
func (e *Engine) purge(ctx context.Context) error {
	now := e.now()
	if e.keep.Keys >= 0 {
		if err := e.aside(ctx, func(ctx context.Context) error { return e.purger.PurgeKeys(ctx, now.Add(-e.keep.Keys)) }); err != nil {
			return err
		}
	}
	if e.keep.Pasts >= 0 {
		if err := e.aside(ctx, func(ctx context.Context) error { return e.purger.PurgePasts(ctx, now.Add(-e.keep.Pasts)) }); err != nil {
			return err
		}
	}
	for e.keep.Tasks >= 0 {
		n := 0
		if err := e.aside(ctx, func(ctx context.Context) error {
			gone, err := e.purger.PurgeTasks(ctx, now.Add(-e.keep.Tasks), 32)
			e.hot.drop(gone)
			n = len(gone)
			return err
		}); err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// aside runs other work in the committer's place in the queue.
func (e *Engine) aside(ctx context.Context, work func(context.Context) error) error {
	return e.do(ctx, &op{work: work, reply: make(chan Result, 1)})[0].Err
}
