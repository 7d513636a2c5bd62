package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/taskherald/herald/progress"
)

// phase is how far a session is in the default namespace; it has one socket in
// its life.
type phase int

const (
	outside phase = iota // no CONNECT yet
	joining              // Connect is asked
	joined
	left
)

// room is the default namespace of one session.
type room struct {
	session *session
	phase   phase
	hello   *http.Request // that opened the session; nil once Connect has had it
	socket  *Socket       // from joining on
	early   queue         // what was emitted before it is accepted
	door    *time.Timer   // until the CONNECT
}

// start begins to wait for the CONNECT; s.mu is held.
func (m *room) start(s *session, r *http.Request) {
	m.session = s
	m.hello = r.WithContext(context.WithoutCancel(r.Context()))
	m.hello.Body = http.NoBody
	m.door = time.AfterFunc(s.srv.o.ConnectTimeout, m.late)
}

// late ends a session that has not connected, or no longer is.
func (m *room) late() {
	s := m.session
	if s.srv.enter() {
		defer s.srv.leave()
		s.drop("no CONNECT")
	}
}

// receive works on a Socket.IO packet; s.calls is held.
func (m *room) receive(text []byte) error {
	msg, err := decode(text)
	if err != nil {
		return err
	}
	if msg.space != "/" {
		return m.elsewhere(msg)
	}
	if msg.kind == msgConnect {
		return m.connect(msg.data)
	}
	k := m.member()
	if k == nil {
		return errors.New("a packet before the CONNECT, or after the end")
	}
	switch msg.kind {
	case msgDisconnect:
		m.disconnect()
	case msgEvent:
		m.session.srv.o.Event(k, msg.name, msg.args, m.ack(msg.id))
	}
	return nil // an acknowledgement is one that nobody asked for
}

// elsewhere answers packets to other namespaces.
func (m *room) elsewhere(msg message) error {
	if msg.kind != msgConnect {
		return errors.New("a packet to a namespace that does not exist")
	}
	m.session.send(newPacket("4", string(msgConnectError), msg.space, ",", object(refused{Message: "Invalid namespace"})))
	return nil
}

// refused is what a CONNECT_ERROR says.
type refused struct {
	Message string         `json:"message"`
	Data    map[string]any `json:"data,omitempty"`
}

func (m *room) connect(auth json.RawMessage) error {
	k, r := m.join()
	if k == nil {
		return errors.New("a second CONNECT")
	}
	o := &m.session.srv.o
	ctx, cancel := context.WithTimeout(m.session.srv.ctx, o.ConnectTimeout)
	defer cancel()
	if err := o.Connect(ctx, r, k, auth); err != nil {
		m.session.finish(newPacket("4", string(msgConnectError), object(m.refusal(err))))
		return nil
	}
	if !m.accept() {
		o.Gone(k) // the session has ended meanwhile
	}
	return nil
}

// join makes the socket that Connect is asked about, the first time.
func (m *room) join() (*Socket, *http.Request) {
	s := m.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.phase != outside {
		return nil, nil
	}
	r := m.hello
	m.phase, m.hello = joining, nil
	m.socket = newSocket(s)
	return m.socket, r
}

// accept sends the acceptance, and then what was emitted before it. It reports
// false when the session has ended.
func (m *room) accept() bool {
	s := m.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.phase != joining {
		return false
	}
	m.phase = joined
	m.door.Stop()
	s.srv.admitted(s)
	s.waiting.put(newPacket("4", string(msgConnect), object(map[string]string{"sid": m.socket.id})))
	for _, p := range m.early.packets {
		s.waiting.put(p)
	}
	m.early = queue{}
	s.flow()
	return true
}

// refusal is what a client hears of an error.
func (m *room) refusal(err error) refused {
	if e, ok := errors.AsType[*progress.Error](err); ok {
		return refused{Message: e.Say, Data: map[string]any{"code": e.Code}}
	}
	m.session.srv.o.Log.Error("a Socket.IO connection failed", "err", err)
	return refused{Message: "the connection was refused"}
}

// part takes the socket out of the room. It returns the socket if Gone is to be
// told. s.mu is held.
func (m *room) part() *Socket {
	was := m.phase
	m.phase, m.hello, m.early = left, nil, queue{}
	m.door.Stop()
	if was != joined {
		return nil
	}
	m.session.srv.parted()
	return m.socket
}

// disconnect lets the socket go, as the client wishes. The session stays for its
// last packets, not for long.
func (m *room) disconnect() {
	s := m.session
	s.mu.Lock()
	k := m.part()
	m.door.Reset(linger)
	s.mu.Unlock()
	if k != nil {
		s.srv.o.Gone(k)
	}
}

// member is the socket while it is connected, or nil.
func (m *room) member() *Socket {
	m.session.mu.Lock()
	defer m.session.mu.Unlock()
	if m.phase != joined {
		return nil
	}
	return m.socket
}

// recheck asks whether the socket may stay.
func (m *room) recheck(ctx context.Context) {
	k := m.member()
	if k == nil {
		return
	}
	if err := m.session.srv.o.Still(ctx, k); err != nil && ctx.Err() == nil {
		k.Disconnect()
	}
}

// ack is what acknowledges the event of that id.
func (m *room) ack(id string) func(args ...any) {
	if id == "" {
		return func(...any) {}
	}
	s := m.session
	var once bool
	return func(args ...any) {
		s.mu.Lock()
		again := once
		once = true
		s.mu.Unlock()
		if again {
			return
		}
		p, err := ackPacket(id, args)
		if err != nil {
			s.srv.o.Log.Error("a Socket.IO acknowledgement is no JSON", "err", err)
			return
		}
		s.send(p)
	}
}
