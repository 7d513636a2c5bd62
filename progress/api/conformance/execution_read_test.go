package conformance

import (
	"testing"

	"github.com/taskherald/herald/progress/access"
)

// shape is every key of an execution.
func shape(d doc, path string) doc {
	d.t.Helper()
	return d.keys(path, "execution_id", "type", "target_id", "status", "progress", "outputs", "error", "started_at", "completed_at", "failed_at")
}

func TestExecutionGet(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("pending", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		d := shape(c.get(executions+"/"+id).want(200).doc, "")
		d.is("execution_id", id).is("type", "agent").is("target_id", "crm").is("status", "pending")
		d.nulls("progress", "outputs", "error", "started_at", "completed_at", "failed_at")
	})
	t.Run("running", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"progress":40}`)
		d := shape(c.get(executions+"/"+id).want(200).doc, "")
		d.is("status", "running").times("started_at").nulls("outputs", "error", "completed_at", "failed_at")
		d.keys("progress", "current_step", "total_steps", "percentage", "current_step_name").float("percentage", 40)
	})
	t.Run("completed", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"status":"completed","result":{"url":"https://x/ü","n":[1,null]}}`)
		d := shape(c.get(executions+"/"+id).want(200).doc, "")
		d.is("status", "completed").is("outputs", o{"url": "https://x/ü", "n": []any{1, nil}}).times("started_at", "completed_at").nulls("error", "failed_at")
	})
	t.Run("completed without result", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"status":"completed"}`)
		shape(c.get(executions+"/"+id).want(200).doc, "").nulls("outputs", "error", "failed_at")
	})
	t.Run("failed", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"status":"failed","error":{"type":"TimeoutError","message":"too slow","details":{"after":30}}}`)
		d := shape(c.get(executions+"/"+id).want(200).doc, "")
		d.is("status", "failed").is("error", o{"type": "TimeoutError", "message": "too slow", "details": o{"after": 30}})
		d.times("failed_at").nulls("outputs", "completed_at")
	})
	t.Run("failed with a text", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"status":"failed","error":"too slow"}`)
		d := c.get(executions + "/" + id).want(200).doc
		d.keys("error", "type", "message", "details").is("error.message", "too slow").text("error.type")
	})
	t.Run("cancelled", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.command(id, "cancel")
		d := shape(c.get(executions+"/"+id).want(200).doc, "")
		d.is("status", "cancelled").nulls("outputs", "started_at", "completed_at", "failed_at", "progress")
	})
	t.Run("unknown", func(t *testing.T) {
		w.in(t).get(executions+"/exec_0123456789ab").want(404).is("", o{"detail": "Execution 'exec_0123456789ab' not found"})
		w.in(t).get(executions+"/ex%20%27%22").want(404).is("", o{"detail": "Execution 'ex '\"' not found"})
	})
	t.Run("another face", func(t *testing.T) {
		c := w.in(t)
		id := c.native(o{"title": "CRM"})
		shape(c.get(executions+"/"+id).want(200).doc, "").is("execution_id", id).is("target_id", nil).is("status", "pending")
		kind := c.native(o{"title": "CRM", "kind": "import"})
		c.get(executions+"/"+kind).want(200).is("type", "import")
		aimed := c.native(o{"title": "CRM", "kind": "agent", "labels": o{"target_id": "aim"}})
		c.get(executions+"/"+aimed).want(200).is("type", "agent").is("target_id", "aim")
		c.get(executions+"?type=agent&target_id=aim").want(200).is("executions.0.execution_id", aimed).is("pagination.total_items", 1)
	})
	t.Run("restarted", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"status":"completed","result":{"a":1}}`)
		c.command(id, "restart")
		d := shape(c.get(executions+"/"+id).want(200).doc, "").is("status", "pending")
		d.nulls("progress", "outputs", "error", "started_at", "completed_at", "failed_at")
	})
	t.Run("retried", func(t *testing.T) {
		c := w.in(t)
		id := c.start("crm")
		c.report(id, `{"step":"one","step_progress":40}`)
		c.report(id, `{"step":"one","step_status":"failed","error":"x"}`)
		c.get(executions+"/"+id).want(200).is("status", "failed")
		c.post("/api/tasks/"+id+"/steps/1/retry", nil).want(200)
		d := shape(c.get(executions+"/"+id).want(200).doc, "").is("status", "pending")
		d.nulls("outputs", "error", "completed_at", "failed_at")
		c.get(executions + "/" + id + "/progress").want(200)
	})
}

