package client

import (
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// outbox is what waits to be sent about one task.
type outbox struct {
	mu      sync.Mutex
	reports backlog
	logs    output
	fence   progress.Fence
	given   int64         // reports and lines so far
	moved   chan struct{} // closed when something was settled
}

func newOutbox() *outbox {
	return &outbox{
		reports: backlog{known: map[about]bool{}, seq: time.Now().UnixMicro(), most: maxBatch}, // above those of an earlier reporter of the same name
		moved:   make(chan struct{}),
	}
}

// report puts a report in. It reports false when there is no more room.
func (o *outbox) report(e *entry) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.given++
	e.first, e.run, e.attempt = o.given, o.fence.Run, o.fence.Attempt
	return o.reports.add(e)
}

// begin sets the run and attempt of what is put in from now on.
func (o *outbox) begin(f progress.Fence) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fence = f
}

// now is the run and attempt of what is put in.
func (o *outbox) now() progress.Fence {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fence
}

// unfence lets everything go to whichever run there is.
func (o *outbox) unfence() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fence = progress.Fence{}
	o.reports.unfence()
}

// log puts lines in.
func (o *outbox) log(lines []progress.LogLine, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range lines {
		o.given++
		o.logs.add(stamped(l, o.given, now))
	}
}

// stir tells who waits for something to be settled. The caller holds mu.
func (o *outbox) stir() {
	close(o.moved)
	o.moved = make(chan struct{})
}

// change does something to what waits.
func (o *outbox) change(do func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do()
	o.stir()
}

// nextReports are those to be sent next.
func (o *outbox) nextReports() []*entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reports.take()
}

// nextLines are those to be sent next, nil for none.
func (o *outbox) nextLines() *parcel {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.logs.take()
}

// mark is the number of what was given last.
func (o *outbox) mark() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.given
}

// through reports whether all up to a mark is settled, and else a channel that
// is closed when something more is.
func (o *outbox) through(mark int64) (bool, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r, l := o.reports.oldest(), o.logs.oldest()
	return (r == 0 || r > mark) && (l == 0 || l > mark), o.moved
}

// left is how many reports and lines wait.
func (o *outbox) left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.reports.waiting) + len(o.reports.sending) + o.logs.count()
}
