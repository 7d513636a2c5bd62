package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const (
	gateToken = "MTIz.abc.secret-of-the-bot"
	gateBeat  = 41250 * time.Millisecond
)

// gate is a gateway to try ours against: it keeps sessions as Discord does, and fails as it is
// told to. The fakes of others know it too; this one is small enough to fail in every way.
type gate struct {
	t      *testing.T
	server *http.Server
	listen chan net.Conn

	mu       sync.Mutex
	fails    gateFails
	seen     gateSeen
	left     int // of the sessions of a day; the total is a thousand
	reset    time.Duration
	last     int // sessions there were
	sessions map[string]*gateSession
	at       *gateConn // the connection that is there
	waiting  []gateEvent
}

// gateSeen is what a gate has seen of a client.
type gateSeen struct {
	doors   int      // asked where the gateway is
	dials   []string // hosts
	starts  []time.Time
	resumes []int64 // their numbers
	beats   []gateBeatAt
	sent    []time.Time // frames
	closes  []int       // codes
}

// begun is how many sessions were begun.
func (g *gate) begun() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.seen.starts)
}

// saw is what it has seen so far.
func (g *gate) saw() gateSeen {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.seen
	s.dials, s.starts, s.resumes = slices.Clone(s.dials), slices.Clone(s.starts), slices.Clone(s.resumes)
	s.beats, s.sent, s.closes = slices.Clone(s.beats), slices.Clone(s.sent), slices.Clone(s.closes)
	return s
}

type gateBeatAt struct {
	at  time.Time
	seq string
}

// gateFails is what a gate does wrong.
type gateFails struct {
	door   error
	dial   func(host string) error
	hello  func(c *gateConn) bool         // instead of the hello; false goes on with it
	asked  func(c *gateConn, op int) bool // instead of an answer to a frame
	noAcks bool
}

type gateEvent struct {
	kind string
	data any
}

// gateSession is a session, and what was sent in it.
type gateSession struct {
	id     string
	events []map[string]any
}

// gateConn is a connection to a gate.
type gateConn struct {
	*websocket.Conn
	pipe    *gatePipe
	write   sync.Mutex
	session *gateSession
}

// gatePipe is a connection on which nothing may come through any more.
type gatePipe struct {
	net.Conn
	mu   sync.Mutex
	dead bool
}

func (p *gatePipe) frozen() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

func (p *gatePipe) Write(b []byte) (int, error) {
	if p.frozen() {
		return len(b), nil
	}
	return p.Conn.Write(b)
}

func (p *gatePipe) Read(b []byte) (int, error) {
	for {
		n, err := p.Conn.Read(b)
		if err != nil || !p.frozen() {
			return n, err
		}
	}
}

// newGate opens a gate, within a bubble of synctest.
func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{t: t, listen: make(chan net.Conn), left: 1000, reset: 24 * time.Hour, sessions: map[string]*gateSession{}}
	g.server = &http.Server{Handler: http.HandlerFunc(g.serve), ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = g.server.Serve(&gateListener{g.listen, make(chan struct{}), sync.Once{}})
	}()
	t.Cleanup(func() {
		g.drop()
		_ = g.server.Close()
		<-done
	})
	return g
}

type gateListener struct {
	conns chan net.Conn
	gone  chan struct{}
	once  sync.Once
}

func (l *gateListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.gone:
		return nil, net.ErrClosed
	}
}
func (l *gateListener) Close() error   { l.once.Do(func() { close(l.gone) }); return nil }
func (l *gateListener) Addr() net.Addr { return &net.TCPAddr{} }

