package conformance

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
)

const (
	workflows = "/api/workflows/progress"
	callbacks = "/api/workflows/callback/"
	missing   = "Missing required fields: session_id, workflow_type, step, or progress"
)

// flowing is the body of a report with all fields.
func flowing() o {
	return o{"session_id": "s1", "workflow_type": "crm", "step": "build", "progress": 40, "metadata": o{"k": []any{1, nil, "ü"}}}
}

func flowingWith(name string, v any) o {
	b := flowing()
	b[name] = v
	return b
}

// failure is the shape of everything that goes wrong.
func failure(r reply) doc {
	r.t.Helper()
	r.text("error")
	return r.keys("", "success", "error").is("success", false)
}

func TestWorkflowReport(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("accepted", func(t *testing.T) {
		w.in(t).post(workflows, flowing()).want(200).is("", o{"success": true, "event": "workflow:progress:crm"})
	})
	t.Run("bounds", func(t *testing.T) {
		for i, p := range []any{0, 0.0, 0.5, 99.9, 100} {
			b := flowingWith("progress", p)
			b["session_id"] = fmt.Sprint("bounds-", i)
			w.in(t).post(workflows, b).want(200).is("success", true)
		}
	})
	t.Run("no metadata", func(t *testing.T) {
		b := flowing()
		delete(b, "metadata")
		w.in(t).post(workflows, b).want(200)
		w.in(t).post(workflows, flowingWith("metadata", nil)).want(200)
	})
	t.Run("unknown fields", func(t *testing.T) {
		w.in(t).post(workflows, flowingWith("nobody_knows", o{"x": 1})).want(200)
	})
	t.Run("any type", func(t *testing.T) {
		for i, kind := range []string{"data-import", "a.b:c/d", "Größe ☎", "with space", "'\"<&>", "__proto__", "UPPER", "42", strings.Repeat("x", 150)} {
			b := flowingWith("workflow_type", kind)
			b["session_id"] = fmt.Sprint("any-", i)
			w.in(t).post(workflows, b).want(200).is("event", "workflow:progress:"+kind)
			w.in(t).get("/api/tasks?kind="+url.QueryEscape(kind)).want(200).is("tasks.0.kind", kind)
		}
	})
	t.Run("session of any form", func(t *testing.T) {
		for _, s := range []string{"a/b?c", "ü ☎", "0", strings.Repeat("s", 150), "../x", "550e8400-e29b-41d4-a716-446655440000"} {
			w.in(t).post(workflows, flowingWith("session_id", s)).want(200)
		}
	})
}

// TestWorkflowMissing holds that a field that is not there is said in the fixed
// words, whichever it is.
func TestWorkflowMissing(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, name := range []string{"session_id", "workflow_type", "step", "progress"} {
		t.Run(name, func(t *testing.T) {
			b := flowing()
			delete(b, name)
			w.in(t).post(workflows, b).want(400).is("", o{"success": false, "error": missing})
			w.in(t).post(workflows, flowingWith(name, nil)).want(400).is("", o{"success": false, "error": missing})
		})
	}
	t.Run("all", func(t *testing.T) {
		w.in(t).post(workflows, "{}").want(400).is("", o{"success": false, "error": missing})
		w.in(t).post(workflows, nil).want(400).is("success", false)
	})
	t.Run("empty texts", func(t *testing.T) {
		for _, name := range []string{"session_id", "workflow_type", "step"} {
			failure(w.in(t).post(workflows, flowingWith(name, "")).want(400))
		}
	})
}

