package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestEveryRoute calls each route once with a good request, on both databases.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, on(dialect))
			for _, part := range []func(*testing.T, *testServer){
				smokeServer, smokeAccess, smokeWork, smokeApproval, smokeCommands, smokeReading, smokeLive, smokeFaces, smokeExecutions, smokeSocketIO,
			} {
				part(t, s)
			}
			for _, r := range (*server)(nil).routes() {
				if s.taken[r.name] == 0 {
					t.Errorf("%s was never called", r.name)
				}
			}
		})
	}
}

func smokeServer(t *testing.T, s *testServer) {
	s.do(t, "", "GET", "/healthz", nil).want(200).is("status", "ok")
	s.do(t, "", "GET", "/readyz", nil).want(200).is("status", "ok")
	s.do(t, s.token, "GET", "/metrics", nil).want(200)
	s.do(t, "", "GET", "/client/element.js", nil).want(200)
	s.do(t, "", "GET", "/openapi.json", nil).want(200).is("openapi", "3.1.0")
	if p := s.outside(t, "", "GET", "/nothing", nil).want(404).problem(); !strings.Contains(p.Detail, "/nothing") {
		t.Errorf("it does not say what is not there: %s", p.Detail)
	}
	if allow := s.outside(t, "", "PUT", "/healthz", nil).want(405).header.Get("Allow"); allow != "GET" {
		t.Errorf("allowed is %q", allow)
	}
	for _, page := range []string{"/docs", "/login"} {
		if r := s.do(t, "", "GET", page, nil).want(200); !strings.Contains(string(r.body), "<title>Herald") {
			t.Errorf("%s is not a page of Herald:\n%s", page, r.body)
		}
	}
}

func smokeAccess(t *testing.T, s *testServer) {
	s.do(t, s.token, "POST", "/api/people", map[string]any{"name": "eve", "groups": []string{"shop"}}).want(201).is("role", "member")
	s.do(t, s.token, "PATCH", "/api/people/eve", `{"role":"operator"}`).want(200).is("role", "operator").is("groups.0", "shop")
	s.do(t, s.token, "GET", "/api/people", nil).want(200).is("people.1.name", "eve")

	code := s.do(t, s.token, "POST", "/api/people/eve/login", nil).want(201).get("code")
	in := s.do(t, "", "POST", "/api/login", map[string]any{"code": code}).want(200).is("person", "eve")
	cookie := "Cookie: " + strings.Split(in.header.Get("Set-Cookie"), ";")[0]
	s.do(t, "", "GET", "/api/me", nil, cookie).want(200).is("person", "eve").is("sees_all", true)
	made := s.do(t, "", "POST", "/api/tokens", `{"name":"laptop","scopes":["read"]}`, cookie).want(201).is("person", "eve")
	s.do(t, made.get("token").(string), "GET", "/api/me", nil).want(200).is("rights.0", "read")
	s.do(t, "", "GET", "/api/tokens", nil, cookie).want(200).is("tokens.0.name", "laptop")
	revoked := s.do(t, "", "DELETE", "/api/tokens/"+made.get("id").(string), nil, cookie).want(200)
	if revoked.get("revoked_at") == nil {
		t.Error("a token is revoked at no time")
	}
	s.do(t, made.get("token").(string), "GET", "/api/me", nil).want(401)
	s.do(t, "", "POST", "/api/logout", nil, cookie).want(204)
	s.do(t, "", "GET", "/api/me", nil, cookie).want(401)
}

// shop is a plan of three steps, of which the last waits for a decision.
const shop = `{"id":"shop","title":"Cellphone Store CRM","kind":"crm","labels":{"env":"prod"},"inputs":{"n":1},"complexity":12.5,
	"metadata":{"host":"h1"},"callback_url":"https://crm.example/hook","parent":"other","controls":["pause","restart","retry","skip"],
	"steps":[{"name":"Database","weight":1,"substeps":["tables","rows"]},{"name":"Screens","weight":3,"allow_failure":true},
	{"name":"Go live","approval":{"prompt":"Switch over?","effects":["mail stops"],"options":["now","later"],"expires_in":3600,"risk":"high"}}]}`

