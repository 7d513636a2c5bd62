package app

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// newcomers are connections on which nothing was asked yet. Browsers open some
// ahead of need, and a server that stops would wait five seconds for them.
type newcomers struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
}

// note is an http.Server's ConnState.
func (n *newcomers) note(c net.Conn, s http.ConnState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s == http.StateNew {
		n.conns[c] = true
		return
	}
	delete(n.conns, c)
}

// lastMoment is for a request that is on its way already.
const lastMoment = 250 * time.Millisecond

// close closes them.
func (n *newcomers) close() {
	time.Sleep(lastMoment)
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.conns {
		_ = c.Close() // nobody has asked it for anything
	}
}
