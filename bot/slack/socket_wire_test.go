package slack_test

import (
	"context"
	"net"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// cables are the connections of a dialer to a fake. A pipe has no room for what is under way,
// as a network has: where both ends write at a time, each would wait for the other.
type cables struct {
	mu   sync.Mutex
	open []*cable
}

// dialer is that of a fake, by cables.
func (c *cables) dialer(s *slackfake.Slack) *websocket.Dialer {
	d := s.Dialer()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := s.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		one := &cable{Conn: conn, wake: make(chan struct{}, 1), gone: make(chan struct{})}
		go one.send()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open = append(c.open, one)
		return one, nil
	}
	d.NetDialContext, d.NetDialTLSContext = dial, dial
	return d
}

// cut has nothing come through any more, in either direction, and nobody told of it.
func (c *cables) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.open {
		one.mu.Lock()
		one.dead = true
		one.mu.Unlock()
	}
}

// cable is a connection in which what is written has room.
type cable struct {
	net.Conn
	wake, gone chan struct{}
	once       sync.Once

	mu   sync.Mutex
	line []byte
	dead bool
}

func (c *cable) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.line = append(c.line, p...)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (c *cable) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		c.mu.Lock()
		dead := c.dead
		c.mu.Unlock()
		if err != nil || !dead {
			return n, err
		}
	}
}

// send sends what is written.
func (c *cable) send() {
	for {
		select {
		case <-c.gone:
			return
		case <-c.wake:
		}
		c.mu.Lock()
		line, dead := c.line, c.dead
		c.line = nil
		c.mu.Unlock()
		if !dead {
			_, _ = c.Conn.Write(line) // the other end may be gone
		}
	}
}

func (c *cable) Close() error {
	c.once.Do(func() { close(c.gone) })
	return c.Conn.Close()
}
