package apitest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/outlook"
	"github.com/taskherald/herald/progress/store"
)

// Admin is the token of the person admin on every server.
const Admin = "the-admin-of-the-tests"

// Server is a whole server. One goroutine at a time may use it.
type Server struct {
	URL string // stays the same over Stop and Start

	t     testing.TB
	file  string
	addr  string
	front func(http.Handler) http.Handler
	set   func(*api.Options)
	tune  func(*engine.Options)
	host  func(*db.DB, *api.Options) (end func())
	stop  func() // nil while it does not run

	mu   sync.Mutex
	gate func(r *http.Request) bool // whether a request may pass; nil for all
	door *access.Access
}

// New starts a server.
func New(t testing.TB) *Server {
	t.Helper()
	return made(t).begun()
}

// With starts a server whose API has other options.
func With(t testing.TB, set func(*api.Options)) *Server {
	t.Helper()
	s := made(t)
	s.set = set
	return s.begun()
}

// Tuned starts a server whose engine has other options.
func Tuned(t testing.TB, tune func(*engine.Options)) *Server {
	t.Helper()
	s := made(t)
	s.tune = tune
	return s.begun()
}

// Hosted starts a server whose API has what host adds to its options, on the
// server's database: guests, say. end is called when the server stops, before
// what it stands on does; nil is nothing to end.
func Hosted(t testing.TB, host func(d *db.DB, o *api.Options) (end func())) *Server {
	t.Helper()
	s := made(t)
	s.host = host
	return s.begun()
}

// Behind starts a server with something before its handler, such as faults.
func Behind(t testing.TB, front func(http.Handler) http.Handler) *Server {
	t.Helper()
	s := made(t)
	s.front = front
	return s.begun()
}

// made is a server that does not run yet.
func made(t testing.TB) *Server {
	return &Server{
		t: t, file: dbtest.Migrated(t), addr: "127.0.0.1:0",
		front: func(h http.Handler) http.Handler { return h }, set: func(*api.Options) {}, tune: func(*engine.Options) {},
		host: func(*db.DB, *api.Options) func() { return nil },
	}
}

func (s *Server) begun() *Server {
	s.t.Helper()
	s.Start()
	s.URL = "http://" + s.addr
	s.t.Cleanup(s.Stop)
	return s
}

// Start begins to listen, if it does not.
func (s *Server) Start() {
	s.t.Helper()
	if s.stop != nil {
		return
	}
	h, end := s.stand()
	ln, err := net.Listen("tcp", s.addr)
	for until := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(until); ln, err = net.Listen("tcp", s.addr) {
		time.Sleep(10 * time.Millisecond) // the address is not free yet
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	web := &http.Server{Handler: s.front(s.gated(h)), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = web.Serve(ln) // until it is closed
	}()
	s.stop = func() {
		_ = web.Close() // there is nothing that it could tell
		<-served
		end()
	}
}

// Stop ends the server at once, if it runs.
func (s *Server) Stop() {
	if s.stop != nil {
		s.stop()
	}
	s.stop = nil
}

// Forget has the server begin anew with its next Start: it knows nothing then.
func (s *Server) Forget() { s.file += ".new" }

// stand makes the API and what it stands on.
func (s *Server) stand() (http.Handler, func()) {
	s.t.Helper()
	d, err := db.Open(context.Background(), s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	bell, log := bus.NewLocal(), slog.New(slog.DiscardHandler)
	o := api.Options{Store: store.New(d), Index: store.NewIndex(d), Bus: bell, Log: log}
	ahead := outlook.Open(outlook.Options{Pasts: o.Store.Pasts, Log: log})
	o.ETA = ahead.ETA
	core := engine.Options{Ring: bell.Ring, Ended: ahead.Learn, Late: ahead.Late, Log: log}
	s.tune(&core)
	o.Engine = engine.New(o.Store, core)
	if o.Access, err = access.New(store.NewAccess(d), access.Options{AdminToken: Admin, Log: log}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := o.Access.Bootstrap(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	s.door = o.Access
	ctx, cancel := context.WithCancel(context.Background())
	var sweep sync.WaitGroup
	sweep.Go(func() { o.Engine.Sweep(ctx) })
	sweep.Go(func() { ahead.Run(ctx) })
	o.Hub = api.NewHub(o.Engine, o.Store, o.Index, live.Options{Bell: bell, ETA: o.ETA, Log: log})
	s.set(&o)
	leave := s.host(d, &o)
	h, err := api.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return h, func() {
		if leave != nil {
			leave()
		}
		cancel()
		sweep.Wait()
		h.Close()
		o.Hub.Close()
		_ = o.Access.Close(context.Background()) // last uses: no test reads them later
		o.Engine.Close()
		if err := d.Close(); err != nil {
			s.t.Error(err)
		}
	}
}

// Gate has each request asked for whether it may pass; one that may not has its
// connection broken; it may wait for a while. It may be set at any time, nil lets
// all pass.
func (s *Server) Gate(pass func(*http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = pass
}

func (s *Server) gated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		pass := s.gate
		s.mu.Unlock()
		if pass != nil && !pass(r) {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// Person adds a person with a role, and returns a token with some of its rights,
// with all of them if none is named.
func (s *Server) Person(name string, role access.Role, scopes ...string) (token string) {
	s.t.Helper()
	ctx := context.Background()
	admin, err := s.door.Token(ctx, Admin)
	if err != nil {
		s.t.Fatal(err)
	}
	d := s.door.Directory()
	if _, err := d.AddPerson(ctx, admin, name, role, nil); err != nil {
		s.t.Fatal(err)
	}
	if len(scopes) == 0 {
		scopes = access.Scopes(access.Rights(role))
	}
	_, token, err = d.MakeToken(ctx, admin, access.Grant{Person: progress.Person(name), Name: "test", Scopes: scopes})
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}
