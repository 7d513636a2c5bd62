package smtpfake

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// gate is where connections come in.
type gate struct {
	net.Listener
	of *Server

	mu    sync.Mutex
	ever  int
	conns map[*counted]bool
}

// Accept gives the next connection that no fault has taken.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c = g.keep(c)
		f := g.of.fault(AtConnect, "")
		switch {
		case f.Drop:
			c.Close()
		case f.Hang:
			go silent(c)
		case f.Code != 0:
			fmt.Fprintf(c, "%d %s\r\n", f.Code, f.text())
			c.Close()
		default:
			return &late{Conn: c, by: f.Slow, over: g.of.over}, nil
		}
	}
}

// silent is a conversation in which nothing is ever said.
func silent(c net.Conn) {
	io.Copy(io.Discard, c) //nolint:errcheck // it ends with the connection
	c.Close()
}

// keep counts a connection until it is closed.
func (g *gate) keep(c net.Conn) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	kept := &counted{Conn: c, in: g}
	g.ever++
	g.conns[kept] = true
	return kept
}

// hangUp ends all connections.
func (g *gate) hangUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		c.Conn.Close()
	}
	clear(g.conns)
}

// counted is a connection that is counted while it is open.
type counted struct {
	net.Conn
	in *gate
}

// Close ends the connection.
func (c *counted) Close() error {
	c.in.mu.Lock()
	delete(c.in.conns, c)
	c.in.mu.Unlock()
	return c.Conn.Close()
}

// late is a connection whose first word takes a while.
type late struct {
	net.Conn
	by   time.Duration
	over <-chan struct{}
	once sync.Once
}

// Write waits and writes.
func (l *late) Write(b []byte) (int, error) {
	l.once.Do(func() { pause(l.by, l.over) })
	return l.Conn.Write(b)
}

// pause lasts for a while, or until the test is over.
func pause(d time.Duration, over <-chan struct{}) {
	select {
	case <-time.After(d):
	case <-over:
	}
}
