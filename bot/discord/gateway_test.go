package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestNothingLost holds that everything that happens is heard, whatever becomes of connections,
// for an hour.
func TestNothingLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		c := g.connect()
		g.there()
		over := make(chan int)
		stop := make(chan struct{})
		go func() {
			for n := 1; ; n++ {
				g.emit(eventInteraction, n)
				select {
				case <-stop:
					over <- n
					return
				case <-time.After(900 * time.Millisecond):
				}
			}
		}()
		faults := []func(){
			func() { g.drop() },
			func() { g.there().freeze() },
			func() { g.there().send(opReconnect, nil) },
			func() { g.invalid(true) },
			func() { g.invalid(false) },
			func() { g.there().bye(4000) },
		}
		order := slices.Repeat([]int{0, 1, 2, 3, 4, 5}, 20)
		random := rand.New(rand.NewPCG(1, 2)) // the same order each time
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		began := time.Now()
		for _, n := range order {
			g.there()
			time.Sleep(5*time.Second + time.Duration(random.Int64N(int64(30*time.Second))))
			g.there()
			faults[n]()
		}
		if took := time.Since(began); took < time.Hour || took > 3*time.Hour {
			t.Errorf("it took %s", took)
		}
		g.there()
		close(stop)
		n := <-over
		time.Sleep(time.Minute)
		heard := map[string]int{}
		for _, e := range c.heard() {
			heard[e]++
		}
		for i := range n {
			if heard[fmt.Sprint(eventInteraction, " ", i+1)] == 0 {
				t.Errorf("%d of %d was not heard", i+1, n)
			}
		}
		if len(g.saw().starts) > 21 || len(g.saw().dials) > 140 {
			t.Errorf("there were %d sessions and %d connections", len(g.saw().starts), len(g.saw().dials))
		}
		if slices.Contains(g.saw().closes, 1000) || slices.Contains(g.saw().closes, 1001) {
			t.Errorf("it closes with %v", g.saw().closes)
		}
		t.Logf("%d events in %s, %d sessions, %d connections", n, time.Since(began).Round(time.Second), len(g.saw().starts), len(g.saw().dials))
	})
}

// TestSession holds what is said in a session: who we are, heartbeats at their time and with
// the last number, and a good bye that ends it.
func TestSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		c := g.connect()
		began := time.Now()
		g.there()
		synctest.Wait()
		if us, ok := c.self(); !ok || us.user != "42" || us.app != "43" {
			t.Errorf("we are %+v, %t", us, ok)
		}
		g.emit(eventMessage, map[string]any{"id": "7"})
		time.Sleep(10 * time.Minute)
		if got := c.heard(); len(got) != 1 || got[0] != `MESSAGE_CREATE {"id":"7"}` || c.seqs[0] != 2 {
			t.Errorf("it heard %v", got)
		}
		if n := len(g.saw().beats); n < 13 || n > 15 || g.saw().beats[0].at.Sub(began) > gateBeat || g.saw().beats[n-1].seq != "2" {
			t.Errorf("%d heartbeats: %v", n, g.saw().beats)
		}
		c.stop()
		synctest.Wait()
		if len(g.saw().dials) != 1 || len(g.saw().starts) != 1 || !slices.Equal(g.saw().closes, []int{1000}) {
			t.Errorf("%v dialled, %d sessions, closed with %v", g.saw().dials, len(g.saw().starts), g.saw().closes)
		}
	})
}

// TestAskedFor holds that a heartbeat that Discord asks for comes at once, and that no wish for
// them makes us send more than may be sent.
func TestAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		g.connect()
		gc := g.there()
		time.Sleep(50 * time.Second)
		n, at := len(g.saw().beats), time.Now()
		gc.send(opHeartbeat, nil)
		synctest.Wait()
		if len(g.saw().beats) != n+1 || !g.saw().beats[n].at.Equal(at) {
			t.Errorf("%d heartbeats after %d", len(g.saw().beats), n)
		}
		for range 1200 {
			gc.send(opHeartbeat, nil)
			time.Sleep(100 * time.Millisecond)
		}
		sent := g.saw().sent
		for i := range len(sent) - 109 {
			if sent[i+109].Sub(sent[i]) < time.Minute {
				t.Fatalf("110 frames within a minute")
			}
		}
		if len(g.saw().dials) != 1 {
			t.Errorf("%v dialled", g.saw().dials)
		}
	})
}

