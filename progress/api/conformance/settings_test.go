package conformance

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/store"
)

// serveWith is a server with other settings.
func serveWith(t testing.TB, set func(*api.Options)) world {
	t.Helper()
	s := apitest.With(t, set)
	return world{s, client{t, s.URL, apitest.Admin}}
}

// TestTooFast holds that who calls too often is told to wait, on each face in
// its own words.
func TestTooFast(t *testing.T) {
	t.Parallel()
	w := serveWith(t, func(o *api.Options) { o.Rate = 1 })
	limited := func(ask func() reply) reply {
		t.Helper()
		var r reply
		eventually(t, "it was too fast", func() bool { r = ask(); return r.status == 429 })
		if n, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || n < 1 {
			t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
		}
		return r
	}
	limited(func() reply { return w.get(executions) }).keys("", "detail").text("detail")
	failure(limited(func() reply { return w.post(workflows, flowing()) }))
}

// open is a server that takes calls without a credential, as existing clients
// make them.
func open(t *testing.T) client {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "herald.db"))
	if err != nil {
		t.Fatal(err)
	}
	bell, log := bus.NewLocal(), slog.New(slog.DiscardHandler)
	o := api.Options{Store: store.New(d), Index: store.NewIndex(d), Bus: bell, Log: log}
	o.Engine = engine.New(o.Store, engine.Options{Ring: bell.Ring, Log: log})
	if o.Access, err = access.New(store.NewAccess(d), access.Options{Open: true, Log: log}); err != nil {
		t.Fatal(err)
	}
	o.Hub = api.NewHub(o.Engine, o.Store, o.Index, live.Options{Bell: bell, Log: log})
	h, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		o.Hub.Close()
		s.CloseClientConnections()
		s.Close()
		_ = o.Access.Close(context.Background()) // last uses: no test reads them later
		o.Engine.Close()
		_ = d.Close()
	})
	return client{t, s.URL, ""}
}

// TestOpenMode holds that in the open mode clients that send no credentials do
// all that they do.
func TestOpenMode(t *testing.T) {
	t.Parallel()
	c := open(t)
	e, polls := c.connect(siotest.Options{}), c.connect(siotest.Options{Transport: siotest.Polling})
	c.flow("crm", "s", "x", 5)
	e.next("workflow:progress:crm").is("progress", 5)
	polls.next("workflow:progress:crm").is("progress", 5)
	id := c.start("x")
	s := c.watch(id)
	s.next("status")
	c.report(id, `{"progress":5}`)
	s.next("started")
	c.post(executions+"/"+id+"/cancel", nil).want(200)
}

// TestGrace holds how a session ends by itself.
func TestGrace(t *testing.T) {
	t.Parallel()
	const grace = 700 * time.Millisecond
	w := serveWith(t, func(o *api.Options) { o.Grace = grace })
	t.Run("ends", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("ends", "s", "one", 100)
		from := time.Now()
		c.flow("ends", "s", "two", 100)
		c.session("ends").is("status", "running")
		d := ended(e, "ends", "s", "Completed")
		if took := time.Since(from); took < grace {
			t.Errorf("it ended after %v", took)
		}
		d.keys("", "flow", "flow_run", "state")
		c.session("ends").is("status", "completed").is("progress", 100)
	})
	t.Run("what follows puts it off", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("off", "s", "one", 100)
		c.flow("off", "s", "two", 10)
		time.Sleep(3 * grace) // longer than the end would take
		c.session("off").is("status", "running")
		from := time.Now()
		c.flow("off", "s", "two", 100)
		ended(e, "off", "s", "Completed")
		if took := time.Since(from); took < grace {
			t.Errorf("it ended after %v", took)
		}
	})
	t.Run("only the last step counts", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("last", "s", "one", 10)
		c.flow("last", "s", "two", 10)
		c.flow("last", "s", "one", 100)
		for range 3 {
			e.next("workflow:progress:last")
		}
		time.Sleep(3 * grace)
		e.silent("its last step is not done")
		c.session("last").is("status", "running")
	})
	t.Run("reopens", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("again", "s", "one", 100)
		ended(e, "again", "s", "Completed")
		id := c.session("again").text("task_id")
		c.flow("again", "s", "two", 30)
		reopened(e, "again").is("session_id", "s").is("step", "two").is("progress", 30)
		c.session("again").is("status", "running").is("task_id", id).is("ended_at", nil)
		c.flow("again", "s", "two", 100)
		ended(e, "again", "s", "Completed")
		c.post(callbacks+"progress", o{"flow": "again", "flow_run": "s", "status": "three", "progress": 5}).want(200)
		c.session("again").is("status", "running")
	})
	t.Run("reopens by the same report", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("same", "s", "one", 100)
		e.next("workflow:progress:same")
		for range 3 {
			ended(e, "same", "s", "Completed")
			c.flow("same", "s", "one", 100)
			reopened(e, "same").is("progress", 100)
		}
	})
	t.Run("by callbacks", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(callbacks+"progress", o{"flow": "call", "flow_run": "s", "status": "one", "progress": 100}).want(200)
		ended(e, "call", "s", "Completed")
	})
	t.Run("a session's end alone", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"step":"one","step_progress":100}`)
		time.Sleep(3 * grace)
		c.get(executions+"/"+id).want(200).is("status", "running")
	})
	t.Run("a pause follows", func(t *testing.T) {
		c := w.in(t)
		c.flow("pause", "s", "one", 100)
		c.state("pause", "s", "Paused")
		time.Sleep(3 * grace)
		c.session("pause").is("status", "paused")
	})
	t.Run("reopens by any report", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		for state, status := range map[string]string{"Running": "running", "Failed": "failed", "Cancelled": "cancelled", "Completed": "completed", "Paused": "paused"} {
			c.flow("any"+state, "s", "one", 100)
			ended(e, "any"+state, "s", "Completed")
			c.state("any"+state, "s", state)
			c.session("any"+state).is("status", status)
		}
	})
	t.Run("over a restart", func(t *testing.T) {
		r := serveWith(t, func(o *api.Options) { o.Grace = grace })
		r.flow("over", "s", "one", 100)
		r.Stop()
		r.Start()
		eventually(t, "the session ended", func() bool { return r.session("over").at("status") == "completed" })
	})
}

// reopened is the progress that a session is reopened with; that it runs again
// may be said before.
func reopened(e ear, kind string) doc {
	e.t.Helper()
	name, d := e.any()
	if name == "workflow:state:"+kind {
		d.is("state", "Running")
		name, d = e.any()
	}
	if name != "workflow:progress:"+kind {
		e.t.Fatalf("the report is told as %s: %s", name, d.raw)
	}
	return d
}