// TestWorkflowBad holds that a wrong type or range has its own message, which
// names the field.
func TestWorkflowBad(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, tc := range []struct {
		name, field string
		value       any
	}{
		{"session a number", "session_id", 5}, {"session a list", "session_id", []any{"s"}}, {"session a bool", "session_id", true},
		{"type a number", "workflow_type", 5}, {"type an object", "workflow_type", o{}},
		{"step a number", "step", 5}, {"step an object", "step", o{"name": "x"}},
		{"progress a text", "progress", "40"}, {"progress an empty text", "progress", ""}, {"progress a bool", "progress", true},
		{"progress a list", "progress", []any{40}}, {"progress an object", "progress", o{}},
		{"progress below", "progress", -1}, {"progress just below", "progress", -0.001},
		{"progress above", "progress", 101}, {"progress just above", "progress", 100.001}, {"progress far above", "progress", 1e300},
		{"metadata a text", "metadata", "x"}, {"metadata a list", "metadata", []any{}}, {"metadata a number", "metadata", 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := failure(w.in(t).post(workflows, flowingWith(tc.field, tc.value)).want(400))
			d.says("error", tc.field)
			if d.at("error") == missing {
				t.Error("that is the message of a missing field")
			}
		})
	}
	w.get("/api/tasks?kind=crm").want(200).is("tasks", []any{})
}

// TestWorkflowMalformed sends what is no report at all, to each of the routes.
func TestWorkflowMalformed(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, path := range []string{workflows, callbacks + "progress", callbacks + "state"} {
		t.Run(path, func(t *testing.T) {
			for _, body := range []string{
				"", "{", "[]", "null", "5", `"x"`, "{}x", "\xff", strings.Repeat("[", 20000), `{"progress":1e999}`, `{"progress":NaN}`,
				`{"session_id":"s","workflow_type":"w","step":"x","progress":1e999}`,
				`{"flow":"f","flow_run":"r","status":"x","progress":1e999}`, `{"flow":{},"flow_run":[],"status":5,"state":{},"progress":"x"}`,
			} {
				failure(w.in(t).post(path, body).want(400))
			}
		})
	}
}

// TestWorkflowSteps holds that a session is a task, whose steps are those that
// were named.
func TestWorkflowSteps(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("appended when first named", func(t *testing.T) {
		c := w.in(t)
		c.flow("steps", "s", "fetch", 100)
		c.flow("steps", "s", "build", 40)
		c.flow("steps", "s", "fetch", 100)
		c.flow("steps", "s", "ship", 0)
		d := c.session("steps").is("status", "running").is("total_steps", 3)
		for i, name := range []string{"fetch", "build", "ship"} {
			d.is(fmt.Sprintf("steps.%d.name", i), name)
		}
		d.is("steps.0.progress", 100).is("steps.1.progress", 40).is("steps.2.progress", 0)
	})
	t.Run("the step's percent", func(t *testing.T) {
		c := w.in(t)
		c.flow("percent", "s", "fetch", 100)
		c.flow("percent", "s", "build", 50)
		d := c.session("percent").is("steps.1.progress", 50)
		if p := d.number("progress"); p == 50 || p == 100 {
			t.Errorf("the task is at %v, the step's own percent", p)
		}
	})
	t.Run("sessions apart", func(t *testing.T) {
		c := w.in(t)
		for _, s := range []string{"a", "b"} {
			c.flow("apart", s, s, 10)
		}
		c.get("/api/tasks?kind=apart").want(200).is("tasks.0.total_steps", 1).is("tasks.1.total_steps", 1)
	})
	t.Run("types apart", func(t *testing.T) {
		c := w.in(t)
		c.flow("left", "same", "one", 10)
		c.flow("right", "same", "two", 20)
		if l, r := c.session("left"), c.session("right"); l.at("task_id") == r.at("task_id") {
			t.Error("two types share a session's task")
		}
		c.session("left").is("steps.0.name", "one").is("total_steps", 1)
		c.session("right").is("steps.0.name", "two").is("total_steps", 1)
	})
	t.Run("no separator fools it", func(t *testing.T) {
		c := w.in(t)
		c.flow("fool", "er:x", "one", 10)
		c.flow("fool:er", "x", "one", 10)
		c.flow("fooler", "x", "one", 10)
		c.flow("fool", "erx", "one", 10)
		c.get("/api/tasks?kind=fool").want(200).list("tasks")
		if n := len(c.get("/api/tasks?kind=fool").list("tasks")); n != 2 {
			t.Errorf("%d tasks", n)
		}
	})
	t.Run("short id", func(t *testing.T) {
		c, long := w.in(t), strings.Repeat("long", 40)
		c.flow("short", long, "one", 10)
		if id := c.session("short").text("task_id"); len(id) > 40 || strings.Contains(id, long) {
			t.Errorf("the id is %q", id)
		}
	})
	t.Run("at once by many", func(t *testing.T) {
		c, codes := w.in(t), make(chan int, 16)
		for i := range cap(codes) {
			go func() {
				codes <- c.post(workflows, o{"session_id": "s", "workflow_type": "race", "step": fmt.Sprint("step ", i), "progress": 1}).status
			}()
		}
		for range cap(codes) {
			if code := <-codes; code != 200 {
				t.Errorf("answered %d", code)
			}
		}
		c.session("race").is("total_steps", cap(codes))
	})
	t.Run("own estimate", func(t *testing.T) {
		c := w.in(t)
		c.post(workflows, o{"session_id": "s", "workflow_type": "eta", "step": "x", "progress": 40, "metadata": o{"estimated_time_remaining": 120}}).want(200)
		if eta := c.session("eta").number("eta_seconds"); eta < 60 || eta > 120 {
			t.Errorf("eta_seconds is %v", eta)
		}
	})
	t.Run("an estimate that is none", func(t *testing.T) {
		c := w.in(t)
		for i, v := range []any{"soon", -5, nil, o{}, 1e300} {
			c.post(workflows, o{"session_id": fmt.Sprint(i), "workflow_type": "noeta", "step": "x", "progress": 4, "metadata": o{"estimated_time_remaining": v}}).want(200)
		}
	})
}

