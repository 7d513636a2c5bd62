package guard

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// get asks for a page.
func get(t testing.TB, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	r, err := c.Get(url)
	if err == nil {
		_, _ = io.Copy(io.Discard, r.Body) // so that the connection serves again
		_ = r.Body.Close()
	}
	return r, err
}

func TestClient(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	far := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			w.Header().Set("Location", r.URL.Query().Get("to"))
			w.WriteHeader(http.StatusTemporaryRedirect)
		case "/wide":
			w.Header().Set("X", strings.Repeat("x", 2*maxHeader))
		case "/slow":
			<-r.Context().Done()
		}
	}))
	far.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	far.Start()
	defer far.Close()

	if _, err := get(t, made(t).Client(time.Minute), far.URL); !isBlocked(err) {
		t.Errorf("this machine gives %v", err)
	}
	if conns.Load() > 0 {
		t.Error("it was called before it was refused")
	}
	c := made(t, "127.0.0.1").Client(time.Minute)
	defer c.CloseIdleConnections()
	for range 3 {
		if r, err := get(t, c, far.URL); err != nil || r.StatusCode != 200 {
			t.Fatal(r, err)
		}
	}
	if n := conns.Load(); n != 1 {
		t.Errorf("three calls took %d connections", n)
	}
	for _, to := range []string{"/", "http://127.0.0.1:1/", "://%zz"} {
		if r, err := get(t, c, far.URL+"/away?to="+url.QueryEscape(to)); err != nil || r.StatusCode != http.StatusTemporaryRedirect {
			t.Errorf("a redirect to %s gives %v, %v", to, r, err)
		}
	}
	if _, err := get(t, c, far.URL+"/wide"); err == nil {
		t.Error("a header of any size is taken")
	}
	if _, err := get(t, made(t, "127.0.0.1").Client(50*time.Millisecond), far.URL+"/slow"); !isTimeout(err) {
		t.Errorf("no answer gives %v", err)
	}
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[*url.Error](err)
	return ok && e.Timeout()
}

func TestClientTLS(t *testing.T) {
	t.Parallel()
	far := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Proto", r.Proto) }))
	far.EnableHTTP2 = true
	far.StartTLS()
	defer far.Close()
	old := httptest.NewUnstartedServer(far.Config.Handler)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	roots := x509.NewCertPool()
	roots.AddCert(far.Certificate())

	g := made(t, "127.0.0.1")
	if _, err := get(t, g.Client(time.Minute), far.URL); err == nil {
		t.Error("a certificate that nobody vouches for is taken")
	}
	c := g.Trust(roots).Client(time.Minute)
	defer c.CloseIdleConnections()
	if r, err := get(t, c, far.URL); err != nil || r.StatusCode != 200 || r.Header.Get("Proto") != "HTTP/2.0" {
		t.Errorf("it gives %v, %v", r, err)
	}
	if _, err := get(t, c, old.URL); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if _, err := get(t, made(t).Trust(roots).Client(time.Minute), far.URL); !isBlocked(err) {
		t.Errorf("this machine gives %v", err)
	}
}

// TestPlain holds that plain http is for what is allowed only, though the address
// be public.
func TestPlain(t *testing.T) {
	t.Parallel()
	far := httptest.NewServer(http.NotFoundHandler())
	defer far.Close()
	g := made(t, "allowed.test")
	g.resolve = func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("1.1.1.1")}, nil
	}
	g.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, far.Listener.Addr().String())
	}
	c := g.Client(time.Minute)
	defer c.CloseIdleConnections()
	if r, err := get(t, c, "http://allowed.test/"); err != nil || r.StatusCode != http.StatusNotFound {
		t.Errorf("an allowed name gives %v, %v", r, err)
	}
	_, err := get(t, c, "http://other.test/")
	if b, ok := errors.AsType[*Blocked](err); !ok || !b.Plain || !strings.Contains(b.Error(), "plain http") {
		t.Errorf("another name gives %v", err)
	}
}

// TestNoProxy holds that the environment cannot choose another address.
func TestNoProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a proxy was asked") }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	w := &wire{}
	c := w.guard(t).Client(time.Minute)
	for _, url := range []string{"http://example.test/", "https://example.test/"} {
		if _, err := get(t, c, url); err == nil {
			t.Errorf("%s gives an answer", url)
		}
	}
	if len(w.asked) != 2 {
		t.Errorf("looked up %q", w.asked)
	}
}
