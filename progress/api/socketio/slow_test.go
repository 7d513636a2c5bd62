package socketio

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestSlowSockets has peers that do not read: what the writer has is one packet,
// and the bounds are about the rest.
func TestSlowSockets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    Options
		fits int
	}{
		"packets": {Options{Packets: 5}, 5},
		"bytes":   {Options{Bytes: 35}, 3}, // of 10 bytes each
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gone := 0
			c.o.Gone = func(*Socket) { gone++ }
			bubble(t, c.o, func(d *desk) {
				conn := d.connectSocket()
				k := d.one()
				began := time.Now()
				k.Emit(event("x", 12))
				synctest.Wait() // the writer has it
				for n := range c.fits {
					if !k.Emit(event("x", 12)) {
						t.Fatalf("packet %d does not fit", n)
					}
				}
				for range 2 {
					if k.Emit(event("x", 12)) {
						t.Error("more fits than should")
					}
				}
				if time.Since(began) != 0 {
					t.Error("an Emit has blocked")
				}
				synctest.Wait()
				if gone != 1 || d.Sockets() != 0 {
					t.Errorf("gone %d times, %d sockets", gone, d.Sockets())
				}
				if _, text, err := conn.ReadMessage(); err == nil {
					t.Errorf("the connection goes on with %s", text)
				}
			})
		})
	}
}

func TestSlowPolls(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Packets: 5}, func(d *desk) {
		q := d.connect()
		k := d.one()
		for range 5 {
			k.Emit(event("x"))
		}
		if got := d.get(q); got != strings.Repeat(`42["x"]`+"\x1e", 4)+`42["x"]` {
			t.Errorf("what waited is %q", got)
		}
		for range 5 {
			k.Emit(event("x"))
		}
		if k.Emit(event("x")) {
			t.Error("more fits than should")
		}
		if got := d.get(q); !strings.Contains(got, "Session ID unknown") {
			t.Errorf("the next poll is answered %s", got)
		}
	})
}

// TestLargeEvent sends an event that is larger than what may wait.
func TestLargeEvent(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{siotest.WebSocket, siotest.Polling} {
		s := newSite(t, Options{Bytes: 1000})
		c, k := s.dial(siotest.Options{Transport: transport})
		if !k.Emit(event("large", strings.Repeat("x", 100_000))) {
			t.Error("it does not fit")
		}
		if name, args, err := c.Next(soon(t)); name != "large" || len(args[0]) != 100_002 {
			t.Errorf("%s came, %v", name, err)
		}
	}
}

// TestStalledWrite has a peer that reads nothing, and nothing more is emitted.
func TestStalledWrite(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		d.connectSocket()
		d.one().Emit(event("x"))
		time.Sleep(20*time.Second - time.Millisecond)
		synctest.Wait()
		if d.Sockets() != 1 {
			t.Error("dropped too early")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if sessions, _, _, _ := d.count(); sessions != 0 {
			t.Error("not dropped")
		}
	})
}

// TestSlowDelaysNobody has a peer that does not read beside one that does.
func TestSlowDelaysNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Packets: 100})
	s.socketThatConnects()
	slow := <-s.came
	c, k := s.dial(siotest.Options{})
	big := event("big", strings.Repeat("x", 100_000))
	for n := 0; slow.Emit(big); n++ {
		k.Emit(event("n", n))
		expectStream(t, c, n, n+1)
	}
	eventually(t, "the slow one is gone", func() bool { return s.server.Sockets() == 1 })
}

// socketThatConnects reads nothing after its CONNECT.
func (s *site) socketThatConnects() {
	conn := s.socket("")
	say(s.t, conn, "40")
}
