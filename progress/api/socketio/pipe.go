package socketio

import (
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

const (
	portion   = 64 << 10         // bytes that are written at a time, if it is more than a packet
	closeWait = time.Second      // for the answer to a close frame
	probeWait = 10 * time.Second // for the end of an upgrade
)

// pipe is a session's WebSocket.
type pipe struct {
	session *session
	conn    *websocket.Conn // the transport; nil while it is polls
	claimed bool            // an upgrade is under way
	probe   *websocket.Conn // with which it is tried
	probed  bool            // and works
	writing bool            // a goroutine writes to conn
}

// flow has somebody write what waits; s.mu is held.
func (p *pipe) flow() {
	if !p.writing {
		p.writing = true
		p.session.srv.run(p.write)
	}
}

// write writes until nothing waits.
func (p *pipe) write() {
	for {
		out, over := p.next()
		switch {
		case over:
			p.farewell()
			return
		case out == nil:
			return
		}
		if err := p.frames(out); err != nil {
			p.session.drop("it cannot be written to")
			return
		}
	}
}

// next takes what is to be written; nothing when the session has ended. over
// means that all is written, and nothing more comes.
func (p *pipe) next() (out []*packet, over bool) {
	s := p.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if out = s.waiting.take(portion); out != nil {
		return out, false
	}
	p.writing = s.state == leaving // for ever: nobody writes after the end
	return nil, p.writing
}

// frames writes packets in one call of the system. It goes past the gorilla
// connection, which would make one call for each; a Write to a net.Conn is
// whole, so the answer to a close frame cannot get into one.
func (p *pipe) frames(packets []*packet) error {
	conn := p.conn.NetConn()
	if err := conn.SetWriteDeadline(time.Now().Add(p.session.srv.o.PingTimeout)); err != nil {
		return err
	}
	if len(packets) == 1 {
		_, err := conn.Write(packets[0].wire)
		return err
	}
	all := make(net.Buffers, len(packets))
	for i, packet := range packets {
		all[i] = packet.wire
	}
	_, err := all.WriteTo(conn)
	return err
}

// farewell closes the WebSocket and gives its peer a moment to answer, so that
// what was sent is not lost. The reader sees the end.
func (p *pipe) farewell() {
	until := time.Now().Add(closeWait)
	text := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
	if p.conn.WriteControl(websocket.CloseMessage, text, until) != nil || p.conn.SetReadDeadline(until) != nil {
		p.session.drop("it cannot be written to")
	}
}

// read works on what the peer sends until the connection ends, and the session
// with it.
func (p *pipe) read() {
	s := p.session
	p.conn.SetPingHandler(func(text string) error {
		s.send(&packet{wire: framed(framePong, []byte(text)).wire})
		return nil
	})
	for {
		text, err := receive(p.conn)
		if err == nil {
			err = s.receive(text)
		}
		if err != nil {
			s.drop(err.Error())
			return
		}
	}
}

// receive reads a packet.
func receive(conn *websocket.Conn) ([]byte, error) {
	kind, text, err := conn.ReadMessage()
	if err == nil && kind != websocket.TextMessage {
		err = errMalformed
	}
	return text, err
}

// cut ends both connections by calling hang; s.mu is held, and hang need not be.
func (p *pipe) cut() (hang func()) {
	conn, probe := p.conn, p.probe
	return func() {
		for _, c := range []*websocket.Conn{conn, probe} {
			if c != nil {
				_ = c.Close() // it has ended in any case
			}
		}
	}
}

// claim begins an upgrade, unless one is under way or was.
func (p *pipe) claim() bool {
	s := p.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.conn != nil || p.claimed || s.state != open {
		return false
	}
	p.claimed = true
	return true
}

// giveUp ends an upgrade that does not come about; polls go on.
func (p *pipe) giveUp() {
	p.session.mu.Lock()
	defer p.session.mu.Unlock()
	p.claimed, p.probe, p.probed = false, nil, false
}

// upgrade changes over to the WebSocket once it has proved to work.
func (p *pipe) upgrade(conn *websocket.Conn) {
	if err := p.try(conn); err != nil {
		p.giveUp()
		_ = conn.Close() // it is of no use
		return
	}
	p.read()
}

func (p *pipe) try(conn *websocket.Conn) error {
	if err := conn.SetReadDeadline(time.Now().Add(probeWait)); err != nil {
		return err
	}
	if err := p.attach(conn); err != nil {
		return err
	}
	if err := expect(conn, probePing); err != nil {
		return err
	}
	if _, err := conn.NetConn().Write(newPacket(probePong).wire); err != nil {
		return err
	}
	p.works()
	if err := expect(conn, probeUpgrade); err != nil {
		return err
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	return p.change(conn)
}

// expect reads a packet that must be that one.
func expect(conn *websocket.Conn, packet string) error {
	text, err := receive(conn)
	if err == nil && string(text) != packet {
		err = errMalformed
	}
	return err
}

// errEnded is that the session has ended.
var errEnded = errors.New("the session has ended")

// attach has the connection end with the session.
func (p *pipe) attach(conn *websocket.Conn) error {
	p.session.mu.Lock()
	defer p.session.mu.Unlock()
	if p.session.state == ended {
		return errEnded
	}
	p.probe = conn
	return nil
}

// works has the polls hurry.
func (p *pipe) works() {
	p.session.mu.Lock()
	defer p.session.mu.Unlock()
	p.probed = true
	p.session.polls.poke()
}

// change makes the WebSocket the transport: what waits goes there.
func (p *pipe) change(conn *websocket.Conn) error {
	s := p.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == ended {
		return errEnded
	}
	p.conn, p.probe, p.probed = conn, nil, false
	s.polls.poke()
	s.flow()
	return nil
}