func smokeWork(t *testing.T, s *testServer) {
	ci := s.person(t, "ci", access.RoleOperator, nil)
	made := s.do(t, ci, "POST", "/api/tasks", shop, "Idempotency-Key: one").want(201).is("status", "pending").is("steps.2.approval.risk", "high")
	if at := made.header.Get("Location"); at != "/api/tasks/shop" {
		t.Errorf("the task is at %q", at)
	}
	s.do(t, ci, "POST", "/api/tasks", shop, "Idempotency-Key: one").want(201).is("version", made.get("version"))
	lease := s.do(t, ci, "POST", "/api/tasks/claim", `{"kinds":["crm"],"worker":"w1","wait_seconds":0}`).want(200).
		is("task_id", "shop").is("worker", "w1").get("lease")
	s.do(t, ci, "POST", "/api/tasks/claim", `{"kinds":["crm"],"worker":"w2"}`).want(204)

	s.do(t, ci, "POST", "/api/tasks/shop/progress", map[string]any{
		"step": 1, "step_progress": 50, "substep": "tables", "substep_done": true, "message": "tables", "metrics": map[string]any{"rows": 1e6},
		"metadata": map[string]any{"note": true}, "seq": 1, "worker": "w1", "lease": lease, "run": 1, "attempt": 1, "at": "2026-01-31T12:00:00+01:00",
	}).want(200).is("control", nil).is("status", "running")
	s.do(t, ci, "POST", "/api/tasks/shop/heartbeat", `{"worker":"w1"}`).want(200).is("status", "running")
	s.do(t, ci, "POST", "/api/tasks/shop/logs", `[{"line":"one","level":"info","step":"Database"},{"line":"two"}]`).want(200).is("last", 2)
	s.do(t, ci, "POST", "/api/tasks/shop/logs", "{\"line\":\"three\"}\n", "Content-Type: application/x-ndjson").want(200).is("last", 3)
	s.do(t, ci, "GET", "/api/tasks/shop/logs?since=1&limit=1", nil).want(200).is("logs.0.line", "two").is("next", 2)

	answers := s.lax(t, ci, "POST", "/api/reports", `{"task_id":"shop","step":1,"step_status":"completed","seq":2,"worker":"w1"}`+"\n"+
		`{"task_id":"none","progress":1}`+"\n"+`{"task_id":`+"\n", "Content-Type: application/x-ndjson").want(200).lines()
	answers[0].is("code", 200).is("status", "running")
	answers[1].is("code", 404)
	answers[2].is("code", 400).is("task_id", "")
}

func smokeApproval(t *testing.T, s *testServer) {
	ci, ann := s.person(t, "ci", access.RoleOperator, nil), s.person(t, "ann", access.RoleOperator, nil)
	s.do(t, ci, "POST", "/api/tasks/shop/steps/2/approval", `{"prompt":"Sure?","quorum":1}`).want(201).is("status", "pending").is("control", "wait")
	s.do(t, ci, "GET", "/api/tasks/shop", nil).want(200).is("status", "approval").is("approval.prompt", "Sure?")
	s.do(t, ann, "POST", "/api/tasks/shop/steps/2/approve", `{"reason":"yes"}`).want(200).is("steps.1.approval.decided_by", "ann")
	s.do(t, ci, "GET", "/api/tasks/shop/steps/2/approval?wait_seconds=1&worker=w1", nil).want(200).is("control", "proceed").is("votes.0.by", "ann")

	s.do(t, ci, "POST", "/api/tasks/shop/progress", `{"step":"Screens","step_status":"running"}`).want(200)
	s.do(t, ci, "POST", "/api/tasks/shop/progress", `{"step":"Screens","step_status":"completed"}`).want(200)
	s.do(t, ci, "POST", "/api/tasks/shop/progress", `{"step":3,"step_status":"running"}`).want(200).is("control", "wait").is("step", 3)
	refused := s.do(t, ci, "POST", "/api/tasks/shop/progress", `{"status":"completed"}`).want(409)
	refused.is("control", "wait").is("task_status", "approval")
	s.do(t, ann, "POST", "/api/tasks/shop/steps/3/reject", `{"reason":"not today"}`).want(200).is("status", "failed")
	if p := s.do(t, ann, "POST", "/api/tasks/shop/steps/3/approve", nil).want(409).problem(); !strings.Contains(p.Detail, "ann") {
		t.Errorf("it does not say who decided: %s", p.Detail)
	}
}

