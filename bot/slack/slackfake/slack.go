package slackfake

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/bot/faketest"
)

// API is where the Web API of a workspace is that is reached by [Slack.Transport]. It
// is the address of the real one.
const API = "https://slack.com/api/"

// Slack is a workspace with Slack around it. Its methods may be called from many
// goroutines.
type Slack struct {
	opts   Options
	faults *faults

	mu   sync.Mutex
	work *workspace
	gate *gate
	hub  *hub
	addr string // of the server on loopback, "" for none
}

// New makes a workspace. It starts nothing.
func New(o Options) *Slack {
	o = o.filled()
	s := &Slack{opts: o, faults: newFaults(), gate: newGate(o.Burst)}
	s.work = newWorkspace(o)
	s.hub = newHub(s)
	s.work.tell = s.hub.tell
	s.work.ticket = func(t string) { s.hub.sockets.tickets[t] = true }
	return s
}

// Start serves the workspace on loopback until the test ends, and says where its Web
// API is, as http://127.0.0.1:PORT/api/.
func (s *Slack) Start(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(s)
	s.mu.Lock()
	s.addr = server.URL
	s.mu.Unlock()
	t.Cleanup(server.Close)
	t.Cleanup(s.Close)
	return server.URL + "/api/"
}

// Close ends all connections, and whatever would have been sent again later.
func (s *Slack) Close() { s.hub.close() }

// ServeHTTP answers what Slack answers at its several addresses.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		serveMethod(s, w, r)
	case strings.HasPrefix(r.URL.Path, "/link/"):
		s.hub.sockets.serve(w, r)
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		serveUpload(s, w, r)
	case strings.HasPrefix(r.URL.Path, "/actions/"), strings.HasPrefix(r.URL.Path, "/commands/"):
		serveHook(s, w, r)
	default:
		http.NotFound(w, r)
	}
}

// placeFor is where the addresses lead that are handed out: to the server on loopback, or
// to the hosts of the real one, for whoever comes by [Slack.Transport]. It has the lock.
func placeFor(s *Slack, r *http.Request) place {
	if r != nil && faketest.Inside(r.Context()) {
		return ""
	}
	return place(s.addr)
}

// place begins addresses, "" is the real one.
type place string

// url is an address at one of the hosts of Slack. Sockets have no TLS inside the process,
// as what a dialer gives has it already.
func (p place) url(host, path string) string {
	switch {
	case host == socketHost && p == "":
		return "ws://" + socketHost + path
	case host == socketHost:
		return "ws" + strings.TrimPrefix(string(p), "http") + path
	case p == "":
		return "https://" + host + path
	}
	return string(p) + path
}
