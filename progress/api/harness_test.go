package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/store"
)

// adminToken is the token of the person admin on every test server.
const adminToken = "the-admin-of-the-tests"

// setup is how a test server is built.
type setup struct {
	dialect string
	engine  engine.Options
	access  access.Options
	api     Options
}

// on chooses the database: dbtest.SQLite, which is the default, or dbtest.Postgres.
func on(dialect string) func(*setup) { return func(s *setup) { s.dialect = dialect } }

// testServer is a whole server on a database of its own.
type testServer struct {
	*httptest.Server
	setup
	token string // of admin

	mu    sync.Mutex
	taken map[string]int // good answers by operation
}

// newServer starts a server. Each option changes how it is built.
func newServer(t *testing.T, options ...func(*setup)) *testServer {
	t.Helper()
	s := &testServer{
		setup: setup{dialect: dbtest.SQLite, access: access.Options{AdminToken: adminToken}, api: Options{Log: slog.New(slog.DiscardHandler)}},
		token: adminToken, taken: map[string]int{},
	}
	for _, o := range options {
		o(&s.setup)
	}
	s.stand(t)
	h, err := New(s.api)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	t.Cleanup(h.Close)
	t.Cleanup(s.api.Hub.Close) // first: it lets streams end
	return s
}

// stand makes what the API stands on.
func (s *setup) stand(t *testing.T) {
	t.Helper()
	d := dbtest.Open(t, s.dialect)
	bell := bus.NewLocal()
	o := &s.api
	o.Meter = meter.New(meter.Options{Version: "v1.2.3", Size: d.Size})
	s.engine.Ring, s.engine.Watch = bell.Ring, o.Meter
	o.Store, o.Index, o.Bus = store.New(d), store.NewIndex(d), bell
	o.Engine = engine.New(o.Store, s.engine)
	t.Cleanup(o.Engine.Close)
	var err error
	if o.Access, err = access.New(store.NewAccess(d), s.access); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Access.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Access.Close(context.Background()) }) // last uses: no test reads them later
	o.Hub = NewHub(o.Engine, o.Store, o.Index, live.Options{
		Bell: bell, Log: o.Log,
		Notice: func(now *progress.Task, e *progress.Event) *live.Notice {
			return &live.Notice{Kind: e.Kind, Class: "step", Title: now.Spec.Title, Text: "It went on.", Details: []string{"a"}, Link: "/", Tag: "t"}
		},
		Concerns: func(_ *progress.Task, _ *progress.Event, a progress.Actor) bool { return a.Person == "ann" },
	})
}

// person adds a person, unless there is one of that name, and gives a token
// with some of its rights, with all of them if none is named.
func (s *testServer) person(t *testing.T, name string, role access.Role, groups []string, scopes ...string) (token string) {
	t.Helper()
	admin, err := s.api.Access.Token(t.Context(), s.token)
	if err != nil {
		t.Fatal(err)
	}
	d := s.api.Access.Directory()
	if _, err := d.AddPerson(t.Context(), admin, name, role, groups); err != nil && progress.CodeOf(err) != progress.Conflict {
		t.Fatal(err)
	}
	if len(scopes) == 0 {
		scopes = access.Scopes(access.Rights(role))
	}
	_, token, err = d.MakeToken(t.Context(), admin, access.Grant{Person: progress.Person(name), Name: "test", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// reply is an answer, or a frame.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// do makes a request and fails the test if the exchange is not as the document
// has it. body is nil for none, a string or bytes as they are, or anything else
// as JSON; headers are like "Accept: text/html". A token "" is none.
func (s *testServer) do(t testing.TB, token, method, path string, body any, headers ...string) reply {
	t.Helper()
	return s.exchange(t, false, token, method, path, body, headers).checked(s)
}

// lax is do for a request that the server takes although the document does not
// have it, such as one with a field of another type that says nothing.
func (s *testServer) lax(t testing.TB, token, method, path string, body any, headers ...string) reply {
	t.Helper()
	return s.exchange(t, true, token, method, path, body, headers).checked(s)
}

// outside is do for a request that is not about the document, such as one of a
// path that there is not. Nothing of it is checked.
func (s *testServer) outside(t testing.TB, token, method, path string, body any, headers ...string) reply {
	t.Helper()
	return s.exchange(t, true, token, method, path, body, headers).reply(t)
}

func (s *testServer) exchange(t testing.TB, lax bool, token, method, path string, body any, headers []string) *exchangeOf {
	t.Helper()
	sent := encoded(t, body)
	req, err := http.NewRequest(method, s.URL+path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header = withHeaders(req.Header, token, headers)
	res, err := s.Client().Transport.RoundTrip(req) // as a client does, but for following redirects
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &exchangeOf{t, contract.Exchange{Req: req, Sent: sent, Res: res, Got: got, Lax: lax}}
}

// exchangeOf is an exchange of a test.
type exchangeOf struct {
	t testing.TB
	contract.Exchange
}

func (x *exchangeOf) reply(t testing.TB) reply {
	return reply{t, x.Res.StatusCode, x.Res.Header, x.Got}
}

func (x *exchangeOf) checked(s *testServer) reply {
	x.t.Helper()
	k, err := theContract()
	if err != nil {
		x.t.Fatal(err)
	}
	if err := k.Check(x.Exchange); err != nil {
		x.t.Fatalf("%s %s\n%s\nwas answered with %s\n%s\nwhich is not as openapi.json has it: %v",
			x.Req.Method, x.Req.URL.RequestURI(), x.Sent, x.Res.Status, x.Got, err)
	}
	if x.Res.StatusCode == http.StatusInternalServerError {
		x.t.Fatalf("%s %s\n%s\nfound a defect: %s", x.Req.Method, x.Req.URL.RequestURI(), x.Sent, x.Got)
	}
	if r, _, err := k.Router.FindRoute(x.Req); err == nil && x.Res.StatusCode < http.StatusBadRequest {
		s.mu.Lock()
		s.taken[r.Operation.OperationID]++
		s.mu.Unlock()
	}
	return x.reply(x.t)
}

func encoded(t testing.TB, body any) []byte {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	case []byte:
		return b
	}
	out, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// withHeaders adds a token and headers like "Accept: text/html".
func withHeaders(h http.Header, token string, headers []string) http.Header {
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ":")
		h.Set(name, strings.TrimSpace(value))
	}
	return h
}

// dial opens a socket. It is nil when the handshake is refused. Either way the
// answer to it is checked.
func (s *testServer) dial(t testing.TB, token, path string, headers ...string) (*websocket.Conn, reply) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = withHeaders(req.Header, token, headers)
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.URL, "http")+path, req.Header)
	if res == nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(res.Body) // of a refusal; of a socket there is none
	x := &exchangeOf{t, contract.Exchange{Req: req, Res: res, Got: got}}
	if conn != nil {
		t.Cleanup(func() { _ = conn.Close() })
	}
	return conn, x.checked(s)
}