// TestZombie holds that a connection on which nothing comes any more is left soon after the next
// heartbeat, and the session goes on where it is resumed.
func TestZombie(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(g *gate, c *gateConn){
		"nothing comes":          func(_ *gate, c *gateConn) { c.freeze() },
		"heartbeats are ignored": func(g *gate, _ *gateConn) { g.fail(gateFails{noAcks: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t)
				c := g.connect()
				gc := g.there()
				time.Sleep(3 * time.Minute)
				began := time.Now()
				fails(g, gc)
				g.emit(eventInteraction, 1)
				for len(g.saw().dials) == 1 {
					time.Sleep(time.Second)
				}
				if took := time.Since(began); took > gateBeat+ackWithin+time.Second {
					t.Errorf("it took %s", took)
				}
				g.fail(gateFails{})
				time.Sleep(time.Minute)
				if got := c.heard(); len(got) != 1 {
					t.Errorf("it heard %v", got)
				}
				if len(g.saw().resumes) == 0 || len(g.saw().starts) != 1 || g.saw().dials[1] != "resume.example" || slices.ContainsFunc(g.saw().closes, func(code int) bool { return code != 4000 }) {
					t.Errorf("%v dialled, %d sessions, resumed at %v, closed with %v", g.saw().dials, len(g.saw().starts), g.saw().resumes, g.saw().closes)
				}
				c.logs(t, "not acknowledged")
			})
		})
	}
}

// TestTrouble holds that Discord may take its time to begin a session, as it does where it has
// trouble: while it answers heartbeats nothing is gained by asking again.
func TestTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		g.fail(gateFails{asked: func(c *gateConn, op int) bool {
			if op == opIdentify {
				time.AfterFunc(4*time.Minute, func() { g.begin(c) })
			}
			return op == opIdentify
		}})
		g.connect()
		g.there()
		time.Sleep(time.Hour)
		if saw := g.saw(); len(saw.starts) != 1 || len(saw.dials) != 1 {
			t.Errorf("%d sessions, %v dialled", len(saw.starts), saw.dials)
		}
	})
}

// TestCodes holds after which codes the session goes on, and after which another one begins.
func TestCodes(t *testing.T) {
	t.Parallel()
	for code, anew := range map[int]bool{
		1000: false, 1001: false, 1011: false, 4000: false, 4001: false, 4002: false, 4005: false, 4008: false, 4999: false,
		4003: true, 4007: true, 4009: true,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t)
				c := g.connect()
				gc := g.there()
				time.Sleep(time.Minute)
				gc.bye(code)
				time.Sleep(20 * time.Second)
				g.emit(eventInteraction, 1)
				time.Sleep(time.Second)
				if got := c.heard(); len(got) != 1 {
					t.Errorf("it heard %v", got)
				}
				if again := len(g.saw().starts) == 2; again != anew || len(g.saw().dials) != 2 || (len(g.saw().resumes) == 0) != anew {
					t.Errorf("%v dialled, %d sessions, resumed at %v", g.saw().dials, len(g.saw().starts), g.saw().resumes)
				}
			})
		})
	}
}

// TestFatal holds that Discord is seldom called again where it has said that it is of no use, and
// that the log says what is.
func TestFatal(t *testing.T) {
	t.Parallel()
	for code, says := range map[int]string{
		4004: "Reset Token", 4010: "more servers", 4011: "more servers", 4012: "newer Herald", 4013: "newer Herald", 4014: "Privileged Gateway Intents",
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t)
				g.fail(gateFails{asked: func(c *gateConn, op int) bool { c.bye(code); return true }})
				c := g.connect()
				time.Sleep(time.Hour - time.Second)
				if n := len(g.saw().starts); n < 6 || n > 13 || len(g.saw().dials) != n {
					t.Errorf("%d tries", n)
				}
				c.logs(t, says)
				c.logs(t, fmt.Sprint("code=", code))
				g.fail(gateFails{})
				time.Sleep(10*time.Minute + time.Second)
				g.emit(eventInteraction, 1)
				synctest.Wait()
				if got := c.heard(); len(got) != 1 {
					t.Errorf("it heard %v", got)
				}
			})
		})
	}
}

