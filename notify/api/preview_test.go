package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

const testAt = "/api/routes/test"

// tried is what was asked of a preview, and what it answers.
type tried struct {
	task  progress.Task
	event progress.Event
	at    time.Time

	rows  []notify.TraceRow
	chain *notify.Chain
	err   error
}

func (p *tried) preview(_ context.Context, t *progress.Task, e *progress.Event, at time.Time) (notify.Trace, *notify.Chain, error) {
	p.task, p.event, p.at = *t, *e, at
	return notify.Trace{Rows: p.rows, More: 2}, p.chain, p.err
}

func TestRouteIsTried(t *testing.T) {
	t.Parallel()
	p := &tried{}
	w := serve(t, func(o *Options) { o.Preview = p.preview })
	ann := w.Person("ann", access.RoleViewer)
	p.rows = []notify.TraceRow{
		{Person: "ann", Channel: "email", To: "ann@example.com", Sub: "sub_a", Outcome: notify.Holds, Why: "subscribed", Until: w.time().Add(time.Hour), Letter: "msg_none"},
		{Person: "bob", Channel: "email", To: "bob@example.com", Outcome: notify.Tells, Why: "rule ops", Rule: "ops"},
	}
	r := w.do(ann, "POST", testAt, `{"kind":"crm","owner":"group:shop","labels":{"a":"b"},"title":"Import"}`).want(200)
	r.is("at", "2026-01-31T12:00:00.000Z", "decisions.1", "", "more", "2", "escalation", "",
		"decisions.0", "map[channel:email outcome:held person:ann subscription:sub_a to:ann@example.com until:2026-01-31T13:00:00.000Z why:subscribed]")
	spec := p.task.Spec
	if spec.Kind != "crm" || spec.Owner != "group:shop" || spec.Labels["a"] != "b" || spec.Title != "Import" || spec.CreatedBy != "ann" {
		t.Errorf("%+v", spec)
	}
	if p.event.Kind != progress.TaskFailed || p.task.Status != progress.Failed || p.task.Run != 1 || !p.task.EndedAt.Equal(w.time()) || !p.at.Equal(w.time()) ||
		!p.event.At.Equal(w.time()) || w.time().Sub(p.task.StartedAt) != time.Hour || !p.task.ID.Valid() || p.event.Seq != p.task.Seq {
		t.Errorf("%+v of %+v", p.event, p.task)
	}
	many := p.rows
	p.rows = slices.Repeat(p.rows, mostTried)
	w.do(ann, "POST", testAt, ``).want(200).is("decisions.999.person", "ann", "decisions.1000", "", "more", "2")
	w.do(apitest.Admin, "POST", testAt, ``).want(200).is("decisions.999.person", "bob", "decisions.1000", "", "more", "1002")
	p.rows = many
	w.do(ann, "POST", testAt, ``).want(200)
	if p.task.Spec.Title == "" || p.task.Spec.Owner != "" {
		t.Errorf("%+v", p.task.Spec)
	}

	all := w.do(apitest.Admin, "POST", testAt, `{"event":"task.completed","at":"2026-03-01T02:00:00+02:00","running_for_seconds":90}`).want(200)
	all.is("at", "2026-03-01T00:00:00.000Z", "decisions.0.to", "a…@example.com", "decisions.1.to", "b…@example.com", "decisions.1.rule", "ops", "decisions.1.outcome", "told")
	if p.task.Status != progress.Completed || p.task.EndedAt.Sub(p.task.StartedAt) != 90*time.Second || !p.task.EndedAt.Equal(p.event.At) {
		t.Errorf("%+v", p.task)
	}
	w.do(w.Person("eve", access.RoleMember, "report"), "POST", testAt, ``).want(403)
	w.do("", "POST", testAt, ``).want(401)
	p.err = errors.New("no")
	w.do(ann, "POST", testAt, ``).want(503)
}

