package chat

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
	mostEach   = 64 // of one person
	workers    = 16
	soonest    = 128 // workers on what cannot wait: they wait for the network and nothing else
)

// queue does jobs, those of one lane in their order and one at a time. Lanes take turns, so
// that one in which everything takes long keeps one worker busy and no more; and nobody fills
// it alone. It takes jobs while it is open.
type queue struct {
	log   *slog.Logger
	hands int         // how many jobs are done at a time
	ready chan string // lanes that have a job and no worker; none is in it twice, so it is never full

	mu    sync.Mutex
	lanes map[string][]task // the first of each is under way, or next
	each  map[string]int    // jobs of each person
	size  int
	open  bool
	empty chan struct{} // closed when nothing is left after nothing more is taken
}

// task is a job in line, and whose it is.
type task struct {
	job Job
	who string
}

// Job is a piece of work. It must end soon after ctx does.
type Job func(ctx context.Context)

func newQueue(log *slog.Logger) *queue {
	return &queue{log: log, hands: workers}
}

// put adds somebody's job to a lane. It never waits: ok is false when there is no room, for
// them or at all, or the queue is not open.
func (q *queue) put(lane, who string, j Job) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.open || q.size >= mostQueued || q.each[who] >= mostEach {
		return false
	}
	q.size++
	q.each[who]++
	q.lanes[lane] = append(q.lanes[lane], task{j, who})
	if len(q.lanes[lane]) == 1 {
		q.ready <- lane
	}
	return true
}

// listens reports whether it is open.
func (q *queue) listens() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.open
}

// full reports whether there is no room.
func (q *queue) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.open || q.size >= mostQueued
}

// take opens it. What a drain has left is forgotten.
func (q *queue) take() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open, q.empty = true, make(chan struct{})
	q.ready, q.lanes, q.each, q.size = make(chan string, mostQueued), map[string][]task{}, map[string]int{}, 0
}

// work does jobs until ctx ends.
func (q *queue) work(ctx context.Context) {
	var all sync.WaitGroup
	for range q.hands {
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
	q.safely(ctx, j.job)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.each[j.who]--; q.each[j.who] == 0 {
		delete(q.each, j.who)
	}
	if q.lanes[lane] = q.lanes[lane][1:]; len(q.lanes[lane]) > 0 {
		q.ready <- lane
	} else {
		delete(q.lanes, lane)
	}
	if q.size--; !q.open && q.size == 0 {
		close(q.empty)
	}
}

// safely does a job. One that panics is a mistake of ours, and no reason for all others to
// end with it.
func (q *queue) safely(ctx context.Context, j Job) {
	defer func() {
		if r := recover(); r != nil {
			q.log.Error("what came in by chat could not be worked on: a mistake in Herald", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	j(ctx)
}

// drain closes it, and waits until all is done, or for so long; ok is false if something
// was left.
func (q *queue) drain(patience time.Duration) (ok bool) {
	q.mu.Lock()
	q.open = false
	done, empty := q.size == 0, q.empty
	q.mu.Unlock()
	if done {
		return true
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-empty:
		return true
	case <-late.C:
		return false
	}
}
