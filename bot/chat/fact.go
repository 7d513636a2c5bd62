package chat

import (
	"context"
	"sync"
	"time"
)

// Always is how long something counts that never changes.
const Always = time.Duration(1<<63 - 1)

// How facts are asked for.
const (
	askWithin = 5 * time.Second
	askAgain  = 5 * time.Second // after it went wrong
)

// Fact is something that a platform knows, kept for a while: one asks, and all who want to know it
// wait for that.
type Fact[T any] struct {
	ask   func(ctx context.Context) (T, error)
	fresh time.Duration // for how long it is not asked for again
	stale time.Duration // for how long it counts where the platform does not tell
	now   func() time.Time
	turn  chan struct{} // holds one: somebody asks

	mu    sync.Mutex
	is    T
	at    time.Time // zero as long as it is not known
	tried time.Time // that it went wrong
	err   error     // then
}

// NewFact makes a fact that is asked for when it is first wanted. Fresh is for how long it is
// not asked for again, stale for how long it counts where the platform does not tell.
func NewFact[T any](now func() time.Time, fresh, stale time.Duration, ask func(ctx context.Context) (T, error)) *Fact[T] {
	return &Fact[T]{ask: ask, fresh: fresh, stale: stale, now: now, turn: make(chan struct{}, 1)}
}

// Get gives the fact: where ctx ends first, as it was known before. The error is that of
// asking, or that of ctx.
func (f *Fact[T]) Get(ctx context.Context) (T, error) {
	if is, ok, err := f.kept(); ok {
		return is, err
	}
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return f.before(ctx.Err())
	}
	if is, ok, err := f.kept(); ok {
		return is, err
	}
	ask, stop := context.WithTimeout(ctx, askWithin)
	defer stop()
	is, err := f.ask(ask)
	if err != nil && ctx.Err() != nil {
		return f.before(err) // whoever has more time asks for themselves
	}
	f.note(is, err)
	is, _, err = f.kept()
	return is, err
}

// kept is the fact, or why it is not known; ok is false if it has to be asked for.
func (f *Fact[T]) kept() (is T, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	switch {
	case !f.at.IsZero() && now.Sub(f.at) < f.fresh:
		return f.is, true, nil
	case f.err == nil || now.Sub(f.tried) >= askAgain:
		return is, false, nil
	case !f.at.IsZero() && now.Sub(f.at) < f.stale:
		return f.is, true, nil
	}
	return is, true, f.err
}

// before is the fact as it was known before, or why it is not known.
func (f *Fact[T]) before(why error) (is T, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.at.IsZero() && f.now().Sub(f.at) < f.stale {
		return f.is, nil
	}
	return is, why
}

func (f *Fact[T]) note(is T, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err = err; err != nil {
		f.tried = f.now()
		return
	}
	f.is, f.at = is, f.now()
}
