package slackfake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"

	"github.com/gorilla/websocket"
)

// insider marks requests that came by [Slack.Transport].
type insider struct{}

func inside(ctx context.Context) bool { return ctx.Value(insider{}) != nil }

// Transport serves the Web API, response_urls and uploads without a network: every
// request is for this workspace, whatever its host. A request is answered in the
// goroutine that makes it.
func (s *Slack) Transport() http.RoundTripper { return handled{s} }

// handled is a handler that is called as if over a network.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	served := r.Clone(context.WithValue(ctx, insider{}, true))
	served.RequestURI = r.URL.RequestURI()
	served.RemoteAddr = "127.0.0.1:1"
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	if r.Body == nil {
		served.Body = http.NoBody
	} else {
		defer r.Body.Close()
	}
	connected(ctx)
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, cut(ctx, p)
		}
	}()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, served)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	answer = recorder.Result()
	answer.Request = r
	answer.Body = io.NopCloser(bytes.NewReader(recorder.Body.Bytes()))
	return answer, nil
}

// connected tells whoever traces the request that there is a connection.
func connected(ctx context.Context) {
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
}

// cut is how a caller sees that a handler hung up.
func cut(ctx context.Context, p any) error {
	if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// Dialer opens sockets to the workspace: for socketmode.OptionDialer.
func (s *Slack) Dialer() *websocket.Dialer {
	return &websocket.Dialer{WriteBufferSize: 32 << 10, NetDialContext: s.Dial, NetDialTLSContext: s.Dial}
}

// Dial is a connection for a socket: inside the process to the host of the real one, which
// is what [Slack.Transport] hands out, and by the network to any other. The former knows no
// TLS, and the addresses that are handed out for it ask for none.
func (s *Slack) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, _, _ := strings.Cut(address, ":"); host != socketHost {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	far, near := net.Pipe()
	go s.hub.sockets.answer(far)
	return near, nil
}

// socketHost is where the sockets of the real one are.
const socketHost = "wss-primary.slack.com"
