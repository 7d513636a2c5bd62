package discordfake

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/faketest"
)

// API is where the REST API of a server is that is reached by [Discord.Transport]. It is
// the address of the real one.
const API = "https://discord.com" + base

// base is where it begins at any host.
const base = "/api/v10/"

// Discord is a server with Discord around it. Its methods may be called from many
// goroutines.
type Discord struct {
	Owner

	opts   Options
	faults *faults

	mu    sync.Mutex
	world *world
	gate  *gate
	hub   *hub
	addr  string // of the server on loopback, "" for none
}

// New makes a server. It starts nothing. The ids of messages count from 2015 on: in a
// bubble of testing/synctest, whose clock begins in 2000, New waits until 2026, which
// takes no time if nothing else runs there yet.
func New(o Options) *Discord {
	time.Sleep(time.Until(opened))
	o = o.filled()
	d := &Discord{opts: o, faults: newFaults(), gate: newGate(o.Invalid)}
	d.Owner = Owner{d}
	d.world = newWorld(o)
	d.hub = newHub(d)
	d.world.tell = d.hub.tell
	d.world.after = d.hub.timers.After
	return d
}

// Start serves the server on loopback until the test ends, and says where its API is, as
// http://127.0.0.1:PORT/api/v10/.
func (d *Discord) Start(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(d)
	d.mu.Lock()
	d.addr = server.URL
	d.mu.Unlock()
	t.Cleanup(server.Close)
	t.Cleanup(d.Close)
	return server.URL + base
}

// Close ends all connections, and whatever would have happened later.
func (d *Discord) Close() { d.hub.close() }

// ServeHTTP answers what Discord answers at its several addresses.
func (d *Discord) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case websocket.IsWebSocketUpgrade(r):
		d.hub.serve(w, r)
	case strings.HasPrefix(r.URL.Path, "/api/"):
		serveCall(d, w, r)
	default:
		http.NotFound(w, r)
	}
}

// Transport serves the REST API without a network: every request is for this server,
// whatever its host. A request is answered in the goroutine that makes it.
func (d *Discord) Transport() http.RoundTripper { return faketest.Transport(d) }

// The hosts of the real gateway, to which what comes by [Discord.Transport] is sent.
const (
	gatewayHost = "gateway.discord.gg"
	resumeHost  = "gateway-us-east1-b.discord.gg"
)

// Dialer opens sockets to the gateway.
func (d *Discord) Dialer() *websocket.Dialer {
	return &websocket.Dialer{NetDialContext: d.Dial, NetDialTLSContext: d.Dial}
}

// Dial is a connection for a socket: inside the process to the hosts of the real one,
// which is what [Discord.Transport] hands out, and by the network to any other. The former
// knows no TLS, and the addresses that are handed out for it ask for none.
func (d *Discord) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, _, _ := strings.Cut(address, ":"); host != gatewayHost && host != resumeHost {
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, address)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	far, near := net.Pipe()
	go faketest.Answer(far, d)
	return near, nil
}

// gatewayFor is where a socket is opened by whoever asks: on loopback, or at a host of the
// real one. Sockets inside the process have no TLS. It has the lock.
func gatewayFor(ctx context.Context, d *Discord, host, path string) string {
	if faketest.Inside(ctx) || d.addr == "" {
		return "ws://" + host
	}
	return "ws" + strings.TrimPrefix(d.addr, "http") + path
}
