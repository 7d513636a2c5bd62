package conformance

import (
	"regexp"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
)

// whole is the body of a start with all fields.
func whole() o {
	return o{
		"type": "pipeline", "target_id": "crm", "inputs": o{"name": "Zürich ☎", "n": 3}, "config": o{"callback_events": []any{"completed"}},
		"callback_url": "https://example.com/hook",
	}
}

func without(name string) o {
	b := whole()
	delete(b, name)
	return b
}

func with(name string, v any) o {
	b := whole()
	b[name] = v
	return b
}

var executionID = regexp.MustCompile(`^exec_[0-9a-f]{12}$`)

func TestExecutionStart(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("accepted", func(t *testing.T) {
		r := w.in(t).post(executions, whole()).want(202)
		r.keys("", "execution_id", "status", "message", "status_url", "created_at").is("status", "pending").times("created_at").text("message")
		if id := r.text("execution_id"); !executionID.MatchString(id) {
			t.Errorf("the id is %q", id)
		}
	})
	t.Run("status url", func(t *testing.T) {
		c := w.in(t)
		r := c.post(executions, whole()).want(202)
		r.is("status_url", executions+"/"+r.text("execution_id"))
		c.get(r.text("status_url")).want(200).is("execution_id", r.at("execution_id")).is("status", "pending")
	})
	t.Run("ids differ", func(t *testing.T) {
		c := w.in(t)
		if one, two := c.start("a"), c.start("a"); one == two {
			t.Error("two executions have one id")
		}
	})
	t.Run("optional fields", func(t *testing.T) {
		c := w.in(t)
		for _, name := range []string{"config", "callback_url"} {
			c.post(executions, without(name)).want(202)
			c.post(executions, with(name, nil)).want(202)
		}
	})
	t.Run("both types", func(t *testing.T) {
		c := w.in(t)
		for _, kind := range []string{"agent", "pipeline"} {
			id := c.post(executions, with("type", kind)).want(202).text("execution_id")
			c.get(executions+"/"+id).want(200).is("type", kind)
		}
	})
	t.Run("unknown fields", func(t *testing.T) {
		w.in(t).post(executions, with("what_is_this", o{"a": 1})).want(202)
	})
	t.Run("empty inputs", func(t *testing.T) {
		w.in(t).post(executions, with("inputs", o{})).want(202)
	})
	t.Run("callback url stays secret", func(t *testing.T) {
		c := w.in(t)
		id := c.post(executions, with("callback_url", "https://secret.example/x")).want(202).text("execution_id")
		for _, path := range []string{executions + "/" + id, "/api/tasks/" + id, executions} {
			if r := c.get(path).want(200); strings.Contains(string(r.raw), "secret.example") {
				t.Errorf("%s shows it: %s", path, r.raw)
			}
		}
	})
}

// TestExecutionStartBad holds that a start that is no good is refused with 422
// and where: as FastAPI says it.
func TestExecutionStartBad(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, tc := range []struct {
		name, field string
		body        any
	}{
		{"no type", "type", without("type")},
		{"no target", "target_id", without("target_id")},
		{"no inputs", "inputs", without("inputs")},
		{"null type", "type", with("type", nil)},
		{"null target", "target_id", with("target_id", nil)},
		{"null inputs", "inputs", with("inputs", nil)},
		{"other type", "type", with("type", "robot")},
		{"empty type", "type", with("type", "")},
		{"type in capitals", "type", with("type", "Agent")},
		{"type a number", "type", with("type", 5)},
		{"target a number", "target_id", with("target_id", 5)},
		{"target a list", "target_id", with("target_id", []any{"a"})},
		{"inputs a text", "inputs", with("inputs", "x")},
		{"inputs a list", "inputs", with("inputs", []any{1})},
		{"config a text", "config", with("config", "x")},
		{"config a list", "config", with("config", []any{})},
		{"callback a number", "callback_url", with("callback_url", 5)},
		{"callback no address", "callback_url", with("callback_url", "not a url")},
		{"callback another scheme", "callback_url", with("callback_url", "ftp://example.com/x")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := w.in(t).post(executions, tc.body).want(422)
			r.keys("", "detail").is("detail.0.loc", []any{"body", tc.field}).text("detail.0.msg")
			r.text("detail.0.type")
		})
	}
	w.get(executions).want(200).is("pagination.total_items", 0)
}

// TestExecutionStartMalformed sends what is no JSON object at all.
func TestExecutionStartMalformed(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, body := range []string{"", "{", `{"type":`, "[]", "null", "5", `"x"`, "{}x", "\xff", "{\"type\":\"agent\",}", strings.Repeat("[", 20000)} {
		r := w.post(executions, body).want(422)
		r.is("detail.0.loc.0", "body").text("detail.0.msg")
		r.text("detail.0.type")
	}
	several := w.post(executions, "{}").want(422)
	several.says("detail.0.type", "missing")
}

// TestExecutionIsTask holds that an execution is a task of its type's kind.
func TestExecutionIsTask(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id := w.post(executions, whole()).want(202).text("execution_id")
	t.Run("same id", func(t *testing.T) {
		w.in(t).get("/api/tasks/"+id).want(200).is("task_id", id).is("status", "pending")
	})
	t.Run("kind", func(t *testing.T) {
		w.in(t).get("/api/tasks?kind=pipeline").want(200).is("tasks.0.task_id", id)
	})
	t.Run("inputs", func(t *testing.T) {
		w.in(t).get("/api/tasks/"+id).want(200).is("inputs", o{"name": "Zürich ☎", "n": 3})
	})
	t.Run("claimed", func(t *testing.T) {
		c := w.in(t)
		c.post("/api/tasks/claim", o{"kinds": []string{"agent"}, "worker": "w"}).want(204)
		got := c.post("/api/tasks/claim", o{"kinds": []string{"pipeline"}, "worker": "w"}).want(200)
		got.is("task_id", id).is("inputs.name", "Zürich ☎").text("lease")
		c.report(id, o{"progress": 5, "worker": "w", "lease": got.at("lease")})
		c.get(executions+"/"+id).want(200).is("status", "running")
	})
	t.Run("any program reports", func(t *testing.T) {
		c := w.in(t)
		other := c.start("x")
		c.report(other, `{"progress":5}`)
		c.get(executions+"/"+other).want(200).is("status", "running")
	})
}

// TestExecutionWithoutRight holds that who may only read starts and cancels
// nothing.
func TestExecutionWithoutRight(t *testing.T) {
	t.Parallel()
	w := serve(t)
	viewer, id := w.as("vera", access.RoleViewer), w.start("x")
	viewer.post(executions, whole()).want(403).keys("", "detail").text("detail")
	viewer.post(executions+"/"+id+"/cancel", nil).want(403).keys("", "detail").text("detail")
	viewer.get(executions+"/"+id).want(200).is("status", "pending")
	reporter := w.as("rita", access.RoleOperator, "report")
	reporter.post(executions, whole()).want(202)
	reporter.post(executions+"/"+id+"/cancel", nil).want(403)
	reporter.get(executions + "/" + id).want(403)
	reporter.get(executions).want(403)
	reporter.get(executions + "/" + id + "/progress").want(403)
}
