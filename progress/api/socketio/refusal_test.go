package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	for _, c := range []struct{ method, query, want string }{
		{"GET", "EIO=4", `{"code":0,"message":"Transport unknown"}`},
		{"GET", "EIO=4&transport=pigeon", `{"code":0,"message":"Transport unknown"}`},
		{"GET", "EIO=4&transport=polling&sid=none", `{"code":1,"message":"Session ID unknown"}`},
		{"POST", "EIO=4&transport=polling&sid=none", `{"code":1,"message":"Session ID unknown"}`},
		{"POST", "EIO=4&transport=polling", `{"code":2,"message":"Bad handshake method"}`},
		{"GET", "EIO=4&transport=websocket", `{"code":3,"message":"Bad request"}`},
		{"GET", "EIO=3&transport=polling", `{"code":5,"message":"Unsupported protocol version"}`},
		{"GET", "transport=polling", `{"code":5,"message":"Unsupported protocol version"}`},
		{"DELETE", s.open(), `{"code":3,"message":"Bad request"}`},
	} {
		status, header, text := s.ask(c.method, c.query, "")
		if status != 400 || text != c.want || header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %d %s", c.method, c.query, status, text)
		}
	}
}

func TestRefusedSockets(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	for query, want := range map[string]string{
		"EIO=4&transport=websocket&sid=none": `{"code":1,"message":"Session ID unknown"}`,
		"EIO=4&transport=polling":            `{"code":3,"message":"Bad request"}`,
		"EIO=3&transport=websocket":          `{"code":5,"message":"Unsupported protocol version"}`,
	} {
		status, text := s.refused(query)
		if status != 400 || text != want {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
}

// refused opens a WebSocket that cannot be opened.
func (s *site) refused(query string) (status int, text string) {
	s.t.Helper()
	conn, answer, err := websocket.DefaultDialer.Dial("ws://"+s.addr+"/socket.io/?"+query, nil)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, websocket.ErrBadHandshake) {
		s.t.Fatalf("%s: %v", query, err)
	}
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, strings.TrimSpace(string(body))
}

func TestReplies(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	status, header, text := s.ask("GET", "EIO=4&transport=polling&t=abc&b64=1", "")
	want := `0{"maxPayload":65536,"pingInterval":25000,"pingTimeout":20000,"sid":"` + opened(t, text) + `","upgrades":["websocket"]}`
	if status != 200 || text != want {
		t.Errorf("%d %s, want %s", status, text, want)
	}
	plain := func(header http.Header) {
		t.Helper()
		if header.Get("Content-Type") != "text/plain; charset=UTF-8" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", header)
		}
	}
	plain(header)
	status, header, text = s.ask("POST", "EIO=4&transport=polling&sid="+opened(t, want), "40")
	if status != 200 || text != "ok" {
		t.Errorf("%d %s", status, text)
	}
	plain(header)
	if open := read(t, s.socket("")); !strings.HasSuffix(open, `"upgrades":[]}`) {
		t.Errorf("a WebSocket opens with %s", open)
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Origin: func(r *http.Request) error {
		switch r.Header.Get("Origin") {
		case "http://evil":
			return &progress.Error{Code: progress.Forbidden, Say: "not from there", Err: errors.New("secret")}
		case "http://odd":
			return errors.New("secret")
		}
		return nil
	}})
	for origin, want := range map[string]string{
		"http://evil": `{"code":4,"message":"not from there"}`,
		"http://odd":  `{"code":4,"message":"Forbidden"}`,
	} {
		for _, transport := range []string{siotest.WebSocket, siotest.Polling} {
			_, err := siotest.Dial(soon(t), s.url, siotest.Options{Transport: transport, Header: http.Header{"Origin": {origin}}})
			if no, ok := errors.AsType[*siotest.Status](err); !ok || no.Code != 403 || strings.TrimSpace(no.Body) != want {
				t.Errorf("%s from %s: %v", transport, origin, err)
			}
		}
	}
	s.dial(siotest.Options{Header: http.Header{"Origin": {"http://" + s.addr}}})
}

