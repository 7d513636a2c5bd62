package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/access"
)

// waits makes a task whose first step waits by that gate. ci asks.
func (s *testServer) waits(t *testing.T, ci, id, gate string) {
	t.Helper()
	s.do(t, ci, "POST", "/api/tasks", `{"id":"`+id+`","title":"T","steps":[{"name":"a","approval":`+gate+`},{"name":"b"}]}`).want(201)
	s.do(t, ci, "POST", "/api/tasks/"+id+"/progress", `{"step":1,"step_status":"running","worker":"w"}`).want(200).is("control", "wait").is("step", 1)
}

// TestOneDecision decides a hundred times at once.
func TestOneDecision(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ci := s.person(t, "ci", access.RoleOperator, nil)
	var tokens []string
	for i := range 10 {
		tokens = append(tokens, s.person(t, fmt.Sprintf("p%d", i), access.RoleOperator, nil))
	}
	s.waits(t, ci, "t", `{}`)
	answers := make([]reply, 100)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			verb := []string{"approve", "reject"}[i%2]
			answers[i] = s.outside(t, tokens[i%10], "POST", "/api/tasks/t/steps/1/"+verb, `{"reason":"r"}`)
		})
	}
	all.Wait()
	decided := s.do(t, ci, "GET", "/api/tasks/t", nil).want(200)
	by, via, won := decided.get("steps.0.approval.decided_by").(string), decided.get("steps.0.approval.via").(string), 0
	if at := decided.get("steps.0.approval.decided_at"); at == nil {
		t.Error("it was decided at no time")
	}
	for _, a := range answers {
		if a.status == http.StatusOK {
			won++
			continue
		}
		if d := a.want(409).problem().Detail; !strings.Contains(d, by) || !strings.Contains(d, via) || !strings.Contains(d, "UTC") {
			t.Errorf("it does not say who decided, when and by what: %s", d)
		}
	}
	if votes := decided.get("steps.0.approval.votes").([]any); won != 1 || len(votes) != 1 {
		t.Errorf("%d decisions, %d votes", won, len(votes))
	}
	s.do(t, ci, "GET", "/api/tasks/t/events", nil).want(200)
}

// TestDecisionIsHeard holds that a worker who waits hears of the decision when
// it falls, whichever it is, and does as the gate says.
func TestDecisionIsHeard(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ci := s.person(t, "ci", access.RoleOperator, nil)
	for i, c := range []struct{ gate, verb, control, status string }{
		{`{}`, "steps/1/approve", "proceed", "running"},
		{`{}`, "steps/1/reject", "fail", "failed"},
		{`{"on_reject":"fail"}`, "steps/1/reject", "fail", "failed"},
		{`{"on_reject":"skip"}`, "steps/1/reject", "skip", "running"},
		{`{"on_reject":"cancel"}`, "steps/1/reject", "cancel", "cancelled"},
		{`{}`, "cancel", "cancel", "cancelled"},
	} {
		t.Run(c.verb+" "+c.gate, func(t *testing.T) {
			t.Parallel()
			id := fmt.Sprintf("t%d", i)
			s.waits(t, ci, id, c.gate)
			s.do(t, ci, "GET", "/api/tasks/"+id+"/steps/1/approval", nil).want(200).is("control", "wait").is("status", "pending")
			s.do(t, ci, "GET", "/api/tasks/"+id+"/steps/1/approval?wait_seconds=1", nil).want(200).is("control", "wait")
			var heard reply
			var took time.Duration
			var waiting sync.WaitGroup
			waiting.Go(func() {
				began := time.Now()
				heard = s.outside(t, ci, "GET", "/api/tasks/"+id+"/steps/1/approval?wait_seconds=60&worker=w", nil)
				took = time.Since(began)
			})
			time.Sleep(50 * time.Millisecond)
			s.do(t, s.token, "POST", "/api/tasks/"+id+"/"+c.verb, `{"reason":"why"}`).want(200).is("status", c.status)
			waiting.Wait()
			heard.want(200).is("control", c.control)
			if took > 4*time.Second { // before it would have looked by itself
				t.Errorf("the worker heard after %s", took)
			}
			s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/1/approve", nil).want(409)
			if c.verb == "cancel" {
				s.do(t, ci, "GET", "/api/tasks/"+id, nil).is("steps.0.approval.status", "void")
			}
		})
	}
}

func TestQuorum(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ci, ann, bob := s.person(t, "ci", access.RoleOperator, nil), s.person(t, "ann", access.RoleOperator, nil), s.person(t, "bob", access.RoleOperator, nil)
	s.waits(t, ci, "t", `{"quorum":2,"prompt":"Both?"}`)
	s.do(t, ann, "POST", "/api/tasks/t/steps/1/approve", nil).want(200).is("status", "approval").is("approval.votes.0.by", "ann")
	s.do(t, ann, "POST", "/api/tasks/t/steps/1/approve", nil).want(409)
	s.do(t, ci, "GET", "/api/tasks/t/steps/1/approval", nil).want(200).is("control", "wait")
	s.do(t, bob, "POST", "/api/tasks/t/steps/1/approve", nil).want(200).is("status", "running").is("steps.0.approval.votes.1.by", "bob")
}