func smokeCommands(t *testing.T, s *testServer) {
	ann := s.person(t, "ann", access.RoleOperator, nil)
	s.do(t, ann, "POST", "/api/tasks", `{"id":"job","title":"Job","steps":[{"name":"a"},{"name":"b"},{"name":"c"}]}`).want(201)
	s.do(t, ann, "POST", "/api/tasks/job/progress", `{"step":1,"step_progress":10,"worker":"w1","seq":1}`).want(200)
	s.do(t, ann, "POST", "/api/tasks/job/pause", `{"reason":"lunch"}`).want(200).is("status", "paused")
	s.do(t, ann, "POST", "/api/tasks/job/resume", nil).want(200).is("status", "running")
	s.do(t, ann, "POST", "/api/tasks/job/steps/2/skip", nil).want(200).is("steps.1.status", "skipped")
	s.do(t, ann, "POST", "/api/tasks/job/progress", `{"step_status":"failed","error":{"type":"io","message":"disk","details":{"free":0}}}`).want(200).is("control", "fail")
	s.do(t, ann, "POST", "/api/tasks/job/steps/1/retry", `{"inputs":{"from":3}}`).want(200).is("attempt", 2).is("status", "pending").is("inputs.from", 3)
	s.do(t, ann, "POST", "/api/tasks/job/restart", `{"reason":"all of it"}`).want(200).is("run", 2)
	s.do(t, ann, "POST", "/api/tasks/job/cancel", `{"reason":"enough"}`).want(200).is("status", "cancelled").is("ended_by", "ann").is("reason", "enough")
	s.do(t, ann, "POST", "/api/tasks/job/heartbeat", nil).want(409).is("control", "cancel")
}

func smokeReading(t *testing.T, s *testServer) {
	ann := s.person(t, "ann", access.RoleOperator, nil, "read")
	how := s.do(t, ann, "GET", "/api/tasks/shop/progress", nil).want(200).is("title", "Cellphone Store CRM").is("total_steps", 3).is("error.step", 3)
	if how.has("inputs") || how.has("callback_url") {
		t.Errorf("the progress of a task says too much:\n%s", how.body)
	}
	s.do(t, ann, "GET", "/api/tasks/shop", nil).want(200).is("inputs.n", 1).is("steps.0.substeps.0.done", true)
	page := s.do(t, ann, "GET", "/api/tasks?limit=1&label=env:prod&status=failed&status=running&created_from=2020-01-01T00:00:00Z", nil).want(200)
	page.is("tasks.0.task_id", "shop").is("next", nil)
	s.do(t, ann, "GET", "/api/tasks?status=failed,cancelled&limit=1", nil).want(200).is("tasks.0.task_id", "job")
	s.do(t, ann, "GET", "/api/stats", nil).want(200).is("failed", 1).is("cancelled", 1).is("total", 2)
	s.do(t, ann, "GET", "/api/kinds", nil).want(200).is("kinds.0.kind", "crm").is("kinds.0.failure_rate", 1).is("more", false)
	s.do(t, ann, "GET", "/api/kinds/crm", nil).want(200).is("last.0.task_id", "shop").is("last.0.outcome", "failed").is("median_seconds", nil)
	s.do(t, ann, "GET", "/api/estimates/accuracy?kind=crm", nil).want(200).is("runs", 1).is("first.questions", 0)
	s.do(t, ann, "GET", "/api/tasks/shop/events?limit=2", nil).want(200).is("events.0.type", "task.created").is("next", 2)
	s.do(t, ann, "GET", "/api/tasks/job/history", nil).want(200).is("runs.0.run", 1).is("runs.0.attempt", 2)
	s.do(t, ann, "GET", "/api/tasks/job/events?limit=1000", nil).want(200).is("next", nil)

	stream := s.do(t, ann, "GET", "/api/tasks/shop/events?since=1", nil, "Accept: text/event-stream").want(200)
	for _, part := range []string{"event: step_complete\n", "event: approval_needed\n", "event: task_failed\n"} {
		if !strings.Contains(string(stream.body), part) {
			t.Errorf("no %q in\n%s", part, stream.body)
		}
	}
}

func smokeLive(t *testing.T, s *testServer) {
	ann := s.person(t, "ann", access.RoleOperator, nil)
	s.do(t, ann, "POST", "/api/tasks", `{"id":"live","title":"Live"}`).want(201)
	all, _ := s.dial(t, ann, "/ws/tasks?kind=")
	s.next(t, all).is("type", "snapshot").is("task.task_id", "live")
	one, _ := s.dial(t, ann, "/ws/tasks/live?logs=1&notices=1&worker=w1", "Sec-WebSocket-Protocol: herald")
	s.next(t, one).is("type", "snapshot").is("seq", 1)

	ended := func(conn *websocket.Conn, notices bool) {
		t.Helper()
		seen := []string{}
		for !slices.Contains(seen, "task_complete") {
			f := s.next(t, conn)
			seen = append(seen, f.get("type").(string))
		}
		if !slices.Contains(seen, "task_started") || !slices.Contains(seen, "step_complete") {
			t.Errorf("frames %v", seen)
		}
		if notices != slices.Contains(seen, "notice") {
			t.Errorf("notices: %v, want %v", seen, notices)
		}
		if notices {
			s.next(t, conn).is("type", "notice").is("notice.kind", "task.completed")
		}
	}
	s.do(t, ann, "POST", "/api/tasks/live/progress", `{"step":"a","step_progress":30,"substep":"x","worker":"w1","seq":1}`).want(200)
	s.do(t, ann, "POST", "/api/tasks/live/logs", `[{"line":"hello"}]`).want(200)
	s.do(t, ann, "POST", "/api/tasks/live/pause", nil).want(200)
	s.do(t, ann, "POST", "/api/tasks/live/resume", nil).want(200)
	s.do(t, ann, "POST", "/api/tasks/live/progress", `{"step":"a","step_status":"completed","status":"completed","result":{"ok":true}}`).want(200)
	ended(all, false)
	ended(one, true)
	s.next(t, one).want(websocket.CloseNormalClosure)
	if conn, refused := s.dial(t, ann, "/ws/tasks/none"); conn != nil || refused.problem().Code != progress.NotFound {
		t.Error("a socket of no task was opened")
	}
	s.do(t, ann, "GET", "/ws/tasks", nil).want(http.StatusBadRequest)
}

