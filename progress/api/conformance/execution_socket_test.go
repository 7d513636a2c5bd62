package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// framed is what all frames of an execution have.
func framed(d doc, id, status string, more ...string) doc {
	d.t.Helper()
	d.keys("", append([]string{"type", "execution_id", "status", "timestamp"}, more...)...)
	return d.is("execution_id", id).is("status", status).times("timestamp")
}

// percent is that of a frame's progress.
func percent(d doc) float64 {
	d.t.Helper()
	return d.keys("progress", "current_step", "total_steps", "percentage", "current_step_name").number("progress.percentage")
}

// TestSocketUnknown holds that the socket of an execution that there is not is
// opened, says so and is closed.
func TestSocketUnknown(t *testing.T) {
	t.Parallel()
	s := serve(t).watch("exec_0123456789ab")
	s.next("error").keys("", "type", "message", "timestamp").is("message", "Execution not found").times("timestamp")
	s.closes(1008)
}

// TestSocketEnded holds that the socket of an execution that has ended gives its
// status and its end.
func TestSocketEnded(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("completed", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":40}`)
		c.report(id, `{"status":"completed","result":{"a":1}}`)
		s := c.watch(id)
		if p := percent(framed(s.next("status"), id, "completed", "progress")); p != 100 {
			t.Errorf("at %v", p)
		}
		framed(s.next("completed"), id, "completed", "outputs").is("outputs", o{"a": 1})
		s.closes(1000)
	})
	t.Run("failed", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":40}`)
		c.report(id, `{"status":"failed","error":{"type":"E","message":"m","details":{"k":1}}}`)
		s := c.watch(id)
		if p := percent(framed(s.next("status"), id, "failed", "progress")); p != 40 {
			t.Errorf("at %v", p)
		}
		framed(s.next("failed"), id, "failed", "error").is("error", o{"type": "E", "message": "m", "details": o{"k": 1}})
		s.closes(1000)
	})
	t.Run("cancelled", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.command(id, "cancel")
		s := c.watch(id)
		framed(s.next("status"), id, "cancelled", "progress").is("progress", nil)
		framed(s.next("cancelled"), id, "cancelled")
		s.closes(1000)
	})
}

// TestSocketLife follows an execution from before its start to each end.
func TestSocketLife(t *testing.T) {
	t.Parallel()
	w := serve(t)
	begun := func(c client) (string, *socket) {
		id := c.start("x")
		s := c.watch(id)
		framed(s.next("status"), id, "pending", "progress").is("progress", nil)
		c.report(id, `{"progress":10}`)
		d := s.next("started")
		d.is("execution_id", id).is("status", "running").times("timestamp")
		framed(s.next("progress"), id, "running", "progress").is("progress.percentage", 10)
		return id, s
	}
	t.Run("completed", func(t *testing.T) {
		c := w.in(t)
		id, s := begun(c)
		for _, p := range []float64{20, 33.5, 97} {
			c.report(id, o{"progress": p})
			framed(s.next("progress"), id, "running", "progress").is("progress.percentage", p)
		}
		c.report(id, `{"status":"completed","result":{"ok":true}}`)
		framed(afterLast(s, "completed"), id, "completed", "outputs").is("outputs", o{"ok": true})
		s.closes(1000)
	})
	t.Run("completed without result", func(t *testing.T) {
		c := w.in(t)
		id, s := begun(c)
		c.report(id, `{"status":"completed"}`)
		framed(afterLast(s, "completed"), id, "completed", "outputs").is("outputs", nil)
		s.closes(1000)
	})
	t.Run("failed", func(t *testing.T) {
		c := w.in(t)
		id, s := begun(c)
		c.report(id, `{"status":"failed","error":"no more disk"}`)
		d := framed(s.next("failed"), id, "failed", "error")
		d.keys("error", "type", "message", "details").is("error.message", "no more disk").text("error.type")
		s.closes(1000)
	})
	t.Run("cancelled", func(t *testing.T) {
		c := w.in(t)
		id, s := begun(c)
		c.post(executions+"/"+id+"/cancel", nil).want(200)
		framed(s.next("cancelled"), id, "cancelled")
		s.closes(1000)
	})
	t.Run("cancelled before the start", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		s := c.watch(id)
		s.next("status")
		c.post(executions+"/"+id+"/cancel", nil).want(200)
		framed(s.next("cancelled"), id, "cancelled")
		s.closes(1000)
	})
	t.Run("ended by its first report", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		s := c.watch(id)
		s.next("status")
		c.report(id, `{"status":"completed"}`)
		all := s.rest()
		if len(all) == 0 {
			t.Fatal("nothing came")
		}
		all[len(all)-1].is("type", "completed")
	})
}

