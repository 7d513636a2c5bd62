package socketio

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkEmit is one event to 500 sockets until all have it, over WebSockets
// on this machine, whose clients take their part of the time; beside it the same
// bytes written to the same connections one after the other.
func BenchmarkEmit(b *testing.B) {
	const count = 500
	s := newSite(b, Options{PerAddress: count})
	size := len(news().packet.wire)
	var got sync.WaitGroup
	all := make([]*Socket, count)
	for i := range all {
		conn := s.socket("")
		_ = conn.SetReadDeadline(time.Time{})
		say(b, conn, "40")
		all[i] = <-s.came
		read(b, conn)
		read(b, conn)
		go tally(conn, size, &got)
	}
	to := func(send func(*Socket, *Event) bool) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got.Add(count)
				e := news()
				for _, k := range all {
					if !send(k, e) {
						b.Fatal("a socket is gone")
					}
				}
				got.Wait()
			}
		}
	}
	b.Run("sockets=500", to((*Socket).Emit))
	b.Run("bare=500", to(func(k *Socket, e *Event) bool {
		_, err := k.session.pipe.conn.NetConn().Write(e.packet.wire)
		return err == nil
	}))
}

func news() *Event {
	return event("workflow:progress:onboarding", map[string]any{"session_id": "s1", "step": "design", "progress": 40, "workflow_type": "onboarding"})
}

// tally counts what comes. It reads past gorilla, to be no part of what is measured.
func tally(conn *websocket.Conn, size int, got *sync.WaitGroup) {
	room := make([]byte, size)
	for {
		if _, err := io.ReadFull(conn.NetConn(), room); err != nil {
			return
		}
		got.Done()
	}
}
