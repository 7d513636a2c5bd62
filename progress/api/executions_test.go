package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
)

const executions = executionsBase + "/executions"

// agent is an execution that waits for a worker.
const agent = `{"type":"agent","target_id":"crm","inputs":{"n":1}}`

// start starts an execution of a target.
func (s *testServer) start(t testing.TB, target string) (id string) {
	t.Helper()
	body := map[string]any{"type": "agent", "target_id": target, "inputs": map[string]any{}}
	return s.do(t, s.token, "POST", executions, body).want(202).get("execution_id").(string)
}

// report reports on a task by the native face.
func (s *testServer) report(t testing.TB, id, body string) {
	t.Helper()
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/progress", body).want(200)
}

// members are the keys of the object at a path, "" for the whole, in order.
func (r reply) members(path string) string {
	r.t.Helper()
	v := any(map[string]any{})
	if path != "" {
		v = r.get(path)
	} else if err := json.Unmarshal(r.body, &v); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
	var names []string
	for name := range v.(map[string]any) {
		names = append(names, name)
	}
	return strings.Join(sorted(names), " ")
}

// detail is the text of a refusal of the executions face.
func (r reply) detail() string {
	r.t.Helper()
	if got := r.members(""); got != "detail" || r.header.Get("Content-Type") != "application/json" || r.header.Get("Cache-Control") != "no-store" {
		r.t.Fatalf("a refusal with %s, %v:\n%s", got, r.header, r.body)
	}
	text, ok := r.get("detail").(string)
	if !ok {
		r.t.Fatalf("the detail is no text: %s", r.body)
	}
	return text
}

// faults are what a refusal says is wrong, such as "body.type missing".
func (r reply) faults() string {
	r.t.Helper()
	var out []string
	for i := range r.want(422).get("detail").([]any) {
		at := fmt.Sprintf("detail.%d.", i)
		var loc []string
		for _, part := range r.get(at + "loc").([]any) {
			loc = append(loc, fmt.Sprint(part))
		}
		out = append(out, fmt.Sprint(strings.Join(loc, "."), " ", r.get(at+"type")))
	}
	return strings.Join(out, ", ")
}

func smokeExecutions(t *testing.T, s *testServer) {
	ci := s.person(t, "ci", access.RoleOperator, nil)
	id := s.do(t, ci, "POST", executions, agent, key+"start").want(202).get("execution_id").(string)
	s.do(t, ci, "GET", executions+"/"+id, nil).want(200).is("status", "pending")
	s.do(t, ci, "GET", executions+"/"+id+"/progress", nil).want(204)
	s.report(t, id, `{"progress":40}`)
	s.do(t, ci, "GET", executions+"?status=running&type=agent&target_id=crm&page=1&page_size=1&sort=created_at&order=asc", nil).want(200).
		is("executions.0.execution_id", id).is("pagination.total_items", 1)
	s.do(t, ci, "GET", executions+"/"+id+"/progress", nil).want(200).is("percentage", 40)
	s.do(t, ci, "POST", executions+"/"+id+"/cancel", `{"reason":"enough"}`).want(200)
}

