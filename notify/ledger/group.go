package ledger

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/progress/db"
)

// group lets those that write at the same time share one transaction.
type group struct {
	commit func(ctx context.Context, b batch) error
	lead   chan struct{} // holds the token: whoever takes it commits for all
	mu     sync.Mutex
	queue  []*op
}

// op is what one caller wants written.
type op struct {
	batch
	done chan error
}

func newGroup(d *db.DB) *group {
	g := &group{lead: make(chan struct{}, 1), commit: func(ctx context.Context, b batch) error {
		return db.Change(ctx, d, func(tx *db.Tx) error { return b.write(ctx, tx) })
	}}
	g.lead <- struct{}{}
	return g
}

// do writes a batch. Whoever waits and gets the token commits all that waits, and
// passes the token on: a lone caller wakes nobody, and many share a commit.
func (g *group) do(ctx context.Context, b batch) error {
	o := &op{b, make(chan error, 1)}
	g.mu.Lock()
	g.queue = append(g.queue, o)
	g.mu.Unlock()
	select {
	case err := <-o.done:
		return err
	case <-ctx.Done():
		if g.leave(o) {
			return ctx.Err()
		}
	case <-g.lead:
		g.commitWaiting()
	}
	return <-o.done
}

// leave takes an op out of the queue; it reports false for one that is being
// written.
func (g *group) leave(o *op) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, o)
	if i < 0 {
		return false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	return true
}

// commitWaiting belongs to whoever holds the token. What has begun is finished,
// so the context of the one that leads does not end it.
func (g *group) commitWaiting() {
	defer func() { g.lead <- struct{}{} }()
	g.mu.Lock()
	ops := g.queue
	g.queue = nil
	g.mu.Unlock()
	if len(ops) == 0 {
		return
	}
	var all batch
	for _, o := range ops {
		all.add(o.batch)
	}
	defer broken(ops)
	err := g.commit(context.Background(), all)
	if err != nil && len(ops) > 1 {
		g.apart(ops)
		return
	}
	for _, o := range ops {
		o.done <- err
	}
}

// broken answers ops that a panic has left without an answer, so that it costs no
// more than them.
func broken(ops []*op) {
	for _, o := range ops {
		select {
		case o.done <- errBroken:
		default: // it was answered
		}
	}
}

var errBroken = errors.New("the commit broke off")

// patienceWithDown is how long ops that are written one by one may all fail
// before the rest fail with them: a bad row fails at once and alone, but a
// database that is down may take long over each.
const patienceWithDown = time.Second

// apart writes each op in a transaction of its own.
func (g *group) apart(ops []*op) {
	var down time.Duration // spent on failures in a row
	var err error
	for _, o := range ops {
		if down < patienceWithDown {
			start := time.Now()
			if err = g.commit(context.Background(), o.batch); err == nil {
				down = 0
			} else {
				down += time.Since(start)
			}
		}
		o.done <- err
	}
}
