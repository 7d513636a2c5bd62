package guard

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"
)

// Guard decides what may be called. It may be used from any goroutine.
type Guard struct {
	allow   []target
	roots   *x509.CertPool // nil for those of the system
	resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
}

// connecting is for how long one address is tried.
const connecting = 10 * time.Second

// New makes a guard that allows what is public and the given targets: each a host,
// host:port, an address, address:port, [IPv6]:port, a network such as 10.0.0.0/8,
// or network:port, [IPv6 network]:port. Without a port all are allowed. A host
// allows whatever its name leads to, an address whatever name leads to it. The
// error is a [progress.Error] that names the entry.
func New(allow []string) (*Guard, error) {
	dialer := &net.Dialer{Timeout: connecting}
	g := &Guard{resolve: net.DefaultResolver.LookupNetIP, dial: dialer.DialContext}
	for _, entry := range allow {
		t, err := targetOf(entry)
		if err != nil {
			return nil, err
		}
		g.allow = append(g.allow, t)
	}
	return g, nil
}

// Trust is the same guard, whose clients trust these certificates in place of the
// system's.
func (g *Guard) Trust(roots *x509.CertPool) *Guard {
	other := *g
	other.roots = roots
	return &other
}

// Blocked says that what a host leads to may not be called.
type Blocked struct {
	Host  string
	Addr  string // the first address that it leads to
	Plain bool   // that may be called with TLS, but not by plain http
}

// plainWords say who may be called without TLS, and how others come to be.
const plainWords = "plain http is for targets that an administrator allows with the setting " + setting + " (" + variable + ")"

// Error says so, and how it can be allowed. It does not say where the host leads:
// the names of a private network are not for those who give URLs.
func (b *Blocked) Error() string {
	if b.Plain {
		return "nothing is sent to " + b.Host + " by plain http; " + plainWords
	}
	return b.Host + " is not on the public internet; an administrator can allow it with the setting " + setting + " (" + variable + ")"
}