// TestExecutionAccepted holds what is answered to a start, and what becomes of
// all that it says.
func TestExecutionAccepted(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := s.do(t, s.token, "POST", executions, `{"type":"pipeline","target_id":"Zürich ☎","inputs":{"b":[1.50,null],"a":"x"},
		"config":{"callback_events":["completed"]},"callback_url":"https://crm.example/secret","more":1}`).want(202)
	if got := r.members(""); got != "created_at execution_id message status status_url" {
		t.Errorf("the answer has %s", got)
	}
	id := r.is("status", "pending").get("execution_id").(string)
	if !regexp.MustCompile(`^exec_[0-9a-f]{12}$`).MatchString(id) || r.get("status_url") != executions+"/"+id || r.get("message") == "" {
		t.Errorf("answered %s", r.body)
	}
	task := s.do(t, s.token, "GET", "/api/tasks/"+id, nil).want(200).is("created_at", r.get("created_at"))
	task.is("kind", "pipeline").is("title", "Zürich ☎").is("labels.target_id", "Zürich ☎").is("metadata.target_id", "Zürich ☎")
	task.is("metadata.config.callback_events.0", "completed").is("inputs.b.0", 1.5).is("inputs.b.1", nil).is("inputs.a", "x")
	kept, err := s.api.Engine.Task(t.Context(), progress.TaskID(id))
	if err != nil || kept.Spec.CallbackURL != "https://crm.example/secret" {
		t.Errorf("%+v, %v", kept.Spec, err)
	}
	s.report(t, id, `{"status":"completed"}`)
	for _, path := range []string{
		executions, executions + "/" + id, executions + "/" + id + "/progress", "/api/tasks/" + id, "/api/tasks/" + id + "/progress", "/api/tasks",
		"/api/tasks/" + id + "/events", "/api/tasks/" + id + "/history",
	} {
		if got := s.do(t, s.token, "GET", path, nil); got.status > 299 || bytes.Contains(got.body, []byte("secret")) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	bare := s.do(t, s.token, "POST", executions, `{"type":"agent","target_id":"x","inputs":{},"config":null,"callback_url":null}`).want(202)
	if task := s.do(t, s.token, "GET", "/api/tasks/"+bare.get("execution_id").(string), nil); task.has("metadata.config") {
		t.Errorf("a config from nowhere: %s", task.body)
	}
}

// TestExecutionCallbackEvents holds that of the config's callback_events those
// count that mean anything here, and that the others harm nobody.
func TestExecutionCallbackEvents(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for config, want := range map[string][]string{
		`{"callback_events":["progress","completed","approval.*","progress"]}`:         {"progress", "completed", "approval.*"},
		`{"callback_events":["ended","",null,5,["progress"],"task.paused","a\u0000"]}`: {"task.paused"},
		`{"callback_events":[]}`:         nil,
		`{"callback_events":"progress"}`: nil,
		`{"callback_events":{"a":1}}`:    nil,
		`{"callback_events":null}`:       nil,
		`{}`:                             nil,
	} {
		r := s.do(t, s.token, "POST", executions, `{"type":"agent","target_id":"x","inputs":{},"config":`+config+`}`).want(202)
		kept, err := s.api.Engine.Task(t.Context(), progress.TaskID(r.get("execution_id").(string)))
		if err != nil || !slices.Equal(kept.Spec.CallbackEvents, want) {
			t.Errorf("%s gives %q, %v", config, kept.Spec.CallbackEvents, err)
		}
	}
	many := s.do(t, s.token, "POST", "/api/tasks", `{"id":"cb","title":"T","callback_events":["started","progress","task.*","*"]}`).want(201)
	kept, err := s.api.Engine.Task(t.Context(), "cb")
	if err != nil || len(kept.Spec.CallbackEvents) != 4 {
		t.Errorf("%s: %q, %v", many.body, kept.Spec.CallbackEvents, err)
	}
}

// TestExecutionFaults sends bodies that are wrong, and holds that all that is
// wrong is said at once, and nothing is made of them.
func TestExecutionFaults(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	long := strings.Repeat("ü", 201)
	deep := strings.Repeat(`[`, 101) + strings.Repeat(`]`, 101)
	for body, want := range map[string]string{
		`{}`: "body.type missing, body.target_id missing, body.inputs missing",
		`{"type":null,"target_id":null,"inputs":null}`: "body.type missing, body.target_id missing, body.inputs missing",
		`{"Type":"agent","TARGET_ID":"x","inputs":{}}`: "body.type missing, body.target_id missing",

		`{"type":"robot","target_id":"x","inputs":{}}`:                "body.type literal_error",
		`{"type":"Agent","target_id":"x","inputs":{}}`:                "body.type literal_error",
		`{"type":"","target_id":"x","inputs":{}}`:                     "body.type literal_error",
		`{"type":5,"target_id":"x","inputs":{}}`:                      "body.type literal_error",
		`{"type":["agent"],"target_id":"x","inputs":{}}`:              "body.type literal_error",
		`{"type":"agent","type":"robot","target_id":"x","inputs":{}}`: "body.type literal_error",

		`{"type":"agent","target_id":5,"inputs":{}}`:                               "body.target_id string_type",
		`{"type":"agent","target_id":["x"],"inputs":{}}`:                           "body.target_id string_type",
		`{"type":"agent","target_id":{},"inputs":{}}`:                              "body.target_id string_type",
		`{"type":"agent","target_id":true,"inputs":{}}`:                            "body.target_id string_type",
		`{"type":"agent","target_id":"","inputs":{}}`:                              "body.target_id string_too_short",
		`{"type":"agent","target_id":" \t","inputs":{}}`:                           "body.target_id string_too_short",
		`{"type":"agent","target_id":"` + long + `","inputs":{}}`:                  "body.target_id string_too_long",
		`{"type":"agent","target_id":"a\u0000b","inputs":{}}`:                      "body.target_id value_error",
		`{"type":"agent","target_id":"x","inputs":"{}"}`:                           "body.inputs dict_type",
		`{"type":"agent","target_id":"x","inputs":[1]}`:                            "body.inputs dict_type",
		`{"type":"agent","target_id":"x","inputs":7}`:                              "body.inputs dict_type",
		`{"type":"agent","target_id":"x","inputs":{},"config":"x"}`:                "body.config dict_type",
		`{"type":"agent","target_id":"x","inputs":{},"config":[]}`:                 "body.config dict_type",
		`{"type":"agent","target_id":"x","inputs":{"a":` + deep + `}}`:             "body.inputs value_error",
		`{"type":"agent","target_id":"x","inputs":{},"config":{"a":` + deep + `}}`: "body.config value_error",

		`{"type":"agent","target_id":"x","inputs":{},"callback_url":5}`:                    "body.callback_url string_type",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"not a url"}`:          "body.callback_url url_parsing",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"ftp://x.example/"}`:   "body.callback_url url_parsing",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"file:///etc/passwd"}`: "body.callback_url url_parsing",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"http://"}`:            "body.callback_url url_parsing",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"http://a:b@x/"}`:      "body.callback_url url_parsing",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"http://x/#top"}`:      "body.callback_url url_parsing",
		`{"type":"agent","target_id":"x","inputs":{},"callback_url":"http://x\u0000/"}`:    "body.callback_url value_error",
		`{"type":1,"target_id":2,"inputs":3,"config":4,"callback_url":5}`: "body.type literal_error, body.target_id string_type, body.inputs dict_type, " +
			"body.config dict_type, body.callback_url string_type",
	} {
		if got := s.do(t, s.token, "POST", executions, body).faults(); got != want {
			t.Errorf("%.80s: %s, want %s", body, got, want)
		}
	}
	s.do(t, s.token, "POST", executions, `{"type":"x"}`).is("detail.0.msg", "Input should be 'agent' or 'pipeline'").is("detail.1.msg", "Field required")
	s.do(t, s.token, "GET", "/api/stats", nil).is("total", 0)
	s.do(t, s.token, "POST", executions, `{"type":"robot","type":"agent","target_id":"`+long[:400]+`","inputs":{"a":"\u0000"}}`).want(202)
}

