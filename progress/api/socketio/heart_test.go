package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPings(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		for range 3 {
			began := time.Now()
			if got := d.get(q); got != "2" || time.Since(began) != 25*time.Second {
				t.Fatalf("a poll was answered %q after %s", got, time.Since(began))
			}
			d.post(q, "3")
		}
		if got := d.get(q); got != "2" {
			t.Fatalf("a poll was answered %q", got)
		}
		began := time.Now()
		d.post(q, `42["no answer to a ping"]`)
		if got := d.get(q); got != "1" || time.Since(began) != 20*time.Second {
			t.Errorf("without an answer it is %q after %s", got, time.Since(began))
		}
		if d.Sockets() != 0 {
			t.Error("it is connected still")
		}
	})
}

func TestPingsOfSockets(t *testing.T) {
	t.Parallel()
	bubble(t, Options{PingInterval: time.Second, PingTimeout: 3 * time.Second}, func(d *desk) {
		conn := d.connectSocket()
		for range 3 {
			began := time.Now()
			if got := read(t, conn); got != "2" || time.Since(began) != time.Second {
				t.Fatalf("%q after %s", got, time.Since(began))
			}
			say(t, conn, "3")
			time.Sleep(time.Second / 2)
			say(t, conn, "3")       // one too many does nothing
			d.all()[0].heart.beat() // nor does a beat of a timer that was set anew as it went off
			began = began.Add(time.Second)
			if got := read(t, conn); got != "2" || time.Since(began) != time.Second {
				t.Fatalf("%q after %s", got, time.Since(began))
			}
			say(t, conn, "3")
		}
		if got := read(t, conn); got != "2" {
			t.Fatal(got)
		}
		began := time.Now()
		if _, _, err := conn.ReadMessage(); err == nil || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// TestVanishedPoll has a client that asks no more.
func TestVanishedPoll(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		d.connect()
		time.Sleep(45*time.Second - time.Millisecond)
		synctest.Wait()
		if d.Sockets() != 1 {
			t.Error("it is gone too early")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if d.Sockets() != 0 {
			t.Error("it is there still")
		}
	})
}

func TestNoConnect(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		conn := d.socket("")
		read(t, conn)
		q := "&sid=" + opened(t, d.get(""))
		began := time.Now()
		d.post(q, "40/elsewhere,") // is none
		d.get(q)
		if got := d.get(q); got != "1" || time.Since(began) != 10*time.Second {
			t.Errorf("without a CONNECT it is %q after %s", got, time.Since(began))
		}
		if _, _, err := conn.ReadMessage(); err == nil || time.Since(began) != 10*time.Second {
			t.Errorf("without a CONNECT it is %v after %s", err, time.Since(began))
		}
		synctest.Wait()
		if sessions, outside, callers, _ := d.count(); sessions+outside+callers != 0 {
			t.Errorf("%d sessions, %d outside, of %d callers are left", sessions, outside, callers)
		}
	})
}

// TestSlowConnect has a Connect that takes longer than it may.
func TestSlowConnect(t *testing.T) {
	t.Parallel()
	gone := 0
	bubble(t, Options{Gone: func(*Socket) { gone++ }, Connect: waiting(nil)}, func(d *desk) {
		q := "&sid=" + opened(t, d.get(""))
		began := time.Now()
		d.post(q, "40")
		synctest.Wait()
		if gone != 1 || d.Sockets() != 0 || time.Since(began) != 10*time.Second {
			t.Errorf("accepted too late it was gone %d times after %s; %d sockets", gone, time.Since(began), d.Sockets())
		}
	})
	bubble(t, Options{Gone: func(*Socket) { gone++ }, Connect: waiting(errors.New("refused"))}, func(d *desk) {
		d.post("&sid="+opened(t, d.get("")), "40")
		synctest.Wait()
		if gone != 1 {
			t.Error("who is refused is not gone")
		}
	})
}

// waiting decides when it may wait no longer.
func waiting(err error) func(context.Context, *http.Request, *Socket, json.RawMessage) error {
	return func(ctx context.Context, _ *http.Request, _ *Socket, _ json.RawMessage) error {
		<-ctx.Done()
		return err
	}
}