// TestDoorstep has sessions without a CONNECT up to the bounds.
func TestDoorstep(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Sessions: 3, PerAddress: 2, Address: func(r *http.Request) string { return r.Header.Get("X-From") }})
	from := func(who, transport string) (*siotest.Client, error) {
		return siotest.Dial(soon(t), s.url, siotest.Options{Transport: transport, Header: http.Header{"X-From": {who}}})
	}
	first, second := s.open(), s.open()
	for _, transport := range []string{siotest.WebSocket, siotest.Polling} {
		_, err := from("", transport)
		if no, ok := errors.AsType[*siotest.Status](err); !ok || no.Code != 429 || no.Header.Get("Retry-After") != "1" {
			t.Errorf("a third session of an address: %v", err)
		}
	}
	other, err := from("other", siotest.Polling) // and connected, so that it does not count
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+s.addr+"/socket.io/?EIO=4&transport=websocket", http.Header{"X-From": {"third"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	read(t, conn) // by then it counts
	for _, transport := range []string{siotest.WebSocket, siotest.Polling} {
		_, err := from("fourth", transport)
		if no, ok := errors.AsType[*siotest.Status](err); !ok || no.Code != 503 || no.Header.Get("Retry-After") != "1" {
			t.Errorf("a fourth session: %v", err)
		}
	}
	s.ask("POST", first, "40")
	s.ask("POST", second, "1")
	s.open()
	s.open()
}

func TestMaxPayload(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{MaxPayload: 1000})
	fits := `42["` + strings.Repeat("x", 994) + `"]`
	over := `42["` + strings.Repeat("x", 995) + `"]`

	c, _ := s.dial(siotest.Options{Transport: siotest.Polling})
	if err := c.Raw(soon(t), fits); err != nil {
		t.Error(err)
	}
	no, ok := errors.AsType[*siotest.Status](c.Raw(soon(t), over))
	if !ok || no.Code != 413 {
		t.Errorf("a POST that is too large: %v", no)
	}
	w, _ := s.dial(siotest.Options{})
	if err := w.Raw(soon(t), fits); err != nil {
		t.Error(err)
	}
	if err := w.Raw(soon(t), over); err != nil {
		t.Error(err)
	}
	if _, _, err := w.Next(soon(t)); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		t.Errorf("a message that is too large: %v", err)
	}
	s.empty()
	if want := []string{fits[4:998], fits[4:998]}; strings.Join(s.heard, " ") != strings.Join(want, " ") {
		t.Errorf("heard %q", s.heard)
	}
}

func TestConnectSeesTheHandshake(t *testing.T) {
	t.Parallel()
	type ctxKey struct{}
	seen := make(chan string, 1)
	s := New(Options{Connect: func(ctx context.Context, r *http.Request, _ *Socket, auth json.RawMessage) error {
		if _, ok := ctx.Deadline(); !ok || r.Context().Err() != nil {
			t.Error("Connect has no deadline, or a request that has ended")
		}
		if body, err := io.ReadAll(r.Body); len(body) > 0 || err != nil {
			t.Errorf("Connect can read %q, %v", body, err)
		}
		seen <- r.Header.Get("Cookie") + " " + r.RemoteAddr + " " + r.Context().Value(ctxKey{}).(string) + " " + string(auth)
		return nil
	}})
	defer s.Close()
	d := &desk{t: t, Server: s}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), ctxKey{}, "value"))
	r, _ := http.NewRequestWithContext(ctx, "GET", "/socket.io/?EIO=4&transport=polling", strings.NewReader("its body"))
	r.Header.Set("Cookie", "session=1")
	r.RemoteAddr = "192.0.2.1:5"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	cancel()
	d.post("&sid="+opened(t, w.Body.String()), `40{"token":"x"}`)
	if got := <-seen; got != `session=1 192.0.2.1:5 value {"token":"x"}` {
		t.Errorf("Connect saw %s", got)
	}
}
