package api

import (
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
)

// flowed posts a report of a session.
func (s *testServer) flowed(t *testing.T, token, body string) reply {
	t.Helper()
	return s.do(t, token, "POST", "/api/workflows/progress", body)
}

// TestSessionIsItsOwners holds that nobody else reports on a session, or learns
// more of it than that it is there.
func TestSessionIsItsOwners(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ann, bob := s.person(t, "ann", access.RoleMember, nil), s.person(t, "bob", access.RoleMember, nil)
	const body = `{"session_id":"s","workflow_type":"crm","step":"Load","progress":40}`
	s.flowed(t, ann, body).want(200)
	s.flowed(t, bob, body).want(403).is("success", false).is("error", "this session is somebody else's")
	if page := s.do(t, bob, "GET", "/api/tasks?kind=crm", nil).want(200); page.has("tasks.0") {
		t.Errorf("a stranger sees %s", page.body)
	}
}

// TestUserOwnsSession holds that a session belongs to whom it runs for, and to
// whoever reports it.
func TestUserOwnsSession(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ann, ci := s.person(t, "ann", access.RoleMember, nil), s.person(t, "ci", access.RoleMember, nil)
	s.do(t, ci, "POST", "/api/workflows/callback/progress", `{"flow":"crm","flow_run":"r","status":"Load","progress":5,"user_id":"ann","message":"1 of 20"}`).want(200)
	s.do(t, ci, "POST", "/api/workflows/callback/progress", `{"flow":"numbered","flow_run":"r","status":"Load","progress":5,"user_id":42}`).want(200)
	s.do(t, ci, "GET", "/api/tasks?kind=numbered", nil).want(200).is("tasks.0.owner", "42").is("tasks.0.metadata.user_id", 42)
	s.outside(t, ci, "POST", "/api/workflows/callback/progress", `{"flow":"f","flow_run":"r","status":"Load","progress":5,"user_id":{}}`).want(400)
	page := s.do(t, ann, "GET", "/api/tasks?kind=crm", nil).want(200)
	page.is("tasks.0.owner", "ann").is("tasks.0.created_by", "ci").is("tasks.0.message", "1 of 20").is("tasks.0.metadata.user_id", "ann")
	s.do(t, ci, "POST", "/api/workflows/callback/state", `{"flow":"crm","flow_run":"r","state":"crashed","result":{"message":"out of memory"}}`).want(200)
	s.do(t, ann, "GET", "/api/tasks?kind=crm", nil).want(200).is("tasks.0.status", "failed").is("tasks.0.error.message", "out of memory").is("tasks.0.error.type", "Crashed")
}

// TestReporterHearsControls holds that a reporter of a session is told what
// people wish, and only then.
func TestReporterHearsControls(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const body = `{"session_id":"s","workflow_type":"crm","step":"Load","progress":40}`
	told := func(r reply) string { return r.header.Get("Herald-Control") }
	if r := s.flowed(t, s.token, body).want(200); told(r) != "" {
		t.Fatalf("it is told to %s", told(r))
	}
	path := "/api/tasks/" + string(progress.SessionID("crm", "s"))
	s.do(t, s.token, "POST", path+"/pause", nil).want(200)
	if r := s.flowed(t, s.token, body).want(200); told(r) != "pause" {
		t.Fatalf("it is told to %q, want pause", told(r))
	}
	s.do(t, s.token, "POST", path+"/resume", nil).want(200)
	if r := s.flowed(t, s.token, body).want(200); told(r) != "resume" {
		t.Fatalf("it is told to %q, want resume", told(r))
	}
	if r := s.flowed(t, s.token, body).want(200); told(r) != "" {
		t.Fatalf("it is told twice to %s", told(r))
	}
	s.do(t, s.token, "POST", path+"/cancel", nil).want(200)
	r := s.flowed(t, s.token, body).want(409)
	if told(r) != "cancel" {
		t.Fatalf("it is told to %q, want cancel", told(r))
	}
	if said := r.get("error").(string); !strings.Contains(said, "cancelled") || !strings.Contains(said, "admin") {
		t.Fatalf("it does not say who ended it: %s", said)
	}
	s.do(t, s.token, "POST", "/api/workflows/callback/state", `{"flow":"crm","flow_run":"s","state":"Cancelled"}`).want(200)
	s.do(t, s.token, "POST", "/api/workflows/callback/state", `{"flow":"crm","flow_run":"s","state":"Completed"}`).want(409)
}

