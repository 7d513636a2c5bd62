package conformance

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestEvents holds what each report is told as, by every transport.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			c := w.in(t)
			kind := "crm " + transport
			e := c.listen(transport)
			c.post(workflows, o{"session_id": "s1", "workflow_type": kind, "step": "build", "progress": 40.5, "metadata": o{"k": []any{1, nil, "ü"}}}).want(200)
			e.next("workflow:progress:"+kind).is("", o{
				"session_id": "s1", "step": "build", "progress": 40.5, "workflow_type": kind, "metadata": o{"k": []any{1, nil, "ü"}},
			})
			c.flow(kind, "s1", "build", 41)
			e.next("workflow:progress:"+kind).is("", o{"session_id": "s1", "step": "build", "progress": 41, "workflow_type": kind, "metadata": o{}})
			c.flow(kind, "s2", "test", 0)
			e.next("workflow:progress:"+kind).is("", o{"session_id": "s2", "step": "test", "progress": 0, "workflow_type": kind, "metadata": o{}})
			e.silent("all was told")
		})
	}
}

func TestEventsOfProgress(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("null metadata", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(workflows, o{"session_id": "s", "workflow_type": "null", "step": "x", "progress": 1, "metadata": nil}).want(200)
		e.next("workflow:progress:null").is("metadata", o{})
	})
	t.Run("metadata is of its report", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(workflows, o{"session_id": "s", "workflow_type": "meta", "step": "x", "progress": 1, "metadata": o{"a": 1}}).want(200)
		c.post(workflows, o{"session_id": "s", "workflow_type": "meta", "step": "x", "progress": 2, "metadata": o{"b": 2}}).want(200)
		c.flow("meta", "s", "x", 3)
		e.next("workflow:progress:meta").is("metadata", o{"a": 1})
		e.next("workflow:progress:meta").is("metadata", o{"b": 2})
		e.next("workflow:progress:meta").is("metadata", o{})
	})
	t.Run("only metadata changes", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		for i := range 3 {
			c.post(workflows, o{"session_id": "s", "workflow_type": "only", "step": "x", "progress": 1, "metadata": o{"row": i}}).want(200)
			e.next("workflow:progress:only").is("metadata", o{"row": i}).is("progress", 1)
		}
	})
	t.Run("names as they are", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.Polling)
		for i, kind := range []string{"data-import", "a.b:c/d", "Größe ☎ \u001e", "'\"<&>\\", "line\nbreak", "42"} {
			c.flow(kind, fmt.Sprint(i, " \u001e ☎\n\""), kind, 5)
			e.next("workflow:progress:"+kind).is("workflow_type", kind).is("session_id", fmt.Sprint(i, " \u001e ☎\n\"")).is("step", kind)
		}
	})
	t.Run("refused reports", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(workflows, flowingWith("progress", 101)).want(400)
		c.post(workflows, "{}").want(400)
		e.silent("the reports were refused")
	})
	t.Run("callback", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(callbacks+"progress", o{"flow": "etl", "flow_run": "r1", "status": "extract", "progress": 25, "message": "rows", "user_id": "u7"}).want(200)
		d := e.next("workflow:progress:etl").keys("", "session_id", "step", "progress", "workflow_type", "metadata")
		d.is("session_id", "r1").is("step", "extract").is("progress", 25).is("workflow_type", "etl")
		d.is("metadata", o{"message": "rows", "user_id": "u7"})
		c.post(callbacks+"progress", o{"flow": "etl", "flow_run": "r1", "status": "extract", "progress": 26}).want(200)
		e.next("workflow:progress:etl").is("metadata", o{})
	})
	t.Run("one event a report", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		for i := range 20 {
			c.flow("one", "s", fmt.Sprint("step ", i%3), float64(i))
		}
		for i := range 20 {
			e.next("workflow:progress:one").is("progress", i).is("step", fmt.Sprint("step ", i%3))
		}
		e.silent("there were twenty reports")
	})
	t.Run("what was reported, lower too", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("lower", "s", "x", 50)
		c.flow("lower", "s", "x", 30)
		e.next("workflow:progress:lower").is("progress", 50)
		e.next("workflow:progress:lower").is("progress", 30)
	})
	t.Run("to all who listen", func(t *testing.T) {
		c := w.in(t)
		var all []ear
		for i := range 12 {
			all = append(all, c.listen(transports[i%len(transports)]))
		}
		c.flow("all", "s", "x", 7)
		for _, e := range all {
			e.next("workflow:progress:all").is("progress", 7)
		}
	})
}

