package access

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/taskherald/herald/progress/store"
)

// How often last uses are written, how often what is of no use any more is
// deleted, and how long a token is still listed after its end.
const (
	flushEvery = 10 * time.Second
	purgeEvery = 10 * time.Minute
	keepTokens = 90 * 24 * time.Hour
)

// useEvery is how far apart the noted uses of one credential are at least.
const useEvery = time.Minute

// uses are when credentials were used last, by ID, as far as it is not stored.
type uses struct {
	mu sync.Mutex
	at map[string]time.Time
}

// note takes down a use, once in a while.
func (u *uses) note(e *entry, now time.Time) {
	last := e.used.Load()
	if now.UnixMicro()-last < useEvery.Microseconds() || !e.used.CompareAndSwap(last, now.UnixMicro()) {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at[e.id] = now
}

// take gives what was noted, and forgets it.
func (u *uses) take() []store.Use {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make([]store.Use, 0, len(u.at))
	for id, at := range u.at {
		out = append(out, store.Use{ID: id, At: at})
	}
	clear(u.at)
	return out
}

// Sweep writes last uses and deletes credentials that are of no use any more,
// until ctx ends. Several nodes may sweep the same database.
func (a *Access) Sweep(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var purged time.Time
	for {
		err := a.flush(ctx)
		if now := a.now(); now.Sub(purged) >= purgeEvery {
			purged = now
			err = errors.Join(err, a.purge(ctx, now))
		}
		if err != nil && ctx.Err() == nil {
			a.log.Error("credentials could not be swept; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// flush writes last uses. Those that a failure loses are noted again with the
// next use.
func (c *core) flush(ctx context.Context) error {
	tokens, sessions := c.tokens.uses.take(), c.sessions.uses.take()
	return c.keep.SaveUses(ctx, useEvery, tokens, sessions)
}

func (c *core) purge(ctx context.Context, now time.Time) error {
	return c.keep.Purge(ctx, store.Old{Now: now, Idle: now.Add(-sessionIdle), Tokens: now.Add(-keepTokens)})
}