// TestExecutionMalformed sends what is no object, and holds that it is said from
// which byte on.
func TestExecutionMalformed(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	cancel := executions + "/" + s.start(t, "x") + "/cancel"
	for body, want := range map[string]string{
		`{`: "body.1 json_invalid", `{"type":`: "body.8 json_invalid", `{"type":"agent",}`: "body.16 json_invalid", `{}x`: "body.2 json_invalid",
		`{'a':1}`: "body.1 json_invalid", "\xff": "body.0 json_invalid", `{"a":NaN}`: "body.5 json_invalid", `{"a":01}`: "body.6 json_invalid",
		`{"reason":"�` + "\xff" + `"}`: "body.14 json_invalid", `{"reason":"ok` + "\xff" + `"}`: "body.13 json_invalid", strings.Repeat("[", 20_000): "body.10000 json_invalid",
		`[]`: "body dict_type", `5`: "body dict_type", `"x"`: "body dict_type", `true`: "body dict_type", `[{"type":"agent"}]`: "body dict_type",
	} {
		for _, path := range []string{executions, cancel} {
			if got := s.do(t, s.token, "POST", path, body).faults(); got != want {
				t.Errorf("%s %.40q: %s, want %s", path, body, got, want)
			}
		}
	}
	for _, body := range []string{"", " \n", "null"} {
		if got := s.do(t, s.token, "POST", executions, body).faults(); got != "body missing" {
			t.Errorf("%q: %s", body, got)
		}
	}
	s.do(t, s.token, "GET", "/api/stats", nil).is("total", 1).is("pending", 1)
}

