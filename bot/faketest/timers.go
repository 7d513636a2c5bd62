package faketest

import (
	"sync"
	"time"
)

// Timers are things to be done later, with a lock that is given. All but what they do is
// called with it.
type Timers struct {
	mu    *sync.Mutex
	later map[*time.Timer]bool
}

// NewTimers makes timers that take the lock for what they do.
func NewTimers(mu *sync.Mutex) *Timers { return &Timers{mu: mu, later: map[*time.Timer]bool{}} }

// After does something after that time, unless it is stopped.
func (t *Timers) After(d time.Duration, do func()) *time.Timer {
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.later[timer] {
			delete(t.later, timer)
			do()
		}
	})
	t.later[timer] = true
	return timer
}

// Stop forgets one of them; nil is none.
func (t *Timers) Stop(timer *time.Timer) {
	if timer != nil {
		timer.Stop()
		delete(t.later, timer)
	}
}

// Clear forgets them all.
func (t *Timers) Clear() {
	for timer := range t.later {
		t.Stop(timer)
	}
}
