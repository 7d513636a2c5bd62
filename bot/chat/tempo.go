package chat

import (
	"sync"
	"time"
)

// How much one person may say in one place: so much at once, and one more each time.
const (
	saidAtOnce = 60
	saidEvery  = 3 * time.Second
	sayAgain   = 10 * time.Minute // that it is too much
	mostPaced  = 10_000
)

// tempo bounds how much is said, so that no bot that we take for a person keeps us talking.
type tempo struct {
	mu   sync.Mutex
	full map[string]time.Time // when each may say so much at once again
	told map[string]time.Time // who knows that it is too much, since when
}

func newTempo() *tempo { return &tempo{full: map[string]time.Time{}, told: map[string]time.Time{}} }

// allow counts one more thing that somebody says; ok is false if it is too much, and first is
// true if that is to be said.
func (p *tempo) allow(who string, now time.Time) (ok, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	at := p.full[who]
	if at.Before(now) {
		at = now
	}
	if at = at.Add(saidEvery); at.Sub(now) <= saidAtOnce*saidEvery {
		p.full[who] = at
		return true, false
	}
	if first = now.Sub(p.told[who]) >= sayAgain; first {
		p.told[who] = now
	}
	return false, first
}

// tell reports whether somebody is to be told now what is said once in a while.
func (p *tempo) tell(who string, now time.Time) (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	if first = now.Sub(p.told[who]) >= sayAgain; first {
		p.told[who], p.full[who] = now, now.Add(sayAgain) // for as long as it is known
	}
	return first
}

// forget lets go of those who may say as much as anybody, where there are many.
func (p *tempo) forget(now time.Time) {
	if len(p.full) < mostPaced {
		return
	}
	for who, at := range p.full {
		if !at.After(now) {
			delete(p.full, who)
			delete(p.told, who)
		}
	}
}
