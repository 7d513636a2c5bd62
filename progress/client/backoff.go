package client

import (
	"context"
	"math/rand/v2"
	"time"
)

// The waits between tries: at random up to a bound that doubles from the first
// to the last.
const (
	leastWait = 10 * time.Millisecond
	firstWait = 100 * time.Millisecond
	lastWait  = 5 * time.Second
)

// backoff says how long to wait before the next try. The zero value is ready.
type backoff struct{ failed int }

// next is the wait after another failure; not shorter than the server asked.
func (b *backoff) next(asked time.Duration) time.Duration {
	bound := min(lastWait, firstWait<<min(b.failed, 16))
	b.failed++
	chance := rand.Float64() //nolint:gosec // many workers should not come back at once; no secret
	return asked + max(leastWait, time.Duration(chance*float64(bound)))
}

// reset begins anew after a success.
func (b *backoff) reset() { b.failed = 0 }

// sleep waits, and reports false when ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