// next reads a frame, which has to come within some seconds and to be as the
// document has it. At the end of the socket it gives its close code as the
// status, and no body.
func (s *testServer) next(t testing.TB, conn *websocket.Conn) reply {
	t.Helper()
	return s.message(t, conn, (*contract.Contract).Frame)
}

// executionFrame is next for the socket of the executions face.
func (s *testServer) executionFrame(t testing.TB, conn *websocket.Conn) reply {
	t.Helper()
	return s.message(t, conn, func(k *contract.Contract, frame []byte) error {
		return k.Value(contract.Pointer("components", "schemas", "ExecutionFrame"), frame)
	})
}

func (s *testServer) message(t testing.TB, conn *websocket.Conn, check func(*contract.Contract, []byte) error) reply {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, frame, err := conn.ReadMessage()
	if e, ok := err.(*websocket.CloseError); ok {
		return reply{t: t, status: e.Code}
	}
	if err != nil {
		t.Fatal(err)
	}
	k, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	if err := check(k, frame); err != nil {
		t.Fatalf("the frame\n%s\nis not as openapi.json has it: %v", frame, err)
	}
	return reply{t: t, body: frame}
}

// want fails the test unless the status is the one.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d:\n%s", r.status, status, r.body)
	}
	return r
}

// get is a value by its path, such as "steps.0.name"; numbers are float64. A
// path that leads nowhere fails the test.
func (r reply) get(path string) any {
	r.t.Helper()
	v, ok := r.find(path)
	if !ok {
		r.t.Fatalf("there is no %s in\n%s", path, r.body)
	}
	return v
}

// has reports whether a path leads to a value, null included.
func (r reply) has(path string) bool {
	_, ok := r.find(path)
	return ok
}

func (r reply) find(path string) (any, bool) {
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		return nil, false
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			inner, ok := in[name]
			if !ok {
				return nil, false
			}
			v = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// is fails the test unless the value at a path is the one.
func (r reply) is(path string, want any) reply {
	r.t.Helper()
	if n, ok := want.(int); ok {
		want = float64(n)
	}
	if got := r.get(path); got != want {
		r.t.Fatalf("%s is %v, want %v, in\n%s", path, got, want, r.body)
	}
	return r
}

// problem is the refusal; an answer that is none fails the test.
func (r reply) problem() kit.Problem {
	r.t.Helper()
	var p kit.Problem
	if err := json.Unmarshal(r.body, &p); err != nil || r.status < http.StatusBadRequest || p.Code == "" {
		r.t.Fatalf("status %d, want a problem:\n%s", r.status, r.body)
	}
	return p
}

// lines are those of NDJSON.
func (r reply) lines() []reply {
	var out []reply
	for line := range bytes.Lines(r.body) {
		out = append(out, reply{t: r.t, status: r.status, header: r.header, body: bytes.TrimSpace(line)})
	}
	return out
}