// TestExecutionUnseen holds that another person's task does not exist.
func TestExecutionUnseen(t *testing.T) {
	t.Parallel()
	w := serve(t)
	alice, bob := w.as("alice", access.RoleMember), w.as("bob", access.RoleMember)
	id := alice.native(o{"title": "hers", "kind": "agent", "owner": "alice"})
	alice.get(executions + "/" + id).want(200)
	gone := o{"detail": "Execution '" + id + "' not found"}
	bob.get(executions+"/"+id).want(404).is("", gone)
	bob.get(executions+"/"+id+"/progress").want(404).is("", gone)
	bob.post(executions+"/"+id+"/cancel", nil).want(404).is("", gone)
	bob.get(executions).want(200).is("executions", []any{}).is("pagination.total_items", 0)
	w.as("olga", access.RoleOperator).get(executions).want(200).is("pagination.total_items", 1)
	s := bob.watch(id)
	s.next("error").is("message", "Execution not found")
	s.closes(1008)
}

// TestExecutionStatuses holds that the face has five statuses.
func TestExecutionStatuses(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, tc := range []struct{ name, do, native string }{
		{"paused", "pause", "paused"},
		{"approval", "ask", "approval"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := w.in(t)
			id := c.start(tc.name)
			c.report(id, `{"step":"one","step_status":"running"}`)
			if tc.do == "ask" {
				c.post("/api/tasks/"+id+"/steps/1/approval", `{"prompt":"ok?"}`).want(201)
			} else {
				c.command(id, tc.do)
			}
			c.get("/api/tasks/"+id).want(200).is("status", tc.native)
			c.get(executions+"/"+id).want(200).is("status", "running")
			c.get(executions+"?status=running&target_id="+tc.name).want(200).is("executions.0.status", "running").is("pagination.total_items", 1)
			c.get(executions+"?status=pending&target_id="+tc.name).want(200).is("pagination.total_items", 0)
			c.post(executions+"/"+id+"/cancel", nil).want(200)
		})
	}
}

func TestExecutionProgress(t *testing.T) {
	t.Parallel()
	w := serve(t)
	path := func(id string) string { return executions + "/" + id + "/progress" }
	planned := func(c client) string {
		return c.native(o{"title": "x", "kind": "agent", "steps": []o{{"name": "fetch"}, {"name": "build"}, {"name": "ship"}}})
	}
	t.Run("none yet", func(t *testing.T) {
		c := w.in(t)
		c.get(path(c.start("x"))).want(204).empty()
		c.get(path(planned(c))).want(204).empty()
	})
	t.Run("unknown", func(t *testing.T) {
		w.in(t).get(path("exec_0123456789ab")).want(404).is("", o{"detail": "Execution 'exec_0123456789ab' not found"})
	})
	t.Run("no steps", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":40}`)
		d := c.get(path(id)).want(200).keys("", "current_step", "total_steps", "percentage", "current_step_name")
		d.is("current_step", 0).is("total_steps", 0).is("current_step_name", nil).float("percentage", 40)
	})
	t.Run("zero", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":0}`)
		c.get(path(id)).want(200).float("percentage", 0)
	})
	t.Run("fraction", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":33.5}`)
		c.get(path(id)).want(200).float("percentage", 33.5)
	})
	t.Run("steps", func(t *testing.T) {
		c := w.in(t)
		id := planned(c)
		c.report(id, `{"step":"fetch","step_status":"running"}`)
		c.get(path(id)).want(200).is("current_step", 0).is("total_steps", 3).is("current_step_name", "fetch").float("percentage", 0)
		c.report(id, `{"step":"fetch","step_status":"completed"}`)
		c.report(id, `{"step":"build","step_progress":50}`)
		c.get(path(id)).want(200).is("current_step", 1).is("total_steps", 3).is("current_step_name", "build").float("percentage", 50)
		c.report(id, `{"step":"build","step_status":"skipped"}`)
		c.get(path(id)).want(200).is("current_step", 2)
		c.report(id, `{"step":"ship","step_status":"completed"}`)
		c.report(id, `{"status":"completed"}`)
		c.get(path(id)).want(200).is("current_step", 3).is("total_steps", 3).float("percentage", 100)
	})
	t.Run("total at the end", func(t *testing.T) {
		c := w.in(t)
		id := planned(c)
		c.report(id, `{"step":"fetch","step_progress":50}`)
		c.report(id, `{"status":"completed"}`)
		c.get(path(id)).want(200).is("current_step", 3).float("percentage", 100)
	})
	t.Run("overall percent", func(t *testing.T) {
		c := w.in(t)
		id := planned(c)
		c.report(id, `{"step":"build","step_progress":60,"progress":65}`)
		c.get(path(id)).want(200).float("percentage", 65)
		c.get("/api/tasks/"+id+"/progress").want(200).is("progress", 65)
	})
	t.Run("after a failure", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":40}`)
		c.report(id, `{"status":"failed","error":"no"}`)
		c.get(path(id)).want(200).float("percentage", 40)
		c.get(executions+"/"+id).want(200).is("progress.percentage", 40)
	})
	t.Run("after a cancellation", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":40}`)
		c.command(id, "cancel")
		c.get(path(id)).want(200).float("percentage", 40)
	})
	t.Run("never, to the end", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.post(executions+"/"+id+"/cancel", nil).want(200)
		c.get(path(id)).want(204).empty()
	})
	t.Run("of this run", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":40}`)
		c.command(id, "restart")
		c.get(path(id)).want(204).empty()
		c.get(executions+"/"+id).want(200).is("status", "pending").is("progress", nil)
	})
}

