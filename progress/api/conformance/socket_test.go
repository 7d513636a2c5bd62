package conformance

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// socket is a WebSocket that is read all the time.
type socket struct {
	t      testing.TB
	conn   *websocket.Conn
	frames chan doc
	code   int // with which it was closed, once frames is closed
}

// dial opens a WebSocket, and ends the test if it cannot.
func (c client) dial(path string, headers ...string) *socket {
	c.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.url, "http")+path, c.header(headers...))
	if err != nil {
		c.t.Fatalf("%s: %v, %v", path, err, res)
	}
	s := &socket{t: c.t, conn: conn, frames: make(chan doc, 4096)}
	c.t.Cleanup(func() { conn.Close() })
	go s.read()
	return s
}

// refused is the answer to a handshake that must not succeed.
func (c client) refused(path string, headers ...string) *http.Response {
	c.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.url, "http")+path, c.header(headers...))
	if err == nil {
		conn.Close()
		c.t.Fatalf("%s was opened", path)
	}
	if res == nil {
		c.t.Fatal(err)
	}
	return res
}

// watch is the socket of an execution.
func (c client) watch(id string) *socket {
	c.t.Helper()
	return c.dial(executions + "/" + id + "/progress/ws")
}

// watchTask is the native socket of a task, behind its snapshot.
func (c client) watchTask(id string) *socket {
	c.t.Helper()
	s := c.dial("/ws/tasks/" + id)
	s.next("snapshot")
	return s
}

func (s *socket) read() {
	defer close(s.frames)
	for {
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				s.code = e.Code
			}
			return
		}
		d := doc{s.t, raw, nil}
		_ = json.Unmarshal(raw, &d.v) // who looks into it finds nothing then
		s.frames <- d
	}
}

// wait is the next frame; ok is false once the socket is closed.
func (s *socket) wait() (d doc, ok bool) {
	s.t.Helper()
	select {
	case d, ok = <-s.frames:
	case <-time.After(patience):
		s.t.Fatal("neither a frame nor the end came")
	}
	return d, ok
}

// any is the next frame.
func (s *socket) any() doc {
	s.t.Helper()
	d, ok := s.wait()
	if !ok {
		s.t.Fatalf("closed with %d instead of a frame", s.code)
	}
	return d
}

// next is the next frame, which must be of the type.
func (s *socket) next(kind string) doc {
	s.t.Helper()
	d := s.any()
	if got, _ := d.look("type"); got != kind {
		s.t.Fatalf("the frame is no %q: %s", kind, d.raw)
	}
	return d
}

// closes asks for the end of the socket, without a further frame.
func (s *socket) closes(code int) {
	s.t.Helper()
	if d, ok := s.wait(); ok {
		s.t.Fatalf("a frame instead of the end: %s", d.raw)
	}
	if s.code != code {
		s.t.Errorf("closed with %d, not %d", s.code, code)
	}
}

// silent asks that nothing comes for a while.
func (s *socket) silent(because string) {
	s.t.Helper()
	select {
	case d := <-s.frames:
		s.t.Fatalf("something came, although %s: %s (close code %d)", because, d.raw, s.code)
	case <-time.After(lull):
	}
}

// rest is all frames until the socket is closed with 1000.
func (s *socket) rest() []doc {
	s.t.Helper()
	var all []doc
	for d, ok := s.wait(); ok; d, ok = s.wait() {
		all = append(all, d)
	}
	if s.code != websocket.CloseNormalClosure {
		s.t.Errorf("closed with %d, not 1000", s.code)
	}
	return all
}
