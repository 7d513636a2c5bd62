package socketio

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestUpgradeLosesNothing upgrades many clients at any moment of a stream, both
// ways.
func TestUpgradeLosesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	var all sync.WaitGroup
	for range 40 {
		c, k := s.dial(siotest.Options{Transport: siotest.Polling})
		all.Go(func() { streamThrough(t, s, c, k) })
	}
	all.Wait()
	s.empty()
}

func streamThrough(t *testing.T, s *site, c *siotest.Client, k *Socket) {
	const count = 300
	var busy sync.WaitGroup
	busy.Go(func() { stream(k, count, time.Millisecond) })
	busy.Go(func() {
		for n := range 50 {
			ack, err := c.Emit(soon(t), "echo", n)
			if err != nil || string(ack[0]) != fmt.Sprint(n) {
				t.Errorf("emit %d: %s, %v", n, ack, err)
				return
			}
		}
	})
	busy.Go(func() {
		time.Sleep(rand.N(200 * time.Millisecond)) // whenever: what is tested holds at any moment
		if err := c.Upgrade(soon(t)); err != nil {
			t.Errorf("upgrade: %v", err)
		}
	})
	for n := range count {
		name, args, err := c.Next(soon(t))
		if err != nil || name != "n" || string(args[0]) != fmt.Sprint(n) {
			t.Errorf("want event n %d, got %s %s, %v", n, name, args, err)
			break
		}
	}
	busy.Wait()
	if status, _, text := s.ask("GET", "EIO=4&transport=polling&sid="+c.Session(), ""); status != 400 || !strings.Contains(text, "Bad request") {
		t.Errorf("a poll after the upgrade: %d %s", status, text)
	}
	c.Close()
}

// TestUpgradeStepByStep has a poll that is held through the upgrade.
func TestUpgradeStepByStep(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		conn := d.socket(q)
		held := d.poll(q)
		say(t, conn, "2probe")
		if got := read(t, conn); got != "3probe" {
			t.Fatalf("the probe is answered %s", got)
		}
		if got := <-held; got != "6" {
			t.Errorf("the poll that was held is answered %s", got)
		}
		d.one().Emit(event("x", 1))
		if got := <-d.poll(q); got != `42["x",1]` {
			t.Errorf("a poll before the 5 is answered %s", got)
		}
		began := time.Now()
		if got := <-d.poll(q); got != "6" || time.Since(began) != pace {
			t.Errorf("the next is answered %s after %s", got, time.Since(began))
		}
		held = d.poll(q)
		d.one().Emit(event("x", 2))
		if got := <-held; got != `42["x",2]` {
			t.Errorf("an event is given to a poll as %s", got)
		}
		d.one().Emit(event("x", 3))
		d.one().Emit(event("x", 4))
		say(t, conn, "5")
		d.one().Emit(event("x", 5))
		for n := 3; n <= 5; n++ {
			if got := read(t, conn); got != fmt.Sprintf(`42["x",%d]`, n) {
				t.Errorf("event %d comes as %s", n, got)
			}
		}
		if got := d.get(q) + d.post(q, "3"); !strings.Contains(got, "Bad request") {
			t.Errorf("a poll after the 5 is answered %s", got)
		}
		time.Sleep(2 * probeWait)
		d.one().Emit(event("late"))
		if got := read(t, conn); got != `42["late"]` {
			t.Errorf("long after the upgrade comes %s", got)
		}
		if _, outside, _, _ := d.count(); outside != 0 || d.Sockets() != 1 {
			t.Errorf("%d sessions outside, %d sockets", outside, d.Sockets())
		}
	})
}

// poll asks for packets, in a goroutine, and is held by the time it returns.
func (d *desk) poll(query string) <-chan string {
	out := make(chan string, 1)
	go func() { out <- d.get(query) }()
	synctest.Wait()
	return out
}

// one is the only socket.
func (d *desk) one() *Socket {
	for _, x := range d.all() {
		return x.room.member()
	}
	return nil
}

// TestHeldPollAtTheUpgrade has a client that changes over with a poll held.
func TestHeldPollAtTheUpgrade(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		conn := d.socket(q)
		say(t, conn, "2probe")
		read(t, conn)
		held := d.poll(q)
		say(t, conn, "5")
		synctest.Wait()
		select {
		case got := <-held:
			if got != "6" {
				t.Errorf("the poll that was held is answered %s", got)
			}
		default:
			t.Error("the poll is held still")
		}
	})
}