// TestExecutionHeaders holds what is said of headers that are wrong.
func TestExecutionHeaders(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if got := s.do(t, s.token, "POST", executions, agent, key+strings.Repeat("k", 256)).faults(); got != "header.Idempotency-Key value_error" {
		t.Error(got)
	}
	if got := s.do(t, s.token, "POST", executions, agent, "Content-Encoding: gzip").faults(); got != "header.Content-Encoding value_error" {
		t.Error(got)
	}
	s.do(t, s.token, "POST", executions, agent, key+strings.Repeat("k", 255)).want(202)
}

// TestExecutionRefusals holds the form of everything else that goes wrong, and
// the headers that belong to it.
func TestExecutionRefusals(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.start(t, "x")
	calls := []struct{ method, path, body string }{
		{"POST", executions, agent}, {"GET", executions, ""}, {"GET", executions + "/" + id, ""}, {"GET", executions + "/" + id + "/progress", ""},
		{"POST", executions + "/" + id + "/cancel", "{}"},
	}
	eve, ci := s.person(t, "eve", access.RoleViewer, nil), s.person(t, "ci", access.RoleOperator, nil, "report")
	for _, r := range calls {
		none := s.do(t, "", r.method, r.path, r.body).want(401)
		if none.detail() == "" || !strings.HasPrefix(none.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s %s: %v %s", r.method, r.path, none.header, none.body)
		}
		if r.method == "GET" {
			s.do(t, ci, r.method, r.path, nil).want(403).detail()
			s.do(t, eve, r.method, r.path, nil)
		} else {
			s.do(t, eve, r.method, r.path, r.body).want(403).detail()
		}
	}
	large := strings.Repeat("x", 520<<10)
	if text := s.do(t, s.token, "POST", executions, `{"type":"agent","target_id":"x","inputs":{"a":"`+large+`"}}`).want(413).detail(); !strings.HasPrefix(text, "inputs: ") {
		t.Error(text)
	}
	if text := s.do(t, s.token, "POST", executions, `{"type":"agent","target_id":"x","inputs":{},"config":{"a":"`+large+`"}}`).want(413).detail(); !strings.HasPrefix(text, "config: ") {
		t.Error(text)
	}
	s.do(t, s.token, "POST", executions, `{"type":"agent","target_id":"x","inputs":{},"callback_url":"http://x.example/`+large+`"}`).want(413).detail()
	s.do(t, s.token, "POST", executions, `{"a":"`+large+large+`"}`).want(413).detail()
	s.do(t, s.token, "POST", executions+"/"+id+"/cancel", `{"reason":"`+large+`"}`).want(413).detail()
	s.do(t, s.token, "GET", executions+"/"+id, nil).is("status", "pending")
	s.do(t, s.token, "GET", "/api/stats", nil).is("total", 1)

	s.api.Engine.Close()
	if away := s.do(t, s.token, "POST", executions, agent).want(503); away.detail() == "" || away.header.Get("Retry-After") == "" {
		t.Errorf("%v: %s", away.header, away.body)
	}
}

func TestExecutionsTooFast(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(s *setup) { s.api.Rate = 0.001 })
	for {
		r := s.do(t, s.token, "GET", executions, nil)
		if r.status == 200 {
			continue
		}
		if r.want(429).detail() == "" || r.header.Get("Retry-After") == "" {
			t.Errorf("%v: %s", r.header, r.body)
		}
		return
	}
}

