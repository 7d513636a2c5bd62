package meter

import (
	"context"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// countEvery is how old a count may be: of many tasks it takes a while, and
// several may ask.
const countEvery = 10 * time.Second

// tally counts tasks now and then.
type tally struct {
	count func(context.Context) (map[progress.Status]int, error)

	mu     sync.Mutex
	counts map[progress.Status]int
	err    error
	until  time.Time
}

// read gives the newest count. What went wrong is kept as long as a count.
func (t *tally) read() (map[progress.Status]int, error) {
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
