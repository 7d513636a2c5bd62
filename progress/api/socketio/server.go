package socketio

import (
	"context"
	"maps"
	"net/http"
	"slices"
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

	mu       sync.Mutex // after that of a session
	quiet    *sync.Cond // that less is under way
	closed   bool
	running  int // goroutines and requests
	sockets  int // that are connected
	sessions map[string]*session
	outside  map[*session]bool // that have not connected yet
	callers  map[string]int    // how many of those are of an address
}

// New makes a server. Close ends it.
func New(o Options) *Server {
	s := &Server{
		o: o.defaults(), sessions: map[string]*session{}, outside: map[*session]bool{}, callers: map[string]int{},
		upgrader: websocket.Upgrader{
			HandshakeTimeout: probeWait,
			ReadBufferSize:   512,
			WriteBufferPool:  &sync.Pool{},
			CheckOrigin:      func(*http.Request) bool { return true }, // Origin was asked
		},
	}
	s.quiet = sync.NewCond(&s.mu)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Sockets is how many clients are connected.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets
}

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
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
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
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.running > 0 || len(s.sessions) > 0 {
		s.quiet.Wait()
	}
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

func (s *Server) all() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.sessions))
}

// enter counts what is under way until leave, unless the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running++
	}
	return !s.closed
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.quiet.Broadcast()
}

// run starts a goroutine of a session that is here.
func (s *Server) run(f func()) {
	s.mu.Lock()
	s.running++
	s.mu.Unlock()
	go func() {
		defer s.leave()
		f()
	}()
}

// admits reports whether there is a place for one more session of the address
// that has not connected yet.
func (s *Server) admits(address string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place(address)
}

// place is admits; s.mu is held.
func (s *Server) place(address string) *refusal {
	switch {
	case s.closed:
		return stopping
	case s.callers[address] >= s.o.PerAddress:
		return tooFast
	case len(s.outside) >= s.o.Sessions:
		return tooFull
	}
	return nil
}

// add takes in a session, if there is a place for it.
func (s *Server) add(x *session) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if no := s.place(x.address); no != nil {
		return no
	}
	s.sessions[x.id] = x
	s.outside[x] = true
	s.callers[x.address]++
	return nil
}

// forget lets a session go; its mu is held. What it still has to do is running
// already, so that Close waits for it.
func (s *Server) forget(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, x.id)
	s.inside(x)
	s.quiet.Broadcast()
}

// admitted tells that a session has connected; its mu is held.
func (s *Server) admitted(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets++
	s.inside(x)
}

// inside takes a session from those that have not connected; s.mu is held.
func (s *Server) inside(x *session) {
	if !s.outside[x] {
		return
	}
	delete(s.outside, x)
	if s.callers[x.address]--; s.callers[x.address] == 0 {
		delete(s.callers, x.address)
	}
}

// parted tells that a socket is no longer connected; its session's mu is held.
func (s *Server) parted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets--
}