func TestRefusedConnect(t *testing.T) {
	t.Parallel()
	refuse := func(context.Context, *http.Request, *Socket, json.RawMessage) error { return errors.New("secret") }
	bubble(t, Options{Connect: refuse, Gone: func(*Socket) { t.Error("who is refused is gone") }}, func(d *desk) {
		const want = `44{"message":"the connection was refused"}`
		q := "&sid=" + opened(t, d.get(""))
		d.post(q, "40")
		if got := d.get(q); got != want {
			t.Errorf("it hears %s", got)
		}
		if got := d.get(q) + d.post(q, "40") + d.post(q, "1"); got != "1okok" {
			t.Errorf("and then %s", got)
		}
		conn := d.socket("")
		read(t, conn)
		say(t, conn, "40")
		if got := read(t, conn); got != want {
			t.Errorf("it hears %s", got)
		}
		if _, text, err := conn.ReadMessage(); err == nil {
			t.Errorf("and then %s", text)
		}
		synctest.Wait()
		if sessions, outside, callers, _ := d.count(); sessions+outside+callers != 0 {
			t.Errorf("%d sessions, %d outside, of %d callers are left", sessions, outside, callers)
		}
	})
}

func TestStill(t *testing.T) {
	t.Parallel()
	bad := map[*Socket]bool{}
	still := func(_ context.Context, k *Socket) error {
		if bad[k] {
			return errors.New("its token is revoked")
		}
		return nil
	}
	bubble(t, Options{Still: still}, func(d *desk) {
		q := d.connect()
		k := d.one()
		if got := d.get(q); got != "2" {
			t.Fatal(got)
		}
		d.post(q, "3")
		bad[k] = true
		heard := d.get(q)
		synctest.Wait()
		heard += d.get(q) // both may come with one poll
		if heard = strings.ReplaceAll(heard, "\x1e", ""); !strings.HasPrefix(heard, "241") {
			t.Errorf("it hears %s", heard)
		}
		if k.Emit(event("x")) {
			t.Error("it is emitted to still")
		}
	})
	bubble(t, Options{Still: still}, func(d *desk) {
		conn := d.connectSocket()
		bad[d.one()] = true
		ctx, cancel := context.WithCancel(d.t.Context())
		cancel()
		d.Recheck(ctx) // that has ended: no answer counts
		if d.Sockets() != 1 {
			t.Fatal("it was disconnected for nothing")
		}
		began := time.Now()
		d.Recheck(d.t.Context())
		if got := read(t, conn); got != "41" || time.Since(began) != 0 {
			t.Errorf("it hears %s after %s", got, time.Since(began))
		}
		if _, _, err := conn.ReadMessage(); err == nil {
			t.Error("the connection goes on")
		}
	})
}

// TestLinger has clients that do not fetch what they were told last.
func TestLinger(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(d *desk) {
		q := d.connect()
		d.one().Disconnect()
		time.Sleep(linger - time.Millisecond)
		if got := d.get(q); got != "41" {
			t.Errorf("it hears %s", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if got := d.get(q); !strings.Contains(got, "Session ID unknown") {
			t.Errorf("at the end it hears %s", got)
		}
		conn := d.connectSocket()
		d.one().Disconnect()
		time.Sleep(linger) // it reads nothing
		synctest.Wait()
		if sessions, _, _, running := d.count(); sessions+running != 0 {
			t.Error("it is there still")
		}
		conn.Close()
		q = d.connect()
		d.post(q, "41")
		if d.Sockets() != 0 {
			t.Error("who has left is connected")
		}
		if got := d.post(q, "3\x1e1"); got != "ok" { // as the stock client ends
			t.Errorf("the end is answered %s", got)
		}
		q = d.connect()
		d.post(q, "41")
		time.Sleep(linger)
		synctest.Wait()
		if sessions, _, _, _ := d.count(); sessions != 0 {
			t.Error("who has left is there still")
		}
	})
}
