package guard

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// stagger is how long one address has for itself before the next is tried beside
// it (RFC 8305 calls for 250 ms).
const stagger = 250 * time.Millisecond

// DialContext connects to host:port over tcp, tcp4 or tcp6. The host's name is
// looked up, and the connection is to one of the addresses that are public or
// allowed; if there is none the error is a [Blocked].
func (g *Guard) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return g.connect(ctx, network, addr, false)
}

// dialPlain connects for plain http: only what is allowed.
func (g *Guard) dialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	return g.connect(ctx, network, addr, true)
}

func (g *Guard) connect(ctx context.Context, network, addr string, plain bool) (net.Conn, error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return nil, fmt.Errorf("guard: connections are over tcp, not %s", network)
	}
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	port, err := portOf(service)
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	found, err := g.lookup(ctx, network, host)
	if err != nil {
		return nil, err
	}
	good := g.judge(host, port, found, plain)
	if len(good) == 0 {
		return nil, &Blocked{Host: host, Addr: found[0].String(), Plain: plain && public(found[0])}
	}
	return g.race(ctx, network, good, port)
}

// lookup finds the addresses of a host, at least one.
func (g *Guard) lookup(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	found, err := g.resolve(ctx, "ip"+network[len("tcp"):], host)
	if err == nil && len(found) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return found, err
}

// judge keeps the addresses that may be called.
func (g *Guard) judge(host string, port uint16, found []netip.Addr, plain bool) []netip.Addr {
	named := g.named(plainName(host), port)
	return slices.DeleteFunc(slices.Clone(found), func(a netip.Addr) bool {
		fine := named || g.listed(a, port) || !plain && public(a)
		return !fine
	})
}

// dialed is how an attempt at one address ended.
type dialed struct {
	conn net.Conn
	err  error
}

// race connects to the first of some addresses that answers. Each has a head start
// over the next, unless it fails before.
func (g *Guard) race(ctx context.Context, network string, addrs []netip.Addr, port uint16) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan dialed)
	begin := func(a netip.Addr) {
		conn, err := g.dial(ctx, network, net.JoinHostPort(a.Unmap().String(), strconv.Itoa(int(port))))
		select {
		case ended <- dialed{conn, err}:
		case <-ctx.Done():
			drop(conn)
		}
	}
	var first error
	next := time.NewTimer(0)
	defer next.Stop()
	for begun, over := 0, 0; over < len(addrs); {
		select {
		case <-next.C:
			if begun < len(addrs) {
				go begin(addrs[begun])
				begun++
				next.Reset(stagger)
			}
		case d := <-ended:
			if d.err == nil {
				return d.conn, nil
			}
			if over++; first == nil {
				first = d.err
			}
			next.Reset(0)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, first
}

// drop closes a connection that came too late.
func drop(conn net.Conn) {
	if conn != nil {
		_ = conn.Close() // nobody has used it
	}
}
