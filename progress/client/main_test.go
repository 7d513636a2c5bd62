package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
)

// adminToken is the token of the person admin on every test server.
const adminToken = apitest.Admin

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// fault is what a request meets on its way.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// testServer is a whole server, and what goes wrong on the way to it.
type testServer struct {
	*apitest.Server
	t testing.TB

	mu    sync.Mutex
	plan  func(*http.Request) fault // nil for no faults
	calls []string                  // method and path of each request
}

// newServer starts a server.
func newServer(t testing.TB) *testServer {
	t.Helper()
	s := &testServer{t: t}
	s.Server = apitest.Behind(t, s.faulty)
	return s
}

// faulty puts the faults before a handler.
func (s *testServer) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.calls = append(s.calls, r.Method+" "+r.URL.Path)
		var f fault
		if s.plan != nil {
			f = s.plan(r)
		}
		s.mu.Unlock()
		if f == nil {
			next.ServeHTTP(w, r)
			return
		}
		f(w, r, next)
	})
}

// meet sets what each request meets from now on; it is asked one at a time.
func (s *testServer) meet(plan func(*http.Request) fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = plan
}

// count is how many requests came for a method and path.
func (s *testServer) count(call string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c == call {
			n++
		}
	}
	return n
}

// turns meets requests with the faults, one after the other, the last again and
// again; nil lets one pass.
func turns(list ...fault) func(*http.Request) fault {
	return func(*http.Request) fault {
		f := list[0]
		if len(list) > 1 {
			list = list[1:]
		}
		return f
	}
}

// posts limits a plan to requests that change something.
func posts(plan func(*http.Request) fault) func(*http.Request) fault {
	return func(r *http.Request) fault {
		if r.Method != http.MethodPost {
			return nil
		}
		return plan(r)
	}
}

// cut breaks the connection before anything is done.
func cut(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// cutAfter breaks the connection when all is done, before the answer.
func cutAfter(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// torn sends half of the answer.
func torn(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
	_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// problem answers as Herald refuses.
func problem(status int, code progress.Code, after string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/problem+json")
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"title":"No","detail":"not now","code":"`+string(code)+`"}`)
	}
}

// page answers as a proxy does.
func page(status int) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html><h1>Bad Gateway</h1></html>")
	}
}

// client is a client of the server.
func (s *testServer) client(change ...func(*Options)) *Client {
	s.t.Helper()
	o := Options{URL: s.URL, Token: adminToken}
	for _, c := range change {
		c(&o)
	}
	c, err := New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.http.client.CloseIdleConnections)
	return c
}

// task makes a task.
func (s *testServer) task(steps ...string) progress.TaskID {
	s.t.Helper()
	d := Draft{Title: "Test"}
	for _, name := range steps {
		d.Steps = append(d.Steps, DraftStep{Name: name})
	}
	t, err := s.client().Work().Create(context.Background(), d)
	if err != nil {
		s.t.Fatal(err)
	}
	return t.ID
}

// get reads a task.
func (s *testServer) get(id progress.TaskID) Task {
	s.t.Helper()
	t, err := s.client().Task(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s: it did not come to that", what)
		}
	}
}

// soon is a context for what has to come.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// hears collects what a reporter tells its owner.
type hears struct {
	mu      sync.Mutex
	answers []Answer
	trouble []error
}

func (h *hears) direct(a Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers = append(h.answers, a)
}

func (h *hears) wrong(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trouble = append(h.trouble, err)
}

// controls are those that were heard.
func (h *hears) controls() (out []progress.Control) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.answers {
		out = append(out, a.Control)
	}
	return out
}

func (h *hears) troubles() []error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]error(nil), h.trouble...)
}

// options are a reporter's, heard.
func (h *hears) options(o ReporterOptions) ReporterOptions {
	o.Direct, o.Trouble = h.direct, h.wrong
	return o
}

// step reports a status of a step.
func step(name string, status progress.StepStatus) progress.Report {
	return progress.Report{Step: progress.StepRef{Name: name}, StepStatus: status}
}

// percent reports a percent of a step.
func percent(name string, p float64) progress.Report {
	return progress.Report{Step: progress.StepRef{Name: name}, StepProgress: &p}
}

// holds reports whether a text is in a file or body.
func holds(b []byte, text string) bool { return bytes.Contains(b, []byte(text)) }