func TestWorkflowCallbacks(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("progress", func(t *testing.T) {
		c := w.in(t)
		body := o{"flow": "etl", "flow_run": "r1", "status": "extract", "progress": 25, "message": "rows", "user_id": "u7", "other": 1}
		c.post(callbacks+"progress", body).want(200).is("", o{"success": true})
		c.session("etl").is("steps.0.name", "extract").is("steps.0.progress", 25).is("status", "running")
	})
	t.Run("same session", func(t *testing.T) {
		c := w.in(t)
		c.flow("both", "r1", "one", 10)
		c.post(callbacks+"progress", o{"flow": "both", "flow_run": "r1", "status": "two", "progress": 0}).want(200)
		c.session("both").is("total_steps", 2)
	})
	t.Run("states", func(t *testing.T) {
		c := w.in(t)
		for i, tc := range []struct{ said, status string }{
			{"Completed", "completed"}, {"COMPLETED", "completed"}, {"completed", "completed"}, {"Failed", "failed"}, {"failed", "failed"},
			{"Crashed", "failed"}, {"CRASHED", "failed"}, {"Cancelled", "cancelled"}, {"cancelled", "cancelled"},
			{"Paused", "paused"}, {"pAuSeD", "paused"}, {"Running", "running"}, {"RUNNING", "running"},
			{"Retrying", "running"}, {"Scheduled", "running"}, {"läuft", "running"},
		} {
			kind := fmt.Sprint("state", i)
			c.flow(kind, "r", "one", 10)
			c.state(kind, "r", tc.said).is("", o{"success": true})
			if got := c.session(kind).at("status"); got != tc.status {
				t.Errorf("%s made it %v", tc.said, got)
			}
		}
	})
	t.Run("state of a new session", func(t *testing.T) {
		c := w.in(t)
		for said, status := range map[string]string{
			"Running": "running", "Completed": "completed", "Failed": "failed", "Cancelled": "cancelled", "Paused": "paused", "Odd": "running",
		} {
			c.state("new"+said, "r", said)
			if got := c.session("new" + said).at("status"); got != status {
				t.Errorf("%s made a new session %v", said, got)
			}
		}
	})
	t.Run("paused and running", func(t *testing.T) {
		c := w.in(t)
		c.flow("toggle", "r", "one", 10)
		for _, tc := range []struct{ said, status string }{{"Paused", "paused"}, {"Paused", "paused"}, {"Running", "running"}, {"Running", "running"}} {
			c.state("toggle", "r", tc.said)
			c.session("toggle").is("status", tc.status)
		}
	})
	t.Run("result", func(t *testing.T) {
		c := w.in(t)
		c.post(callbacks+"state", o{"flow": "res", "flow_run": "r", "state": "Completed", "user_id": "u", "result": o{"rows": 5}}).want(200)
		c.session("res").is("status", "completed").is("result", o{"rows": 5})
	})
	t.Run("result of any form", func(t *testing.T) {
		for i, v := range []any{"text", 5, []any{1}, true, nil} {
			w.in(t).post(callbacks+"state", o{"flow": "form", "flow_run": fmt.Sprint(i), "state": "Completed", "result": v}).want(200)
		}
	})
}

