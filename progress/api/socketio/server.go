package socketio

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Server holds the sessions of its clients. It is an [http.Handler] for GET and
// POST.
type Server struct {
	o        Options
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	upgrader websocket.Upgrader

	register
}

// New makes a server. Close ends it.
func New(o Options) *Server {
	s := &Server{
		o: o.defaults(),
		upgrader: websocket.Upgrader{
			HandshakeTimeout: probeWait,
			ReadBufferSize:   512,
			WriteBufferPool:  &sync.Pool{},
			CheckOrigin:      func(*http.Request) bool { return true }, // Origin was asked
		},
	}
	s.init(&s.o)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Sockets is how many clients are connected.
func (s *Server) Sockets() int { return s.connected() }

// Recheck asks Still about every socket now, one after the other.
func (s *Server) Recheck(ctx context.Context) {
	for _, x := range s.all() {
		x.room.recheck(ctx)
	}
}

// Close ends all sessions and waits until nothing of the server runs. Stock
// clients connect again, to whatever is there then. Requests that come later
// get 503. It may be called twice.
func (s *Server) Close() {
	s.shut()
	for _, x := range s.all() {
		x.vacate()
	}
	s.cancel()
	hurry := time.AfterFunc(closeWait, func() {
		for _, x := range s.all() {
			x.drop("the server stops")
		}
	})
	defer hurry.Stop()
	s.wait()
}

// vacate ends a session because the server stops: a WebSocket after what waits.
// A client that polls finds no session, and opens another.
func (s *session) vacate() {
	s.mu.Lock()
	polling := s.pipe.conn == nil
	s.mu.Unlock()
	if polling {
		s.drop("the server stops")
		return
	}
	s.finish(nil)
}
