package conformance

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestForeignOrigin holds that a page of another origin cannot use the session
// cookie that the browser sends along.
func TestForeignOrigin(t *testing.T) {
	t.Parallel()
	w := serve(t)
	nobody := client{t, w.URL, ""}
	cookie, _, _ := strings.Cut(nobody.post("/api/login", o{"token": apitest.Admin}).want(200).header.Get("Set-Cookie"), ";")
	lines := []string{"Cookie: " + cookie, "Origin: http://evil.example"}
	id := w.start("x")
	t.Run("calls", func(t *testing.T) {
		for _, call := range calls(id) {
			if call.method == http.MethodGet {
				continue // a browser shows its answer to nobody
			}
			if r := nobody.in(t).do(call.method, call.path, call.body, lines...); r.status != 403 && r.status != 401 {
				t.Errorf("%s answered %d: %s", r.asked, r.status, r.raw)
			}
		}
		w.in(t).get(executions+"/"+id).want(200).is("status", "pending")
	})
	t.Run("the socket of an execution", func(t *testing.T) {
		if res := nobody.in(t).refused(executions+"/"+id+"/progress/ws", lines...); res.StatusCode != 403 && res.StatusCode != 401 {
			t.Errorf("answered %d", res.StatusCode)
		}
	})
	for _, transport := range []string{siotest.WebSocket, siotest.Polling} {
		t.Run("Socket.IO by "+transport, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s, err := siotest.Dial(ctx, w.URL, siotest.Options{Transport: transport, Header: nobody.header(lines...)})
			if err == nil {
				s.Drop()
				t.Error("it was let in")
			}
		})
	}
	t.Run("an origin that the settings name", func(t *testing.T) {
		named := serveWith(t, func(o *api.Options) { o.CORS = []string{"http://page.example"} })
		origin := "Origin: http://page.example"
		for _, transport := range transports {
			e := named.connect(siotest.Options{Transport: transport, Auth: o{"token": apitest.Admin}, Header: named.header(origin)})
			named.flow(transport, "s", "x", 5)
			e.next("workflow:progress:" + transport)
		}
		for _, r := range []reply{named.get("/socket.io/?EIO=4&transport=polling", origin), named.post(workflows, flowing(), origin), named.get(executions, origin)} {
			if allowed := r.want(200).header.Get("Access-Control-Allow-Origin"); allowed != "http://page.example" {
				t.Errorf("%s allows the origin %q", r.asked, allowed)
			}
		}
	})
}

// TestRevoked holds that the sockets of a token that is revoked are closed, and
// hear nothing more.
func TestRevoked(t *testing.T) {
	t.Parallel()
	w := serve(t)
	alice := w.as("alice", access.RoleOperator)
	made := alice.post("/api/tokens", o{"name": "short", "scopes": []string{"read"}}).want(201)
	short := client{t, w.URL, made.text("token")}
	id := w.start("x")
	s, e, p := short.watch(id), short.listen(siotest.WebSocket), short.listen(siotest.Polling)
	s.next("status")
	w.flow("crm", "s", "x", 5)
	e.next("workflow:progress:crm")
	p.next("workflow:progress:crm")
	if r := alice.do("DELETE", "/api/tokens/"+made.text("id"), nil); r.status >= 300 {
		t.Fatalf("answered %d: %s", r.status, r.raw)
	}
	if d, open := s.wait(); open {
		d.is("type", "error")
		s.wait()
	}
	if s.code == websocket.CloseNormalClosure {
		t.Error("the socket of the execution ends as after the end of an execution")
	}
	w.flow("crm", "s", "x", 6)
	for _, e := range []ear{e, p} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if name, _, err := e.Next(ctx); err == nil || ctx.Err() != nil {
			t.Errorf("it hears %q, %v", name, err)
		}
	}
	short.denied(siotest.Options{Auth: o{"token": short.token}})
}