// TestUpgradesThatFail leaves polls to go on.
func TestUpgradesThatFail(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*testing.T, *websocket.Conn){
		"a 5 without a probe": func(t *testing.T, c *websocket.Conn) { say(t, c, "5") },
		"a message":           func(t *testing.T, c *websocket.Conn) { say(t, c, `42["x"]`) },
		"a close":             func(_ *testing.T, c *websocket.Conn) { c.Close() },
		"binary": func(t *testing.T, c *websocket.Conn) {
			_ = c.WriteMessage(websocket.BinaryMessage, []byte("2probe"))
		},
		"silence": func(*testing.T, *websocket.Conn) { time.Sleep(probeWait) },
		"a message after the probe": func(t *testing.T, c *websocket.Conn) {
			say(t, c, "2probe")
			read(t, c)
			say(t, c, `42["x"]`)
		},
		"silence after the probe": func(t *testing.T, c *websocket.Conn) {
			say(t, c, "2probe")
			read(t, c)
			time.Sleep(probeWait)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, Options{}, func(d *desk) {
				q := d.connect()
				conn := d.socket(q)
				fail(t, conn)
				synctest.Wait()
				if _, text, err := conn.ReadMessage(); err == nil {
					t.Errorf("the WebSocket goes on with %s", text)
				}
				held := d.poll(q)
				time.Sleep(2 * pace)
				d.one().Emit(event("x"))
				if got := <-held; got != `42["x"]` {
					t.Errorf("a poll then is answered %s", got)
				}
				again := d.socket(q)
				say(t, again, "2probe")
				if got := read(t, again); got != "3probe" {
					t.Errorf("the next probe is answered %s", got)
				}
			})
		})
	}
}

func TestOneUpgradeAtATime(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	c, _ := s.dial(siotest.Options{Transport: siotest.Polling})
	query := "EIO=4&transport=websocket&sid=" + c.Session()
	probe := s.socket("&sid=" + c.Session())
	if status, text := s.refused(query); status != 400 || text != `{"code":3,"message":"Bad request"}` {
		t.Errorf("a second upgrade: %d %s", status, text)
	}
	probe.Close()
	eventually(t, "another upgrade is tried", func() bool { return c.Upgrade(soon(t)) == nil })
	if status, _ := s.refused(query); status != 400 {
		t.Errorf("an upgrade after the upgrade: %d", status)
	}
	w, _ := s.dial(siotest.Options{})
	if status, _ := s.refused("EIO=4&transport=websocket&sid=" + w.Session()); status != 400 {
		t.Errorf("an upgrade of a WebSocket: %d", status)
	}
}

// TestEndsDuringAnUpgrade ends sessions whose client upgrades.
func TestEndsDuringAnUpgrade(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		conn := d.socket(q)
		say(t, conn, "2probe")
		read(t, conn)
		began := time.Now()
		d.post(q, "1")
		if _, _, err := conn.ReadMessage(); err == nil || time.Since(began) != 0 {
			t.Error("the WebSocket outlives its session")
		}
	})
	bubble(t, Options{}, func(d *desk) { // what is said last goes over the WebSocket
		q := d.connect()
		conn := d.socket(q)
		say(t, conn, "2probe")
		read(t, conn)
		d.one().Disconnect()
		say(t, conn, "5")
		if got := read(t, conn); got != "41" {
			t.Errorf("a client that is disconnected hears %s", got)
		}
		if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("and then %v", err)
		}
	})
}

// TestFramesOfPings sends what a client that is no browser may send.
func TestFramesOfPings(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		conn := d.connectSocket()
		pong := ""
		conn.SetPongHandler(func(text string) error { pong = text; return nil })
		d.one().Emit(event("slow")) // the answer waits for its turn, and does not hurry what is written
		if err := conn.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		d.one().Emit(event("last"))
		if a, b := read(t, conn), read(t, conn); a != `42["slow"]` || b != `42["last"]` || pong != "are you there" {
			t.Errorf("%s, %s, and the ping is answered %q", a, b, pong)
		}
	})
}

// TestFrames compares what we send with what gorilla reads, at the sizes where
// a frame's head changes.
func TestFrames(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{MaxPayload: 1 << 20})
	c, k := s.dial(siotest.Options{})
	for _, n := range []int{0, 115, 116, 117, 65_525, 65_526, 65_527, 500_000} {
		e := event("x", strings.Repeat("x", n))
		k.Emit(e)
		_, args, err := c.Next(soon(t))
		if err != nil || len(args[0]) != n+2 {
			t.Fatalf("%d bytes: %v", len(e.packet.text), err)
		}
	}
}
