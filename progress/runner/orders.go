package runner

import (
	"sync"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// orders are what the server's answers ask of the work, as it stands. What they
// say again and again is kept as a level, what they say once is kept until it is
// taken.
type orders struct {
	changed chan struct{} // has one element after a change

	mu    sync.Mutex
	fence progress.Fence // of the run and attempt at work; zero until it is known
	now   standing
}

// standing is what is asked just now.
type standing struct {
	paused bool
	stop   progress.Control // cancel or fail: the task is no longer ours; "" to go on
	ended  progress.Status  // beside stop: how the task ended; cancelled if it was only taken away
	again  *again           // a newer run or attempt
	skips  []int            // steps to leave out
}

// again is a newer run or attempt of the task, and why there is one.
type again struct {
	run, attempt int
	control      progress.Control // restart, retry or skip
	step         int
}

func newOrders() *orders { return &orders{changed: make(chan struct{}, 1)} }

// hear takes what an answer asks.
func (o *orders) hear(a client.Answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fence.Run == 0 {
		o.fence = progress.Fence{Run: a.Run, Attempt: a.Attempt}
	}
	o.now.paused = a.Status == progress.Paused
	switch {
	case a.Control == progress.ControlCancel, a.Control == progress.ControlFail:
		o.now.stop, o.now.ended = a.Control, progress.Cancelled
		if a.Status.Ended() {
			o.now.ended = a.Status
		}
	case o.newer(a):
		o.now.again = &again{a.Run, a.Attempt, a.Control, a.Step}
	case a.Control == progress.ControlSkip && a.Step > 0:
		o.now.skips = append(o.now.skips, a.Step)
	}
	o.ring()
}

// newer reports whether the answer is of a later run or attempt than that at work.
func (o *orders) newer(a client.Answer) bool {
	return a.Run > o.fence.Run || a.Run == o.fence.Run && a.Attempt > o.fence.Attempt
}

func (o *orders) ring() {
	select {
	case o.changed <- struct{}{}:
	default:
	}
}

// take is what is asked; steps to leave out are told once.
func (o *orders) take() standing {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now
	o.now.skips = nil
	return now
}

// begin forgets what was asked of an earlier run or attempt.
func (o *orders) begin(f progress.Fence) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fence, o.now = f, standing{paused: o.now.paused}
}
