package slack

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// The bounds of what has come in and is not done yet.
const (
	mostQueued = 1024
	workers    = 16
)

// queue does jobs, those of one lane in their order and one at a time. Lanes take turns, so
// that one in which everything takes long keeps one worker busy and no more.
type queue struct {
	log   *slog.Logger
	ready chan string // lanes that have a job and no worker; none is in it twice, so it is never full

	mu     sync.Mutex
	lanes  map[string][]job // the first of each is under way, or next
	size   int
	closed bool
	empty  chan struct{} // closed when nothing is left after nothing more is taken
}

// job is a piece of work. It must end soon after ctx does.
type job func(ctx context.Context)

func newQueue(log *slog.Logger) *queue {
	return &queue{log: log, ready: make(chan string, mostQueued), lanes: map[string][]job{}, empty: make(chan struct{})}
}

// put adds a job to a lane. It never waits: ok is false when there is no room, or nothing is
// taken any more.
func (q *queue) put(lane string, j job) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.size >= mostQueued {
		return false
	}
	q.size++
	q.lanes[lane] = append(q.lanes[lane], j)
	if len(q.lanes[lane]) == 1 {
		q.ready <- lane
	}
	return true
}

// full reports whether there is no room.
func (q *queue) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed || q.size >= mostQueued
}

// work does jobs until ctx ends.
func (q *queue) work(ctx context.Context) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case lane := <-q.ready:
					q.next(ctx, lane)
				}
			}
		})
	}
	all.Wait()
}

// next does the first job of a lane.
func (q *queue) next(ctx context.Context, lane string) {
	q.mu.Lock()
	j := q.lanes[lane][0]
	q.mu.Unlock()
	q.safely(ctx, j)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lanes[lane] = q.lanes[lane][1:]; len(q.lanes[lane]) > 0 {
		q.ready <- lane
	} else {
		delete(q.lanes, lane)
	}
	if q.size--; q.closed && q.size == 0 {
		close(q.empty)
	}
}

// safely does a job. One that panics is a mistake of ours, and no reason for all others to
// end with it.
func (q *queue) safely(ctx context.Context, j job) {
	defer func() {
		if r := recover(); r != nil {
			q.log.Error("an event of Slack could not be worked on: a mistake in Herald", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	j(ctx)
}

// drain takes no more, and waits until all is done, or for so long; ok is false if something
// was left.
func (q *queue) drain(patience time.Duration) (ok bool) {
	q.mu.Lock()
	q.closed = true
	done := q.size == 0
	q.mu.Unlock()
	if done {
		return true
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-q.empty:
		return true
	case <-late.C:
		return false
	}
}
