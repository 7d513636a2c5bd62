package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// ids are those of a page of tasks, in order.
func (r reply) ids() (out []string) {
	r.t.Helper()
	for _, one := range r.want(200).get("tasks").([]any) {
		out = append(out, one.(map[string]any)["task_id"].(string))
	}
	return out
}

// typeOf is the JSON type of a value.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "list"
	}
	return "object"
}

// TestProgressDocument holds the names and types that existing clients read.
func TestProgressDocument(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":1,"substep":"x","substep_done":true,"step_status":"completed","worker":"w","seq":2}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":2,"step_progress":50,"progress":65,"worker":"w","seq":3}`).want(200)
	r := s.do(t, s.token, "GET", "/api/tasks/t/progress", nil).want(200)
	r.is("task_id", "t").is("title", "T").is("status", "running").is("progress", 65).is("current_step", 2).is("total_steps", 3)
	for path, want := range map[string]string{
		"task_id": "string", "title": "string", "status": "string", "progress": "number", "current_step": "number", "total_steps": "number",
		"started_at": "string", "eta_seconds": "null number", "eta": "null object", "steps": "list", "steps.0.order": "number", "steps.0.name": "string", "steps.0.status": "string",
		"steps.0.progress": "number", "steps.0.duration_ms": "number", "steps.0.substeps": "list", "steps.0.substeps.0.name": "string",
		"steps.0.substeps.0.done": "bool", "steps.0.substeps.0.status": "string", "steps.1.substeps": "list",
	} {
		if got := typeOf(r.get(path)); !strings.Contains(want, got) {
			t.Errorf("%s is a %s, want %s", path, got, want)
		}
	}
	if r.has("steps.1.duration_ms") || r.has("inputs") || r.has("lease") {
		t.Errorf("too much is shown: %s", r.body)
	}
	r.is("steps.0.order", 1).is("steps.0.status", "completed").is("steps.0.substeps.0.done", true).is("steps.0.substeps.0.status", "completed").is("steps.1.progress", 50)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"new","title":"N"}`).want(201)
	empty := s.do(t, s.token, "GET", "/api/tasks/new/progress", nil).want(200)
	empty.is("started_at", nil).is("eta_seconds", nil).is("eta", nil).is("progress", 0).is("total_steps", 0)
	if list, ok := empty.get("steps").([]any); !ok || len(list) != 0 {
		t.Errorf("no steps are shown as %v", empty.get("steps"))
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for i, body := range []string{
		`"kind":"import","owner":"ann","labels":{"env":"prod","team":"a:b"}`, `"kind":"import","owner":"bob","labels":{"env":"test"}`,
		`"kind":"crm","owner":"ann","labels":{"env":"prod"}`, `"kind":"crm","title":"50%_off \\ 'x'"`,
	} {
		s.do(t, s.token, "POST", "/api/tasks", fmt.Sprintf(`{"id":"t%d","title":"Task %d",%s}`, i, i, body)).want(201)
	}
	s.do(t, s.token, "POST", "/api/tasks/t1/progress", `{"status":"completed"}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t2/progress", `{"progress":5}`).want(200)
	for query, want := range map[string]string{
		"": "t3 t2 t1 t0", "status=pending": "t3 t0", "status=running": "t2", "status=running,completed": "t2 t1", "status=running&status=completed": "t2 t1",
		"kind=import": "t1 t0", "kind=none": "", "owner=ann": "t2 t0", "kind=crm&owner=ann": "t2", "label=env:prod": "t2 t0", "label=env:prod&label=team:a:b": "t0",
		"label=env:prod&label=env:test": "", "label=env:": "", "q=task": "t2 t1 t0", "q=task+2": "t2", "q=50%25_": "t3", "q=%25": "t3", "q=_": "t3", "q=%27": "t3", "q=%5C": "t3",
		"created_from=2001-01-01T00:00:00Z": "t3 t2 t1 t0", "created_to=2001-01-01T00:00:00Z": "", "updated_from=2101-01-01T00:00:00Z": "", "updated_to=2101-01-01T00:00:00Z": "t3 t2 t1 t0",
		"unknown=1": "t3 t2 t1 t0",
	} {
		r := s.outside(t, s.token, "GET", "/api/tasks?"+query, nil)
		if got := strings.Join(r.ids(), " "); got != want {
			t.Errorf("?%s gives %s, want %s", query, got, want)
		}
		total := s.outside(t, s.token, "GET", "/api/stats?"+query, nil).want(200).get("total")
		if total != float64(len(strings.Fields(want))) {
			t.Errorf("stats?%s counts %v", query, total)
		}
	}
	r := s.do(t, s.token, "GET", "/api/tasks?limit=1", nil)
	for _, field := range []string{"tasks.0.inputs", "tasks.0.steps.0.substeps"} {
		if r.has(field) {
			t.Errorf("%s is in a list", field)
		}
	}
}

// TestPages reads page by page while tasks are added: each that was there at
// the beginning comes once, newest first.
func TestPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	add := func(id string) { s.do(t, s.token, "POST", "/api/tasks", `{"id":"`+id+`","title":"T"}`).want(201) }
	var want, got []string
	for i := range 23 {
		id := fmt.Sprintf("t%02d", i)
		add(id)
		want = append([]string{id}, want...)
	}
	cursor := ""
	for n := 0; ; n++ {
		r := s.do(t, s.token, "GET", "/api/tasks?limit=5&cursor="+url.QueryEscape(cursor), nil)
		got = append(got, r.ids()...)
		if r.get("next") == nil {
			break
		}
		cursor = r.get("next").(string)
		add(fmt.Sprintf("new%d", n))
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages give %v", got)
	}
}

func TestEventPages(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for range 4 {
		s.do(t, s.token, "POST", "/api/tasks/t/pause", nil).want(200)
		s.do(t, s.token, "POST", "/api/tasks/t/resume", nil).want(200)
	}
	last := s.do(t, s.token, "GET", "/api/tasks/t", nil).get("seq").(float64)
	seen := 0.0
	for {
		r := s.do(t, s.token, "GET", fmt.Sprintf("/api/tasks/t/events?limit=3&since=%.0f", seen), nil).want(200)
		for _, e := range r.get("events").([]any) {
			if seq := e.(map[string]any)["seq"]; seq != seen+1 {
				t.Fatalf("event %v after %v", seq, seen)
			}
			seen++
		}
		if r.get("next") == nil {
			break
		}
		r.is("next", seen)
	}
	if seen != last {
		t.Errorf("%v events of %v", seen, last)
	}
	empty := s.do(t, s.token, "GET", "/api/tasks/t/events?since=9999", nil).want(200)
	if list := empty.get("events").([]any); len(list) != 0 || empty.get("next") != nil {
		t.Errorf("past the end: %s", empty.body)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	s.do(t, s.token, "POST", "/api/tasks/t/restart", `{"inputs":{"n":2},"reason":"again"}`).want(200).is("run", 2).is("progress", 0).is("inputs.n", 2)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"failed","error":{"type":"io","message":"m","details":{"a":[1]}}}`).want(200)
	s.do(t, s.token, "GET", "/api/tasks/t", nil).is("error.type", "io").is("error.message", "m").is("error.step", 1).is("error.details.a.0", 1)
	s.do(t, s.token, "POST", "/api/tasks/t/steps/1/retry", `{"inputs":{"n":3}}`).want(200).is("attempt", 2).is("run", 2).is("inputs.n", 3)
	r := s.do(t, s.token, "GET", "/api/tasks/t/history", nil).want(200).is("runs.0.run", 1).is("runs.0.steps.0.progress", 10)
	if len(r.get("runs").([]any)) != 1 {
		t.Errorf("runs: %s", r.body)
	}
	if len(r.get("snapshots").([]any)) == 0 {
		t.Errorf("no percents of the past: %s", r.body)
	}
	stats := s.do(t, s.token, "GET", "/api/stats", nil).want(200).is("pending", 1).is("total", 1)
	for _, name := range []string{"running", "paused", "approval", "completed", "failed", "cancelled"} {
		stats.is(name, 0)
	}
}
