package live

import (
	"context"
	"time"
)

// pulse is what comes round while there are members: pings, credentials, and a
// look at what a lost ring would have told.
type pulse struct {
	hub     *Hub
	beating bool // guarded by the hub's mu
}

// keep begins the pulse if it does not beat. The caller holds the hub's mu.
func (p *pulse) keep() {
	if !p.beating {
		p.beating = p.hub.crew.start(p.beat)
	}
}

// beat goes round until there are no members. The tasks are looked at every
// third time.
func (p *pulse) beat() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for round := 1; ; round++ {
		select {
		case <-tick.C:
		case <-p.hub.crew.stopping:
			return
		}
		p.hub.writers.dismiss(false)
		if p.rest() {
			return
		}
		spread(p.hub.readers(), func(m *member) { m.knock(nil) })
		p.hub.audience.forget()
		p.part(p.hub.Recheck)
		if round%3 == 0 {
			p.part(p.look)
		}
	}
}

// rest ends the pulse if there are no members.
func (p *pulse) rest() bool {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.beating = len(p.hub.members) > 0
	return !p.beating
}

// part does part of a round, and gives it up before it delays the next pings.
func (p *pulse) part(do func(context.Context)) {
	ctx, cancel := context.WithTimeout(p.hub.crew.ctx, partWait)
	defer cancel()
	do(ctx)
}

// look looks at every task that somebody reads, and for those that the audience
// has not been told of.
func (p *pulse) look(ctx context.Context) {
	if p.hub.audience.rung.Load() {
		if err := p.hub.audience.look(ctx); err != nil {
			p.hub.o.Log.Warn("the tasks could not be listed", "error", err)
		}
	}
	spread(p.hub.topicsNow(), func(t *topic) { t.wake(mail{moved: true, pulse: true}) })
}

// burst is how many of many are woken at once: each gets a goroutine.
const burst = 128

// spread calls do for each, with a breath after each burst.
func spread[T any](list []T, do func(T)) {
	for i, v := range list {
		do(v)
		if i%burst == burst-1 {
			time.Sleep(time.Millisecond)
		}
	}
}
