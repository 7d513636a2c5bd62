package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The bounds of a connection.
const (
	dialWithin   = 15 * time.Second
	writeWithin  = 5 * time.Second // a frame
	mostFrame    = 4 << 20         // bytes of a frame that is read
	writeBuffer  = 32 << 10        // what is written goes out as one frame of the wire
	reasonClosed = "closed"        // a connection that has ended without another reason
)

// line is one connection for Socket Mode. It is read by one goroutine, which also writes
// what it acknowledges.
type line struct {
	conn  *websocket.Conn
	since time.Time
	hello chan struct{} // closed when Slack has said hello
	over  chan string   // why another one is wanted; one value
	gone  chan struct{} // closed when nothing more is read
	shut  sync.Once
}

// newDialer dials by the proxy of the environment, if there is one.
func newDialer() *websocket.Dialer {
	return &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialWithin, WriteBufferSize: writeBuffer}
}

// dialLine connects to an address. It is secret, and in no error.
func dialLine(ctx context.Context, d *websocket.Dialer, address string) (*line, error) {
	const method = "socket"
	to := host(address)
	if u, err := url.Parse(address); err != nil || u.Scheme != "ws" && u.Scheme != "wss" {
		return nil, &Problem{Method: method, Host: to, Err: errors.New("the address of the socket is no URL of one")}
	}
	conn, a, err := d.DialContext(ctx, address, nil)
	if a != nil {
		defer a.Body.Close()
	}
	switch {
	case err != nil && a != nil:
		return nil, answered(method, to, a.StatusCode, a.Header)
	case err != nil:
		return nil, lost(method, to, err)
	}
	conn.SetReadLimit(mostFrame)
	return &line{conn: conn, since: time.Now(), hello: make(chan struct{}), over: make(chan string, 1), gone: make(chan struct{})}, nil
}

// read reads frames until the connection ends.
func (l *line) read(in *inbox) {
	defer close(l.gone)
	defer l.close()
	defer l.replace(reasonClosed)
	answer := l.conn.PingHandler()
	l.conn.SetPingHandler(func(text string) error { l.alive(); return answer(text) })
	l.conn.SetPongHandler(func(string) error { l.alive(); return nil })
	greeted := false
	for {
		l.alive()
		kind, text, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind != websocket.TextMessage {
			continue
		}
		switch e := in.frame(text, l.ack); {
		case e.Type == "hello" && !greeted:
			greeted = true
			close(l.hello)
		case e.Type == "disconnect":
			l.replace(e.Reason)
		}
	}
}

// alive notes that the far side is there.
func (l *line) alive() { _ = l.conn.SetReadDeadline(time.Now().Add(quietFor)) } // reading fails if this does

// ack tells Slack that an envelope has arrived.
func (l *line) ack(id string) error {
	text, _ := json.Marshal(map[string]string{"envelope_id": id}) // of a text: cannot fail
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeWithin))      // writing fails if this does
	return l.conn.WriteMessage(websocket.TextMessage, text)
}

// replace asks for another connection. This one is read on.
func (l *line) replace(why string) {
	select {
	case l.over <- why:
	default: // it is known already
	}
}

// ping asks the far side now and then whether it is there, until the connection ends.
func (l *line) ping() {
	next := time.NewTicker(pingEvery)
	defer next.Stop()
	for {
		select {
		case <-l.gone:
			return
		case <-next.C:
			_ = l.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) // no answer ends it
		}
	}
}

// greeted waits for the hello.
func (l *line) greeted(ctx context.Context) error {
	late := time.NewTimer(helloWithin)
	defer late.Stop()
	select {
	case <-l.hello:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case why := <-l.over:
		return &Problem{Method: "socket", Host: "Slack", Err: errors.New("it was ended before the hello: " + word(why)), Code: codeOf(why)}
	case <-late.C:
		return &Problem{Method: "socket", Host: "Slack", Err: errors.New("it does not say hello")}
	}
}

// codeOf is a reason that is one of Slack's, "" for our own.
func codeOf(why string) string {
	if why == reasonClosed {
		return ""
	}
	return word(why)
}

// wait waits until another connection is wanted, and says why.
func (l *line) wait(ctx context.Context) string {
	select {
	case why := <-l.over:
		return why
	case <-ctx.Done():
		return ""
	}
}

// retire ends the connection once what is under way on it has come in.
func (l *line) retire() { time.AfterFunc(overlap, l.close) }

// close ends the connection.
func (l *line) close() {
	l.shut.Do(func() {
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = l.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)) // it may be gone
		_ = l.conn.Close()
	})
}
