package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// calls are one good request of each route of the two faces, on the execution
// that has the id.
func calls(id string) []struct{ method, path, body string } {
	return []struct{ method, path, body string }{
		{"POST", executions, `{"type":"agent","target_id":"x","inputs":{}}`},
		{"GET", executions, ""},
		{"GET", executions + "/" + id, ""},
		{"GET", executions + "/" + id + "/progress", ""},
		{"POST", executions + "/" + id + "/cancel", ""},
		{"POST", workflows, `{"session_id":"s","workflow_type":"common","step":"x","progress":1}`},
		{"POST", callbacks + "progress", `{"flow":"common","flow_run":"s","status":"x","progress":2}`},
		{"POST", callbacks + "state", `{"flow":"common","flow_run":"s","state":"Running"}`},
	}
}

// TestCommonCredentials holds that every route wants a credential, in the places
// that there are for it.
func TestCommonCredentials(t *testing.T) {
	t.Parallel()
	w := serve(t)
	nobody := client{t, w.URL, ""}
	id := w.start("x")
	shape := func(path string, r reply) {
		if strings.HasPrefix(path, executions) {
			r.keys("", "detail").text("detail")
		} else {
			failure(r)
		}
	}
	t.Run("none or bad", func(t *testing.T) {
		c := nobody.in(t)
		for _, call := range calls(id) {
			shape(call.path, c.do(call.method, call.path, call.body).want(401))
			shape(call.path, c.do(call.method, call.path, call.body, "Authorization: Bearer nonsense").want(401))
			shape(call.path, c.do(call.method, call.path, call.body, "Authorization: Basic abc").want(401))
		}
	})
	t.Run("never a query", func(t *testing.T) {
		for _, call := range calls(id) {
			shape(call.path, nobody.in(t).do(call.method, call.path+"?token="+apitest.Admin+"&access_token="+apitest.Admin, call.body).want(401))
		}
	})
	t.Run("session cookie", func(t *testing.T) {
		c := nobody.in(t)
		cookie, _, _ := strings.Cut(c.post("/api/login", o{"token": apitest.Admin}).want(200).header.Get("Set-Cookie"), ";")
		for _, call := range calls(w.start("x")) {
			if r := c.do(call.method, call.path, call.body, "Cookie: "+cookie, "Origin: "+w.URL); r.status >= 300 {
				t.Errorf("%s answered %d: %s", r.asked, r.status, r.raw)
			}
		}
	})
	w.get(executions+"/"+id).want(200).is("status", "pending")
}

// TestCommonHeaders holds what every answer carries, a refusal too.
func TestCommonHeaders(t *testing.T) {
	t.Parallel()
	w := serve(t)
	nobody := client{t, w.URL, ""}
	seen := map[string]bool{}
	check := func(r reply) {
		t.Helper()
		id := r.header.Get("X-Request-ID")
		if id == "" || seen[id] {
			t.Errorf("%s: the request's id is %q", r.asked, id)
		}
		seen[id] = true
		if ct := r.header.Get("Content-Type"); len(r.raw) > 0 && !strings.HasPrefix(ct, "application/json") {
			t.Errorf("%s: the content type is %q", r.asked, ct)
		}
	}
	for _, call := range calls(w.start("x")) {
		check(w.do(call.method, call.path, call.body))
		check(w.do(call.method, call.path, "{"))
		check(nobody.do(call.method, call.path, call.body))
	}
	for _, path := range []string{executions + "/nothing", executions + "/nothing/progress", executions + "?page=0"} {
		check(w.get(path))
	}
	r := w.get(executions, "X-Request-ID: mine-123")
	if id := r.header.Get("X-Request-ID"); id != "mine-123" {
		t.Errorf("the caller's own id became %q", id)
	}
}

