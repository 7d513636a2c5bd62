package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// ways lead a task of three steps, the second of which has a gate, into each
// status.
var ways = map[progress.Status][]string{
	progress.Pending:   nil,
	progress.Running:   {`progress {"step":1,"step_progress":10}`},
	progress.Paused:    {`progress {"step":1,"step_progress":10}`, "pause {}"},
	progress.Waiting:   {`progress {"step":2,"step_status":"running"}`},
	progress.Completed: {`progress {"step":2,"step_status":"running"}`, "steps/2/approve {}", `progress {"status":"completed"}`},
	progress.Failed:    {`progress {"step":1,"step_status":"failed"}`},
	progress.Cancelled: {`progress {"step":1,"step_progress":10}`, "cancel {}"},
}

// led makes a task and leads it into a status.
func (s *testServer) led(t *testing.T, id string, to progress.Status) {
	t.Helper()
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"`+id+`","title":"T","steps":[{"name":"a"},{"name":"b","approval":{}},{"name":"c"}]}`).want(201)
	for _, way := range ways[to] {
		path, body, _ := strings.Cut(way, " ")
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/"+path, body).want(200)
	}
	s.do(t, s.token, "GET", "/api/tasks/"+id, nil).want(200).is("status", string(to))
}

// TestCommandsInEachState gives every command to a task in every status: those
// of the transition table are taken, all others are refused and change nothing.
func TestCommandsInEachState(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, rule := range progress.Rules() {
		if !rule.Wish {
			continue
		}
		for status := range ways {
			id := fmt.Sprintf("%s-%s", rule.Verb, status)
			s.led(t, id, status)
			allowed := rule.On[status] != nil
			step := map[progress.Verb]int{progress.VerbApprove: 2, progress.VerbReject: 2, progress.VerbRetry: 1, progress.VerbSkip: 3}[rule.Verb]
			switch {
			case rule.Verb == progress.VerbSkip && status == progress.Failed:
				step = 1 // only the failed one
			case step == 2 && status == progress.Paused:
				allowed = false // nothing waits in this one
			}
			path := "/api/tasks/" + id + "/" + string(rule.Verb)
			if step > 0 {
				path = fmt.Sprintf("/api/tasks/%s/steps/%d/%s", id, step, rule.Verb)
			}
			s.commands(t, id, path, status, allowed)
		}
	}
}

func (s *testServer) commands(t *testing.T, id, path string, status progress.Status, allowed bool) {
	t.Helper()
	before := s.look(t, id)
	r := s.do(t, s.token, "POST", path, nil)
	if allowed {
		if r.status != http.StatusOK {
			t.Errorf("POST %s of a task that is %s: %d %s", path, status, r.status, r.body)
		}
		return
	}
	if r.status != http.StatusConflict {
		t.Errorf("POST %s of a task that is %s: %d, want 409: %s", path, status, r.status, r.body)
		return
	}
	if p := r.problem(); !strings.Contains(p.Detail, string(status)) && !strings.Contains(p.Detail, " is ") {
		t.Errorf("POST %s does not say that the state is %s: %s", path, status, p.Detail)
	}
	if now := s.look(t, id); now != before {
		t.Errorf("POST %s was refused, and changed\n%s\nto\n%s", path, before, now)
	}
}

// TestWorkersOfEndedTasks holds that reports, heartbeats and questions about an
// ended task are refused, change nothing and tell the worker.
func TestWorkersOfEndedTasks(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for status, control := range map[progress.Status]any{progress.Completed: "cancel", progress.Failed: "fail", progress.Cancelled: "cancel"} {
		id := string(status)
		s.led(t, id, status)
		before := s.look(t, id)
		for _, path := range []string{"progress", "heartbeat"} {
			r := s.do(t, s.token, "POST", "/api/tasks/"+id+"/"+path, `{"progress":50}`).want(409)
			r.is("task_status", id).is("control", control).is("task_id", id)
			if !r.has("version") {
				t.Errorf("a refusal has no version: %s", r.body)
			}
		}
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/3/approval", `{}`).want(409)
		if now := s.look(t, id); now != before {
			t.Errorf("a task that is %s changed from\n%s\nto\n%s", status, before, now)
		}
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/logs", `[{"line":"after the end"}]`).want(200).is("status", id)
	}
}

// TestControls holds what a worker hears, and that it hears a wish once.
func TestControls(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","kind":"k","steps":[{"name":"a"},{"name":"b"},{"name":"c"}]}`).want(201)
	lease := s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w"}`).want(200).get("lease")
	say := func(body string) reply {
		t.Helper()
		return s.do(t, s.token, "POST", "/api/tasks/t/progress", fmt.Sprintf(`{"worker":"w","lease":%q,%s}`, lease, body))
	}
	beat := func() reply {
		t.Helper()
		return s.do(t, s.token, "POST", "/api/tasks/t/heartbeat", fmt.Sprintf(`{"worker":"w","lease":%q}`, lease))
	}
	wish := func(path string) { t.Helper(); s.do(t, s.token, "POST", "/api/tasks/t/"+path, nil).want(200) }

	say(`"step":1,"step_progress":10,"seq":1,"run":1,"attempt":1`).want(200).is("control", nil).is("status", "running")
	wish("pause")
	beat().want(200).is("control", "pause").is("status", "paused")
	beat().want(200).is("control", "pause") // it follows from the state
	wish("resume")
	say(`"step":1,"step_progress":20,"seq":2`).want(200).is("control", "resume")
	say(`"step":1,"step_progress":20,"seq":2`).want(200).is("control", "resume") // the answer was lost
	say(`"step":1,"step_progress":30,"seq":3`).want(200).is("control", nil)
	wish("steps/2/skip")
	say(`"step":1,"step_progress":40,"seq":4`).want(200).is("control", "skip").is("step", 2)
	say(`"step":2,"step_progress":1,"seq":5`).want(200).is("control", "skip").is("step", 2)
	say(`"step":3,"step_status":"failed","seq":6,"error":"no disk"`).want(200).is("control", "fail").is("status", "failed")
	wish("steps/3/retry")
	say(`"step":3,"step_progress":1,"seq":7,"run":1,"attempt":1`).want(409).is("code", "superseded").is("control", "retry").is("step", 3).is("task_status", "pending")
	lease = s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w"}`).want(200).is("attempt", 2).get("lease")
	say(`"step":3,"step_progress":1,"run":1,"attempt":2,"seq":1`).want(200).is("control", nil).is("status", "running")
	wish("restart")
	r := say(`"step":3,"step_progress":2,"run":1,"attempt":2,"seq":2`).want(409)
	r.is("code", "superseded").is("control", "restart").is("task_status", "pending")
	if version := s.do(t, s.token, "GET", "/api/tasks/t", nil).get("version"); version != r.get("version") {
		t.Errorf("a refusal says version %v of %v", r.get("version"), version)
	}
	lease = s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w"}`).want(200).is("run", 2).is("attempt", 1).get("lease")
	wish("cancel")
	say(`"step":1,"step_progress":2`).want(409).is("control", "cancel").is("task_status", "cancelled")
	beat().want(409).is("control", "cancel")
}

// TestSeqCountsOnce holds that a report sent again is acknowledged and changes
// nothing, and that an older one does not either.
func TestSeqCountsOnce(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for seq, body := range []string{1: `{"worker":"w","seq":1,"step":1,"step_progress":99}`, 2: `{"worker":"w","seq":2,"step":1,"step_progress":30}`} {
		if seq > 0 {
			s.do(t, s.token, "POST", "/api/tasks/t/progress", body).want(200).is("control", nil)
		}
	}
	first := s.do(t, s.token, "GET", "/api/tasks/t", nil).is("steps.0.progress", 30)
	for _, body := range []string{`{"worker":"w","seq":2,"step":1,"step_progress":77}`, `{"worker":"w","seq":1,"status":"completed"}`} {
		s.do(t, s.token, "POST", "/api/tasks/t/progress", body).want(200).is("version", first.get("version"))
	}
	s.do(t, s.token, "GET", "/api/tasks/t", nil).is("steps.0.progress", 30).is("status", "running").is("seq", first.get("seq"))
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"worker":"other","seq":1,"step":1,"step_progress":50}`).want(200)
	s.do(t, s.token, "GET", "/api/tasks/t", nil).is("steps.0.progress", 50)
}