// TestNoHotLoop holds that Discord is not called time and again where it gives no connection, or
// none that lasts, and that it is called again once it may.
func TestNoHotLoop(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]gateFails{
		"it is not there":             {dial: func(string) error { return errors.New("nobody there") }},
		"it says nothing":             {hello: (*gateConn).listen},
		"it hangs up":                 {hello: func(*gateConn) bool { return true }},
		"it hangs up after the hello": {asked: func(c *gateConn, _ int) bool { c.bye(4000); return true }},
		"it answers nothing":          {asked: func(_ *gateConn, op int) bool { return op != opHeartbeat }},
		"there is no address":         {door: errors.New("status 503")},
		"it wants no session": {asked: func(c *gateConn, op int) bool {
			if op == opIdentify {
				c.send(opInvalid, false)
			}
			return op != opHeartbeat
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t)
				g.fail(f)
				c := g.connect()
				time.Sleep(time.Hour)
				if n := max(len(g.saw().dials), g.saw().doors); n < 5 || n > 40 {
					t.Errorf("%d tries", n)
				}
				g.fail(gateFails{})
				time.Sleep(11 * time.Minute)
				g.emit(eventInteraction, 1)
				synctest.Wait()
				if got := c.heard(); len(got) != 1 {
					t.Errorf("it heard %v: %s", got, c.log)
				}
			})
		})
	}
}

// TestBudget holds that no more sessions are begun than may be, however the day goes.
func TestBudget(t *testing.T) {
	t.Parallel()
	t.Run("sessions end", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { // each soon, but not so soon that it would be no good
			g := newGate(t)
			g.connect()
			for end := time.Now().Add(6 * time.Hour); time.Now().Before(end); {
				g.there()
				time.Sleep(20 * time.Second)
				g.there()
				g.invalid(false)
				time.Sleep(time.Second)
			}
			if left := g.day(0, 0); left < 800 || left > 850 { // in a day about 280
				t.Errorf("%d are left", left)
			}
			starts := g.saw().starts
			for i := 1; i < len(starts); i++ {
				if gap := starts[i].Sub(starts[i-1]); gap < startGap {
					t.Errorf("two within %s", gap)
				}
			}
		})
	})
	t.Run("the process ends", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { // as soon as it has a session, and is started again at once
			g := newGate(t)
			g.day(200, 24*time.Hour)
			for end := time.Now().Add(24 * time.Hour); time.Now().Before(end); {
				c := g.connect()
				until := time.Now().Add(20 * time.Minute)
				for n := g.begun(); g.begun() == n && time.Now().Before(until); {
					time.Sleep(10 * time.Second)
				}
				c.stop()
				g.mu.Lock()
				g.reset = time.Until(end)
				g.mu.Unlock()
			}
			if left := g.day(0, 0); left < 10 || left > 60 {
				t.Errorf("%d are left", left)
			}
			if starts := g.saw().starts; starts[len(starts)-1].Sub(starts[0]) < 20*time.Hour {
				t.Errorf("they are gone after %s", starts[len(starts)-1].Sub(starts[0]))
			}
		})
	})
	t.Run("none is left", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			g := newGate(t)
			g.day(0, 3*time.Hour)
			c := g.connect()
			time.Sleep(3 * time.Hour)
			if len(g.saw().dials) > 0 || g.saw().doors > 37 {
				t.Errorf("%d connections, asked %d times", len(g.saw().dials), g.saw().doors)
			}
			c.logs(t, "no more sessions")
			g.day(1000, 24*time.Hour)
			time.Sleep(5*time.Minute + time.Second)
			if len(g.saw().starts) != 1 {
				t.Errorf("%d sessions", len(g.saw().starts))
			}
		})
	})
}

// TestFrames holds that nothing that comes is too much: what can be read after it is.
func TestFrames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		c := g.connect()
		gc := g.there()
		for range 10 {
			for _, text := range []string{
				"", "null", "7", "[]", "{}", "x", "\xff", `{"op":"x"}`, `{"op":0}`, `{"op":0,"t":7,"s":"x","d":1}`, `{"op":99,"d":{}}`, `{"op":0,"t":null,"s":null}`,
				`{"op":10,"d":{"heartbeat_interval":1}}`, `{"op":11}`, `{"op":0,"t":"NEW","s":-5,"d":[]}`, strings.Repeat("[", 100_000),
			} {
				gc.raw(text)
			}
		}
		g.emit(eventInteraction, 1)
		time.Sleep(5 * time.Minute)
		if got := c.heard(); len(got) != 11 || got[10] != "INTERACTION_CREATE 1" || len(g.saw().dials) != 1 {
			t.Errorf("it heard %v, %v dialled", got, g.saw().dials)
		}
		if n := strings.Count(c.log.String(), "cannot be read"); n < 5 || n > 9 {
			t.Errorf("it is logged %d times", n)
		}
	})
}

