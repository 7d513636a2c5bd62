package socketio

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkEmit is one event to 500 sockets until all have it: over WebSockets
// on this machine, whose clients take their part of the time.
func BenchmarkEmit(b *testing.B) {
	const count = 500
	news := func() *Event {
		return event("workflow:progress:onboarding", map[string]any{"session_id": "s1", "step": "design", "progress": 40, "workflow_type": "onboarding"})
	}
	e := news()
	s := newSite(b, Options{PerAddress: count})
	var all []*Socket
	var got sync.WaitGroup
	for range count {
		conn := s.socket("")
		_ = conn.SetReadDeadline(time.Time{})
		say(b, conn, "40")
		all = append(all, <-s.came)
		read(b, conn)
		read(b, conn)
		go tally(conn, len(e.packet.wire), &got)
	}
	b.ReportAllocs()
	for b.Loop() {
		got.Add(count)
		e := news()
		for _, k := range all {
			if !k.Emit(e) {
				b.Fatal("a socket is gone")
			}
		}
		got.Wait()
	}
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
