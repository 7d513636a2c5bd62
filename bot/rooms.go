package bot

import (
	"context"
	"sync"
)

// rooms let one turn of each room in at a time, so that two of them do not overwrite what
// is remembered, and a "yes" answers the question that was there when it was said.
type rooms struct {
	mu     sync.Mutex
	inside map[string]*room
}

// room is one in which somebody speaks.
type room struct {
	turn   chan struct{} // holds a token while nobody speaks
	people int           // who speak or wait to
}

// enter waits for a room. The error is that of ctx.
func (r *rooms) enter(ctx context.Context, name string) (leave func(), err error) {
	at := r.approach(name)
	select {
	case <-at.turn:
		return func() { at.turn <- struct{}{}; r.depart(name, at) }, nil
	case <-ctx.Done():
		r.depart(name, at)
		return nil, ctx.Err()
	}
}

func (r *rooms) approach(name string) *room {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.inside[name]
	if !ok {
		at = &room{turn: make(chan struct{}, 1)}
		at.turn <- struct{}{}
		r.inside[name] = at
	}
	at.people++
	return at
}

func (r *rooms) depart(name string, at *room) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at.people--; at.people == 0 {
		delete(r.inside, name)
	}
}