func TestApprovers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ci, ann, bob := s.person(t, "ci", access.RoleOperator, nil), s.person(t, "ann", access.RoleOperator, []string{"ops"}), s.person(t, "bob", access.RoleOperator, nil)
	s.waits(t, ci, "t", `{"approvers":["ci","group:ops"],"options":["now","later"]}`)
	for _, verb := range []string{"approve", "reject"} {
		s.do(t, bob, "POST", "/api/tasks/t/steps/1/"+verb, nil).want(403)
		s.do(t, ci, "POST", "/api/tasks/t/steps/1/"+verb, nil).want(403) // asked itself
		s.do(t, s.token, "POST", "/api/tasks/t/steps/1/"+verb, nil).want(403)
	}
	p := s.do(t, ann, "POST", "/api/tasks/t/steps/1/approve", `{"option":"never"}`).want(400).problem()
	if p.Errors[0].Field != "option" {
		t.Errorf("%v", p)
	}
	s.do(t, ann, "POST", "/api/tasks/t/steps/1/approve", `{"digest":"of something else"}`).want(409)
	s.do(t, ann, "POST", "/api/tasks/t/steps/1/approve", `{"option":"later"}`).want(200).is("steps.0.approval.option", "later")
	s.waits(t, ci, "u", `{"approvers":["ci"],"self_approval":true}`)
	s.do(t, ci, "POST", "/api/tasks/u/steps/1/approve", nil).want(200).is("status", "running")
	s.waits(t, ci, "v", `{}`)
	s.do(t, ci, "POST", "/api/tasks/v/steps/1/approve", nil).want(200) // without approvers anyone may
}

// TestEscalation holds that whom a stage tells sees the task and may decide from the
// start, and that every reply shows the stages.
func TestEscalation(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ci := s.person(t, "ci", access.RoleOperator, nil)
	ann, bob, cy := s.person(t, "ann", access.RoleMember, nil), s.person(t, "bob", access.RoleMember, []string{"ops"}), s.person(t, "cy", access.RoleMember, nil)
	const stages = `"escalate":[{"after":60},{"after":300,"tell":["group:ops"],"by":["email"]}]`
	shown := func(r reply, path string) reply {
		return r.is(path+"escalate.0.after", 60).is(path+"escalate.1.after", 300).is(path+"escalate.1.tell.0", "group:ops").is(path+"escalate.1.by.0", "email")
	}
	s.do(t, ci, "POST", "/api/tasks", `{"id":"t","title":"T","owner":"ci","steps":[{"name":"a","approval":{"approvers":["ann"],"quorum":2,`+stages+`}}]}`).want(201)
	shown(s.do(t, ann, "GET", "/api/tasks/t", nil).want(200), "steps.0.approval.")
	s.do(t, cy, "GET", "/api/tasks/t", nil).want(404)
	s.do(t, bob, "GET", "/api/tasks?owner=ci", nil).want(200).is("tasks.0.task_id", "t")
	s.do(t, ci, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"running"}`).want(200)
	shown(s.do(t, ci, "GET", "/api/tasks/t/steps/1/approval", nil).want(200), "")
	refused := s.do(t, s.token, "POST", "/api/tasks/t/steps/1/approve", nil).want(403).problem()
	if !strings.Contains(refused.Detail, "only ann or the group ops may decide") {
		t.Error(refused.Detail)
	}
	s.do(t, bob, "POST", "/api/tasks/t/steps/1/approve", nil).want(200)
	s.do(t, ann, "POST", "/api/tasks/t/steps/1/approve", nil).want(200).is("status", "running")
	shown(s.do(t, ci, "GET", "/api/tasks/t/events?since=2", nil).want(200), "events.0.data.approval.")

	s.do(t, ci, "POST", "/api/tasks", `{"id":"u","title":"U","owner":"ci","steps":[{"name":"a"}]}`).want(201)
	shown(s.do(t, ci, "POST", "/api/tasks/u/steps/1/approval", `{"prompt":"Go?",`+stages+`}`).want(201), "")
	s.do(t, ann, "POST", "/api/tasks/u/steps/1/approve", nil).want(404)
	s.do(t, bob, "POST", "/api/tasks/u/steps/1/approve", nil).want(200).is("status", "running") // nobody is named an approver
}

// TestNothingPassesAGate holds that no report goes past a gate that is open.
func TestNothingPassesAGate(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.waits(t, s.token, "t", `{}`)
	before := s.look(t, "t")
	for _, body := range []string{
		`{"step":2,"step_status":"running"}`, `{"step":2,"step_progress":1}`, `{"step":1,"step_progress":50}`, `{"step":1,"step_status":"completed"}`,
		`{"step":1,"step_status":"skipped"}`, `{"status":"completed"}`, `{"progress":50}`, `{"step":2,"step_status":"completed","status":"completed"}`,
	} {
		r := s.do(t, s.token, "POST", "/api/tasks/t/progress", body)
		if r.status != 409 {
			t.Errorf("%s: %d %s", body, r.status, r.body)
			continue
		}
		r.is("control", "wait").is("task_status", "approval")
	}
	if now := s.look(t, "t"); now != before {
		t.Errorf("from\n%s\nto\n%s", before, now)
	}
}

// TestRestartOvertakesQuestion holds that a worker that waits for a step which a
// restart takes from the plan is told to start over.
func TestRestartOvertakesQuestion(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":"new","step_status":"running","worker":"w"}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/steps/1/approval", `{"prompt":"Go?"}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/restart", nil).want(200).is("total_steps", 0)
	const path = "/api/tasks/t/steps/1/approval?worker=w&run="
	s.do(t, s.token, "GET", path+"1", nil).want(200).is("control", "restart")
	s.do(t, s.token, "GET", path+"2", nil).want(404)
	s.do(t, s.token, "GET", "/api/tasks/t/steps/7/approval?worker=other", nil).want(404)
}
