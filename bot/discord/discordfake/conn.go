package discordfake

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/faketest"
)

// The bounds of what an app sends to the gateway.
const (
	mostSends  = 120 // within a minute
	mostSent   = 4096
	startEvery = 5 * time.Second // between two identifications
	farewell   = 10 * time.Second
)

// The codes with which the gateway closes, and those with which an app ends its session.
const (
	closeNormal    = websocket.CloseNormalClosure
	closeGoing     = websocket.CloseGoingAway
	closeUnknown   = 4000
	closeOpcode    = 4001
	closeDecode    = 4002
	closeStranger  = 4003
	closeToken     = 4004
	closeAgain     = 4005
	closeSeq       = 4007
	closeRate      = 4008
	closeTimeout   = 4009
	closeShard     = 4010
	closeVersion   = 4012
	closeIntents   = 4013
	closeForbidden = 4014
)

// What the payloads are about.
const (
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opVoice     = 4
	opResume    = 6
	opReconnect = 7
	opMembers   = 8
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// conn is one connection to the gateway. The lock of its [Discord] guards it.
type conn struct {
	hub     *hub
	line    *faketest.Line
	ctx     context.Context // of the request that opened it: addresses lead back that way
	resume  bool            // it came to where sessions go on
	session *session
	beat    *time.Timer // by then the app has to have said that it is alive
	sends   []time.Time
	over    bool // it was closed from here
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serve takes a connection to the gateway and hears it to its end.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	if fault := h.fake.faults.meet(Gateway, nil); fault != (Fault{}) {
		if fault.wait(r) {
			fault.write(w, answer{status: http.StatusServiceUnavailable, header: http.Header{}})
		}
		return
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	inside := faketest.Inside(r.Context())
	c := &conn{
		hub: h, line: faketest.NewLine(ws, 0), ctx: r.Context(),
		resume: inside && strings.HasPrefix(r.Host, resumeHost) || strings.HasPrefix(r.URL.Path, "/resume"),
	}
	h.greet(c, r)
	code := 0
	for {
		_, text, err := ws.ReadMessage()
		if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) {
			code = closed.Code
		}
		if err != nil {
			break
		}
		if !c.line.Frozen() {
			h.hear(c, text)
		}
	}
	c.line.Cut()
	h.gone(c, code)
}

// greet says hello.
func (h *hub) greet(c *conn, r *http.Request) {
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	if h.closed {
		c.line.Cut()
		return
	}
	h.conns = append(h.conns, c)
	query := r.URL.Query()
	switch {
	case query.Get("v") != "10":
		c.close(closeVersion, "Invalid API version")
	case query.Get("encoding") != "json" || query.Get("compress") != "":
		c.close(closeDecode, "The fake speaks JSON alone.")
	default:
		c.line.Say(object{"op": opHello, "t": nil, "s": nil, "d": object{"heartbeat_interval": h.fake.opts.Heartbeat.Milliseconds()}})
		c.alive()
	}
}

// alive waits for the next heartbeat, a little longer than it should take.
func (c *conn) alive() {
	c.hub.timers.Stop(c.beat)
	c.beat = c.hub.timers.After(c.hub.fake.opts.Heartbeat*5/4, func() {
		if c.session != nil {
			c.session.end()
		}
		c.close(closeTimeout, "Session timed out")
	})
}

// close ends a connection with a code. Its session, if there is one still, can go on.
func (c *conn) close(code int, reason string) {
	if c.over {
		return
	}
	c.over = true
	c.hub.timers.Stop(c.beat)
	if c.session != nil {
		c.session.part()
	}
	c.line.End(code, reason)
}

// refuse ends a connection and its session: with that code nothing can go on.
func (c *conn) refuse(code int, reason string) {
	if c.session != nil {
		c.session.end()
	}
	c.close(code, reason)
}

// gone notes that a connection has ended, by the app with that code if it said one.
func (h *hub) gone(c *conn, code int) {
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	h.conns = slices.DeleteFunc(h.conns, func(other *conn) bool { return other == c })
	h.timers.Stop(c.beat)
	switch {
	case c.session == nil:
	case code == closeNormal || code == closeGoing:
		c.session.end()
	default:
		c.session.part()
	}
}

// hear takes what the app sends.
func (h *hub) hear(c *conn, text []byte) {
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	now := time.Now()
	c.sends = slices.DeleteFunc(c.sends, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	c.sends = append(c.sends, now)
	var said struct {
		Op int
		D  json.RawMessage
	}
	switch {
	case c.over:
		return
	case len(c.sends) > mostSends:
		c.close(closeRate, "You are being rate limited.")
		return
	case len(text) > mostSent || json.Unmarshal(text, &said) != nil:
		c.close(closeDecode, "Error while decoding payload.")
		return
	}
	switch said.Op {
	case opHeartbeat:
		c.alive()
		c.line.Say(object{"op": opAck, "t": nil, "s": nil, "d": nil})
	case opIdentify:
		h.identify(c, said.D)
	case opResume:
		h.resume(c, said.D)
	case opPresence, opVoice, opMembers:
		if c.session == nil {
			c.close(closeStranger, "Not authenticated.")
		}
	default:
		c.close(closeOpcode, "Unknown opcode.")
	}
}

// identify begins a session.
func (h *hub) identify(c *conn, d json.RawMessage) {
	var said struct {
		Token      string
		Intents    *int
		Properties json.RawMessage
		Shard      []int
		Compress   bool
	}
	w := h.fake.world
	if c.session != nil {
		c.close(closeAgain, "Already authenticated.")
		return
	}
	if json.Unmarshal(d, &said) != nil || said.Properties == nil || said.Compress {
		c.close(closeDecode, "Error while decoding payload.")
		return
	}
	if w.token == "" || said.Token != w.token {
		c.close(closeToken, "Authentication failed.")
		return
	}
	left, _ := h.budget()
	soon := len(h.starts) > 0 && time.Since(h.starts[len(h.starts)-1]) < startEvery
	h.starts = append(h.starts, time.Now())
	switch {
	case left == 0:
		h.expel() // Discord takes the token back, and writes to the owner
	case said.Shard != nil && !slices.Equal(said.Shard, []int{0, 1}):
		c.close(closeShard, "Invalid shard.")
	case said.Intents == nil || *said.Intents&^known != 0:
		c.close(closeIntents, "Invalid intent(s).")
	case *said.Intents&privileged&^h.fake.opts.Intents != 0:
		c.close(closeForbidden, "Disallowed intent(s).")
	case soon:
		c.invalid(false)
	default:
		h.begin(c, *said.Intents)
	}
}

// expel takes the token back.
func (h *hub) expel() {
	h.fake.world.token = ""
	for _, c := range slices.Clone(h.conns) {
		c.refuse(closeToken, "Authentication failed.")
	}
	for _, s := range h.inOrder() {
		s.end()
	}
}

// invalid says that there is no such session, or none now.
func (c *conn) invalid(again bool) {
	c.line.Say(object{"op": opInvalid, "t": nil, "s": nil, "d": again})
}

// resume goes on with a session.
func (h *hub) resume(c *conn, d json.RawMessage) {
	var said struct {
		Token   string
		Session string `json:"session_id"`
		Seq     int
	}
	w := h.fake.world
	s := (*session)(nil)
	bad := json.Unmarshal(d, &said) != nil
	if !bad {
		s = h.sessions[said.Session]
	}
	switch {
	case c.session != nil:
		c.close(closeAgain, "Already authenticated.")
	case bad:
		c.close(closeDecode, "Error while decoding payload.")
	case w.token == "" || said.Token != w.token:
		c.close(closeToken, "Authentication failed.")
	case s == nil || !c.resume || s.tooOld(said.Seq):
		c.invalid(false)
	case said.Seq > s.seq:
		s.end()
		c.close(closeSeq, "Invalid seq.")
	default:
		h.goOn(c, s, said.Seq)
	}
}

// tooOld tells whether too much was missed.
func (s *session) tooOld(seq int) bool { return len(s.log) > 0 && seq < s.log[0].seq-1 }
