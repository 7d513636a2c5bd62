package slackfake

import (
	"sync"
	"time"
)

// timers are things to be done later, with the lock.
type timers struct {
	mu    *sync.Mutex
	later map[*time.Timer]bool
}

func newTimers(mu *sync.Mutex) *timers { return &timers{mu: mu, later: map[*time.Timer]bool{}} }

func (t *timers) after(d time.Duration, do func()) *time.Timer {
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

func (t *timers) stop(timer *time.Timer) {
	timer.Stop()
	delete(t.later, timer)
}

// clear forgets them all.
func (t *timers) clear() {
	for timer := range t.later {
		t.stop(timer)
	}
}
