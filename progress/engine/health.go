package engine

import (
	"context"
	"sync/atomic"
	"time"
)

// health knows whether the database takes what is written to it. While all is
// well it learns that from the commits and writes nothing itself.
type health struct {
	prove   func(context.Context) error // writes a little
	now     func() time.Time
	trouble atomic.Pointer[trouble] // nil while all is well
}

// trouble is that commands could not be written, and nothing since.
type trouble struct {
	err  error
	next time.Time // when a write may be tried
}

// proveEvery is how long the engine waits for a command that can be written
// before it tries a write of its own, and before each after that.
const proveEvery = 5 * time.Second

// well notes that something was written.
func (h *health) well() {
	if h.trouble.Load() != nil {
		h.trouble.Store(nil)
	}
}

func (h *health) ill(err error) { h.trouble.Store(h.of(err)) }

func (h *health) of(err error) *trouble { return &trouble{err, h.now().Add(proveEvery)} }

// check says why nothing can be written, nil if it can. One caller in a while
// tries it.
func (h *health) check(ctx context.Context) error {
	was := h.trouble.Load()
	switch {
	case was == nil:
		return nil
	case h.now().Before(was.next):
		return was.err
	}
	trying := h.of(was.err)
	if !h.trouble.CompareAndSwap(was, trying) {
		return was.err // somebody else tries
	}
	err := h.prove(ctx)
	if err == nil {
		h.trouble.CompareAndSwap(trying, nil) // unless a commit has failed meanwhile
		return nil
	}
	h.trouble.CompareAndSwap(trying, h.of(err))
	return err
}

// Writable says why commands cannot be written, as far as is known: nil until
// one could not be, and again from the next that could. Five seconds after a
// failure, and no more often, it writes a little to the database to find out; it
// may be called as often as one likes.
func (e *Engine) Writable(ctx context.Context) error { return e.health.check(ctx) }
