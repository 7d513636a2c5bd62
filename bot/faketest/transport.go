package faketest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"syscall"
)

// insider marks requests that came by a [Transport].
type insider struct{}

// Inside tells whether a request came by a [Transport] or a pipe, so that addresses that are handed
// out in answer to it must lead back that way.
func Inside(ctx context.Context) bool { return ctx.Value(insider{}) != nil }

// Transport answers every request by the handler, whatever its host, in the goroutine
// that makes it. A handler that panics with http.ErrAbortHandler has hung up.
func Transport(h http.Handler) http.RoundTripper { return handled{h} }

// handled is a handler that is called as if over a network.
type handled struct{ http.Handler }

// RoundTrip calls the handler.
func (h handled) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if r.Body != nil {
		defer r.Body.Close()
	}
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, cut(ctx, p)
		}
	}()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, arrived(r))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	answer = recorder.Result()
	answer.Request = r
	answer.Body = io.NopCloser(bytes.NewReader(recorder.Body.Bytes()))
	return answer, nil
}

// arrived is a request as the far side gets it.
func arrived(r *http.Request) *http.Request {
	served := r.Clone(context.WithValue(r.Context(), insider{}, true))
	served.RequestURI = r.URL.RequestURI()
	served.RemoteAddr = "127.0.0.1:1"
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	if r.Body == nil {
		served.Body = http.NoBody
	}
	return served
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

// Client is one whose requests are all answered by the handler, without a network. Each
// is answered in a goroutine of its own, so that who asks need not wait for one that is
// stuck.
func Client(h http.Handler) *http.Client { return &http.Client{Transport: apart{handled{h}}} }

type apart struct{ handled }

// RoundTrip calls the handler, and waits for it no longer than the request lives.
func (a apart) RoundTrip(r *http.Request) (*http.Response, error) {
	type said struct {
		answer *http.Response
		err    error
	}
	done := make(chan said, 1)
	go func() {
		answer, err := a.handled.RoundTrip(r) //nolint:bodyclose // who asks closes it
		done <- said{answer, err}
	}()
	select {
	case one := <-done:
		return one.answer, one.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// Answer serves the one request that comes over a connection, which may be one end of a
// net.Pipe, and which the handler may take over. It returns when the handler does, or
// panics with http.ErrAbortHandler.
func Answer(far net.Conn, h http.Handler) {
	defer far.Close()
	defer func() {
		if p := recover(); p != nil {
			_ = cut(context.Background(), p) // the connection just ends
		}
	}()
	reader := bufio.NewReader(far)
	r, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	w := &hijacked{ResponseRecorder: httptest.NewRecorder(), conn: far, reader: reader}
	h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), insider{}, true)))
	if !w.taken {
		_ = w.Result().Write(far) // who asked may be gone
	}
}

// hijacked is a response that can be taken over, as that of a server.
type hijacked struct {
	*httptest.ResponseRecorder
	conn   net.Conn
	reader *bufio.Reader
	taken  bool
}

// Hijack gives the connection.
func (w *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.taken = true
	return w.conn, bufio.NewReadWriter(w.reader, bufio.NewWriter(w.conn)), nil
}
