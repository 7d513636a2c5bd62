package live

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// crew are the goroutines of a hub.
type crew struct {
	ctx      context.Context // ends when the last has gone, or is late
	cancel   context.CancelFunc
	stopping chan struct{} // closed when no more may start

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

func newCrew() *crew {
	ctx, cancel := context.WithCancel(context.Background())
	return &crew{ctx: ctx, cancel: cancel, stopping: make(chan struct{})}
}

// enter counts a goroutine, which has to leave, unless the crew is closed.
func (c *crew) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.wg.Add(1)
	}
	return !c.closed
}

func (c *crew) leave() { c.wg.Done() }

// start runs f, unless the crew is closed.
func (c *crew) start(f func()) bool {
	if !c.enter() {
		return false
	}
	go func() {
		defer c.leave()
		f()
	}()
	return true
}

// open reports whether more may start.
func (c *crew) open() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closed
}

// close lets nobody start any more.
func (c *crew) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		close(c.stopping)
	}
}

// wait waits for all who have started.
func (c *crew) wait() {
	c.wg.Wait()
	c.cancel()
}

// panicked is a panic as an error: a defect, which trying again does not mend.
type panicked struct {
	cause any
	stack []byte
}

// Error returns what was said, and where.
func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.cause, p.stack) }

// guarded turns a panic into an error.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{r, debug.Stack()}
		}
	}()
	return do()
}
