package callout

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// Road carries requests to a far side whose answers are read whole. It may be used from any
// goroutine.
type Road struct {
	Carrier  http.RoundTripper // and no http.Client: that follows redirects, and repeats URLs in errors
	Patience time.Duration     // for one request with its answer
	Most     int64             // bytes of an answer that are read
}

// NewCarrier makes a carrier that keeps so many connections to a host, which proxies may be
// part of. How long a request may take is for a [Road] to say.
func NewCarrier(beside int) *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: beside, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
}

// Answer is what a far side answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Silence is that there is no answer, in words of ours.
type Silence struct {
	Reached bool // the far side may have read the request
	Err     error
}

// Error says why.
func (s *Silence) Error() string { return s.Err.Error() }

// Unwrap returns the cause.
func (s *Silence) Unwrap() error { return s.Err }

// Carry makes a request, once. Every error is a [Silence]; an answer of any status is none.
func (w Road) Carry(r *http.Request) (Answer, error) {
	host := strings.TrimPrefix(r.URL.Hostname(), "www.")
	if r.Context().Err() != nil {
		return Answer{}, silent(host, context.Cause(r.Context()), false)
	}
	var t trail
	ctx, cancel := context.WithTimeout(t.follow(r.Context()), w.Patience)
	defer cancel()
	a, err := w.Carrier.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return Answer{}, silent(host, err, t.reached())
	}
	defer a.Body.Close()
	body, err := io.ReadAll(io.LimitReader(a.Body, w.Most+1))
	if err != nil {
		return Answer{}, silent(host, err, true)
	}
	if int64(len(body)) > w.Most {
		return Answer{}, &Silence{Reached: true, Err: errors.New("the answer is longer than any that is read")}
	}
	return Answer{a.StatusCode, a.Header, body}, nil
}

// silent is a request that got no answer.
func silent(host string, err error, reached bool) *Silence {
	return &Silence{Reached: reached, Err: Veil(cmp.Or(Why(host, err), host+" has hung up without an answer"), err)}
}

// trail is how far a request came.
type trail struct{ dialled, connected atomic.Bool }

func (t *trail) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.dialled.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	})
}

// reached reports whether the request may have been read: there was a connection, or the
// carrier does not tell.
func (t *trail) reached() bool { return t.connected.Load() || !t.dialled.Load() }