// TestExecutionsNowhere asks for paths and in ways that there are not.
func TestExecutionsNowhere(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.start(t, "x")
	for _, path := range []string{"", "/", "/execution", "/executions/", "/executions/" + id + "/", "/executions/" + id + "/logs", "/executions/" + id + "/cancel/x", "/EXECUTIONS"} {
		if text := s.outside(t, s.token, "GET", executionsBase+path, nil).want(404).detail(); !strings.Contains(text, executionsBase+path) {
			t.Errorf("%s: %s", path, text)
		}
	}
	for path, allowed := range map[string]string{
		executions: "GET POST", executions + "/" + id: "GET", executions + "/" + id + "/progress": "GET", executions + "/" + id + "/cancel": "POST",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			if slices.Contains(strings.Fields(allowed), method) {
				continue
			}
			r := s.outside(t, s.token, method, path, nil).want(405)
			allow := strings.Split(strings.ReplaceAll(r.header.Get("Allow"), " ", ""), ",")
			if got := strings.Join(sorted(allow), " "); got != allowed {
				t.Errorf("%s %s: Allow is %s", method, path, got)
			}
			if method != "HEAD" && !strings.Contains(r.detail(), method) {
				t.Errorf("%s %s: %s", method, path, r.body)
			}
		}
	}
}

// TestExecutionUnknown holds the fixed words for what there is not, or is not for
// these eyes.
func TestExecutionUnknown(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	bob := s.person(t, "bob", access.RoleMember, nil)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"hers","title":"T","owner":"ann"}`).want(201)
	for path, id := range map[string]string{
		"exec_0123456789ab": "exec_0123456789ab", "hers": "hers", "a%20b": "a b", "%27%22": `'"`, "%00": "\x00", "a%2Fb": "a/b", "%C3%BC%E2%98%8E": "ü☎",
		"-": "-", "..%2F..": "../..", strings.Repeat("x", 3000): strings.Repeat("x", 3000), "%3Cb%3E": "<b>", "%25s": "%s",
	} {
		for _, call := range []struct{ method, path string }{{"GET", ""}, {"GET", "/progress"}, {"POST", "/cancel"}} {
			r := s.outside(t, bob, call.method, executions+"/"+path+call.path, nil).want(404)
			if got := r.detail(); got != "Execution '"+id+"' not found" {
				t.Errorf("%s %s%s: %q", call.method, path, call.path, got)
			}
		}
	}
	s.do(t, s.token, "GET", executions+"/hers", nil).want(200)
	s.do(t, bob, "POST", executions+"/hers/cancel", `{"reason":5}`).want(422)
}