// afterLast is the final frame; before it the progress of the end, 100, may be
// shown.
func afterLast(s *socket, kind string) doc {
	s.t.Helper()
	d := s.any()
	if d.at("type") == "progress" {
		d.is("progress.percentage", 100)
		d = s.any()
	}
	return d.is("type", kind)
}

// TestSocketStartedOnce holds that started is sent for the change to running
// alone.
func TestSocketStartedOnce(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("once", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		s := c.watch(id)
		s.next("status")
		for _, r := range percents(1, 5) {
			c.report(id, r)
		}
		c.command(id, "pause")
		c.command(id, "resume")
		c.report(id, `{"step":"one","step_status":"running"}`)
		c.post("/api/tasks/"+id+"/steps/1/approval", `{"prompt":"ok?"}`).want(201)
		c.post("/api/tasks/"+id+"/steps/1/approve", nil).want(200)
		c.report(id, `{"progress":80}`)
		c.report(id, `{"status":"completed"}`)
		if n := count(s.rest(), "started"); n != 1 {
			t.Errorf("started %d times", n)
		}
	})
	t.Run("not to who came later", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":5}`)
		s := c.watch(id)
		framed(s.next("status"), id, "running", "progress").is("progress.percentage", 5)
		c.report(id, `{"progress":6}`)
		s.next("progress").is("progress.percentage", 6)
		c.report(id, `{"status":"failed"}`)
		if n := count(s.rest(), "started"); n != 0 {
			t.Errorf("started %d times", n)
		}
	})
	t.Run("first", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		s := c.watch(id)
		s.next("status")
		c.report(id, `{"progress":5}`)
		s.next("started")
		s.next("progress").is("progress.percentage", 5)
	})
	t.Run("without progress", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		s := c.watch(id)
		s.next("status").is("progress", nil)
		c.report(id, `{"status":"running"}`)
		s.next("started")
		s.silent("there is no progress yet")
		c.get(executions + "/" + id + "/progress").want(204).empty()
		c.report(id, `{"progress":0}`)
		s.next("progress").float("percentage", 0)
	})
}

func count(frames []doc, kind string) (n int) {
	for _, d := range frames {
		if d.at("type") == kind {
			n++
		}
	}
	return n
}

// TestSocketQuiet holds that nothing is sent when nothing that frames show has
// changed.
func TestSocketQuiet(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.native(o{"title": "x", "kind": "agent", "steps": []o{{"name": "one"}, {"name": "two"}}})
	w.report(id, `{"step":"one","step_progress":40,"progress":40}`)
	s := w.watch(id)
	framed(s.next("status"), id, "running", "progress").is("progress.percentage", 40)
	s.silent("the snapshot had shown it all")
	next := 41
	for _, tc := range []struct {
		name string
		do   func()
	}{
		{"the percent was repeated", func() { w.report(id, `{"progress":40}`) }},
		{"the step's percent was repeated", func() { w.report(id, `{"step":"one","step_progress":40}`) }},
		{"only a heartbeat came", func() { w.post("/api/tasks/"+id+"/heartbeat", `{}`).want(200) }},
		{"only log lines came", func() { w.post("/api/tasks/"+id+"/logs", `[{"line":"a"},{"line":"b"}]`).want(200) }},
		{"only a message changed", func() { w.report(id, `{"message":"hello"}`) }},
		{"only metrics changed", func() { w.report(id, `{"metrics":{"rows":5}}`) }},
		{"it was paused, which shows as running", func() { w.command(id, "pause") }},
		{"it was resumed, which shows as running", func() { w.command(id, "resume") }},
		{"somebody read it", func() { w.get(executions + "/" + id).want(200) }},
	} {
		tc.do()
		s.silent(tc.name)
		w.report(id, o{"progress": next})
		framed(s.next("progress"), id, "running", "progress").is("progress.percentage", next)
		next++
		w.report(id, o{"step": "one", "step_progress": 40, "progress": next})
		s.next("progress").is("progress.percentage", next)
		w.report(id, o{"progress": next})
		next++
	}
	s.silent("the percent was repeated, again and again")
}