// TestCommonKeys holds that a POST that creates or commands counts once under
// one key, for one credential on one route.
func TestCommonKeys(t *testing.T) {
	t.Parallel()
	w := serve(t)
	const key = "Idempotency-Key: k"
	body := `{"type":"agent","target_id":"x","inputs":{}}`
	first := w.post(executions, body, key).want(202)
	t.Run("same reply", func(t *testing.T) {
		c := w.in(t)
		c.report(first.text("execution_id"), `{"progress":5}`)
		if again := c.post(executions, body, key).want(202); string(again.raw) != string(first.raw) {
			t.Errorf("the same key got another reply:\n%s\n%s", first.raw, again.raw)
		}
		c.get(executions).want(200).is("pagination.total_items", 1)
	})
	t.Run("another body", func(t *testing.T) {
		w.in(t).post(executions, `{"type":"agent","target_id":"other","inputs":{}}`, key).want(409).keys("", "detail")
	})
	t.Run("another credential", func(t *testing.T) {
		c := w.as("olga", access.RoleOperator).in(t)
		if r := c.post(executions, body, key).want(202); r.at("execution_id") == first.at("execution_id") {
			t.Error("two credentials share a key")
		}
	})
	t.Run("cancel", func(t *testing.T) {
		c := w.in(t)
		id := c.start("cancel")
		one := c.post(executions+"/"+id+"/cancel", nil, key).want(200)
		two := c.post(executions+"/"+id+"/cancel", nil, key).want(200)
		if string(one.raw) != string(two.raw) {
			t.Errorf("the same key got another reply:\n%s\n%s", one.raw, two.raw)
		}
		c.post(executions+"/"+id+"/cancel", nil).want(400)
		c.post(executions+"/"+id+"/cancel", `{"reason":"other"}`, key).want(409).keys("", "detail")
	})
	t.Run("at once", func(t *testing.T) {
		c, replies := w.in(t), make(chan string, 8)
		for range cap(replies) {
			go func() { replies <- string(c.post(executions, body, "Idempotency-Key: together").raw) }()
		}
		one := <-replies
		for range cap(replies) - 1 {
			if two := <-replies; two != one {
				t.Errorf("the same key got another reply:\n%s\n%s", one, two)
			}
		}
	})
	t.Run("of reports", func(t *testing.T) {
		c := w.in(t)
		for range 3 {
			c.post(workflows, flowing(), key).want(200).is("", o{"success": true, "event": "workflow:progress:crm"})
		}
		c.session("crm").is("total_steps", 1)
	})
}

// TestCommonLarge holds that what is too large is refused as such.
func TestCommonLarge(t *testing.T) {
	t.Parallel()
	w := serve(t)
	large := strings.Repeat("x", 2<<20)
	w.post(executions, o{"type": "agent", "target_id": "x", "inputs": o{"a": large}}).want(413).keys("", "detail")
	failure(w.post(workflows, flowingWith("metadata", o{"a": large})).want(413))
	failure(w.post(callbacks+"state", o{"flow": "f", "flow_run": "r", "state": "Running", "result": large}).want(413))
	for _, field := range []string{"session_id", "workflow_type", "step"} {
		if r := w.post(workflows, flowingWith(field, strings.Repeat("x", 5000))); r.status != 413 && r.status != 400 {
			t.Errorf("a %s of 5000 letters is answered %d: %s", field, r.status, r.raw)
		} else {
			failure(r)
		}
	}
	if r := w.post(executions, o{"type": "agent", "target_id": strings.Repeat("x", 5000), "inputs": o{}}); r.status != 413 && r.status != 422 {
		t.Errorf("a target of 5000 letters is answered %d: %s", r.status, r.raw)
	}
}

// TestCommonUTF8 holds that texts come back as they went, by every face.
func TestCommonUTF8(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for i, text := range []string{"Zürich", "☎ 日本語", "a\tb\"c\\d", "<script>&amp;", "a\u2028b", "😀"} {
		id := w.post(executions, o{"type": "agent", "target_id": text, "inputs": o{}}).want(202).text("execution_id")
		w.get(executions+"/"+id).want(200).is("target_id", text)
		w.report(id, o{"step": text, "step_status": "running"})
		w.get(executions+"/"+id+"/progress").want(200).is("current_step_name", text)
		s := w.watch(id)
		s.next("status").is("progress.current_step_name", text)
		kind := fmt.Sprint("utf", i)
		w.flow(kind, text, text, 5)
		w.session(kind).is("steps.0.name", text)
	}
}

// TestCommonUnknownPath holds that what there is not is 404, and another method
// 405, on the two faces too.
func TestCommonUnknownPath(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.get(executions + "/x/y/z").want(404)
	w.get("/api/workflows/nothing").want(404)
	w.do("DELETE", executions, nil).want(405)
	w.get(workflows).want(405)
}

// TestCommonRace holds that many readers and writers at once get good answers.
func TestCommonRace(t *testing.T) {
	t.Parallel()
	w := serve(t)
	id, codes := w.start("x"), make(chan int, 90)
	for i := range 30 {
		go func() { codes <- w.post("/api/tasks/"+id+"/progress", o{"progress": i}).status }()
		go func() { codes <- w.get(executions + "/" + id).status }()
		go func() { codes <- w.get(executions + "?status=running").status }()
	}
	for range cap(codes) {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("answered %d", code)
		}
	}
}
