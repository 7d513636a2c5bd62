package discordfake

import (
	"encoding/json"
	"time"
)

// session is one that the app began by identifying itself. It outlives its connection.
type session struct {
	hub     *hub
	id      string
	turn    int
	intents int
	seq     int
	log     []packet // what was sent or would have been, the last of it
	conn    *conn    // nil while there is none
	death   *time.Timer
}

// packet is one event.
type packet struct {
	seq  int
	text []byte
}

// mostKept is how much of a session can be sent again.
const mostKept = 10_000

// dispatch sends an event, or keeps it for when the app is back.
func (s *session) dispatch(event string, body object) {
	s.seq++
	var d any = body
	if ready, ok := body[""]; ok {
		d = ready
	}
	text, err := json.Marshal(object{"op": 0, "t": event, "s": s.seq, "d": d})
	if err != nil {
		panic(err) // the fake's own
	}
	s.log = append(s.log, packet{s.seq, text})
	if len(s.log) > mostKept {
		s.log = s.log[1:]
	}
	if s.conn != nil {
		s.conn.line.Push(text)
	}
}

// part ends a session's connection. The session waits for the app a while.
func (s *session) part() {
	s.conn.session = nil
	s.conn = nil
	s.death = s.hub.timers.After(s.hub.fake.opts.Session, s.end)
}

// end ends the session.
func (s *session) end() {
	s.hub.timers.Stop(s.death)
	delete(s.hub.sessions, s.id)
	if s.conn != nil {
		s.conn.session = nil
		s.conn = nil
	}
}

// begin begins a session on a connection.
func (h *hub) begin(c *conn, intents int) {
	w := h.fake.world
	s := &session{hub: h, id: w.secret("session"), turn: w.serial, intents: intents, conn: c}
	h.sessions[s.id] = s
	c.session = s
	servers := []object{}
	if !w.away {
		servers = append(servers, object{"id": Guild, "unavailable": true})
	}
	for _, o := range w.opts.Others {
		servers = append(servers, object{"id": o.ID, "unavailable": true})
	}
	s.dispatch("READY", object{
		"v": 10, "user": w.user(Bot), "guilds": servers, "session_id": s.id, "resume_gateway_url": resumeAt(c.ctx, h.fake), "shard": []int{0, 1},
		"application": object{"id": App, "flags": 0}, "session_type": "normal", "private_channels": []object{}, "user_settings": object{},
	})
	if intents&guilds != 0 && !w.away {
		s.dispatch("GUILD_CREATE", object{"id": Guild, "name": "Herald's", "member_count": len(w.people), "unavailable": false})
	}
}

// goOn goes on with a session: what the app missed is sent again.
func (h *hub) goOn(c *conn, s *session, seq int) {
	h.resumes++
	h.timers.Stop(s.death)
	if old := s.conn; old != nil {
		old.session = nil
		old.line.Cut()
	}
	s.conn, c.session = c, s
	for _, p := range s.log {
		if p.seq > seq {
			c.line.Push(p.text)
		}
	}
	s.dispatch("RESUMED", object{})
}