// TestSocketSteps holds that a change of the steps is a change of the progress.
func TestSocketSteps(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.native(o{"title": "x", "kind": "agent", "steps": []o{{"name": "one"}, {"name": "two"}}})
	w.report(id, `{"step":"one","step_status":"running"}`)
	s := w.watch(id)
	s.next("status").is("progress", o{"current_step": 0, "total_steps": 2, "percentage": 0, "current_step_name": "one"})
	w.report(id, `{"step":"one","step_status":"completed"}`)
	d := s.next("progress").is("progress.current_step", 1).is("progress.total_steps", 2).is("progress.percentage", 50)
	d.float("percentage", 50)
	w.report(id, `{"step":"two","step_status":"running"}`)
	w.report(id, `{"step":"three","step_status":"running"}`)
	w.report(id, `{"progress":90}`)
	for {
		if d := s.next("progress"); d.at("progress.percentage") == 90.0 {
			d.is("progress.total_steps", 3)
			break
		}
	}
}

// TestSocketLastPercent holds that the last percent before the end arrives,
// however fast the end follows.
func TestSocketLastPercent(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, tc := range []struct{ end, kind string }{
		{`{"status":"completed"}`, "completed"}, {`{"status":"failed","error":"x"}`, "failed"}, {"", "cancelled"},
	} {
		t.Run(tc.kind, func(t *testing.T) {
			for range 10 {
				c := w.in(t)
				id := c.start("x")
				s := c.watch(id)
				s.next("status")
				bulk := ""
				for _, r := range percents(1, 97) {
					bulk += fmt.Sprintf(`{"task_id":%q,%s`+"\n", id, r[1:])
				}
				if tc.end != "" {
					bulk += fmt.Sprintf(`{"task_id":%q,%s`+"\n", id, tc.end[1:])
				}
				c.post("/api/reports", bulk, "Content-Type: application/x-ndjson").want(200)
				if tc.end == "" {
					c.post(executions+"/"+id+"/cancel", nil).want(200)
				}
				inOrder(t, s.rest(), tc.kind)
			}
		})
	}
}

// inOrder asks for started, rising percents up to 97, and the end.
func inOrder(t *testing.T, all []doc, end string) {
	t.Helper()
	if len(all) < 3 || all[0].at("type") != "started" || all[len(all)-1].at("type") != end {
		t.Fatalf("%d frames, the first %s, the last %s", len(all), all[0].raw, all[len(all)-1].raw)
	}
	seen := []float64{-1}
	for _, d := range all[1 : len(all)-1] {
		d.is("type", "progress")
		if p := percent(d); p < 100 {
			seen = append(seen, p)
		}
	}
	if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) || seen[len(seen)-1] != 97 {
		t.Errorf("the percents are %v", seen)
	}
}

// TestSocketAnyFace holds that an end by any face is told.
func TestSocketAnyFace(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for name, cancel := range map[string]func(c client, id string){
		"tasks":      func(c client, id string) { c.command(id, "cancel") },
		"executions": func(c client, id string) { c.post(executions+"/"+id+"/cancel", nil).want(200) },
		"workflows":  func(c client, id string) { c.state("agent", id, "Cancelled") },
	} {
		t.Run(name, func(t *testing.T) {
			c := w.in(t)
			id := c.start("x")
			c.report(id, `{"progress":5}`)
			s := c.watch(id)
			s.next("status")
			cancel(c, id)
			framed(s.next("cancelled"), id, "cancelled")
			s.closes(1000)
		})
	}
}

// TestSocketPaused holds that a paused execution, and one that waits for an
// approval, are shown as running.
func TestSocketPaused(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.start("x")
	w.report(id, `{"step":"one","step_progress":10}`)
	w.command(id, "pause")
	framed(w.watch(id).next("status"), id, "running", "progress")
	w.command(id, "resume")
	w.post("/api/tasks/"+id+"/steps/1/approval", `{"prompt":"ok?"}`).want(201)
	s := w.watch(id)
	framed(s.next("status"), id, "running", "progress")
	w.post("/api/tasks/"+id+"/steps/1/reject", nil).want(200)
	all := s.rest()
	framed(all[len(all)-1], id, "failed", "error")
}

