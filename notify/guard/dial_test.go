package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a network of the test's own: names that lead somewhere, else each time,
// and addresses that answer, refuse or keep silent.
type wire struct {
	mu     sync.Mutex
	names  map[string][][]string // by name: what each look-up gives, the last for ever
	asked  []string
	deaf   map[string]bool
	closed map[string]bool
	dialed []string
	open   int
}

// guard makes a guard that stands in that network.
func (w *wire) guard(t testing.TB, allow ...string) *Guard {
	g := made(t, allow...)
	g.resolve, g.dial = w.resolve, w.dial
	return g
}

func (w *wire) resolve(_ context.Context, network, host string) ([]netip.Addr, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, network+" "+host)
	turns := w.names[host]
	if len(turns) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(turns) > 1 {
		w.names[host] = turns[1:]
	}
	out := make([]netip.Addr, len(turns[0]))
	for i, a := range turns[0] {
		out[i] = netip.MustParseAddr(a)
	}
	return out, nil
}

func (w *wire) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	w.mu.Lock()
	w.dialed = append(w.dialed, addr)
	deaf, closed := w.deaf[addr], w.closed[addr]
	w.mu.Unlock()
	switch {
	case deaf:
		<-ctx.Done()
		return nil, ctx.Err()
	case closed:
		return nil, fmt.Errorf("%s is closed", addr)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open++
	here, _ := net.Pipe()
	return &counted{here, w}, nil
}

// counted is a connection whose end is noticed.
type counted struct {
	net.Conn
	w *wire
}

func (c *counted) Close() error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.w.open--
	return c.Conn.Close()
}

func (w *wire) was(t *testing.T, want ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.dialed, want) {
		t.Errorf("dialed %q, want %q", w.dialed, want)
	}
}

func TestDial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		allow   []string
		leads   []string
		network string
		host    string
		plain   bool
		dialed  []string // none: it is blocked
	}{
		{"public", nil, []string{"1.1.1.1"}, "tcp", "a.test", false, []string{"1.1.1.1:443"}},
		{"IPv6", nil, []string{"2606:4700::1"}, "tcp", "a.test", false, []string{"[2606:4700::1]:443"}},
		{"mapped", nil, []string{"::ffff:1.1.1.1"}, "tcp", "a.test", false, []string{"1.1.1.1:443"}},
		{"private", nil, []string{"10.0.0.1"}, "tcp", "a.test", false, nil},
		{"metadata", nil, []string{"169.254.169.254"}, "tcp", "a.test", false, nil},
		{"the private one is passed over", nil, []string{"127.0.0.1", "1.1.1.1", "::1"}, "tcp", "a.test", false, []string{"1.1.1.1:443"}},
		{"a literal", nil, nil, "tcp", "8.8.8.8", false, []string{"8.8.8.8:443"}},
		{"a private literal", nil, nil, "tcp", "127.0.0.1", false, nil},
		{"an allowed name", []string{"A.test:443"}, []string{"10.0.0.1"}, "tcp", "a.test.", false, []string{"10.0.0.1:443"}},
		{"an allowed name at another port", []string{"a.test:444"}, []string{"10.0.0.1"}, "tcp", "a.test", false, nil},
		{"an allowed address", []string{"10.0.0.0/24"}, []string{"10.0.1.1", "10.0.0.1"}, "tcp", "a.test", false, []string{"10.0.0.1:443"}},
		{"a zone is never allowed", []string{"fe80::/10"}, []string{"fe80::1%eth0"}, "tcp", "a.test", false, nil},
		{"a network of one family", nil, []string{"1.1.1.1"}, "tcp4", "a.test", false, []string{"1.1.1.1:443"}},
		{"plain http to whom it may", nil, []string{"1.1.1.1"}, "tcp", "a.test", true, nil},
		{"plain http to an allowed name", []string{"a.test"}, []string{"1.1.1.1"}, "tcp", "a.test", true, []string{"1.1.1.1:443"}},
		{"plain http to an allowed address", []string{"127.0.0.1"}, []string{"127.0.0.1"}, "tcp", "localhost", true, []string{"127.0.0.1:443"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &wire{names: map[string][][]string{strings.TrimSuffix(c.host, "."): {c.leads}, c.host: {c.leads}}}
			conn, err := w.guard(t, c.allow...).connect(t.Context(), c.network, c.host+":443", c.plain)
			w.was(t, c.dialed...)
			if len(c.dialed) > 0 {
				if err != nil {
					t.Fatal(err)
				}
				_ = conn.Close()
				return
			}
			blocked, ok := errors.AsType[*Blocked](err)
			if conn != nil || !ok || blocked.Host != c.host || blocked.Addr == "" || !strings.Contains(err.Error(), "HERALD_ALLOW_TARGETS") {
				t.Errorf("it gives %v, %#v", conn, err)
			}
			if strings.Contains(blocked.Error(), "10.0.") {
				t.Errorf("it tells where a name of a private network leads: %v", err)
			}
		})
	}
}

