package slack

import (
	"sync"
	"time"
)

// How much one person may say in one place: so much at once, and one more each time.
const (
	saidAtOnce = 60
	saidEvery  = 3 * time.Second
	mostPaced  = 10_000
)

// tempo bounds how much is said, so that no bot that we take for a person keeps us talking.
type tempo struct {
	mu   sync.Mutex
	full map[string]time.Time // when each may say so much at once again
}

func newTempo() *tempo { return &tempo{full: map[string]time.Time{}} }

// allow counts one more thing that somebody says; ok is false if it is too much.
func (p *tempo) allow(who string, now time.Time) (ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.full[who]
	if at.Before(now) {
		at = now
	}
	if at = at.Add(saidEvery); at.Sub(now) > saidAtOnce*saidEvery {
		return false
	}
	if len(p.full) >= mostPaced {
		p.forget(now)
	}
	p.full[who] = at
	return true
}

// forget lets go of those who may say as much as anybody.
func (p *tempo) forget(now time.Time) {
	for who, at := range p.full {
		if !at.After(now) {
			delete(p.full, who)
		}
	}
}
