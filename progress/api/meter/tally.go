package meter

import (
	"context"
	"sync"
	"time"
)

// countEvery is how old a count may be: of many tasks it takes a while, and
// several may ask.
const countEvery = 10 * time.Second

// tally counts, now and then, how many there are of each kind.
type tally[K comparable] struct {
	count func(context.Context) (map[K]int, error)

	mu     sync.Mutex
	counts map[K]int
	err    error
	until  time.Time
}

// read gives the newest count. What went wrong is kept as long as a count.
func (t *tally[K]) read() (map[K]int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Now().After(t.until) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		t.counts, t.err = t.count(ctx)
		t.until = time.Now().Add(countEvery)
	}
	return t.counts, t.err
}
