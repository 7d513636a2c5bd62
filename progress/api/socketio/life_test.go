package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestGoroutines counts those of the whole program, so nothing runs beside it.
func TestGoroutines(t *testing.T) {
	const count = 50
	s := newSite(t, Options{PerAddress: 2 * count})
	base := runtime.NumGoroutine()
	conns := make([]*websocket.Conn, count)
	for i := range conns {
		conns[i] = s.socket("")
		say(t, conns[i], "40")
		<-s.came
	}
	eventually(t, "one goroutine for each idle WebSocket", func() bool { return runtime.NumGoroutine() <= base+count })
	eventually(t, "all have joined", func() bool { return !slices.Contains(s.sockets(), nil) }) // which comes after they are greeted
	for _, k := range s.sockets() {
		k.Emit(event("x"))
	}
	eventually(t, "and no more after writing", func() bool { return runtime.NumGoroutine() <= base+count })
	for _, c := range conns {
		c.Close()
	}
	closed := time.Now()
	eventually(t, "nothing is left", func() bool { return runtime.NumGoroutine() <= base })
	if took := time.Since(closed); took > time.Second {
		t.Errorf("it took %s", took)
	}
	s.empty()
}

func (s *site) sockets() (all []*Socket) {
	for _, x := range s.server.all() {
		all = append(all, x.room.member())
	}
	return all
}

// TestPartings has clients leave in every way.
func TestPartings(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	for _, transport := range []string{siotest.WebSocket, siotest.Polling, siotest.Upgrade} {
		for _, part := range []func(*siotest.Client){
			(*siotest.Client).Close,
			(*siotest.Client).Drop,
			func(c *siotest.Client) { _ = c.Raw(context.Background(), "1") },
			func(c *siotest.Client) { _ = c.Raw(context.Background(), "nonsense") },
			func(c *siotest.Client) { _ = c.Send(context.Background(), "leave") },
		} {
			c, k := s.dial(siotest.Options{Transport: transport})
			eventually(t, "a poll is held", k.reached)
			began := time.Now()
			part(c)
			eventually(t, "it is gone", func() bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				return s.gone[k] > 0
			})
			if k.Emit(event("x")) {
				t.Error("who is gone is emitted to")
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s over %s", took, transport)
			}
			c.Drop()
		}
	}
	s.empty()
}

// reached reports whether a client would get at once what is emitted.
func (k *Socket) reached() bool {
	s := k.session
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pipe.conn != nil || s.polls.wake != nil
}

func TestTwoPolls(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		held := d.poll(q)
		if w := d.ask(d.t.Context(), "GET", q, ""); w.Code != 400 {
			t.Errorf("a second poll: %d", w.Code)
		}
		if got := <-held; got != "1" {
			t.Errorf("the first is answered %s", got)
		}
		if d.Sockets() != 0 {
			t.Error("the session goes on")
		}
	})
	bubble(t, Options{Event: func(*Socket, string, []json.RawMessage, func(...any)) { time.Sleep(time.Second) }}, func(d *desk) {
		q := d.connect()
		first := make(chan string, 1)
		go func() { first <- d.post(q, `42["x"]`) }()
		synctest.Wait()
		if w := d.ask(d.t.Context(), "POST", q, "3"); w.Code != 400 {
			t.Errorf("a second POST: %d", w.Code)
		}
		<-first
		if d.Sockets() != 0 {
			t.Error("the session goes on")
		}
	})
}

func TestPollGivenUp(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		ctx, cancel := context.WithCancel(d.t.Context())
		go d.ask(ctx, "GET", q, "")
		synctest.Wait()
		cancel()
		synctest.Wait()
		if d.Sockets() != 0 {
			t.Error("the session goes on")
		}
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	var gone atomic.Int64
	bubble(t, Options{Gone: func(*Socket) { gone.Add(1) }}, func(d *desk) {
		held := d.poll(d.connect())
		d.connect() // which polls later
		conn := d.connectSocket()
		d.connectSocket() // which never reads
		closed := make(chan time.Time)
		began := time.Now()
		go func() {
			d.Close()
			closed <- time.Now()
		}()
		if got := <-held; got != "1" {
			t.Errorf("a poll that was held is answered %s", got)
		}
		if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("a WebSocket is closed by %v", err)
		}
		if took := (<-closed).Sub(began); took != closeWait {
			t.Errorf("it took %s, for one that does not answer", took)
		}
		if sessions, _, _, running := d.count(); sessions+running != 0 || gone.Load() != 4 || d.Sockets() != 0 {
			t.Errorf("%d sessions and %d goroutines are left, %d are gone", sessions, running, gone.Load())
		}
		if w := d.ask(d.t.Context(), "GET", "", ""); w.Code != 503 || w.Header().Get("Retry-After") != "1" {
			t.Errorf("a request after it: %d", w.Code)
		}
		d.Close()
	})
}

