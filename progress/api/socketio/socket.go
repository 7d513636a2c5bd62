package socketio

import (
	"crypto/rand"
	"sync/atomic"
)

// Socket is a client that is connected to the default namespace. Its methods
// may be called from any goroutine, and never block.
type Socket struct {
	id      string
	session *session
	value   atomic.Pointer[any]
}

func newSocket(s *session) *Socket { return &Socket{id: rand.Text(), session: s} }

// ID is what the client knows as socket.id. It opens nothing.
func (k *Socket) ID() string { return k.id }

// Set keeps a value with the socket, in place of the last.
func (k *Socket) Set(value any) { k.value.Store(&value) }

// Get returns the value that was set last, nil at first.
func (k *Socket) Get() any {
	if v := k.value.Load(); v != nil {
		return *v
	}
	return nil
}

// Emit sends an event to the client, after all that was emitted before. It
// returns false when the socket is gone; true is no promise that the event
// arrives.
func (k *Socket) Emit(e *Event) bool {
	s := k.session
	s.mu.Lock()
	m, fits := &s.room, true
	phase := m.phase
	switch phase {
	case joining:
		if fits = m.early.fits(e.packet, &s.srv.o); fits {
			m.early.put(e.packet)
		}
	case joined:
		fits = s.enqueue(e.packet)
	}
	s.mu.Unlock()
	if !fits {
		s.drop("too slow")
	}
	return fits && phase != left
}

// Disconnect sends what waits and a DISCONNECT, and ends the connection. The
// stock client does not come back by itself.
func (k *Socket) Disconnect() { k.session.finish(newPacket("4", string(msgDisconnect))) }
