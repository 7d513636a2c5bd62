package api

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

const key = "Idempotency-Key: "

// TestKeys holds that a request under the same key counts once and gets the
// same reply, whatever happened since.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	bob := s.person(t, "bob", access.RoleOperator, nil)
	first := s.do(t, s.token, "POST", "/api/tasks", `{"title":"A"}`, key+"k").want(201)
	s.do(t, s.token, "POST", "/api/tasks/"+first.get("task_id").(string)+"/progress", `{"progress":40}`).want(200)
	again := s.do(t, s.token, "POST", "/api/tasks", `{"title":"A"}`, key+"k").want(201)
	if string(again.body) != string(first.body) || again.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("the same key got another reply:\n%s\n%s", first.body, again.body)
	}
	if again.header.Get("X-Request-ID") == first.header.Get("X-Request-ID") {
		t.Error("two requests have one id")
	}
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"B"}`, key+"k").want(409)
	other := s.do(t, bob, "POST", "/api/tasks", `{"title":"A"}`, key+"k").want(201)
	if other.get("task_id") == first.get("task_id") {
		t.Error("a key is shared between credentials")
	}
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"A"}`, key+strings.Repeat("k", 256)).want(400)
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"A"}`, key+strings.Repeat("k", 255)).want(201)
}

func TestKeysOfCommands(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	paused := s.do(t, s.token, "POST", "/api/tasks/t/pause", `{}`, key+"k").want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/resume", `{}`, key+"k").want(200).is("status", "running") // another route
	again := s.do(t, s.token, "POST", "/api/tasks/t/pause", `{}`, key+"k").want(200)
	if string(again.body) != string(paused.body) {
		t.Errorf("the same key got another reply:\n%s\n%s", paused.body, again.body)
	}
	s.do(t, s.token, "GET", "/api/tasks/t", nil).is("status", "running")
	s.do(t, s.token, "POST", "/api/tasks/t/pause", `{"reason":"other"}`, key+"k").want(409)
	for range 3 {
		s.do(t, s.token, "POST", "/api/tasks/t/restart", nil, key+"r").want(200).is("run", 2)
		s.do(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"x"},{"line":"y"}]`, key+"l").want(200).is("last", 3).is("lines", 2)
	}
	s.do(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"z"}]`, key+"l").want(409)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"running"}`).want(200)
	asked := s.do(t, s.token, "POST", "/api/tasks/t/steps/1/approval", `{"prompt":"p"}`, key+"a").want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/steps/1/approval", `{"prompt":"p"}`, key+"a").want(201).is("id", asked.get("id"))
	s.do(t, s.token, "POST", "/api/tasks/t/steps/1/approval", `{"prompt":"q"}`, key+"a").want(409)
}

// TestOneKeyManyTimes sends one request many times at once.
func TestOneKeyManyTimes(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	bodies := make([]string, 30)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() {
			bodies[i] = string(s.outside(t, s.token, "POST", "/api/tasks", `{"title":"One"}`, key+"k").body)
		})
	}
	all.Wait()
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("two replies:\n%s\n%s", bodies[0], b)
		}
	}
	s.do(t, s.token, "GET", "/api/stats", nil).is("total", 2)
}

// TestKeysOfGuests holds that a guest's POST counts once under a key, the caller's
// own and the path's, and that nothing else takes one.
func TestKeysOfGuests(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	count := func(c *kit.Call) error {
		c.Writer.Header().Set("Location", "/api/counted")
		c.Reply(http.StatusCreated, map[string]int64{"calls": calls.Add(1)})
		return nil
	}
	s := newServer(t, func(o *setup) {
		o.api.Guests = []kit.Guest{{Routes: []kit.Route{
			{Method: http.MethodPost, Path: "/api/count/:id", Name: "count", Do: count}, {Method: http.MethodPut, Path: "/api/count/:id", Name: "put", Do: count},
		}, Described: fstest.MapFS{}}}
	})
	bob := s.person(t, "bob", access.RoleOperator, nil)
	first := s.outside(t, s.token, "POST", "/api/count/a", `{}`, key+"k").want(201).is("calls", 1)
	again := s.outside(t, s.token, "POST", "/api/count/a", `{}`, key+"k").want(201).is("calls", 1)
	if again.header.Get("Location") != "/api/counted" || again.header.Get("X-Request-ID") == first.header.Get("X-Request-ID") {
		t.Errorf("headers %v", again.header)
	}
	if p := s.outside(t, s.token, "POST", "/api/count/a", `{"x":1}`, key+"k").want(409).problem(); p.Errors[0].Field != "Idempotency-Key" {
		t.Errorf("%+v", p)
	}
	s.outside(t, s.token, "POST", "/api/count/a", `{}`, key+strings.Repeat("k", 256)).want(400)
	s.outside(t, bob, "POST", "/api/count/a", `{}`, key+"k").want(201).is("calls", 2)
	s.outside(t, s.token, "POST", "/api/count/b", `{}`, key+"k").want(201).is("calls", 3)
	s.outside(t, s.token, "POST", "/api/count/a", `{}`).want(201).is("calls", 4)
	s.outside(t, s.token, "POST", "/api/count/a", `{}`).want(201).is("calls", 5)
	s.outside(t, s.token, "PUT", "/api/count/a", `{}`, key+"k").want(201).is("calls", 6)
	s.outside(t, "", "POST", "/api/count/a", `{}`, key+"k").want(401)
}