// TestSocketMany holds that all who watch see the same.
func TestSocketMany(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id, all := w.start("x"), make([]*socket, 200)
	for i := range all {
		all[i] = w.watch(id)
		all[i].next("status")
	}
	for _, r := range percents(1, 97) {
		w.report(id, r)
	}
	w.report(id, `{"status":"completed"}`)
	for _, s := range all {
		inOrder(t, s.rest(), "completed")
	}
}

// TestSocketCredentials holds who may open the socket.
func TestSocketCredentials(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.start("x")
	path := executions + "/" + id + "/progress/ws"
	nobody := client{t, w.URL, ""}
	for name, res := range map[string]*http.Response{
		"none":        nobody.refused(path),
		"a bad one":   nobody.refused(path, "Authorization: Bearer nonsense"),
		"a query":     nobody.refused(path + "?token=" + apitest.Admin + "&access_token=" + apitest.Admin),
		"of no right": w.as("rita", access.RoleOperator, "report").refused(path),
	} {
		want := http.StatusUnauthorized
		if name == "of no right" {
			want = http.StatusForbidden
		}
		if res.StatusCode != want {
			t.Errorf("with %s the handshake is answered %d", name, res.StatusCode)
		}
	}
	s := nobody.dial(path, "Sec-WebSocket-Protocol: herald, bearer."+apitest.Admin)
	if p := s.conn.Subprotocol(); p != "herald" {
		t.Errorf("the subprotocol is %q", p)
	}
	s.next("status")
}

// TestSocketPushed holds that frames follow their reports at once: polling
// every 100 ms would take twice as long on average.
func TestSocketPushed(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.start("x")
	w.report(id, `{"progress":0}`)
	s := w.watch(id)
	s.next("status")
	var took []time.Duration
	for _, r := range percents(1, 41) {
		from := time.Now()
		w.report(id, r)
		s.next("progress")
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	if took[0] > 50*time.Millisecond || took[len(took)/2] > time.Second {
		t.Errorf("the quickest frame took %v, the middle one %v", took[0], took[len(took)/2])
	}
}

// TestSocketRestarted holds that a restart under an open socket neither ends it
// nor doubles its end.
func TestSocketRestarted(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.start("x")
	w.report(id, `{"progress":40}`)
	s := w.watch(id)
	s.next("status")
	w.command(id, "restart")
	w.report(id, `{"progress":7,"run":2}`)
	w.report(id, `{"status":"completed","run":2}`)
	all := s.rest()
	if count(all, "completed") != 1 || count(all, "cancelled") != 0 || count(all, "failed") != 0 {
		t.Errorf("%d frames, the last %s", len(all), all[len(all)-1].raw)
	}
}

// TestSocketSeam opens sockets while reports come: each one begins with a status
// and goes on from there, with no gap, nothing twice and nothing backwards.
func TestSocketSeam(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id, all, told := w.start("x"), make([]*socket, 40), make(chan bool)
	go func() {
		defer close(told)
		for _, r := range percents(1, 97) {
			w.post("/api/tasks/"+id+"/progress", r)
		}
	}()
	for i := range all {
		all[i] = w.watch(id)
	}
	<-told
	w.report(id, `{"status":"completed"}`)
	for _, s := range all {
		first, rest := s.next("status"), s.rest()
		begun, from := 0, -1.0
		if first.at("status") == "pending" {
			begun = 1
			rest[0].is("type", "started")
		} else if first.at("progress") != nil {
			from = percent(first)
		}
		if n := count(rest, "started"); n != begun {
			t.Errorf("%d times started after %s", n, first.raw)
		}
		for _, d := range rest[begun : len(rest)-1] {
			if p := percent(d.is("type", "progress")); p <= from {
				t.Errorf("%v after %v", p, from)
			} else if from = p; p == 100 {
				from = 97
			}
		}
		if from != 97 {
			t.Errorf("the last percent is %v, after %s", from, first.raw)
		}
	}
}
