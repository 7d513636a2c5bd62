package chat

import (
	"context"
	"sync"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Somebody is who says or presses something.
type Somebody struct {
	Actor  progress.Actor
	Known  bool // they have linked their account, and are still here
	Reader templates.Reader
}

// mostKnown is of how many people it is known how they read.
const mostKnown = 4096

// people finds out who somebody is.
type people struct {
	Options
	side Side

	mu      sync.Mutex
	readers map[string]templates.Reader // by the ids of people on the platform
}

// Who is who somebody is here. It is asked anew each time: an account that was unlinked counts
// for nothing from then on.
func (p *people) Who(ctx context.Context, at Spot) (Somebody, error) {
	s := Somebody{Reader: p.Default}
	account, err := p.side.Account(ctx, at)
	if err != nil {
		return s, err
	}
	who, ok, err := p.Accounts.Who(ctx, account)
	if err != nil || !ok {
		return s, err
	}
	actor, ok, err := p.Person(ctx, who, p.side.Groups(ctx, at))
	if err != nil || !ok {
		return s, err
	}
	reader, err := p.Reader(ctx, who)
	if err != nil {
		return s, err
	}
	p.learn(at.User, reader)
	return Somebody{actor, true, reader}, nil
}

// learn notes how somebody reads: for a form there is no time to look it up.
func (p *people) learn(user string, r templates.Reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.readers) >= mostKnown {
		clear(p.readers)
	}
	p.readers[user] = r
}

// ReaderOf is how somebody read when they were last here.
func (p *people) ReaderOf(user string) templates.Reader {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.readers[user]; ok {
		return r
	}
	return p.Default
}