// TestSessionNamesTaskOfAnotherFace holds that a task that was made elsewhere
// goes by its kind and id here, and by no other kind.
func TestSessionNamesTaskOfAnotherFace(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"job-1","title":"Job","kind":"build"}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"job-2","title":"Job"}`).want(201)
	s.flowed(t, s.token, `{"session_id":"job-1","workflow_type":"build","step":"Compile","progress":40}`).want(200)
	s.flowed(t, s.token, `{"session_id":"job-2","workflow_type":"task","step":"Compile","progress":41}`).want(200)
	s.flowed(t, s.token, `{"session_id":"job-1","workflow_type":"other","step":"Compile","progress":42}`).want(200)
	s.do(t, s.token, "GET", "/api/tasks/job-1", nil).want(200).is("steps.0.progress", 40).is("total_steps", 1)
	s.do(t, s.token, "GET", "/api/tasks/job-2", nil).want(200).is("steps.0.progress", 41)
	s.do(t, s.token, "GET", "/api/tasks?kind=other", nil).want(200).is("tasks.0.session_id", "job-1").is("tasks.0.steps.0.progress", 42)
}

// TestSessionKeepsWithinLimits holds that names that are too long are refused,
// and leave no task behind.
func TestSessionKeepsWithinLimits(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	long := strings.Repeat("x", 201)
	for _, body := range []string{
		`{"session_id":"` + long + `","workflow_type":"crm","step":"a","progress":1}`,
		`{"session_id":"s","workflow_type":"` + long + `","step":"a","progress":1}`,
		`{"session_id":"s","workflow_type":"crm","step":"` + long + `","progress":1}`,
	} {
		field := map[bool]string{true: "step", false: "session_id"}[strings.Contains(body, `"step":"xx`)]
		if strings.Contains(body, `"workflow_type":"xx`) {
			field = "workflow_type"
		}
		s.outside(t, s.token, "POST", "/api/workflows/progress", body).want(413).is("error", field+": is 201 characters long; at most 200 are taken")
	}
	s.outside(t, s.token, "POST", "/api/workflows/callback/state", `{"flow":"f","flow_run":"r","state":"`+long+`"}`).want(413)
	s.do(t, s.token, "GET", "/api/stats", nil).want(200).is("total", 0)
}

// TestWorkflowKeys holds that a report that is sent again with its key counts
// once.
func TestWorkflowKeys(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const body = `{"session_id":"s","workflow_type":"crm","step":"Load","progress":40}`
	const path = "/api/workflows/progress"
	s.do(t, s.token, "POST", path, body, "Idempotency-Key: k1").want(200)
	s.do(t, s.token, "POST", path, strings.Replace(body, "40", "50", 1), "Idempotency-Key: k2").want(200)
	before := s.do(t, s.token, "GET", "/api/tasks?kind=crm", nil).get("tasks.0.version")
	s.do(t, s.token, "POST", path, body, "Idempotency-Key: k1").want(200).is("event", "workflow:progress:crm")
	s.do(t, s.token, "GET", "/api/tasks?kind=crm", nil).want(200).is("tasks.0.version", before).is("tasks.0.steps.0.progress", 50)
	s.outside(t, s.token, "POST", path, strings.Replace(body, "40", "60", 1), "Idempotency-Key: k1").want(409).is("success", false)
}