// TestWorkflowCallbacksBad holds that what is missing or wrong in a callback is
// named.
func TestWorkflowCallbacksBad(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, tc := range []struct {
		route string
		good  o
	}{
		{"progress", o{"flow": "f", "flow_run": "r", "status": "s", "progress": 5}},
		{"state", o{"flow": "f", "flow_run": "r", "state": "Running"}},
	} {
		for name := range tc.good {
			t.Run(tc.route+" without "+name, func(t *testing.T) {
				for _, wrong := range []any{nil, []any{}, o{}, true} {
					b := maps.Clone(tc.good)
					if b[name] = wrong; wrong == nil {
						delete(b, name)
					}
					failure(w.in(t).post(callbacks+tc.route, b).want(400)).says("error", name)
				}
			})
		}
	}
	for _, p := range []any{-1, 101, "5"} {
		failure(w.post(callbacks+"progress", o{"flow": "f", "flow_run": "r", "status": "s", "progress": p}).want(400)).says("error", "progress")
	}
	w.get("/api/tasks?kind=f").want(200).is("tasks", []any{})
}

// TestWorkflowEnded holds that a report after an end that was told is answered
// as the face does, and is never a defect of the server's.
func TestWorkflowEnded(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, state := range []string{"Completed", "Failed", "Cancelled"} {
		t.Run(state, func(t *testing.T) {
			c := w.in(t)
			c.flow(state, "r", "one", 10)
			c.state(state, "r", state)
			for _, r := range []reply{
				c.post(workflows, o{"session_id": "r", "workflow_type": state, "step": "one", "progress": 20}),
				c.post(callbacks+"state", o{"flow": state, "flow_run": "r", "state": "Running"}),
			} {
				if r.status == 409 {
					failure(r)
				} else {
					r.want(200).is("success", true)
				}
			}
			c.state(state, "q", state) // another session lives on its own
		})
	}
}

// TestWorkflowWithoutRight holds that who may only read reports nothing.
func TestWorkflowWithoutRight(t *testing.T) {
	t.Parallel()
	w := serve(t)
	vera := w.as("vera", access.RoleViewer)
	failure(vera.post(workflows, flowing()).want(403))
	failure(vera.post(callbacks+"progress", o{"flow": "f", "flow_run": "r", "status": "s", "progress": 5}).want(403))
	failure(vera.post(callbacks+"state", o{"flow": "f", "flow_run": "r", "state": "Running"}).want(403))
	w.get("/api/tasks").want(200).is("tasks", []any{})
	rita := w.as("rita", access.RoleOperator, "report")
	rita.post(workflows, flowing()).want(200)
	rita.state("crm", "s1", "Completed")
}
