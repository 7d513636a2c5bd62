package api

import (
	"bytes"
	"fmt"
	"testing"
)

// far asks how far an execution is.
func (s *testServer) far(t testing.TB, id string) reply {
	t.Helper()
	return s.do(t, s.token, "GET", executions+"/"+id+"/progress", nil)
}

// unknown holds that there is no progress, nor a word more.
func (r reply) unknown() {
	r.t.Helper()
	r.want(204)
	if _, typed := r.header["Content-Type"]; len(r.body) > 0 || typed || r.header.Get("Cache-Control") != "no-store" {
		r.t.Errorf("no progress is %q, %v", r.body, r.header)
	}
}

// planned is a task of three steps.
func (s *testServer) planned(t testing.TB) string {
	t.Helper()
	r := s.do(t, s.token, "POST", "/api/tasks", `{"title":"T","steps":[{"name":"fetch"},{"name":"build"},{"name":"ship","approval":{"prompt":"Well?"}}]}`)
	return r.want(201).get("task_id").(string)
}

func TestNoExecutionProgress(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, id := range []string{s.start(t, "x"), s.planned(t)} {
		s.far(t, id).unknown()
		s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["agent"],"worker":"w"}`)
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/heartbeat", nil).want(200)
		s.report(t, id, `{"status":"running","message":"soon","metrics":{"n":1}}`)
		s.far(t, id).unknown()
		s.do(t, s.token, "POST", executions+"/"+id+"/cancel", nil).want(200)
		s.far(t, id).unknown()
	}
	id := s.start(t, "x")
	s.report(t, id, `{"step":"one","step_status":"pending"}`) // a longer plan is none
	s.far(t, id).unknown()
	s.report(t, id, `{"status":"completed"}`)
	s.far(t, id).unknown()
	s.do(t, s.token, "GET", executions+"/"+id, nil).is("progress", nil).is("status", "completed")
}

// TestExecutionPercentage holds how the percent is written.
func TestExecutionPercentage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for sent, want := range map[string]string{"0": "0.0", "40": "40.0", "33.5": "33.5", "12.25": "12.25", "1e-7": "0.0000001", "99": "99.0"} {
		id := s.start(t, "x")
		s.report(t, id, `{"progress":`+sent+`}`)
		for _, r := range []reply{s.far(t, id).want(200), s.do(t, s.token, "GET", executions+"/"+id, nil).want(200)} {
			if !bytes.Contains(r.body, []byte(`"percentage":`+want+`,`)) {
				t.Errorf("%s: no percentage %s in %s", sent, want, r.body)
			}
		}
	}
}

// TestExecutionSteps follows an execution through its steps.
func TestExecutionSteps(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.planned(t)
	for _, at := range []struct {
		path, body string
		done       int
		name       string
		percent    float64
	}{
		{"progress", `{"step":"fetch","step_status":"running"}`, 0, "fetch", 0},
		{"progress", `{"step":"fetch","step_status":"completed"}`, 1, "build", 33.33},
		{"progress", `{"step":"build","step_progress":50}`, 1, "build", 50},
		{"pause", ``, 1, "build", 50},
		{"resume", ``, 1, "build", 50},
		{"steps/2/skip", ``, 2, "ship", 66.67},
		{"progress", `{"progress":70}`, 2, "ship", 70},
		{"progress", `{"step":"ship","step_status":"running"}`, 2, "ship", 70},
		{"steps/3/approve", ``, 2, "ship", 70},
		{"progress", `{"step":"ship","step_status":"completed"}`, 3, "ship", 70},
		{"progress", `{"status":"completed"}`, 3, "ship", 100},
	} {
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/"+at.path, at.body).want(200)
		s.do(t, s.token, "GET", "/api/tasks/"+id, nil).is("progress", at.percent)
		far := s.far(t, id).want(200)
		if got := fmt.Sprint(far.get("current_step"), far.get("total_steps"), far.get("percentage"), far.get("current_step_name")); got != fmt.Sprint(at.done, 3, at.percent, at.name) {
			t.Errorf("after %s %s: %s", at.path, at.body, far.body)
		}
		s.do(t, s.token, "GET", executions+"/"+id, nil).is("progress.percentage", at.percent).is("progress.current_step", at.done).
			is("progress.total_steps", 3).is("progress.current_step_name", at.name)
	}
	id = s.planned(t)
	s.report(t, id, `{"step":1,"step_progress":10}`)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/3/approve", nil)
	s.report(t, id, `{"step":1,"step_status":"completed"}`)
	s.report(t, id, `{"step":3,"step_status":"running"}`)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/3/approve", nil).want(200)
	s.report(t, id, `{"status":"completed"}`) // step 2 never began
	s.far(t, id).want(200).is("current_step", 3).is("total_steps", 3).is("percentage", 100)
	id = s.start(t, "x")
	s.report(t, id, `{"progress":40}`)
	s.far(t, id).want(200).is("current_step", 0).is("total_steps", 0).is("current_step_name", nil)
}

// TestExecutionProgressStays at its ends, and is of one run.
func TestExecutionProgressStays(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, end := range []string{`{"status":"failed","error":"no"}`, `{"status":"cancelled"}`} {
		id := s.start(t, "x")
		s.report(t, id, `{"step":"one","step_progress":50,"progress":40}`)
		s.report(t, id, end)
		s.far(t, id).want(200).is("percentage", 40).is("current_step_name", "one").is("current_step", 0)
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/restart", nil).want(200)
		s.far(t, id).unknown()
		s.do(t, s.token, "GET", executions+"/"+id, nil).is("progress", nil)
	}
	id := s.planned(t)
	s.report(t, id, `{"step":1,"step_status":"failed"}`)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/1/retry", nil).want(200)
	s.far(t, id).want(200).is("percentage", 0).is("current_step", 0)
}

// TestExecutionApproved holds that what was touched stays so, when a step was
// approved while its task is paused, and has yet to begin.
func TestExecutionApproved(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.planned(t)
	s.report(t, id, `{"status":"running"}`)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/pause", nil).want(200)
	s.far(t, id).unknown()
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/1/approval", `{"prompt":"Well?"}`).want(201)
	s.far(t, id).want(200).is("current_step_name", "fetch")
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/1/approve", nil).want(200).is("steps.0.status", "pending")
	s.far(t, id).want(200).is("current_step_name", "fetch").is("percentage", 0)
}