// TestExecutionShown holds what an execution shows, from its start to each of its
// ends.
func TestExecutionShown(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const all = "completed_at error execution_id failed_at outputs progress started_at status target_id type"
	look := func(id string, nulls ...string) reply {
		t.Helper()
		r := s.do(t, s.token, "GET", executions+"/"+id, nil).want(200).is("execution_id", id)
		if got := r.members(""); got != all {
			t.Errorf("it has %s", got)
		}
		for name := range strings.FieldsSeq(all) {
			if (r.get(name) == nil) != slices.Contains(nulls, name) {
				t.Errorf("%s is %v in %s", name, r.get(name), r.body)
			}
		}
		return r
	}
	id := s.start(t, "crm")
	look(id, "progress", "outputs", "error", "started_at", "completed_at", "failed_at").is("status", "pending").is("type", "agent").is("target_id", "crm")
	s.report(t, id, `{"progress":40}`)
	running := look(id, "outputs", "error", "completed_at", "failed_at").is("status", "running").is("progress.percentage", 40)
	if got := running.members("progress"); got != "current_step current_step_name percentage total_steps" {
		t.Errorf("the progress has %s", got)
	}
	s.report(t, id, `{"status":"completed","result":{"url":"x","n":[1,null]}}`)
	ended := s.do(t, s.token, "GET", "/api/tasks/"+id, nil)
	look(id, "error", "failed_at").is("status", "completed").is("outputs.n.0", 1).is("outputs.n.1", nil).is("completed_at", ended.get("ended_at")).is("started_at", ended.get("started_at"))

	id = s.start(t, "crm")
	s.report(t, id, `{"progress":1}`)
	s.report(t, id, `{"status":"failed","error":{"type":"TimeoutError","message":"too slow","details":{"after":30}},"result":[7]}`)
	look(id, "completed_at").is("status", "failed").is("error.type", "TimeoutError").is("error.message", "too slow").is("error.details.after", 30).
		is("failed_at", s.do(t, s.token, "GET", "/api/tasks/"+id, nil).get("ended_at")).is("outputs.0", 7)

	id = s.start(t, "crm")
	s.report(t, id, `{"status":"failed","error":"too slow"}`)
	text := look(id, "progress", "outputs", "completed_at").is("error.message", "too slow").is("error.details", nil)
	if text.members("error") != "details message type" || text.get("error.type") == "" {
		t.Errorf("an error %s", text.body)
	}
	id = s.start(t, "crm")
	s.report(t, id, `{"status":"failed"}`)
	if mute := look(id, "progress", "outputs", "completed_at"); mute.get("error.message") == "" {
		t.Errorf("an error without words: %s", mute.body)
	}
	id = s.start(t, "crm")
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/cancel", nil).want(200)
	look(id, "progress", "outputs", "error", "started_at", "completed_at", "failed_at").is("status", "cancelled")
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/restart", nil).want(200)
	look(id, "progress", "outputs", "error", "started_at", "completed_at", "failed_at").is("status", "pending")
}

