package slack

import (
	"context"
	"sync"
)

// mostThreads is how many threads are known in which we have spoken.
const mostThreads = 10_000

// threads are those in which we have spoken.
type threads struct {
	Options
	mu    sync.Mutex
	ours  map[string]bool // by what Slack calls their roots
	order []string        // oldest first
}

func newThreads(o Options) *threads { return &threads{Options: o, ours: map[string]bool{}} }

// note notes that we have spoken in a thread; "" is none.
func (t *threads) note(far string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if far == "" || t.ours[far] {
		return
	}
	if len(t.order) >= mostThreads {
		delete(t.ours, t.order[0])
		t.order = t.order[1:]
	}
	t.ours[far] = true
	t.order = append(t.order, far)
}

func (t *threads) known(far string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ours[far]
}

// are reports whether a thread is one of ours: below a message of ours, or one in which we
// have spoken.
func (t *threads) are(ctx context.Context, at spot) (bool, error) {
	if t.known(at.far()) {
		return true, nil
	}
	if _, ok, err := t.Rooms.TaskAt(ctx, at.far()); ok || err != nil {
		return ok, err
	}
	return t.Spoke(ctx, at.in().Room(Name), at.thread)
}