// TestHugeFrame holds that an event that is too large to be read does not stand in the way for
// ever: the session goes, and with it the event.
func TestHugeFrame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		c := g.connect()
		g.there()
		g.emit(eventMessage, strings.Repeat("x", mostFrame))
		time.Sleep(time.Minute)
		g.there()
		g.emit(eventInteraction, 1)
		synctest.Wait()
		if got := c.heard(); len(got) != 1 || len(g.saw().starts) != 2 || len(g.saw().resumes) != mostUnheard {
			t.Errorf("it heard %d, %d sessions, resumed at %v", len(got), len(g.saw().starts), g.saw().resumes)
		}
		c.logs(t, "too large")
	})
}

// TestResumeAddress holds that the address for resuming is not all there is, and that none is
// taken that shows the token to the network.
func TestResumeAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		c := g.connect()
		g.there()
		g.fail(gateFails{dial: func(host string) error {
			if host == "resume.example" {
				return errors.New("nobody there")
			}
			return nil
		}})
		g.drop()
		g.emit(eventInteraction, 1)
		time.Sleep(time.Minute)
		want := []string{"gateway.example", "resume.example", "resume.example", "resume.example", "gateway.example"}
		if !slices.Equal(g.saw().dials, want) || len(g.saw().starts) != 1 || len(c.heard()) != 1 {
			t.Errorf("%v dialled, %d sessions, %v", g.saw().dials, len(g.saw().starts), c.heard())
		}
	})
	for _, at := range []string{"ws://resume.example", "http://resume.example", "x", ""} {
		synctest.Test(t, func(t *testing.T) {
			g := newGate(t)
			g.fail(gateFails{asked: func(c *gateConn, op int) bool {
				if op == opIdentify {
					s := &gateSession{id: "session-x"}
					g.mu.Lock()
					defer g.mu.Unlock()
					g.sessions[s.id], c.session = s, s
					g.put(c, "READY", map[string]any{"session_id": s.id, "resume_gateway_url": at})
					return true
				}
				return false
			}})
			g.connect()
			g.there()
			time.Sleep(time.Minute)
			g.drop()
			time.Sleep(time.Minute)
			if !slices.Equal(g.saw().dials, []string{"gateway.example", "gateway.example"}) || len(g.saw().resumes) != 1 {
				t.Errorf("%v dialled, resumed at %v", g.saw().dials, g.saw().resumes)
			}
		})
	}
}

// TestSocketURL holds where a connection goes.
func TestSocketURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"wss://gateway.discord.gg":              "wss://gateway.discord.gg/?encoding=json&v=10",
		"wss://gateway.discord.gg/?v=9&x=1#y":   "wss://gateway.discord.gg/?encoding=json&v=10",
		"ws://127.0.0.1:4000/gateway":           "ws://127.0.0.1:4000/gateway?encoding=json&v=10",
		"wss://somebody:secret@gateway.example": "wss://gateway.example/?encoding=json&v=10",
		"https://gateway.discord.gg":            "", "": "", "wss://": "", "%": "", "wss:x": "",
	} {
		if got, err := socketURL(in); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// TestEndsAnywhere holds that the end comes at once, wherever it comes.
func TestEndsAnywhere(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]gateFails{
		"connected": {}, "before the hello": {hello: (*gateConn).listen},
		"it rests": {door: errors.New("no")}, "frozen": {hello: func(c *gateConn) bool { c.freeze(); return false }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t)
				g.fail(f)
				c := g.connect()
				time.Sleep(5 * time.Second)
				began := time.Now()
				c.stop()
				if took := time.Since(began); took > 2*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
	g := newGateway("", nil, nil, nil, nil)
	over, stop := context.WithCancel(t.Context())
	stop()
	g.run(over)
}

// TestTurnedAway holds what a refused connection means: what to do, and for how long to rest.
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err   error
		says  string
		after time.Duration
	}{
		{errors.New("nobody there"), "", 0},
		{&Problem{Status: 503, After: time.Minute}, "", time.Minute},
		{&Problem{Status: 429, After: time.Hour}, "", time.Hour},
		{fmt.Errorf("x: %w", &Problem{Status: 401}), "Reset Token", 0},
		{&shutError{time.Hour}, "token", 0},
	} {
		if do, after := turnedAway(c.err); !strings.Contains(do, c.says) || (do == "") != (c.says == "") || after != c.after {
			t.Errorf("%v: %q, %s", c.err, do, after)
		}
	}
}