// TestCloseWithSlowReader has a write under way that would take longer.
func TestCloseWithSlowReader(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		d.connectSocket()
		d.one().Emit(event("x"))
		synctest.Wait()
		began := time.Now()
		d.Close()
		if took := time.Since(began); took != closeWait {
			t.Errorf("Close took %s", took)
		}
	})
}

// TestCloseWithSlowRequests has a POST that does not end, and a poll that is not
// read.
func TestCloseWithSlowRequests(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Bytes: 1 << 30})
	c, posting := s.dial(siotest.Options{Transport: siotest.Polling})
	s.half("POST", c.Session(), "Content-Length: 10")
	query := s.open()
	s.ask("POST", query, "40")
	s.ask("GET", query, "")
	polling := <-s.came
	for range 8 {
		polling.Emit(event("large", strings.Repeat("x", 4<<20)))
	}
	_, id, _ := strings.Cut(query, "sid=")
	s.half("GET", id, "X-Nothing: x")
	eventually(t, "both are under way", func() bool {
		a, b := posting.session, polling.session
		a.mu.Lock()
		defer a.mu.Unlock()
		b.mu.Lock()
		defer b.mu.Unlock()
		return a.polls.posting && b.waiting.bytes == 0
	})
	began := time.Now()
	s.server.Close()
	if took := time.Since(began); took > 5*closeWait {
		t.Errorf("Close took %s", took)
	}
}

// half makes a request, and neither ends it nor reads the answer.
func (s *site) half(method, session, header string) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	_, err = conn.Write([]byte(method + " /socket.io/?EIO=4&transport=polling&sid=" + session + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n"))
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestCloseWaits has callbacks run while the server closes.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	var gone sync.Map
	connect := func(ctx context.Context, _ *http.Request, _ *Socket, auth json.RawMessage) error {
		if auth != nil {
			<-ctx.Done()
			time.Sleep(time.Minute)
		}
		return nil
	}
	still := func(ctx context.Context, _ *Socket) error {
		<-ctx.Done()
		time.Sleep(time.Hour)
		return ctx.Err()
	}
	bubble(t, Options{Connect: connect, Still: still, Gone: func(k *Socket) { gone.Store(k, true) }}, func(d *desk) {
		q := d.connect()
		d.get(q) // has Still asked
		go d.post("&sid="+opened(t, d.get("")), "40{}")
		synctest.Wait()
		began := time.Now()
		d.Close()
		if time.Since(began) != time.Hour {
			t.Errorf("Close took %s", time.Since(began))
		}
		n := 0
		gone.Range(func(any, any) bool { n++; return true })
		if n != 2 {
			t.Errorf("%d sockets are gone, of two that were accepted", n)
		}
	})
}

// TestCallsAreInOrder has a socket end while its event is worked on.
func TestCallsAreInOrder(t *testing.T) {
	t.Parallel()
	var calls []string
	o := Options{
		Event: func(k *Socket, name string, _ []json.RawMessage, _ func(...any)) {
			if name == "leave" {
				k.Disconnect()
			}
			time.Sleep(time.Second)
			calls = append(calls, name)
		},
		Gone: func(*Socket) { calls = append(calls, "gone") },
	}
	bubble(t, o, func(d *desk) {
		q := d.connect()
		d.post(q, `42["a"]`+"\x1e"+`42["leave"]`+"\x1e"+`42["b"]`)
		synctest.Wait()
		if got := strings.Join(calls, " "); got != "a leave gone" {
			t.Errorf("the calls were %s", got)
		}
	})
}

func TestSocketValue(t *testing.T) {
	t.Parallel()
	k := newSocket(nil)
	if k.Get() != nil {
		t.Error("a new socket has a value")
	}
	k.Set(1)
	k.Set("two")
	if k.Get() != "two" {
		t.Errorf("the value is %v", k.Get())
	}
	k.Set(nil)
	if k.Get() != nil {
		t.Error("nil is not kept")
	}
}

// TestEmitFromMany keeps the order of each of those who emit.
func TestEmitFromMany(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	c, k := s.dial(siotest.Options{})
	const writers, each = 8, 200
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range each {
				k.Emit(event("x", w, n))
			}
		})
	}
	next := make([]int, writers)
	for range writers * each {
		_, args, err := c.Next(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		var w, n int
		if err := errors.Join(json.Unmarshal(args[0], &w), json.Unmarshal(args[1], &n)); err != nil || n != next[w] {
			t.Fatalf("writer %d: %d after %d, %v", w, n, next[w]-1, err)
		}
		next[w]++
	}
	all.Wait()
}