// TestCheckCanFail holds that an exchange which is not as the document has it
// is found, whatever is wrong with it.
func TestCheckCanFail(t *testing.T) {
	t.Parallel()
	s, k := newServer(t), mustContract(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"a","title":"A","steps":[{"name":"b"}]}`).want(201)
	for name, spoil := range map[string]func(x *contract.Exchange){
		"a field too much":        func(x *contract.Exchange) { replace(x, `"seq":`, `"more":1,"seq":`) },
		"a field too much inside": func(x *contract.Exchange) { replace(x, `"order":`, `"more":1,"order":`) },
		"a field too few":         func(x *contract.Exchange) { replace(x, `"eta_seconds":null,`, ``) },
		"another type":            func(x *contract.Exchange) { replace(x, `"run":1`, `"run":"1"`) },
		"another word":            func(x *contract.Exchange) { replace(x, `"status":"pending"`, `"status":"waiting"`) },
		"a time without zone":     func(x *contract.Exchange) { replace(x, `Z"`, `"`) },
		"null where none may be":  func(x *contract.Exchange) { replace(x, `"title":"A"`, `"title":null`) },
		"no JSON":                 func(x *contract.Exchange) { x.Got = x.Got[1:] },
		"another status":          func(x *contract.Exchange) { x.Res.StatusCode = 202 },
		"no request id":           func(x *contract.Exchange) { x.Res.Header.Del("X-Request-ID") },
		"another content type":    func(x *contract.Exchange) { x.Res.Header.Set("Content-Type", "text/plain") },
		"another path":            func(x *contract.Exchange) { x.Req.URL.Path = "/api/task/a" },
		"another method":          func(x *contract.Exchange) { x.Req.Method = "PUT" },
		"a wrong parameter": func(x *contract.Exchange) {
			x.Req.Method, x.Req.URL.Path, x.Req.URL.RawQuery = "GET", "/api/tasks", "limit=1000"
		},
	} {
		x := s.exchange(t, false, s.token, "GET", "/api/tasks/a", nil, nil).Exchange
		if err := k.Check(x); err != nil {
			t.Fatal(err)
		}
		spoil(&x)
		if k.Check(x) == nil {
			t.Errorf("%s was not found", name)
		}
	}
	x := s.exchange(t, false, s.token, "POST", "/api/tasks", `{"title":"B","labels":{"a":"b"}}`, nil).Exchange
	if err := k.Check(x); err != nil {
		t.Fatal(err)
	}
	for _, sent := range []string{`{"labels":{}}`, `{"title":""}`, `{"title":"B","controls":["fly"]}`, `{"title":"B","steps":[{}]}`} {
		if x.Sent = []byte(sent); k.Check(x) == nil {
			t.Errorf("%s may be taken", sent)
		}
	}
	for _, frame := range []string{
		`{}`, `{"type":"nothing"}`, `{"type":"task_started"}`,
		`{"type":"task_started","task_id":"a","seq":1,"version":1,"at":"2026-01-31T12:00:00.000Z","more":1}`,
	} {
		if k.Frame([]byte(frame)) == nil {
			t.Errorf("%s is a frame", frame)
		}
	}
	if err := k.Stream([]byte("event: other\nid: 1\ndata: " + `{"type":"task_started","task_id":"a","seq":1,"version":1,"at":"2026-01-31T12:00:00.000Z"}` + "\n\n")); err == nil {
		t.Error("a stream may call a frame as it likes")
	}
}

// replace changes the first such text of the answer.
func replace(x *contract.Exchange, old, with string) {
	if !strings.Contains(string(x.Got), old) {
		panic("the answer has no " + old)
	}
	x.Got = []byte(strings.Replace(string(x.Got), old, with, 1))
}