// TestRebinding holds that the address which was judged is the one that is called,
// and that each connection is judged anew.
func TestRebinding(t *testing.T) {
	t.Parallel()
	w := &wire{names: map[string][][]string{"evil.test": {{"1.1.1.1"}, {"127.0.0.1"}}}}
	g := w.guard(t)
	conn, err := g.DialContext(t.Context(), "tcp", "evil.test:443")
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if len(w.asked) != 1 {
		t.Errorf("the name was looked up %d times", len(w.asked))
	}
	if _, err := g.DialContext(t.Context(), "tcp", "evil.test:443"); !isBlocked(err) {
		t.Errorf("a name that leads home now gives %v", err)
	}
	w.was(t, "1.1.1.1:443")
}

func isBlocked(err error) bool {
	_, ok := errors.AsType[*Blocked](err)
	return ok
}

func TestDialRefuses(t *testing.T) {
	t.Parallel()
	w := &wire{names: map[string][][]string{"none.test": {{}}}}
	g := w.guard(t)
	for _, c := range [][2]string{
		{"udp", "1.1.1.1:53"}, {"unix", "/run/x.sock"}, {"tcp", "1.1.1.1"}, {"tcp", "1.1.1.1:http"}, {"tcp", "1.1.1.1:0"},
		{"tcp", "unknown.test:443"}, {"tcp", "none.test:443"},
	} {
		if conn, err := g.DialContext(t.Context(), c[0], c[1]); conn != nil || err == nil || isBlocked(err) {
			t.Errorf("%q gives %v, %v", c, conn, err)
		}
	}
	w.was(t)
}

// TestRace holds that an address which keeps silent costs a moment, that one which
// refuses costs nothing, and that no connection is left behind.
func TestRace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{
			names:  map[string][][]string{"a.test": {{"1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"}}},
			deaf:   map[string]bool{"1.1.1.1:443": true},
			closed: map[string]bool{"1.1.1.2:443": true},
		}
		begun := time.Now()
		conn, err := w.guard(t).DialContext(t.Context(), "tcp", "a.test:443")
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != stagger {
			t.Errorf("it took %s, want %s", took, stagger)
		}
		w.was(t, "1.1.1.1:443", "1.1.1.2:443", "1.1.1.3:443")
		_ = conn.Close()
		synctest.Wait()
		if w.open != 0 {
			t.Errorf("%d connections are left", w.open)
		}
	})
}

// TestLoser holds that the second of two connections that come is closed.
func TestLoser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{names: map[string][][]string{"a.test": {{"1.1.1.1", "1.1.1.2"}}}}
		g := w.guard(t)
		g.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if addr == "1.1.1.1:443" {
				time.Sleep(2 * stagger)
			} else {
				time.Sleep(stagger) // both come at the same time
			}
			return w.dial(ctx, network, addr)
		}
		conn, err := g.DialContext(t.Context(), "tcp", "a.test:443")
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if w.open != 1 {
			t.Errorf("%d connections are open, want 1", w.open)
		}
		_ = conn.Close()
	})
}

// TestNobodyAnswers holds that the first error is told, and that the end of the
// context ends it.
func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{
			names:  map[string][][]string{"a.test": {{"1.1.1.1", "1.1.1.2"}}, "b.test": {{"1.1.1.3", "1.1.1.4"}}},
			deaf:   map[string]bool{"1.1.1.3:443": true, "1.1.1.4:443": true},
			closed: map[string]bool{"1.1.1.1:443": true, "1.1.1.2:443": true},
		}
		g := w.guard(t)
		if _, err := g.DialContext(t.Context(), "tcp", "a.test:443"); err == nil || err.Error() != "1.1.1.1:443 is closed" {
			t.Errorf("all closed: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.DialContext(ctx, "tcp", "b.test:443"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("all silent: %v", err)
		}
		w.was(t, "1.1.1.1:443", "1.1.1.2:443", "1.1.1.3:443", "1.1.1.4:443")
	})
}
