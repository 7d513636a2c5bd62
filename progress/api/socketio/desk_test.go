package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gorilla/websocket"
)

// desk is a server that is asked without a network, in a bubble of time.
type desk struct {
	t *testing.T
	*Server
	lines lines // of the WebSockets that are opened
}

func bubble(t *testing.T, o Options, f func(d *desk)) {
	o.Log = slog.New(slog.DiscardHandler)
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t, New(o), make(lines)}
		web := &http.Server{Handler: d}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = web.Serve(d.lines)
		}()
		defer func() {
			d.Close()
			_ = web.Close()
			<-done
		}()
		f(d)
	})
}

func (d *desk) ask(ctx context.Context, method, query, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, "/socket.io/?EIO=4&transport=polling"+query, strings.NewReader(body))
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func (d *desk) get(query string) string { return d.ask(d.t.Context(), "GET", query, "").Body.String() }

func (d *desk) post(query, body string) string {
	return d.ask(d.t.Context(), "POST", query, body).Body.String()
}

// connect opens a polling session that is connected, and returns its query.
func (d *desk) connect() string {
	d.t.Helper()
	q := "&sid=" + opened(d.t, d.get(""))
	if ok, hello := d.post(q, "40"), d.get(q); ok != "ok" || !strings.HasPrefix(hello, `40{"sid":`) {
		d.t.Fatalf("CONNECT: %q, %q", ok, hello)
	}
	return q
}

// lines is a listener whose connections have no buffers: what the peer does not
// read cannot be written.
type lines chan net.Conn

func (l lines) Accept() (net.Conn, error) {
	conn, ok := <-l
	if !ok {
		return nil, errors.New("closed")
	}
	return conn, nil
}

func (l lines) Close() error {
	close(l)
	return nil
}

func (l lines) Addr() net.Addr { return &net.UnixAddr{Name: "desk"} }

// socket opens a WebSocket.
func (d *desk) socket(query string) *websocket.Conn {
	d.t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		d.lines <- there
		return here, nil
	}}
	conn, _, err := dialer.Dial("ws://desk/socket.io/?EIO=4&transport=websocket"+query, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	return conn
}

// connectSocket opens a WebSocket that is connected.
func (d *desk) connectSocket() *websocket.Conn {
	conn := d.socket("")
	read(d.t, conn)
	say(d.t, conn, "40")
	read(d.t, conn)
	return conn
}

func httptestPost(query, body string) *http.Request {
	return httptest.NewRequest("POST", "/socket.io/?EIO=4&transport=polling"+query, strings.NewReader(body))
}

func (d *desk) record(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }

// emitting emits events before it accepts.
func emitting(count int) func(context.Context, *http.Request, *Socket, json.RawMessage) error {
	return func(_ context.Context, _ *http.Request, k *Socket, _ json.RawMessage) error {
		for n := range count {
			k.Emit(event("early", n))
		}
		return nil
	}
}
