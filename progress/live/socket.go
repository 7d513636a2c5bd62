package live

import (
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Subprotocol is what a WebSocket of ours speaks.
const Subprotocol = "herald"

// mostRead is how long a message of a peer may be, in bytes; none is expected.
const mostRead = 4 << 10

// NewUpgrader makes sockets that are small while they are idle. checkOrigin
// says whether a page may open one; nil means only pages of the same host.
func NewUpgrader(checkOrigin func(*http.Request) bool) *websocket.Upgrader {
	return &websocket.Upgrader{
		HandshakeTimeout: writeWait,
		ReadBufferSize:   512,
		WriteBufferPool:  &sync.Pool{},
		Subprotocols:     []string{Subprotocol},
		CheckOrigin:      checkOrigin,
	}
}

// socket is a member at a WebSocket.
type socket struct {
	member
	conn *websocket.Conn
}

// ServeSocket sends what the subscription asks for over the socket until it
// ends, and then closes it. It returns at once: while nothing moves the socket
// costs one goroutine, which reads.
func (h *Hub) ServeSocket(conn *websocket.Conn, s Subscription) {
	k := &socket{conn: conn}
	k.init(h, s, k)
	conn.SetReadLimit(mostRead)
	k.alive()
	conn.SetPongHandler(func(string) error { k.alive(); return nil })
	conn.SetPingHandler(func(text string) error { k.alive(); k.knock(&text); return nil })
	if !h.enter(&k.member) {
		_ = k.farewell(&away) // the connection ends in any case
		k.drop()
		return
	}
	go k.read()
}

// alive gives the peer time until the next pong, unless it is being closed.
func (k *socket) alive() {
	if !k.gone.Load() {
		_ = k.conn.SetReadDeadline(time.Now().Add(deadAfter)) // what is broken shows at the next read
	}
}

// read waits for the connection to end; what the peer says is passed over.
func (k *socket) read() {
	for {
		if _, _, err := k.conn.NextReader(); err != nil {
			break
		}
	}
	k.drop()
	k.hub.leave(&k.member)
}

// wake writes what the queue has.
func (k *socket) wake() { k.hub.writers.drain(k) }

func (k *socket) drop() { _ = k.conn.Close() }

// drain writes until the queue is empty. After an error the queue stays busy, so
// that nobody writes any more, and the end of the connection ends the rest.
func (k *socket) drain() {
	var room [32]*frame
	for {
		j := k.queue.take(room[:])
		if j.nothing() {
			return
		}
		if err := k.write(j); err != nil {
			k.drop()
			return
		}
		k.hub.frames.Add(int64(len(j.frames)))
		if j.end != nil {
			return
		}
	}
}

func (k *socket) write(j job) error {
	until := time.Now().Add(writeWait)
	switch {
	case j.end != nil:
		return k.farewell(j.end)
	case j.ping:
		return k.conn.WriteControl(websocket.PingMessage, nil, until)
	case j.pong != nil:
		return k.conn.WriteControl(websocket.PongMessage, []byte(*j.pong), until)
	}
	return k.writeFrames(j.frames, until)
}

// writeFrames writes many frames in one call of the system. It goes past the
// gorilla connection, which would make one call for each; a Write to a net.Conn
// is whole, so a close frame that the reading side sends cannot get into one.
func (k *socket) writeFrames(frames []*frame, until time.Time) error {
	conn := k.conn.NetConn()
	if err := conn.SetWriteDeadline(until); err != nil {
		return err
	}
	if len(frames) == 1 {
		_, err := conn.Write(frames[0].wire)
		return err
	}
	all := make(net.Buffers, len(frames))
	for i, f := range frames {
		all[i] = f.wire
	}
	_, err := all.WriteTo(conn)
	return err
}

// farewell closes the socket and gives its peer a moment to answer, so that
// what was sent is not lost.
func (k *socket) farewell(e *ending) error {
	until := time.Now().Add(closeWait)
	if err := k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(e.code, e.text), until); err != nil {
		return err
	}
	return k.conn.SetReadDeadline(until)
}
