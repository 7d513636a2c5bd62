package conformance

import (
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestFreed holds that a client that goes away leaves nothing behind after a
// second. It counts goroutines, so nothing runs beside it.
func TestFreed(t *testing.T) {
	w := serve(t)
	id := w.start("x")
	w.report(id, `{"progress":5}`)
	freed := func(t *testing.T, open func(c client) (leave func())) {
		t.Helper()
		open(w.in(t))() // what is made once is there now
		before := idle(t)
		var leave []func()
		for range 50 {
			leave = append(leave, open(w.in(t)))
		}
		for _, f := range leave {
			f()
		}
		until := time.Now().Add(time.Second)
		for n := runtime.NumGoroutine(); n > before+5; n = runtime.NumGoroutine() {
			if http.DefaultClient.CloseIdleConnections(); time.Now().After(until) {
				t.Fatalf("%d goroutines before, %d a second after 50 sockets left", before, n)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	t.Run("tasks", func(t *testing.T) {
		freed(t, func(c client) func() { s := c.watchTask(id); return s.leave })
	})
	t.Run("executions", func(t *testing.T) {
		freed(t, func(c client) func() {
			s := c.watch(id)
			s.next("status")
			return s.leave
		})
	})
	t.Run("executions cut off", func(t *testing.T) {
		freed(t, func(c client) func() {
			s := c.watch(id)
			s.next("status")
			return func() { s.conn.NetConn().Close() }
		})
	})
	t.Run("an execution that was never there", func(t *testing.T) {
		freed(t, func(c client) func() {
			s := c.watch("exec_0123456789ab")
			s.next("error")
			s.closes(1008)
			return s.leave
		})
	})
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			freed(t, func(c client) func() { return c.listen(transport).Close })
		})
	}
	t.Run("websocket cut off", func(t *testing.T) {
		freed(t, func(c client) func() { return c.listen(siotest.WebSocket).Drop })
	})
}

// leave closes the socket as browsers do.
func (s *socket) leave() {
	end := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = s.conn.WriteControl(websocket.CloseMessage, end, time.Now().Add(time.Second)) // it may be gone already
	s.conn.Close()
}

// idle is how many goroutines there are once that does not change.
func idle(t testing.TB) int {
	t.Helper()
	last, same := 0, 0
	eventually(t, "all is still", func() bool {
		http.DefaultClient.CloseIdleConnections()
		if n := runtime.NumGoroutine(); n != last {
			last, same = n, 0
		}
		same++
		return same > 20
	})
	return last
}

// TestManySockets holds that 200 Socket.IO clients hear the same.
func TestManySockets(t *testing.T) {
	t.Parallel()
	w := serve(t)
	all := make([]ear, 200)
	for i := range all {
		all[i] = w.listen([]string{siotest.WebSocket, siotest.Polling}[i%2])
	}
	for i := range 20 {
		w.flow("many", "s", "x", float64(i))
	}
	for _, e := range all {
		for i := range 20 {
			e.next("workflow:progress:many").is("progress", i)
		}
	}
}
