package socketio

import "time"

// heart pings the peer, and ends the session of one that does not answer. One
// timer does both, and ends a session that lingers.
type heart struct {
	session *session
	timer   *time.Timer
	due     time.Time // before it a beat means nothing: the timer was set anew meanwhile
	waits   bool      // for a pong
}

// start begins; s.mu is held.
func (h *heart) start(s *session) {
	h.session = s
	h.due = time.Now().Add(s.srv.o.PingInterval)
	h.timer = time.AfterFunc(s.srv.o.PingInterval, h.beat)
}

// alarm sets when the next beat is; s.mu is held.
func (h *heart) alarm(d time.Duration) {
	h.due = time.Now().Add(d)
	h.timer.Reset(d)
}

// stop ends the beats; s.mu is held.
func (h *heart) stop() {
	h.due = time.Now().Add(time.Hour)
	h.timer.Stop()
}

func (h *heart) beat() {
	s := h.session
	if !s.srv.enter() {
		return
	}
	defer s.srv.leave()
	switch ping, why := h.turn(); {
	case why != "":
		s.drop(why)
	case ping:
		s.send(newPacket(enginePing))
		s.room.recheck(s.srv.ctx)
	}
}

// turn says what a beat is for: a ping, the end of the session, or nothing.
func (h *heart) turn() (ping bool, why string) {
	s := h.session
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case time.Now().Before(h.due):
		return false, ""
	case s.state == leaving:
		return false, "it lingered"
	case h.waits:
		return false, "no pong"
	}
	h.waits = true
	h.alarm(s.srv.o.PingTimeout)
	return true, ""
}

// pong takes the answer to a ping.
func (h *heart) pong() {
	s := h.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.waits && s.state == open {
		h.waits = false
		h.alarm(s.srv.o.PingInterval)
	}
}