// ended is the state event of an end, behind whatever is told before: steps, and
// that it runs.
func ended(e ear, kind, session, state string) doc {
	e.t.Helper()
	d := e.until("workflow:state:" + kind)
	for d.at("state") == "Running" && state != "Running" {
		d = e.until("workflow:state:" + kind)
	}
	return d.is("flow", kind).is("flow_run", session).is("state", state)
}

func TestEventsOfState(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("whole", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(callbacks+"state", o{"flow": "whole", "flow_run": "r1", "state": "Completed", "user_id": "u7", "result": o{"rows": 5}}).want(200)
		ended(e, "whole", "r1", "Completed").is("", o{"flow": "whole", "flow_run": "r1", "state": "Completed", "user_id": "u7", "result": o{"rows": 5}})
		e.silent("one state was told")
	})
	t.Run("least", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.state("least", "r1", "Running")
		e.next("workflow:state:least").is("", o{"flow": "least", "flow_run": "r1", "state": "Running"})
		for _, state := range []string{"Completed", "Failed", "Cancelled"} {
			c.state("least"+state, "r1", state)
			ended(e, "least"+state, "r1", state).is("", o{"flow": "least" + state, "flow_run": "r1", "state": state})
		}
	})
	t.Run("words", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		for i, tc := range []struct{ said, told string }{
			{"COMPLETED", "Completed"}, {"failed", "Failed"}, {"Crashed", "Crashed"}, {"cancelled", "Cancelled"}, {"paused", "Paused"},
			{"RUNNING", "Running"}, {"Retrying", "Retrying"},
		} {
			kind := fmt.Sprint("word", i)
			c.flow(kind, "r", "x", 5)
			c.state(kind, "r", tc.said)
			ended(e, kind, "r", tc.told)
		}
	})
	t.Run("in turn", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.flow("turn", "r", "x", 5)
		e.next("workflow:progress:turn")
		for _, state := range []string{"Paused", "Running", "Paused", "Running", "Cancelled"} {
			c.state("turn", "r", state)
			e.next("workflow:state:turn").is("state", state)
		}
	})
	t.Run("refused states", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		c.post(callbacks+"state", o{"flow": "f", "flow_run": "r"}).want(400)
		e.silent("the state was refused")
	})
}

