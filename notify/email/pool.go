package email

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	mostConns = 4
	mostMails = 100 // on one connection: some servers count them
	idleFor   = 30 * time.Second
)

// pool keeps connections for the next mail. Its methods may be called from any goroutine.
type pool struct {
	open  func(context.Context) (*conn, error)
	seats chan struct{} // one for each connection in use

	mu     sync.Mutex
	idle   []*conn // the one that was used last at the end
	closed bool
}

func newPool(open func(context.Context) (*conn, error)) *pool {
	return &pool{open: open, seats: make(chan struct{}, mostConns)}
}

// errBusy is that no connection became free in time.
var errBusy = errors.New("all connections are in use")

// send hands over a mail. Where the server has ended an idle connection, it goes out on a
// new one.
func (p *pool) send(ctx context.Context, e *envelope) error {
	if err := p.sit(ctx); err != nil {
		return &snag{atConnect, err}
	}
	defer func() { <-p.seats }()
	if c := p.take(); c != nil {
		err := c.send(ctx, e)
		p.keep(c)
		if !errors.Is(err, errStale) {
			return err
		}
	}
	c, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer p.keep(c)
	return c.send(ctx, e)
}

// sit takes a seat. A mail whose time is over gets none.
func (p *pool) sit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.seats <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errors.Join(errBusy, ctx.Err())
	}
}

// take is an idle connection, nil if there is none.
func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	c := p.idle[last]
	p.idle = p.idle[:last]
	c.expiry.Stop()
	return c
}

// keep takes back a connection, or ends it.
func (p *pool) keep(c *conn) {
	if c.broken || c.mails >= mostMails || !p.put(c) {
		c.quit()
	}
}

func (p *pool) put(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.idle = append(p.idle, c)
	c.expiry = time.AfterFunc(idleFor, func() { p.expire(c) })
	return true
}

// expire ends a connection that has been idle for too long.
func (p *pool) expire(c *conn) {
	p.mu.Lock()
	i := slices.Index(p.idle, c)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		c.quit()
	}
}

// close ends the connections that are idle, and each other one after its mail.
func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	var all sync.WaitGroup
	for _, c := range idle {
		c.expiry.Stop()
		all.Go(c.quit)
	}
	all.Wait()
}
