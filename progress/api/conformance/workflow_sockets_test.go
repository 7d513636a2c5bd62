package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestSocketIOCredentials holds who is let in, and how the others are told.
func TestSocketIOCredentials(t *testing.T) {
	t.Parallel()
	w := serve(t)
	nobody := client{t, w.URL, ""}
	for _, transport := range []string{siotest.WebSocket, siotest.Polling} {
		t.Run(transport, func(t *testing.T) {
			c := nobody.in(t)
			for _, auth := range []any{nil, o{}, o{"token": ""}, o{"token": "nonsense"}, o{"token": 5}, o{"other": apitest.Admin}} {
				if msg := c.denied(siotest.Options{Transport: transport, Auth: auth}); msg == "" {
					t.Errorf("%v is refused without a word", auth)
				}
			}
			by := w.in(t).connect(siotest.Options{Transport: transport, Header: w.bearing()})
			w.in(t).flow("header-"+transport, "s", "x", 5)
			by.next("workflow:progress:header-" + transport)
		})
	}
	t.Run("no right to read", func(t *testing.T) {
		c := w.as("rita", access.RoleOperator, "report").in(t)
		if msg := c.denied(siotest.Options{Auth: o{"token": c.token}}); msg == "" {
			t.Error("refused without a word")
		}
	})
	t.Run("a query is none", func(t *testing.T) {
		c := nobody.in(t)
		sid := opened(c.get("/socket.io/?EIO=4&transport=polling&token=" + apitest.Admin + "&access_token=" + apitest.Admin))
		c.post(sid, "40", "Content-Type: text/plain;charset=UTF-8").want(200)
		if r := c.get(sid).want(200); !strings.HasPrefix(string(r.raw), "44") {
			t.Errorf("the CONNECT is answered %s", r.raw)
		}
	})
	t.Run("session cookie", func(t *testing.T) {
		login := nobody.in(t).post("/api/login", o{"token": apitest.Admin}).want(200)
		cookie, _, _ := strings.Cut(login.header.Get("Set-Cookie"), ";")
		c := w.in(t)
		e := c.connect(siotest.Options{Header: http.Header{"Cookie": {cookie}, "Origin": {w.URL}}})
		c.flow("cookie", "s", "x", 5)
		e.next("workflow:progress:cookie")
	})
	t.Run("a refused socket hears nothing", func(t *testing.T) {
		c := nobody.in(t)
		sid := opened(c.get("/socket.io/?EIO=4&transport=polling"))
		c.post(sid, "40", "Content-Type: text/plain;charset=UTF-8").want(200)
		w.flow("deaf", "s", "x", 5)
		if r := c.get(sid); strings.Contains(string(r.raw), "workflow:") || !strings.HasPrefix(string(r.raw), "44") {
			t.Errorf("it hears %s", r.raw)
		}
	})
}

// opened is where the polls of a session go that was opened by hand.
func opened(r reply) string {
	r.t.Helper()
	_, rest, ok := strings.Cut(string(r.want(200).raw), `"sid":"`)
	sid, _, more := strings.Cut(rest, `"`)
	if !ok || !more {
		r.t.Fatalf("no session: %s", r.raw)
	}
	return "/socket.io/?EIO=4&transport=polling&sid=" + sid
}

// TestEngineIO holds the handshake and the errors of Engine.IO 4.
func TestEngineIO(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("handshake", func(t *testing.T) {
		for _, path := range []string{"/socket.io/", "/socket.io"} {
			r := w.in(t).get(path + "?EIO=4&transport=polling").want(200)
			if !strings.HasPrefix(string(r.raw), "0{") {
				t.Fatalf("%s opens with %s", path, r.raw)
			}
			for _, key := range []string{`"sid":"`, `"upgrades":["websocket"]`, `"pingInterval":`, `"pingTimeout":`, `"maxPayload":`} {
				if !strings.Contains(string(r.raw), key) {
					t.Errorf("no %s in %s", key, r.raw)
				}
			}
			if r.header.Get("X-Request-ID") == "" {
				t.Errorf("%s has no X-Request-ID", path)
			}
			if ct := r.header.Get("Content-Type"); !strings.HasPrefix(ct, "text/plain") {
				t.Errorf("the content type is %q", ct)
			}
		}
	})
	t.Run("refused", func(t *testing.T) {
		for _, query := range []string{
			"EIO=3&transport=polling", "transport=polling", "EIO=4", "EIO=4&transport=carrier-pigeon", "EIO=4&transport=polling&sid=nonsense",
		} {
			if r := w.in(t).get("/socket.io/?" + query); r.status != 400 {
				t.Errorf("?%s is answered %d: %s", query, r.status, r.raw)
			}
		}
		if r := w.in(t).post("/socket.io/?EIO=4&transport=polling&sid=nonsense", "40"); r.status != 400 {
			t.Errorf("a POST to an unknown session is answered %d: %s", r.status, r.raw)
		}
	})
	t.Run("another namespace", func(t *testing.T) {
		e := w.in(t).listen(siotest.WebSocket)
		if err := e.Raw(t.Context(), "40/admin,"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.Next(t.Context()); err == nil {
			t.Error("it was let in")
		}
	})
	t.Run("nonsense", func(t *testing.T) {
		for _, packet := range []string{"x", "4", "42", "42{", "42[]", `42["workflow:watch"]`, "9", "42" + strings.Repeat("[", 50000)} {
			e := w.in(t).listen(siotest.WebSocket)
			_ = e.Raw(t.Context(), packet)
		}
		e := w.in(t).listen(siotest.WebSocket)
		w.flow("sane", "s", "x", 5)
		e.next("workflow:progress:sane")
	})
}

// TestThousandEvents holds that at 200 reports a second each arrives once and in
// order, by every transport.
func TestThousandEvents(t *testing.T) {
	t.Parallel()
	w := serve(t)
	const n = 1000
	ears := map[string]ear{}
	for _, transport := range transports {
		ears[transport] = w.listen(transport)
	}
	tick := time.NewTicker(time.Second / 200)
	defer tick.Stop()
	for i := range n {
		<-tick.C
		w.post(workflows, o{"session_id": "s", "workflow_type": "bulk", "step": fmt.Sprint("step ", i%7), "progress": float64(i) / 10, "metadata": o{"n": i}}).want(200)
	}
	for transport, e := range ears {
		for i := range n {
			if d := e.next("workflow:progress:bulk"); d.at("metadata.n") != float64(i) || d.at("progress") != float64(i)/10 {
				t.Fatalf("%s: instead of the %dth event came %s", transport, i, d.raw)
			}
		}
		e.silent("all have come")
	}
}

// TestEventsOfManySessions holds that events keep the order in which their
// reports were answered, though many sessions report at once.
func TestEventsOfManySessions(t *testing.T) {
	t.Parallel()
	w := serve(t)
	const sessions, each = 8, 40
	e := w.listen(siotest.WebSocket)
	done := make(chan bool, sessions)
	for s := range sessions {
		go func() {
			defer func() { done <- true }()
			for i := range each {
				w.post(workflows, o{"session_id": fmt.Sprint(s), "workflow_type": "many", "step": "x", "progress": i})
			}
		}()
	}
	next := map[string]float64{}
	for range sessions * each {
		d := e.next("workflow:progress:many")
		s := d.text("session_id")
		d.is("progress", next[s])
		next[s]++
	}
	for range sessions {
		<-done
	}
}