// TestEventsOfNative holds that what is done to a session on the native face is
// told like its own reports.
func TestEventsOfNative(t *testing.T) {
	t.Parallel()
	w := serve(t)
	begun := func(t *testing.T, kind string) (client, string, ear) {
		t.Helper()
		c := w.in(t)
		c.flow(kind, "s", "one", 5)
		return c, c.session(kind).text("task_id"), c.listen(siotest.WebSocket)
	}
	t.Run("report", func(t *testing.T) {
		c, id, e := begun(t, "report")
		c.report(id, `{"step":"two","step_progress":30}`)
		d := e.next("workflow:progress:report").keys("", "session_id", "step", "progress", "workflow_type", "metadata")
		d.is("session_id", "s").is("step", "two").is("progress", 30).is("workflow_type", "report")
		c.report(id, `{"step":1,"step_progress":60}`)
		e.next("workflow:progress:report").is("step", "one").is("progress", 60)
	})
	t.Run("bulk", func(t *testing.T) {
		c, id, e := begun(t, "bulk")
		c.post("/api/reports", fmt.Sprintf(`{"task_id":%q,"step":"one","step_progress":33}`+"\n", id), "Content-Type: application/x-ndjson").want(200)
		e.next("workflow:progress:bulk").is("step", "one").is("progress", 33)
	})
	t.Run("pause and resume", func(t *testing.T) {
		c, id, e := begun(t, "pause")
		c.command(id, "pause")
		e.until("workflow:state:pause").is("", o{"flow": "pause", "flow_run": "s", "state": "Paused"})
		c.command(id, "resume")
		e.until("workflow:state:pause").is("", o{"flow": "pause", "flow_run": "s", "state": "Running"})
	})
	t.Run("cancel", func(t *testing.T) {
		c, id, e := begun(t, "cancel")
		c.command(id, "cancel")
		ended(e, "cancel", "s", "Cancelled")
	})
	t.Run("completed", func(t *testing.T) {
		c, id, e := begun(t, "completed")
		c.report(id, `{"status":"completed","result":{"a":1}}`)
		ended(e, "completed", "s", "Completed").is("result", o{"a": 1})
	})
	t.Run("failed", func(t *testing.T) {
		c, id, e := begun(t, "failed")
		c.report(id, `{"status":"failed","error":"no"}`)
		ended(e, "failed", "s", "Failed")
	})
	t.Run("restart", func(t *testing.T) {
		c, id, e := begun(t, "restart")
		c.command(id, "cancel")
		ended(e, "restart", "s", "Cancelled")
		c.command(id, "restart")
		e.until("workflow:state:restart").is("state", "Pending")
		c.report(id, `{"step":"one","step_progress":1}`)
		e.until("workflow:progress:restart").is("step", "one").is("progress", 1)
	})
	t.Run("executions", func(t *testing.T) {
		c, id, e := begun(t, "executions")
		c.post(executions+"/"+id+"/cancel", nil).want(200)
		ended(e, "executions", "s", "Cancelled")
	})
}

func TestWatch(t *testing.T) {
	t.Parallel()
	w := serve(t)
	both := func(t *testing.T, narrow ...o) (client, ear) {
		t.Helper()
		c := w.in(t)
		e := c.listen(siotest.WebSocket)
		for _, what := range narrow {
			e.watch(what)
		}
		return c, e
	}
	t.Run("by session", func(t *testing.T) {
		c, e := both(t, o{"session_id": "mine"})
		c.flow("w1", "other", "x", 5)
		c.flow("w1", "mine", "x", 6)
		e.next("workflow:progress:w1").is("session_id", "mine")
		c.state("w1", "other", "Cancelled")
		c.state("w1", "mine", "Cancelled")
		ended(e, "w1", "mine", "Cancelled")
	})
	t.Run("by type", func(t *testing.T) {
		c, e := both(t, o{"workflow_type": "w2"})
		c.flow("other", "s", "x", 5)
		c.flow("w2", "s", "x", 6)
		e.next("workflow:progress:w2").is("progress", 6)
		c.state("other", "s", "Cancelled")
		c.state("w2", "s", "Cancelled")
		ended(e, "w2", "s", "Cancelled")
	})
	t.Run("both at once", func(t *testing.T) {
		c, e := both(t, o{"session_id": "w3", "workflow_type": "w3"})
		c.flow("w3", "other", "x", 5)
		c.flow("w3other", "w3", "x", 5)
		c.flow("w3", "w3", "x", 6)
		e.next("workflow:progress:w3").is("session_id", "w3")
	})
	t.Run("several", func(t *testing.T) {
		c, e := both(t, o{"session_id": "w4"}, o{"workflow_type": "w4"})
		c.flow("w4", "a", "x", 5)
		e.next("workflow:progress:w4")
		c.flow("w4other", "w4", "x", 5)
		e.next("workflow:progress:w4other")
		c.flow("w4other", "a", "x", 5)
		e.silent("nobody asked for it")
	})
	t.Run("by polling", func(t *testing.T) {
		c := w.in(t)
		e := c.listen(siotest.Polling)
		e.watch(o{"session_id": "w5"})
		c.flow("w5", "other", "x", 5)
		c.flow("w5", "w5", "x", 6)
		e.next("workflow:progress:w5").is("session_id", "w5")
	})
	t.Run("others are not narrowed", func(t *testing.T) {
		c, _ := both(t, o{"session_id": "w6"})
		e := c.listen(siotest.WebSocket)
		c.flow("w6", "other", "x", 5)
		e.next("workflow:progress:w6")
	})
	t.Run("bad", func(t *testing.T) {
		_, e := both(t)
		for _, what := range []any{o{}, nil, 5, "x", []any{}, o{"session_id": 5}, o{"workflow_type": []any{}}} {
			e.ask("workflow:watch", what).is("success", false).text("error")
		}
	})
	t.Run("without an acknowledgement", func(t *testing.T) {
		c, e := both(t)
		if err := e.Send(t.Context(), "workflow:watch", o{"session_id": "w7"}); err != nil {
			t.Fatal(err)
		}
		e.watch(o{"session_id": "w7"}) // it is behind
		c.flow("w7", "other", "x", 5)
		c.flow("w7", "w7", "x", 6)
		e.next("workflow:progress:w7").is("session_id", "w7")
	})
	t.Run("an unknown event", func(t *testing.T) {
		c, e := both(t)
		if err := e.Send(t.Context(), "something:else", o{"a": 1}); err != nil {
			t.Fatal(err)
		}
		c.flow("w8", "s", "x", 5)
		e.next("workflow:progress:w8")
	})
}

