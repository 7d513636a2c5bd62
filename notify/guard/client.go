package guard

import (
	"crypto/tls"
	"net/http"
	"time"
)

// What a client keeps and takes.
const (
	maxHeader      = 64 << 10 // bytes of an answer's
	maxIdle        = 256      // connections
	maxIdlePerHost = 32       // of them to one host: many lanes may lead there
	idleFor        = time.Minute
	handshake      = 10 * time.Second
)

// Client makes a client that calls nothing else, for answers that come within
// timeout, body included. A redirect is handed back, but for where it leads. It
// keeps connections open, so it is made once; it may be used from any goroutine.
func (g *Guard) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     &roads{secure: g.transport(), plain: g.plainTransport()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// roads are two transports: a connection by plain http is judged more strictly,
// and they do not share any.
type roads struct{ secure, plain *http.Transport }

// RoundTrip takes the road that the scheme asks for.
func (r *roads) RoundTrip(req *http.Request) (*http.Response, error) {
	road := r.plain
	if req.URL.Scheme == "https" {
		road = r.secure
	}
	a, err := road.RoundTrip(req)
	if err == nil && a.StatusCode/100 == 3 {
		a.Header.Del("Location") // the client would read it, and repeat it in an error
	}
	return a, err
}

// CloseIdleConnections closes what is open and not in use.
func (r *roads) CloseIdleConnections() {
	r.secure.CloseIdleConnections()
	r.plain.CloseIdleConnections()
}

func (g *Guard) transport() *http.Transport {
	return &http.Transport{
		DialContext:            g.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.roots},
		TLSHandshakeTimeout:    handshake,
		ForceAttemptHTTP2:      true, // an own DialContext would rule it out
		DisableCompression:     true, // nobody reads more of an answer than a little
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleFor,
	}
}

func (g *Guard) plainTransport() *http.Transport {
	t := g.transport()
	t.DialContext = g.dialPlain
	return t
}
