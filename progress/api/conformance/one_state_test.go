package conformance

import (
	"testing"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// face is one of the three ways to the same tasks.
type face struct {
	name   string
	begin  func(c client) (id string)                   // makes a task of kind agent or flow, and starts it
	sees   func(c client, id, kind, status string)      // asks that the face shows the task so
	watch  func(c client, id, kind, name string) viewer // opens its live channel; name is the session's
	report func(c client, id, kind, name string)        // reports 60 percent of step "one"
	cancel func(c client, id, kind, name string)
}

// viewer waits for what a live channel must show.
type viewer struct{ moved, cancelled func() }

// faces are all three.
var faces = []face{
	{
		name: "tasks",
		begin: func(c client) string {
			id := c.native(o{"title": "made natively", "kind": "agent"})
			c.report(id, `{"step":"one","step_progress":10}`)
			return id
		},
		sees: func(c client, id, kind, status string) {
			c.get("/api/tasks/"+id).want(200).is("status", status).is("kind", kind)
			c.get("/api/tasks?status="+status+"&kind="+kind).want(200).is("tasks.0.task_id", id)
		},
		watch: func(c client, id, _, _ string) viewer {
			s := c.watchTask(id)
			return viewer{
				func() { s.next("progress").is("step.name", "one").is("step_percent", 60) },
				func() { s.next("task_cancelled").is("task_id", id); s.closes(1000) },
			}
		},
		report: func(c client, id, _, _ string) { c.report(id, `{"step":"one","step_progress":60}`) },
		cancel: func(c client, id, _, _ string) { c.command(id, "cancel") },
	},
	{
		name: "executions",
		begin: func(c client) string {
			id := c.start("x")
			c.report(id, `{"step":"one","step_progress":10}`)
			return id
		},
		sees: func(c client, id, kind, status string) {
			c.get(executions+"/"+id).want(200).is("status", status).is("type", kind)
			c.get(executions+"?status="+status).want(200).is("executions.0.execution_id", id)
			c.get(executions+"/"+id+"/progress").want(200).is("total_steps", 1).is("current_step_name", "one")
		},
		watch: func(c client, id, _, _ string) viewer {
			s := c.watch(id)
			s.next("status").is("status", "running")
			return viewer{
				func() { s.next("progress").is("progress.current_step_name", "one") },
				func() { s.next("cancelled"); s.closes(1000) },
			}
		},
		cancel: func(c client, id, _, _ string) { c.post(executions+"/"+id+"/cancel", nil).want(200) },
	},
	{
		name: "workflows",
		begin: func(c client) string {
			c.flow("flow", "a session", "one", 10)
			return c.session("flow").text("task_id")
		},
		watch: func(c client, _, kind, name string) viewer {
			e := c.listen(siotest.WebSocket)
			e.watch(o{"session_id": name})
			return viewer{
				func() {
					e.next("workflow:progress:"+kind).is("session_id", name).is("step", "one").is("progress", 60).is("workflow_type", kind)
				},
				func() { ended(e, kind, name, "Cancelled") },
			}
		},
		report: func(c client, _, kind, name string) { c.flow(kind, name, "one", 60) },
		cancel: func(c client, _, kind, name string) { c.state(kind, name, "Cancelled") },
	},
}

// TestOneState makes a task on each face, then finds it, watches it, reports on
// it and cancels it on each.
func TestOneState(t *testing.T) {
	t.Parallel()
	for _, made := range faces {
		for _, used := range faces {
			t.Run(made.name+" by "+used.name, func(t *testing.T) {
				t.Parallel()
				w := serve(t)
				id, kind := made.begin(w.client), "agent"
				name := id
				if made.name == "workflows" {
					kind, name = "flow", "a session"
				}
				for _, f := range faces {
					if f.sees != nil {
						f.sees(w.client, id, kind, "running")
					}
				}
				all := viewers(w.client, id, kind, name)
				report := used.report
				if report == nil {
					report = faces[0].report // that face has none of its own
				}
				report(w.client, id, kind, name)
				for _, v := range all {
					v.moved()
				}
				used.cancel(w.client, id, kind, name)
				for _, v := range all {
					v.cancelled()
				}
				for _, f := range faces {
					if f.sees != nil {
						f.sees(w.client, id, kind, "cancelled")
					}
				}
			})
		}
	}
}

func viewers(c client, id, kind, name string) []viewer {
	var all []viewer
	for _, f := range faces {
		all = append(all, f.watch(c, id, kind, name))
	}
	return all
}

// TestOneStateUnnamed holds that a task without a kind is an execution without a
// type, and a workflow of the type "task".
func TestOneStateUnnamed(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.native(o{"title": "no kind"})
	w.get(executions+"/"+id).want(200).is("type", nil).is("target_id", nil)
	e := w.listen(siotest.WebSocket)
	w.report(id, `{"step":"one","step_progress":60}`)
	e.until("workflow:progress:task").is("session_id", id).is("step", "one").is("progress", 60)
}

// TestOneStateAfterRestart holds that all faces go on after a restart of the
// server with what they had.
func TestOneStateAfterRestart(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.start("kept")
	w.report(id, `{"progress":40}`)
	w.flow("crm", "s1", "build", 30)
	before := w.session("crm").text("task_id")
	w.Stop()
	w.Start()
	w.get(executions+"/"+id).want(200).is("status", "running").is("target_id", "kept").is("progress.percentage", 40)
	w.get(executions+"?target_id=kept").want(200).is("pagination.total_items", 1)
	e := w.listen(siotest.WebSocket)
	w.flow("crm", "s1", "build", 50)
	e.next("workflow:progress:crm").is("session_id", "s1").is("progress", 50)
	w.session("crm").is("task_id", before).is("total_steps", 1)
	s := w.watch(id)
	s.next("status").is("progress.percentage", 40)
	w.post(executions+"/"+id+"/cancel", nil).want(200)
	s.next("cancelled")
	s.closes(1000)
}