// TestEventsPrivate holds that events reach only those who may see the task.
func TestEventsPrivate(t *testing.T) {
	t.Parallel()
	w := serve(t)
	alice, bob, olga := w.as("alice", access.RoleMember), w.as("bob", access.RoleMember), w.as("olga", access.RoleOperator)
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			in := func(c client) ear { return c.in(t).listen(transport) }
			hers, his, all, admins := in(alice), in(bob), in(olga), in(w.client)
			asked := in(bob)
			asked.watch(o{"session_id": "hers"})
			kind := "private-" + transport
			alice.flow(kind, "hers", "x", 5)
			alice.state(kind, "hers", "Cancelled")
			for _, e := range []ear{hers, all, admins} {
				e.next("workflow:progress:"+kind).is("session_id", "hers")
				ended(e, kind, "hers", "Cancelled")
			}
			his.silent("it is her session")
			asked.silent("it is her session, whoever asks")
			bob.flow(kind, "his", "x", 6)
			his.next("workflow:progress:"+kind).is("session_id", "his")
			all.next("workflow:progress:"+kind).is("session_id", "his")
			hers.silent("it is his session")
		})
	}
	alice.get("/api/tasks").want(200)
	for _, task := range bob.get("/api/tasks?kind=private-websocket").want(200).list("tasks") {
		if task.(o)["owner"] == "alice" {
			t.Errorf("he sees her task: %v", task)
		}
	}
}

// TestSameSessionName holds that one person's session is no other's, though they
// gave it the same name.
func TestSameSessionName(t *testing.T) {
	t.Parallel()
	w := serve(t)
	alice, bob := w.as("alice", access.RoleMember), w.as("bob", access.RoleMember)
	alice.flow("crm", "s1", "hers", 5)
	if r := bob.post(workflows, o{"session_id": "s1", "workflow_type": "crm", "step": "his", "progress": 6}); r.status >= 500 {
		t.Errorf("answered %d: %s", r.status, r.raw)
	}
	alice.session("crm").is("total_steps", 1).is("steps.0.name", "hers")
}
