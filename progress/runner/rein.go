package runner

import (
	"sync"
	"time"

	"github.com/taskherald/herald/progress/runner/proc"
)

// rein holds one piece of work, which can be paused, resumed and stopped at any
// time, whatever it does just now. Its methods may be called from any goroutine.
type rein struct {
	grace   time.Duration
	stopped chan struct{} // closed when it is to end
	hard    <-chan struct{}

	mu      sync.Mutex
	process *proc.Process // nil while none runs
	paused  time.Time     // since when; zero while it goes on
	slept   time.Duration // in pauses before
	halting bool
	stops   sync.WaitGroup
}

func newRein(grace time.Duration, hard <-chan struct{}) *rein {
	return &rein{grace: grace, hard: hard, stopped: make(chan struct{})}
}

// take holds a process from now on, as what was held before.
func (r *rein) take(p *proc.Process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.process = p
	switch {
	case r.halting:
		r.stop()
	case !r.paused.IsZero():
		_ = p.Pause() // it has ended already
	}
}

// release says that the process has ended, and waits until what it has left has
// ended too, if it was stopped.
func (r *rein) release() {
	r.mu.Lock()
	r.process = nil
	r.mu.Unlock()
	r.stops.Wait()
}

// stop stops what runs. The caller holds mu.
func (r *rein) stop() {
	if p := r.process; p != nil {
		r.stops.Go(func() { p.Stop(r.grace, r.hard) })
	}
}

// pause holds the work, or lets it go on.
func (r *rein) pause(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halting || on == !r.paused.IsZero() {
		return
	}
	if on {
		r.paused = time.Now()
	} else {
		r.slept += time.Since(r.paused)
		r.paused = time.Time{}
	}
	switch {
	case r.process == nil:
	case on:
		_ = r.process.Pause() // it has ended already
	default:
		_ = r.process.Resume()
	}
}

// halt ends the work: gently, and hard after the grace.
func (r *rein) halt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halting {
		return
	}
	r.halting = true
	close(r.stopped)
	r.stop()
}

// end ends the process that runs now, but not the work: it may be tried again.
func (r *rein) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop()
}

// halted reports whether the work is to end.
func (r *rein) halted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.halting
}

// asleep is how long the work has been paused so far, and whether it is now.
func (r *rein) asleep() (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paused.IsZero() {
		return r.slept, false
	}
	return r.slept + time.Since(r.paused), true
}

// wait waits for a time in which the work goes on, so that a pause lengthens it,
// or until it is to end, which it reports, or done is closed.
func (r *rein) wait(d time.Duration, done <-chan struct{}) (halted bool) {
	begin := time.Now()
	before, _ := r.asleep()
	for {
		slept, paused := r.asleep()
		left := d - (time.Since(begin) - (slept - before))
		if left <= 0 && !paused {
			return false
		}
		select {
		case <-time.After(max(left, 50*time.Millisecond)):
		case <-r.stopped:
			return true
		case <-done:
			return false
		}
	}
}