// dialer dials the gate, whatever the address.
func (g *gate) dialer() *websocket.Dialer {
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(address)
		g.mu.Lock()
		g.seen.dials = append(g.seen.dials, host)
		fails := g.fails.dial
		g.mu.Unlock()
		if fails != nil {
			if err := fails(host); err != nil {
				return nil, err
			}
		}
		near, far := net.Pipe()
		select {
		case g.listen <- &gatePipe{Conn: far}:
			return near, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return &websocket.Dialer{HandshakeTimeout: dialWithin, NetDialContext: dial, NetDialTLSContext: dial}
}

// door is where the gate is.
func (g *gate) door(context.Context) (Entrance, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen.doors++
	return Entrance{URL: "wss://gateway.example", Total: 1000, Left: g.left, Reset: g.reset}, g.fails.door
}

func (g *gate) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" || r.URL.RawQuery != "encoding=json&v=10" {
		g.t.Errorf("it asks for %s", r.URL)
	}
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	pipe, _ := conn.NetConn().(*gatePipe)
	c := &gateConn{Conn: conn, pipe: pipe}
	g.mu.Lock()
	g.at = c
	hello := g.fails.hello
	g.mu.Unlock()
	if hello != nil && hello(c) {
		return
	}
	c.send(opHello, map[string]any{"heartbeat_interval": gateBeat.Milliseconds(), "_trace": []string{"x"}})
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			g.ended(c, err)
			return
		}
		if g.heard(c, text) {
			return
		}
	}
}

func (g *gate) ended(c *gateConn, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at == c {
		g.at = nil
	}
	end, ok := errors.AsType[*websocket.CloseError](err)
	if !ok || end.Code == websocket.CloseAbnormalClosure {
		return
	}
	g.seen.closes = append(g.seen.closes, end.Code)
	if c.session != nil && (end.Code == 1000 || end.Code == 1001) {
		delete(g.sessions, c.session.id)
	}
}

func (c *gateConn) send(op int, data any) {
	c.frame(map[string]any{"op": op, "d": data, "s": nil, "t": nil})
}

func (c *gateConn) frame(f any) {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	c.raw(string(text))
}

func (c *gateConn) raw(text string) {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.WriteMessage(websocket.TextMessage, []byte(text))
}

// listen says nothing until the connection ends.
func (c *gateConn) listen() bool {
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return true
		}
	}
}

// bye ends the connection with a code.
func (c *gateConn) bye(code int) {
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "bye"), time.Now().Add(time.Second))
	_ = c.Close()
}