// TestTasksAsExecutions holds that every task is an execution.
func TestTasksAsExecutions(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for i, c := range []struct{ body, kind, target string }{
		{``, "<nil>", "<nil>"},
		{`,"kind":"import"`, "import", "<nil>"},
		{`,"kind":"agent","metadata":{"target_id":"m"}`, "agent", "m"},
		{`,"metadata":{"target_id":5}`, "<nil>", "<nil>"},
		{`,"metadata":{"target_id":""},"labels":{"target_id":""}`, "<nil>", "<nil>"},
		{`,"labels":{"target_id":"l"}`, "<nil>", "l"},
	} {
		s.do(t, s.token, "POST", "/api/tasks", fmt.Sprintf(`{"id":"t%d","title":"T"%s}`, i, c.body)).want(201)
		r := s.do(t, s.token, "GET", fmt.Sprint(executions, "/t", i), nil).want(200)
		if got := fmt.Sprint(r.get("type"), " ", r.get("target_id")); got != c.kind+" "+c.target {
			t.Errorf("%s: %s", c.body, got)
		}
	}
	id := s.start(t, "x")
	s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["pipeline"],"worker":"w"}`).want(204)
	claimed := s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["agent"],"worker":"w"}`).want(200)
	if claimed.get("task_id") != id { // the other agent, which is older
		claimed = s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["agent"],"worker":"v"}`).want(200)
	}
	claimed.is("task_id", id).is("metadata.target_id", "x")
	s.do(t, s.token, "GET", executions+"/"+id, nil).is("status", "pending")
	s.report(t, id, `{"status":"running"}`)
	s.do(t, s.token, "GET", executions+"/"+id, nil).is("status", "running")
	for verb, native := range map[string]string{"pause": "paused", "ask": "approval"} {
		id := s.start(t, verb)
		s.report(t, id, `{"step":"one","step_status":"running"}`)
		path := "/api/tasks/" + id + "/" + verb
		if verb == "ask" {
			path = "/api/tasks/" + id + "/steps/1/approval"
		}
		if r := s.do(t, s.token, "POST", path, nil); r.status > 201 {
			t.Fatalf("%s: %s", path, r.body)
		}
		s.do(t, s.token, "GET", "/api/tasks/"+id, nil).is("status", native)
		s.do(t, s.token, "GET", executions+"/"+id, nil).is("status", "running")
	}
}

func TestExecutionKeys(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	first := s.do(t, s.token, "POST", executions, agent, key+"k").want(202)
	id := first.get("execution_id").(string)
	s.report(t, id, `{"progress":5}`)
	bodies := make([]string, 20)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() { bodies[i] = string(s.outside(t, s.token, "POST", executions, agent, key+"k").body) })
	}
	all.Wait()
	for _, b := range bodies {
		if b != string(first.body) {
			t.Errorf("the same key got another reply:\n%s\n%s", first.body, b)
		}
	}
	s.do(t, s.token, "POST", executions, strings.Replace(agent, "crm", "other", 1), key+"k").want(409).detail()
	if s.do(t, s.token, "POST", executions, agent, key+"other").want(202).get("execution_id") == id {
		t.Error("another key gave the same execution")
	}
	s.do(t, s.token, "GET", "/api/stats", nil).is("total", 2)

	cancel := executions + "/" + id + "/cancel"
	once := s.do(t, s.token, "POST", cancel, nil, key+"k").want(200)
	for range 2 {
		if again := s.do(t, s.token, "POST", cancel, nil, key+"k").want(200); string(again.body) != string(once.body) {
			t.Errorf("the same key got another reply:\n%s\n%s", once.body, again.body)
		}
		s.do(t, s.token, "POST", cancel, nil, key+"late").want(400).is("detail", "Cannot cancel execution with status 'cancelled'")
	}
	s.do(t, s.token, "POST", cancel, `{"reason":"other"}`, key+"k").want(409).detail()
}

func TestExecutionCancel(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	cancel := func(id string, body any) reply {
		if body == "null" {
			return s.lax(t, s.token, "POST", executions+"/"+id+"/cancel", body)
		}
		return s.do(t, s.token, "POST", executions+"/"+id+"/cancel", body)
	}
	for _, body := range []any{nil, "", "null", "{}", `{"reason":null}`, `{"reason":"enough","other":[1]}`} {
		id := s.start(t, "x")
		r := cancel(id, body).want(200).is("message", "Execution cancelled successfully").is("data.execution_id", id).is("data.status", "cancelled")
		if r.members("") != "data message" || r.members("data") != "cancelled_at execution_id status" {
			t.Errorf("answered %s", r.body)
		}
		task := s.do(t, s.token, "GET", "/api/tasks/"+id, nil).is("status", "cancelled").is("ended_at", r.get("data.cancelled_at"))
		if text, ok := body.(string); ok && strings.Contains(text, "enough") {
			task.is("reason", "enough")
		}
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/progress", `{"progress":20}`).want(409).is("control", "cancel")
	}
	for _, end := range []string{"completed", "failed", "cancelled"} {
		id := s.start(t, "x")
		s.report(t, id, `{"status":"`+end+`"}`)
		before := s.look(t, id)
		if text := cancel(id, nil).want(400).detail(); text != "Cannot cancel execution with status '"+end+"'" {
			t.Error(text)
		}
		if now := s.look(t, id); now != before {
			t.Errorf("it changed from\n%s\nto\n%s", before, now)
		}
	}
	id := s.start(t, "x")
	for body, want := range map[string]string{
		`{"reason":5}`: "body.reason string_type", `{"reason":["x"]}`: "body.reason string_type", `{"reason":"a\u0000"}`: "body.reason value_error",
	} {
		if got := cancel(id, body).faults(); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	s.do(t, s.token, "GET", executions+"/"+id, nil).is("status", "pending")
	conn, _ := s.dial(t, s.token, "/ws/tasks/"+id)
	s.next(t, conn).is("type", "snapshot")
	cancel(id, nil).want(200)
	s.next(t, conn).is("type", "task_cancelled")
}

// TestExecutionDefect holds that what went wrong inside is not told.
func TestExecutionDefect(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	g, _ := gin.CreateTestContext(rec)
	refuseExecution(&call{Context: g}, "", errors.New("a secret"))
	r := reply{t, rec.Code, rec.Header(), rec.Body.Bytes()}
	if text := r.want(500).detail(); text == "" || strings.Contains(text, "secret") {
		t.Error(text)
	}
}
