package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// bad is a request that is refused, and how.
type bad struct {
	method, path string
	body         any
	status       int
	field        string // that the answer names, "" for none
}

const ndjson = "Content-Type: application/x-ndjson"

// subject is a running task with a step that waits for nobody yet.
const subject = `{"id":"t","title":"T","kind":"k","steps":[{"name":"a","substeps":["x"]},{"name":"b"},{"name":"c","approval":{"prompt":"Go?"}}]}`

// newSubject is a server with that task, under way.
func newSubject(t *testing.T) *testServer {
	t.Helper()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", subject).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":1,"step_progress":10,"worker":"w","seq":1}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"first"}]`).want(200)
	return s
}

// look is all that can be seen of a task, and how many tasks there are.
func (s *testServer) look(t testing.TB, id string) string {
	t.Helper()
	out := ""
	for _, part := range []string{"", "/events", "/logs?tail=1", "/history"} {
		out += string(s.outside(t, s.token, "GET", "/api/tasks/"+id+part, nil).want(200).body) + "\n"
	}
	return out + string(s.do(t, s.token, "GET", "/api/stats", nil).want(200).body)
}

// refuses makes each request and holds that it is refused as it should be, and
// that nothing has changed.
func (s *testServer) refuses(t *testing.T, list []bad) {
	t.Helper()
	before := s.look(t, "t")
	for _, b := range list {
		name := fmt.Sprintf("%s %s %.150s", b.method, b.path, b.body)
		var headers []string
		if text, ok := b.body.(string); ok && strings.Contains(b.path, "/logs") && !strings.HasPrefix(text, "[") {
			headers = []string{ndjson}
		}
		r := s.do(t, s.token, b.method, b.path, b.body, headers...)
		if r.status != b.status {
			t.Errorf("%s: status %d, want %d: %.300s", name, r.status, b.status, r.body)
		} else if p := r.problem(); b.field != "" && (len(p.Errors) != 1 || p.Errors[0].Field != b.field) {
			t.Errorf("%s: errors %v, want one of field %q: %.300s", name, p.Errors, b.field, r.body)
		}
		if now := s.look(t, "t"); now != before {
			t.Errorf("%s: it was refused, and changed the task from\n%s\nto\n%s", name, before, now)
			before = now
		}
	}
}

// bads are requests to one route that are refused with 400.
func bads(method, path string, cases ...string) (out []bad) {
	for _, c := range cases {
		field, body, _ := strings.Cut(c, " ")
		out = append(out, bad{method, path, body, 400, field})
	}
	return out
}

// malformed are bodies that are no JSON at all, or not one document.
var malformed = []string{
	"body {", "body nonsense", `body {"a":}`, `body {"a":1,}`, `body {"a":1}{"b":2}`, `body {"a":NaN}`, `body {"a":Infinity}`, `body {"a":-Infinity}`,
	`body {'a':1}`, "body \xff\xfe", `body {"a":"` + "\x01" + `"}`, `body "text"`, `body [1]`, `body 7`, `body true`, `body {"a":+1}`, `body {"a":01}`,
	"body {\"reason\":\"\xff\",\"title\":\"\xff\",\"message\":\"\xff\",\"worker\":\"\xff\",\"name\":\"\xff\",\"prompt\":\"\xff\"}",
}

// posts are all routes that take one JSON object.
var posts = []string{
	"/api/tasks", "/api/tasks/claim", "/api/tasks/t/progress", "/api/tasks/t/heartbeat", "/api/tasks/t/steps/1/approval",
	"/api/tasks/t/cancel", "/api/tasks/t/pause", "/api/tasks/t/resume", "/api/tasks/t/restart", "/api/tasks/t/steps/1/approve",
	"/api/tasks/t/steps/1/reject", "/api/tasks/t/steps/1/retry", "/api/tasks/t/steps/1/skip", "/api/people", "/api/tokens", "/api/login",
}

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for _, path := range posts {
		t.Run(path, func(t *testing.T) { s.refuses(t, bads("POST", path, malformed...)) })
	}
	s.refuses(t, bads("PATCH", "/api/people/admin", malformed[:8]...))
}

// ofType are bodies with each field of a wrong type.
func ofType(fields map[string]string) (out []string) {
	values := map[string]string{"text": `"x"`, "number": `1.5`, "bool": `true`, "list": `[1]`, "object": `{"a":1}`}
	for field, takes := range fields {
		for kind, v := range values {
			if !strings.Contains(takes, kind) {
				out = append(out, field+` {"`+field+`":`+v+`,"title":"A","worker":"w"}`)
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(out, func(c string) bool { // a name that is twice there: the last counts
		return strings.HasPrefix(c, "title ") || strings.HasPrefix(c, "worker ")
	})
}

func TestWrongTypes(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for path, fields := range map[string]map[string]string{
		"/api/tasks": {
			"id": "text", "kind": "text", "owner": "text", "labels": "object", "metadata": "object", "complexity": "number",
			"steps": "list", "parent": "text", "callback_url": "text", "callback_events": "list", "controls": "list",
		},
		"/api/tasks/t/progress": {
			"progress": "number", "step": "text", "step_progress": "number", "step_status": "text", "substep": "text", "substep_done": "bool",
			"message": "text", "metrics": "object", "metadata": "object", "error": "text object", "status": "text", "seq": "",
			"at": "", "lease": "text", "run": "", "attempt": "",
		},
		"/api/tasks/t/heartbeat": {"lease": "text", "run": "", "attempt": ""},
		"/api/tasks/claim":       {"kinds": "list", "wait_seconds": ""},
		"/api/tasks/t/steps/1/approval": {
			"prompt": "text", "effects": "list", "options": "list", "approvers": "list", "quorum": "", "expires_in": "", "default": "text",
			"on_reject": "text", "risk": "text", "self_approval": "bool", "escalate": "list",
		},
		"/api/tasks/t/cancel":         {"reason": "text", "run": "", "attempt": ""},
		"/api/tasks/t/steps/1/reject": {"reason": "text", "digest": "text"},
		"/api/people":                 {"name": "text", "role": "text", "groups": "list"},
		"/api/tokens":                 {"name": "text", "person": "text", "scopes": "list", "expires_at": ""},
		"/api/login":                  {"token": "text", "code": "text"},
	} {
		t.Run(path, func(t *testing.T) { s.refuses(t, bads("POST", path, ofType(fields)...)) })
	}
	s.refuses(t, bads("PATCH", "/api/people/admin", ofType(map[string]string{"role": "text", "groups": "list", "disabled": "bool"})...))
}

func TestBadReports(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	s.refuses(t, bads("POST", "/api/tasks/t/progress",
		`progress {"progress":-1}`, `progress {"progress":-0.001}`, `progress {"progress":100.001}`, `progress {"progress":101}`, `progress {"progress":1e999}`,
		`progress {"progress":-1e999}`, `progress {"progress":1e308}`, `progress {"progress":"NaN"}`, `progress {"progress":"50"}`,
		`step_progress {"step":1,"step_progress":-1}`, `step_progress {"step":1,"step_progress":100.5}`, `step_progress {"step":1,"step_progress":1e999}`,
		`step {"step":-1}`, `step {"step":4}`, `step {"step":999,"step_status":"running"}`, `step {"step":1.5}`, `step {"step":1e3,"step_progress":1}`,
		`step {"step":99999999999999999999}`, `step {"step":"  ","step_progress":1}`,
		`step_status {"step":1,"step_status":"done"}`, `step_status {"step":1,"step_status":"paused"}`, `step_status {"step":1,"step_status":"approval"}`,
		`step_status {"step":1,"step_status":"Running"}`, `status {"status":"pending"}`, `status {"status":"approval"}`, `status {"status":"done"}`,
		`substep {"step":1,"substep_done":true}`, `seq {"seq":-1}`, `seq {"seq":1e30}`, `seq {"seq":1.5}`, `run {"run":-1}`, `attempt {"attempt":-1}`,
		`at {"at":"yesterday"}`, `at {"at":"2026-13-01T00:00:00Z"}`, `at {"at":""}`, `at {"at":1700000000}`,
		`step {"step":"a\u0000b","step_progress":1}`, `message {"message":"a\u0000b"}`, `worker {"worker":"a\u0000b","progress":20}`,
		`substep {"step":1,"substep":"a\u0000b"}`, `error.message {"error":"a\u0000b"}`,
		`error.message {"error":{"message":5}}`, `error.type {"error":{"type":5}}`,
	))
	s.refuses(t, []bad{
		{"POST", "/api/tasks/none/progress", `{"progress":1}`, 404, ""},
		{"POST", "/api/tasks/none/heartbeat", `{}`, 404, ""},
		{"POST", "/api/tasks/%20/progress", `{"progress":1}`, 404, ""},
	})
}

func TestBadTasks(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	cases := []string{
		"title ", "title {}", "title null", `title {"title":""}`, `title {"title":"  \t"}`, `title {"title":null}`,
		`title {"title":"a\u0000"}`,
		`id {"title":"A","id":"a b"}`, `id {"title":"A","id":"../x"}`, `id {"title":"A","id":"-a"}`, `id {"title":"A","id":"` + strings.Repeat("a", 129) + `"}`,
		`id {"title":"A","id":"ü"}`, `id {"title":"A","id":"a/b"}`, `kind {"title":"A","kind":"a\u0000"}`, `owner {"title":"A","owner":"a\u0000"}`,
		`labels {"title":"A","labels":{"":"x"}}`, `labels {"title":"A","labels":{"a\u0000":"x"}}`, `labels.a {"title":"A","labels":{"a":"x\u0000"}}`,
		`complexity {"title":"A","complexity":-1}`, `complexity {"title":"A","complexity":1e999}`, `complexity {"title":"A","complexity":1e19}`,
		`parent {"title":"A","parent":"a b"}`, `parent {"title":"A","id":"p","parent":"p"}`,
		`callback_url {"title":"A","callback_url":"file:///etc/passwd"}`, `callback_url {"title":"A","callback_url":"http://"}`,
		`callback_url {"title":"A","callback_url":"//host/x"}`, `callback_url {"title":"A","callback_url":"javascript:alert(1)"}`,
		`callback_url {"title":"A","callback_url":"http://a b/"}`, `callback_url {"title":"A","callback_url":"https://ann:secret@x.example/"}`,
		`callback_url {"title":"A","callback_url":"https://@x.example/"}`, `callback_url {"title":"A","callback_url":"https://x.example/#"}`,
		`callback_url {"title":"A","callback_url":"https://x.example/a#b"}`,
		`callback_events {"title":"A","callback_events":["ended"]}`, `callback_events {"title":"A","callback_events":["progress",""]}`, `callback_events {"title":"A","callback_events":["fly.*"]}`,
		`controls {"title":"A","controls":["fly"]}`, `controls {"title":"A","controls":["approve"]}`, `controls {"title":"A","controls":[""]}`,
		`steps[0].name {"title":"A","steps":[{}]}`, `steps[1].name {"title":"A","steps":[{"name":"a"},{"name":"a"}]}`, `steps[0].name {"title":"A","steps":[{"name":" "}]}`,
		`steps[0].name {"title":"A","steps":[null]}`, `steps[0].name {"title":"A","steps":[{"name":"a\u0000"}]}`,
		`steps[0].weight {"title":"A","steps":[{"name":"a","weight":-1}]}`, `steps[0].weight {"title":"A","steps":[{"name":"a","weight":1e10}]}`,
		`steps[0].substeps[0] {"title":"A","steps":[{"name":"a","substeps":[""]}]}`, `steps[0].substeps[1] {"title":"A","steps":[{"name":"a","substeps":["x","x"]}]}`,
	}
	for field, values := range map[string][]string{
		"quorum": {"-1", "2"}, "expires_in": {"-1", "400000000"}, "default": {`"maybe"`}, "on_reject": {`"explode"`}, "risk": {`"huge"`},
	} {
		for _, v := range values {
			cases = append(cases, fmt.Sprintf(`steps[0].approval.%s {"title":"A","steps":[{"name":"a","approval":{"approvers":["ann"],%q:%s}}]}`, field, field, v))
		}
	}
	cases = append(cases, `steps[0].approval.escalate[0].after {"title":"A","steps":[{"name":"a","approval":{"escalate":[{"after":-1}]}}]}`)
	s.refuses(t, bads("POST", "/api/tasks", cases...))
	s.refuses(t, bads("POST", "/api/tasks/t/steps/1/approval",
		`quorum {"quorum":-1}`, `quorum {"approvers":["a","a"],"quorum":2}`, `approvers {"approvers":[""]}`,
		`expires_in {"expires_in":-1}`, `default {"default":"x"}`, `on_reject {"on_reject":"x"}`, `risk {"risk":"x"}`,
		`escalate {"escalate":[`+strings.Repeat(`{"after":60},`, 10)+`{"after":60}]}`, `escalate[0].after {"escalate":[{}]}`, `escalate[0].after {"escalate":[null]}`,
		`escalate[0].after {"escalate":[{"after":29}]}`, `escalate[1].after {"escalate":[{"after":30},{"after":2592001}]}`, `escalate.after {"escalate":[{"after":"5m"}]}`,
		`escalate[0].tell {"escalate":[{"after":60,"tell":[" "]}]}`, `escalate.tell {"escalate":[{"after":60,"tell":"ann"}]}`,
		`escalate[0].by {"escalate":[{"after":60,"by":["e-mail","e mail"]}]}`, `escalate[0].tell[0] {"escalate":[{"after":60,"tell":["a\u0000"]}]}`,
		`quorum {"approvers":["a"],"quorum":3,"escalate":[{"after":60,"tell":["b","a"]}]}`,
		`prompt {"prompt":"\u0000"}`, `run {"run":-1}`))
	s.refuses(t, []bad{{"POST", "/api/tasks", `{"id":"t","title":"A"}`, 409, ""}})
}

// TestWrongTypesInside holds that a wrong type within a list or an object is
// named by its whole path.
func TestWrongTypesInside(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for _, c := range []string{
		`steps {"title":"A","steps":[1]}`, `steps.name {"title":"A","steps":[{"name":1}]}`, `steps.weight {"title":"A","steps":[{"name":"a","weight":"1"}]}`,
		`steps.substeps {"title":"A","steps":[{"name":"a","substeps":[1]}]}`, `steps.approval {"title":"A","steps":[{"name":"a","approval":1}]}`,
		`steps.approval.quorum {"title":"A","steps":[{"name":"a","approval":{"quorum":"1"}}]}`, `labels {"title":"A","labels":{"a":1}}`,
		`controls {"title":"A","controls":[1]}`, `steps.weight {"title":"A","steps":[{"name":"a","weight":1e999}]}`,
	} {
		field, body, _ := strings.Cut(c, " ")
		p := s.do(t, s.token, "POST", "/api/tasks", body).want(400).problem()
		if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Field, field) {
			t.Errorf("%s: errors %v, want of field %s", body, p.Errors, field)
		}
	}
}

func TestBadClaims(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	many := strings.Repeat(`"k",`, 100) + `"k"`
	s.refuses(t, bads("POST", "/api/tasks/claim",
		"kinds ", "kinds {}", `kinds {"kinds":[],"worker":"w"}`, `kinds {"kinds":null,"worker":"w"}`, `kinds {"kinds":[`+many+`],"worker":"w"}`,
		`wait_seconds {"kinds":["k"],"worker":"w","wait_seconds":-1}`, `wait_seconds {"kinds":["k"],"worker":"w","wait_seconds":61}`,
		`wait_seconds {"kinds":["k"],"worker":"w","wait_seconds":0.5}`, `worker {"kinds":["k"]}`, `worker {"kinds":["k"],"worker":""}`,
		`worker {"kinds":["k"],"worker":"a\u0000"}`, `kinds {"kinds":["a\u0000"],"worker":"w"}`))
	s.refuses(t, bads("POST", "/api/tasks/claim", `worker {"kinds":["nothing of this kind"]}`, `worker {"kinds":["nothing of this kind"],"worker":"a\u0000"}`))
	s.refuses(t, []bad{{"POST", "/api/tasks/claim", `{"kinds":["nothing of this kind"],"worker":"` + strings.Repeat("w", 201) + `"}`, 413, "worker"}})
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for path, params := range map[string][]string{
		"/api/tasks": {
			"limit=0", "limit=201", "limit=-1", "limit=x", "limit=1.5", "status=done", "status=running,done", "label=x", "label=:x", "created_from=today",
			"created_to=2026-01-01", "updated_from=1", "updated_to=x", "cursor=nonsense", "cursor=%00", "cursor=AAAA", "cursor=" + strings.Repeat("A", 5000),
		},
		"/api/stats":                    {"status=x", "label=x", "created_from=x"},
		"/api/tasks/t/events":           {"since=-1", "since=x", "since=1.5", "limit=0", "limit=1001", "since=99999999999999999999"},
		"/api/tasks/t/logs":             {"since=-1", "since=x", "tail=0", "tail=-1", "tail=x", "tail=10001", "limit=0", "limit=10001"},
		"/ws/tasks":                     {"label=x", "logs=yes", "notices=yes", "label=a:1&label=a:2"},
		"/ws/tasks/t":                   {"since=-1", "since=x", "logs=2", "notices=x"},
		"/api/tokens":                   {"all=maybe"},
		"/api/tasks/t/steps/1/approval": {"wait_seconds=61", "wait_seconds=-1", "wait_seconds=x", "wait_seconds=1.5", "run=-1", "attempt=x"},
	} {
		for _, p := range params {
			field, _, _ := strings.Cut(p, "=")
			s.refuses(t, []bad{{"GET", path + "?" + p, nil, 400, field}})
		}
	}
	for _, q := range []string{"kind=%00", "owner=%00", "q=%00", "label=a:%00", "label=%00:a", "kind=%ff", "q=%ff", "owner=%ff"} {
		for _, path := range []string{"/api/tasks?", "/api/stats?"} {
			if r := s.outside(t, s.token, "GET", path+q, nil); r.status != 400 && r.status != 200 {
				t.Errorf("%s%s: status %d: %s", path, q, r.status, r.body)
			}
		}
	}
}

func TestNothingThere(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	before := s.look(t, "t")
	for _, path := range []string{
		"/api", "/api/", "/api/task", "/api/tasks/", "/api/tasks/t/", "/api/tasks/t/fly", "/api/tasks/t/approve", "/api/tasks/t/retry", "/api/tasks/t/steps",
		"/api/tasks/t/steps/1", "/api/tasks/t/steps/1/pause", "/api/tasks/t/steps/1/cancel", "/api/tasks/t/expire", "/api/tasks/t/stall", "/api/tasks/t/claim",
		"/api/tasks/t/create", "/API/tasks", "/api//tasks", "/api/tasks/../tasks", "/api/tasks/a%2Fb/cancel/x", "/ws", "/admin", "/.git/config",
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			r := s.outside(t, s.token, method, path, nil)
			if r.status != 404 || r.problem().Code != progress.NotFound || r.header.Get("X-Request-ID") == "" ||
				r.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: status %d %v: %s", method, path, r.status, r.header, r.body)
			}
		}
	}
	if now := s.look(t, "t"); now != before {
		t.Errorf("the task changed from\n%s\nto\n%s", before, now)
	}
}

func TestWrongMethods(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	allowed := map[string][]string{}
	for _, r := range slices.Concat((*server)(nil).routes(), pageRoutes) {
		path := strings.NewReplacer(":id", "t", ":n", "1", ":name", "admin", ":verb", "pause").Replace(r.path)
		allowed[path] = append(allowed[path], r.method)
	}
	allowed["/api/tasks/claim"] = append(allowed["/api/tasks/claim"], "GET") // a task may have that id
	before := s.look(t, "t")
	for path, methods := range allowed {
		for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			if slices.Contains(methods, m) {
				continue
			}
			r := s.outside(t, s.token, m, path, nil)
			if r.status != http.StatusMethodNotAllowed || !strings.Contains(string(r.body), m+" is not understood here") {
				t.Errorf("%s %s: status %d: %s", m, path, r.status, r.body)
			}
			for _, want := range methods {
				if path != "/api/tasks/claim" && !strings.Contains(r.header.Get("Allow"), want) {
					t.Errorf("%s %s: Allow is %q, want %s in it", m, path, r.header.Get("Allow"), want)
				}
			}
		}
	}
	if now := s.look(t, "t"); now != before {
		t.Errorf("the task changed from\n%s\nto\n%s", before, now)
	}
}

func TestBadSteps(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	var list []bad
	for _, verb := range []string{"approve", "reject", "retry", "skip", "approval"} {
		for _, n := range []string{"0", "-1", "x", "1.5", "99999999999999999999", "a", "%20", "%00"} {
			list = append(list, bad{"POST", "/api/tasks/t/steps/" + n + "/" + verb, `{}`, 400, "step"})
		}
	}
	for _, n := range []string{"0", "-1", "x", "99999999999999999999"} {
		list = append(list, bad{"GET", "/api/tasks/t/steps/" + n + "/approval", nil, 400, "step"})
	}
	for _, verb := range []string{"approve", "reject", "skip", "approval"} {
		list = append(list, bad{"POST", "/api/tasks/t/steps/999/" + verb, `{}`, 404, ""}, bad{"POST", "/api/tasks/t/steps/4/" + verb, `{}`, 404, ""})
	}
	list = append(list, bad{"GET", "/api/tasks/t/steps/999/approval", nil, 404, ""}, bad{"GET", "/api/tasks/none/steps/1/approval", nil, 404, ""},
		bad{"GET", "/api/tasks/t/steps/1/approval", nil, 404, ""})
	s.refuses(t, list)
}
