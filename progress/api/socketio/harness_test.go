package socketio

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// site is a server of this package at an address of its own. Its clients may
// emit "echo" (acknowledged with the arguments), "stream" {count, every} (events
// "n" with 0, 1, 2 …; every is in milliseconds), "say" (emits its arguments back
// as "said") and "leave".
type site struct {
	t    testing.TB
	o    Options
	late atomic.Int64 // for how many milliseconds an upgrade waits
	addr string
	url  string

	mu     sync.Mutex
	server *Server
	web    *http.Server
	joined map[*Socket]int // how often Connect has accepted it
	gone   map[*Socket]int
	heard  []string // names of events that nothing answers
	came   chan *Socket
	tasks  sync.WaitGroup
}

// newSite starts a site. What the options leave out, the site does.
func newSite(t testing.TB, o Options) *site {
	s := &site{t: t, o: o, joined: map[*Socket]int{}, gone: map[*Socket]int{}, came: make(chan *Socket, 10_000)}
	s.o.Log = slog.New(slog.DiscardHandler)
	connect := o.Connect
	s.o.Connect = func(ctx context.Context, r *http.Request, k *Socket, auth json.RawMessage) error {
		if connect != nil {
			if err := connect(ctx, r, k, auth); err != nil {
				return err
			}
		}
		s.note(func() { s.joined[k]++ })
		s.came <- k
		return nil
	}
	s.o.Event = s.hear
	s.o.Gone = func(k *Socket) { s.note(func() { s.gone[k]++ }) }
	s.start("127.0.0.1:0")
	t.Cleanup(s.stop)
	return s
}

func (s *site) note(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *site) start(addr string) {
	server := New(s.o)
	s.server = server
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.addr, s.url = listener.Addr().String(), "http://"+listener.Addr().String()
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(server, w, r) })}
	s.web = web
	s.tasks.Go(func() { _ = web.Serve(listener) })
}

// serve has a server serve a request, maybe late: by then there may be another.
func (s *site) serve(server *Server, w http.ResponseWriter, r *http.Request) {
	if query := r.URL.Query(); query.Get("sid") != "" && query.Get("transport") == "websocket" {
		time.Sleep(time.Duration(s.late.Load()) * time.Millisecond)
	}
	server.ServeHTTP(w, r)
}

func (s *site) stop() {
	s.server.Close()
	_ = s.web.Close()
	s.tasks.Wait()
}

func (s *site) hear(k *Socket, name string, args []json.RawMessage, ack func(...any)) {
	back := make([]any, len(args))
	for i := range args {
		back[i] = args[i]
	}
	switch name {
	case "echo":
		ack(back...)
		ack("twice")
	case "say":
		k.Emit(event("said", back...))
	case "leave":
		k.Disconnect()
	case "stream":
		var order struct{ Count, Every int }
		_ = json.Unmarshal(args[0], &order)
		s.tasks.Go(func() { stream(k, order.Count, time.Duration(order.Every)*time.Millisecond) })
	default:
		s.note(func() { s.heard = append(s.heard, name) })
	}
}

func stream(k *Socket, count int, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := range count {
		if !k.Emit(event("n", n)) {
			return
		}
		<-tick.C
	}
}

// event is NewEvent for what surely is one.
func event(name string, args ...any) *Event {
	e, err := NewEvent(name, args...)
	if err != nil {
		panic(err)
	}
	return e
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// dial connects a client, and returns the socket that the site has of it.
func (s *site) dial(o siotest.Options) (*siotest.Client, *Socket) {
	s.t.Helper()
	c, err := siotest.Dial(soon(s.t), s.url, o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Drop)
	return c, <-s.came
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// sessions is how many there are, and how many of them have not connected.
func (s *Server) count() (sessions, outside, callers, running int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions), len(s.doorstep.sessions), len(s.doorstep.callers), s.running
}

// empty waits until nothing is left of any session.
func (s *site) empty() {
	s.t.Helper()
	eventually(s.t, "the server is empty", func() bool {
		sessions, outside, callers, running := s.server.count()
		return sessions+outside+callers+running+s.server.Sockets() == 0
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, n := range s.joined {
		if n != 1 || s.gone[k] != 1 {
			s.t.Errorf("a socket was connected %d times and gone %d times", n, s.gone[k])
		}
	}
	if len(s.gone) != len(s.joined) {
		s.t.Errorf("%d sockets were connected and %d are gone", len(s.joined), len(s.gone))
	}
}

// ask makes a request and returns its answer.
func (s *site) ask(method, query, body string) (status int, header http.Header, text string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(soon(s.t), method, s.url+"/socket.io/?"+query, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, strings.TrimSpace(string(data))
}

// opened reads the id from the packet that opens a session.
func opened(t testing.TB, text string) string {
	t.Helper()
	var open struct{ SID string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "0")), &open); err != nil || open.SID == "" {
		t.Fatalf("no session: %q", text)
	}
	return open.SID
}

// open opens a polling session and returns the query of its further requests.
func (s *site) open() string {
	s.t.Helper()
	_, _, text := s.ask("GET", "EIO=4&transport=polling", "")
	return "EIO=4&transport=polling&sid=" + opened(s.t, text)
}

// socket opens a WebSocket; the query may name a session.
func (s *site) socket(query string) *websocket.Conn {
	s.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+s.addr+"/socket.io/?EIO=4&transport=websocket"+query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return conn
}

func say(t testing.TB, conn *websocket.Conn, packet string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(packet)); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, conn *websocket.Conn) string {
	t.Helper()
	_, text, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// expectStream reads the next events of a client, which must be "n" from..to-1.
func expectStream(t testing.TB, c *siotest.Client, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		name, args, err := c.Next(soon(t))
		if err != nil || name != "n" || string(args[0]) != fmt.Sprint(n) {
			t.Fatalf("want event n %d, got %s %s, %v", n, name, args, err)
		}
	}
}