// TestApprovalIsTried holds what a question is previewed with, and how its chain is shown.
func TestApprovalIsTried(t *testing.T) {
	t.Parallel()
	p := &tried{}
	w := serve(t, func(o *Options) { o.Preview = p.preview })
	p.chain = &notify.Chain{Step: 1, AskedAt: w.time(), FiredAt: w.time(), DueAt: w.time().Add(time.Minute), Stages: []notify.Stage{{After: time.Hour, Tell: []string{"email:ops@example.com"}}}}
	r := w.do(apitest.Admin, "POST", testAt, `{"event":"approval.needed","approvers":["bob","group:ops"]}`).want(200)
	r.is("escalation", "map[asked_at:2026-01-31T12:00:00.000Z due_at:2026-01-31T12:01:00.000Z next:0 "+
		"stages:[map[after_seconds:3600 at:2026-01-31T13:00:00.000Z by:[] tell:[email:ops@example.com]]] step:1]")
	a := p.event.Data.Approval
	if a == nil || len(a.Approvers) != 2 || a.Status != progress.ApprovalPending || p.event.Step != 1 || p.task.Status != progress.Waiting || !progress.Sees(p.task, progress.Actor{Person: "bob"}) {
		t.Errorf("%+v of %+v", a, p.task)
	}
	w.do(apitest.Admin, "POST", testAt, `{"event":"approval.decided"}`).want(200)
	if a := p.event.Data.Approval; a == nil || a.Status != progress.ApprovalApproved {
		t.Errorf("%+v", a)
	}

	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T","owner":"bob","steps":[{"name":"A"},{"name":"B","approval":{"prompt":"Go?","approvers":["ann"],"expires_in":60}}]}`).want(201)
	w.do(apitest.Admin, "POST", testAt, `{"task":"t","event":"approval.needed","step":2}`).want(200)
	if a := p.event.Data.Approval; a.Prompt != "Go?" || a.ExpiresAt.Sub(w.time()) != time.Minute || p.event.Step != 2 || p.task.ID != "t" {
		t.Errorf("%+v of %+v", a, p.task)
	}
	w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"completed"}`).want(200)
	w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"step":2,"step_status":"running"}`).want(200)
	w.do(apitest.Admin, "POST", testAt, `{"task":"t","event":"approval.decided"}`).want(200)
	if a := p.event.Data.Approval; p.event.Step != 2 || a.ID == "" || a.Status != progress.ApprovalApproved {
		t.Errorf("%+v of step %d", a, p.event.Step)
	}
	if now := w.do(apitest.Admin, "GET", "/api/tasks/t", "").want(200); now.at("status") != "approval" || now.at("approval.status") != "pending" {
		t.Errorf("trying it has decided it: %s", now.body)
	}
}

// TestTaskIsTried holds that each kind of event can be tried on a task that there is, and
// who may.
func TestTaskIsTried(t *testing.T) {
	t.Parallel()
	p := &tried{}
	w := serve(t, func(o *Options) { o.Preview = p.preview })
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T","kind":"crm","steps":[{"name":"A"},{"name":"B"}]}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"bare","title":"T"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"shut","title":"T","owner":"admin"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"running"}`).want(200)
	for _, k := range progress.Kinds() {
		if !k.Milestone {
			continue
		}
		for _, body := range []string{`"task":"t"`, `"task":"t","step":2`, `"kind":"crm"`} {
			w.do(ann, "POST", testAt, fmt.Sprintf(`{%s,"event":"%s"}`, body, k.Kind)).want(200)
			if p.event.Kind != k.Kind || p.task.Spec.Kind != "crm" || strings.Contains(body, "task") && p.task.ID != "t" {
				t.Errorf("%s: %+v of %+v", body, p.event, p.task)
			}
		}
	}
	w.do(ann, "POST", testAt, `{"task":"t","event":"task.completed","running_for_seconds":5}`).want(200)
	if p.task.EndedAt.Sub(p.task.StartedAt) != 5*time.Second {
		t.Errorf("%+v", p.task)
	}
	w.do(ann, "POST", testAt, `{"task":"shut"}`).refused(404, "task")
	w.do(ann, "POST", testAt, `{"task":"none"}`).refused(404, "task")
	w.do(ann, "POST", testAt, `{"task":"bare","event":"step.failed"}`).refused(400, "event")
	w.do(ann, "POST", testAt, `{"task":"t","step":3}`).refused(400, "step")
}

func TestBadRouteTests(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	for body, field := range map[string]string{
		`{"event":"task.gone"}`: "event", `{"event":"progress"}`: "event", `{"event":"task.*"}`: "event", `{"event":1}`: "event",
		`{"step":1}`: "step", `{"task":"t","step":-1}`: "step", `{"step":"A"}`: "step",
		`{"at":"now"}`: "at", `{"at":5}`: "at", `{"at":"2036-01-30T12:00:00Z"}`: "at", `{"at":"2016-01-30T12:00:00Z"}`: "at",
		`{"running_for_seconds":-1}`: "running_for_seconds", `{"running_for_seconds":2592001}`: "running_for_seconds", `{"running_for_seconds":"1h"}`: "running_for_seconds",
		`{"kind":"\u0000"}`: "kind", `{"task":"\u0000"}`: "task", `{"labels":{"":"x"}}`: "labels", `{"approvers":[""]}`: "approvers[0]", `{"approvers":"ann"}`: "approvers",
		`{"task":"t","kind":"x"}`: "kind", `{"task":"t","owner":"x"}`: "owner", `{"task":"t","labels":{"a":"b"}}`: "labels", `{"task":"t","title":"x"}`: "title",
		`{"task":"t","approvers":["x"]}`: "approvers", `[`: "body",
	} {
		w.do(ann, "POST", testAt, body).refused(400, field)
	}
	for body, field := range map[string]string{
		`{"title":"` + strings.Repeat("x", 201) + `"}`:                     "title",
		`{"approvers":["` + strings.Repeat("x", 201) + `"]}`:               "approvers[0]",
		`{"approvers":["x"` + strings.Repeat(`,"x"`, mostApprovers) + `]}`: "approvers",
	} {
		w.do(ann, "POST", testAt, body).refused(413, field)
	}
}