// heard answers a frame; over ends the connection.
func (g *gate) heard(c *gateConn, text []byte) (over bool) {
	var f struct {
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if err := json.Unmarshal(text, &f); err != nil || len(text) > 4096 {
		g.t.Errorf("it sends %.100s", text)
	}
	g.mu.Lock()
	g.seen.sent = append(g.seen.sent, time.Now())
	asked, acks := g.fails.asked, !g.fails.noAcks
	g.mu.Unlock()
	if f.Op == opIdentify {
		g.mu.Lock()
		g.seen.starts = append(g.seen.starts, time.Now())
		g.left--
		g.mu.Unlock()
	}
	if asked != nil && asked(c, f.Op) {
		return false
	}
	switch f.Op {
	case opHeartbeat:
		g.mu.Lock()
		g.seen.beats = append(g.seen.beats, gateBeatAt{time.Now(), string(f.Data)})
		g.mu.Unlock()
		if acks {
			c.send(opAck, nil)
		}
	case opIdentify:
		g.identified(c, f.Data)
	case opResume:
		g.resumed(c, f.Data)
	default:
		g.t.Errorf("it sends %s", text)
	}
	return false
}

func (g *gate) identified(c *gateConn, data json.RawMessage) {
	var is struct {
		Token      string
		Intents    int
		Properties map[string]string
	}
	if err := json.Unmarshal(data, &is); err != nil || is.Token != gateToken || is.Intents != 1<<9|1<<12 || is.Properties["browser"] != "herald" {
		g.t.Errorf("it says %s", data)
	}
	g.begin(c)
}

// begin begins a session.
func (g *gate) begin(c *gateConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last++
	s := &gateSession{id: fmt.Sprint("session-", g.last)}
	g.sessions[s.id], c.session = s, s
	g.put(c, "READY", map[string]any{
		"v": 10, "session_id": s.id, "resume_gateway_url": "wss://resume.example", "guilds": []any{},
		"user": map[string]any{"id": "42", "bot": true}, "application": map[string]any{"id": "43", "flags": 0},
	})
	for _, e := range g.waiting {
		g.put(c, e.kind, e.data)
	}
	g.waiting = nil
}

// put sends an event in a session, now or once it is resumed.
func (g *gate) put(c *gateConn, kind string, data any) {
	s := c.session
	f := map[string]any{"op": opDispatch, "t": kind, "d": data, "s": len(s.events) + 1}
	s.events = append(s.events, f)
	c.frame(f)
}

func (g *gate) resumed(c *gateConn, data json.RawMessage) {
	var is struct {
		Token   string
		Session string `json:"session_id"`
		Seq     int64
	}
	if err := json.Unmarshal(data, &is); err != nil || is.Token != gateToken {
		g.t.Errorf("it says %s", data)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen.resumes = append(g.seen.resumes, is.Seq)
	s := g.sessions[is.Session]
	if s == nil || is.Seq > int64(len(s.events)) {
		c.send(opInvalid, false)
		return
	}
	c.session = s
	for _, f := range s.events[is.Seq:] {
		c.frame(f)
	}
	g.put(c, "RESUMED", nil)
}

// emit has something happen.
func (g *gate) emit(kind string, data any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at != nil && g.at.session != nil && g.sessions[g.at.session.id] != nil {
		g.put(g.at, kind, data)
		return
	}
	for _, s := range g.sessions {
		s.events = append(s.events, map[string]any{"op": opDispatch, "t": kind, "d": data, "s": len(s.events) + 1})
		return
	}
	g.waiting = append(g.waiting, gateEvent{kind, data})
}

// there waits until a session is connected.
func (g *gate) there() *gateConn {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		g.mu.Lock()
		c := g.at
		ok := c != nil && c.session != nil && g.sessions[c.session.id] == c.session && !c.pipe.frozen()
		g.mu.Unlock()
		if ok {
			return c
		}
		time.Sleep(wait)
	}
}

// drop breaks the connection.
func (g *gate) drop() {
	g.mu.Lock()
	c := g.at
	g.mu.Unlock()
	if c != nil {
		_ = c.pipe.Close()
	}
}

// freeze has nothing come through any more, and nobody told of it.
func (c *gateConn) freeze() {
	c.pipe.mu.Lock()
	defer c.pipe.mu.Unlock()
	c.pipe.dead = true
}

// invalid says that there is no session, or that there is.
func (g *gate) invalid(lives bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !lives {
		delete(g.sessions, g.at.session.id)
	}
	g.at.send(opInvalid, lives)
}

// day says how many sessions are left of the day, and until when; it says how many were before.
func (g *gate) day(left int, reset time.Duration) (before int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before, g.left, g.reset = g.left, left, reset
	return before
}

// fail has the gate fail from now on.
func (g *gate) fail(f gateFails) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = f
}

// gateLog is a log to look into.
type gateLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *gateLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *gateLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// gateClient is a gateway of ours that runs.
type gateClient struct {
	*gateway
	log  *gateLog
	stop func()

	mu   sync.Mutex
	got  []string // what came, as kind and data
	seqs []int64
}

// connect runs a gateway of ours against a gate until the end of the test.
func (g *gate) connect() *gateClient {
	g.t.Helper()
	c := &gateClient{log: &gateLog{}}
	hear := func(kind string, seq int64, data json.RawMessage) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.got, c.seqs = append(c.got, kind+" "+string(data)), append(c.seqs, seq)
		return true
	}
	c.gateway = newGateway(gateToken, g.door, g.dialer(), hear, slog.New(slog.NewTextHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	c.stop = runs(c.gateway)
	g.t.Cleanup(func() {
		c.stop()
		if log := c.log.String(); strings.Contains(log, "secret-of-the-bot") || strings.Contains(log, "session-") {
			g.t.Errorf("the log has a secret: %s", log)
		}
	})
	return c
}

// runs runs a gateway until it is stopped.
func runs(g *gateway) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		g.run(ctx)
	}()
	return func() { cancel(); <-over }
}

// heard is what came.
func (c *gateClient) heard() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.got...)
}

// logs fails unless the log says something.
func (c *gateClient) logs(t *testing.T, what string) {
	t.Helper()
	if !strings.Contains(c.log.String(), what) {
		t.Errorf("the log does not say %q: %s", what, c.log)
	}
}