func TestExecutionCancel(t *testing.T) {
	t.Parallel()
	w := serve(t)
	cancel := func(c client, id string) reply { return c.post(executions+"/"+id+"/cancel", nil) }
	t.Run("pending", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		d := cancel(c, id).want(200).keys("", "message", "data").is("message", "Execution cancelled successfully")
		d.keys("data", "execution_id", "status", "cancelled_at").is("data.execution_id", id).is("data.status", "cancelled").times("data.cancelled_at")
		c.get("/api/tasks/"+id).want(200).is("status", "cancelled")
	})
	t.Run("with a body", func(t *testing.T) {
		c := w.in(t)
		c.post(executions+"/"+c.start("x")+"/cancel", `{}`).want(200)
		id := c.start("x")
		c.post(executions+"/"+id+"/cancel", `{"reason":"enough","other":1}`).want(200)
		c.get("/api/tasks/"+id).want(200).is("reason", "enough")
	})
	t.Run("the worker hears of it", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"progress":10}`)
		cancel(c, id).want(200)
		c.post("/api/tasks/"+id+"/progress", `{"progress":20}`).want(409).is("control", "cancel")
		c.get(executions+"/"+id+"/progress").want(200).float("percentage", 10)
	})
	t.Run("unknown", func(t *testing.T) {
		cancel(w.in(t), "exec_0123456789ab").want(404).is("", o{"detail": "Execution 'exec_0123456789ab' not found"})
	})
	t.Run("cancelled", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		cancel(c, id).want(200)
		cancel(c, id).want(400).is("", o{"detail": "Cannot cancel execution with status 'cancelled'"})
	})
	t.Run("completed", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"status":"completed"}`)
		cancel(c, id).want(400).is("", o{"detail": "Cannot cancel execution with status 'completed'"})
	})
	t.Run("failed", func(t *testing.T) {
		c := w.in(t)
		id := c.start("x")
		c.report(id, `{"status":"failed"}`)
		cancel(c, id).want(400).is("", o{"detail": "Cannot cancel execution with status 'failed'"})
	})
	t.Run("at once by many", func(t *testing.T) {
		c := w.in(t)
		id, codes := c.start("x"), make(chan int, 8)
		for range cap(codes) {
			go func() { codes <- cancel(c, id).status }()
		}
		won := 0
		for range cap(codes) {
			switch code := <-codes; code {
			case 200:
				won++
			case 400:
			default:
				t.Errorf("answered %d", code)
			}
		}
		if won != 1 {
			t.Errorf("%d cancelled it", won)
		}
	})
}
