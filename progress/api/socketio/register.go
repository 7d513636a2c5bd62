package socketio

import (
	"maps"
	"slices"
	"sync"
)

// register is who is here and what is under way.
type register struct {
	mu       sync.Mutex // after that of a session
	quiet    *sync.Cond // that less is under way
	closed   bool
	running  int // goroutines and requests
	sockets  int // that are connected
	sessions map[string]*session
	doorstep doorstep
}

func (s *register) init(o *Options) {
	s.quiet = sync.NewCond(&s.mu)
	s.sessions = map[string]*session{}
	s.doorstep = doorstep{o: o, sessions: map[*session]bool{}, callers: map[string]int{}}
}

// shut lets nothing more begin.
func (s *register) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// wait waits until there is no session and nothing is under way.
func (s *register) wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.running > 0 || len(s.sessions) > 0 {
		s.quiet.Wait()
	}
}

// enter counts what is under way until leave, unless the server is closed.
func (s *register) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running++
	}
	return !s.closed
}

func (s *register) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.quiet.Broadcast()
}

// run starts a goroutine of a session that is here.
func (s *register) run(f func()) {
	s.mu.Lock()
	s.running++
	s.mu.Unlock()
	go func() {
		defer s.leave()
		f()
	}()
}

func (s *register) all() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.sessions))
}

// session finds one by its id, or nil.
func (s *register) session(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// admits reports whether there is a place for one more session of the address.
func (s *register) admits(address string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place(address)
}

// place is admits; s.mu is held.
func (s *register) place(address string) *refusal {
	if s.closed {
		return stopping
	}
	return s.doorstep.place(address)
}

// add takes in a session, if there is a place for it.
func (s *register) add(x *session) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if no := s.place(x.address); no != nil {
		return no
	}
	s.sessions[x.id] = x
	s.doorstep.add(x)
	return nil
}

// forget lets a session go; its mu is held. What it still has to do is running
// already, so that Close waits for it.
func (s *register) forget(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, x.id)
	s.doorstep.remove(x)
	s.quiet.Broadcast()
}

// admitted tells that a session has connected; its mu is held.
func (s *register) admitted(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets++
	s.doorstep.remove(x)
}

// parted tells that a socket is no longer connected; its session's mu is held.
func (s *register) parted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets--
}

func (s *register) connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets
}

// doorstep is where sessions are that have not connected yet. The register's mu
// is held.
type doorstep struct {
	o        *Options
	sessions map[*session]bool
	callers  map[string]int // how many are of an address
}

// place refuses one more session of an address if there is none for it.
func (d *doorstep) place(address string) *refusal {
	switch {
	case d.callers[address] >= d.o.PerAddress:
		return tooFast
	case len(d.sessions) >= d.o.Sessions:
		return tooFull
	}
	return nil
}

func (d *doorstep) add(x *session) {
	d.sessions[x] = true
	d.callers[x.address]++
}

func (d *doorstep) remove(x *session) {
	if !d.sessions[x] {
		return
	}
	delete(d.sessions, x)
	if d.callers[x.address]--; d.callers[x.address] == 0 {
		delete(d.callers, x.address)
	}
}
