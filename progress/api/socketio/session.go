package socketio

import (
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// state is how far the life of a session is.
type state int

const (
	open    state = iota
	leaving       // nothing more enters; what waits is sent, then it ends
	ended
)

// linger is how long what waits may take to be sent when a session is to end.
const linger = 5 * time.Second

// errParted is that a peer has ended its session.
var errParted = errors.New("ended by the peer")

// turn is a lock that may be held for long, by those who call others. It has
// room for one.
type turn chan struct{}

func (t turn) take() { t <- struct{}{} }
func (t turn) pass() { <-t }

// session is an Engine.IO session. Its parts share mu.
type session struct {
	srv     *Server
	id      string
	address string // that opened it

	calls turn // held while a packet of the peer is worked on, and Gone is called; before mu

	mu      sync.Mutex
	state   state
	waiting queue
	polls   polls
	pipe    pipe
	heart   heart
	room    room
}

// newSession makes a session over the WebSocket, or over polls when it is nil.
func newSession(srv *Server, r *http.Request, conn *websocket.Conn) *session {
	s := &session{srv: srv, id: rand.Text(), address: srv.o.Address(r), calls: make(turn, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls.session, s.pipe.session, s.pipe.conn = s, s, conn
	s.heart.start(s)
	s.room.start(s, r)
	return s
}

// greeting opens the session at the client.
func (s *session) greeting() *packet {
	upgrades := []string{"websocket"}
	if s.pipe.conn != nil {
		upgrades = []string{}
	}
	return newPacket("0", object(map[string]any{
		"sid": s.id, "upgrades": upgrades, "maxPayload": s.srv.o.MaxPayload,
		"pingInterval": s.srv.o.PingInterval.Milliseconds(), "pingTimeout": s.srv.o.PingTimeout.Milliseconds(),
	}))
}

// send queues a packet. When too much waits already the session ends.
func (s *session) send(p *packet) {
	s.mu.Lock()
	fits := s.enqueue(p)
	s.mu.Unlock()
	if !fits {
		s.drop("too slow")
	}
}

// enqueue queues a packet, unless that would be too much. s.mu is held.
func (s *session) enqueue(p *packet) (fits bool) {
	if s.state != open {
		return true
	}
	if !s.waiting.fits(p, &s.srv.o) {
		return false
	}
	s.waiting.put(p)
	s.flow()
	return true
}

// flow has the transport send what waits. s.mu is held.
func (s *session) flow() {
	if s.pipe.conn == nil {
		s.polls.poke()
	} else {
		s.pipe.flow()
	}
}

// receive works on a packet of the peer. An error means that the session must end.
func (s *session) receive(text []byte) error {
	s.calls.take()
	defer s.calls.pass()
	switch {
	case string(text) == engineClose:
		return errParted
	case s.deaf(), string(text) == engineNoop:
		return nil
	case string(text) == enginePong:
		s.heart.pong()
		return nil
	case len(text) > 0 && text[0] == '4':
		return s.room.receive(text[1:])
	}
	return errMalformed
}

// deaf reports whether what the peer says is passed over.
func (s *session) deaf() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state != open
}

// finish ends the session after what waits, and a last packet if there is one.
func (s *session) finish(last *packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open {
		return
	}
	if last != nil {
		s.waiting.put(last)
	}
	s.state = leaving
	s.heart.alarm(linger)
	s.flow()
	if k := s.room.part(); k != nil {
		s.srv.run(func() { s.gone(k) })
	}
}

// drop ends the session at once, and never blocks. What waits is lost.
func (s *session) drop(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == ended {
		return
	}
	s.state, s.waiting = ended, queue{}
	s.heart.stop()
	s.polls.poke()
	hang, k := s.pipe.cut(), s.room.part()
	s.srv.run(func() {
		hang()
		s.srv.o.Log.Debug("a Socket.IO session has ended", "why", why)
		if k != nil {
			s.gone(k)
		}
	})
	s.srv.forget(s)
}

// gone tells that a socket is gone, once its last packet has been worked on.
func (s *session) gone(k *Socket) {
	s.calls.take()
	defer s.calls.pass()
	s.srv.o.Gone(k)
}
