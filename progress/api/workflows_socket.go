package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/socketio"
)

// socketPath is where Socket.IO clients look for a server.
const socketPath = "/socket.io"

// socketRoutes are those of the Socket.IO server, and socketAliases the same
// without the slash at the end.
var (
	socketRoutes = []route{
		{method: http.MethodGet, path: socketPath + "/", name: "openSocketIO", open: true, do: serveSocketIO},
		{method: http.MethodPost, path: socketPath + "/", name: "sendSocketIO", open: true, do: serveSocketIO},
	}
	socketAliases = []route{
		{method: http.MethodGet, path: socketPath, name: "openSocketIO", open: true, do: serveSocketIO},
		{method: http.MethodPost, path: socketPath, name: "sendSocketIO", open: true, do: serveSocketIO},
	}
)

// addressKey is where a request's context has the address of its client, which
// a proxy may have told.
type addressKey struct{}

// serveSocketIO is GET and POST /socket.io/. Who it is says the CONNECT packet.
func serveSocketIO(c *call) error {
	c.long = true
	if c.Query("transport") == "websocket" {
		c.Status(http.StatusSwitchingProtocols) // as the upgrader answers past gin; a refusal sets its own
	}
	r := c.Request.WithContext(context.WithValue(c.ctx(), addressKey{}, c.ClientIP()))
	c.watchers.io.ServeHTTP(c.Writer, r)
	return nil
}

func addressOf(r *http.Request) string {
	address, _ := r.Context().Value(addressKey{}).(string)
	return address
}

// newSockets makes the Socket.IO server of the watchers.
func (w *watchers) newSockets(s *server, log *slog.Logger) *socketio.Server {
	return socketio.New(socketio.Options{
		Log: log, Address: addressOf, Origin: s.origins.checkSocket, Event: w.hear, Gone: w.leave,
		Connect: func(ctx context.Context, r *http.Request, k *socketio.Socket, auth json.RawMessage) error {
			who, err := s.greet(r.WithContext(context.WithValue(ctx, addressKey{}, addressOf(r))), auth)
			if err == nil {
				w.enter(k, who)
			}
			return err
		},
		Still: func(ctx context.Context, k *socketio.Socket) error {
			m, _ := k.Get().(*watcher)
			if m == nil {
				return nil // it is still being greeted
			}
			now, err := s.Access.Still(ctx, m.who)
			if err == nil {
				err = may(now, progress.MayRead)
			}
			if err == nil {
				m.actor.Store(&now.Actor)
			}
			return unlessUnsure(err)
		},
	})
}

// unlessUnsure forgives an error that says nothing of the credential.
func unlessUnsure(err error) error {
	if progress.CodeOf(err) == progress.Unavailable {
		return nil
	}
	return err
}

// greet finds out who connects: by the token of the CONNECT packet, or as any
// request does.
func (s *server) greet(r *http.Request, auth json.RawMessage) (access.Caller, error) {
	var given struct{ Token string }
	if auth != nil && json.Unmarshal(auth, &given) != nil {
		return access.Caller{}, &progress.Error{Code: progress.Unauthorized, Field: "auth.token", Say: "must be a text"}
	}
	token, ok := given.Token, given.Token != ""
	if !ok {
		token, ok = bearer(r)
	}
	who, err := s.identify(r, addressOf(r), token, ok)
	if progress.CodeOf(err) == progress.Unauthorized && !ok {
		err = &progress.Error{Code: progress.Unauthorized, Say: "connect with a token: {auth: {token: \"hrld_…\"}}"}
	}
	if err == nil {
		err = s.limiter.Allow(who.Credential, s.now())
	}
	if err == nil {
		err = may(who, progress.MayRead)
	}
	return who, err
}
