package socketio

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// The transports.
const (
	polling   = "polling"
	webSocket = "websocket"
)

// ServeHTTP serves a request of either transport.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !s.enter() {
		stopping.write(w)
		return
	}
	defer s.leave()
	defer s.hurry(w)()
	if no := s.serve(w, r); no != nil {
		no.write(w)
	}
}

// hurry lets a peer that sends or reads slowly not hold up Close. Its result is
// called when the request is served.
func (s *Server) hurry(w http.ResponseWriter) (served func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(s.ctx, func() {
		defer close(done)
		c, until := http.NewResponseController(w), time.Now().Add(closeWait)
		_, _ = c.SetReadDeadline(until), c.SetWriteDeadline(until) // a writer without them is none of a network
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) *refusal {
	query := r.URL.Query()
	transport := query.Get("transport")
	if transport != polling && transport != webSocket {
		return unknownTransport
	}
	if (transport == webSocket) != websocket.IsWebSocketUpgrade(r) {
		return badRequest
	}
	if id := query.Get("sid"); id != "" {
		return s.resume(w, r, id, transport)
	}
	switch {
	case r.Method != http.MethodGet:
		return badMethod
	case query.Get("EIO") != "4":
		return unsupportedVersion
	}
	if err := s.o.Origin(r); err != nil {
		return forbidden(err)
	}
	if transport == webSocket {
		return s.openSocket(w, r)
	}
	return s.openPolling(w, r)
}

// resume serves a request of a session that is there.
func (s *Server) resume(w http.ResponseWriter, r *http.Request, id, transport string) *refusal {
	x := s.session(id)
	switch {
	case x == nil:
		return unknownSession
	case transport == webSocket:
		return s.upgrade(w, r, x)
	case !x.polling():
		return badRequest
	case r.Method == http.MethodGet:
		return x.polls.get(w, r)
	case r.Method == http.MethodPost:
		return x.polls.post(w, r)
	}
	return badRequest
}

// polling reports whether polls are the transport.
func (s *session) polling() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pipe.conn == nil
}

func (s *Server) openPolling(w http.ResponseWriter, r *http.Request) *refusal {
	x := newSession(s, r, nil)
	if no := s.add(x); no != nil {
		x.abandon()
		return no
	}
	reply(w, x.greeting().text)
	return nil
}

// openSocket leaves the connection to the session: the handler's goroutine and
// buffers go.
func (s *Server) openSocket(w http.ResponseWriter, r *http.Request) *refusal {
	if no := s.admits(s.o.Address(r)); no != nil {
		return no
	}
	conn := s.hijack(w, r)
	if conn == nil {
		return nil
	}
	x := newSession(s, r, conn)
	if no := s.add(x); no != nil {
		x.abandon()
		_ = conn.Close() // there was room a moment ago
		return nil
	}
	x.send(x.greeting())
	s.run(x.pipe.read)
	return nil
}

// upgrade tries a WebSocket for a session that polls.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, x *session) *refusal {
	if !x.pipe.claim() {
		return badRequest
	}
	conn := s.hijack(w, r)
	if conn == nil {
		x.pipe.giveUp()
		return nil
	}
	s.run(func() { x.pipe.upgrade(conn) })
	return nil
}

// hijack makes a WebSocket of a request; nil means that it has answered why not.
func (s *Server) hijack(w http.ResponseWriter, r *http.Request) *websocket.Conn {
	conn, err := s.upgrader.Upgrade(w, r, w.Header())
	if err != nil {
		return nil
	}
	conn.SetReadLimit(s.o.MaxPayload)
	return conn
}

// abandon stops the timers of a session that was not taken in.
func (s *session) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = ended
	s.heart.stop()
	s.room.door.Stop()
}
