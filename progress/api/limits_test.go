package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// long is a text of n characters, not bytes.
func long(n int) string { return strings.Repeat("é", n) }

// repeated joins n texts made from a pattern with a number in it.
func repeated(n int, pattern string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(pattern, i)
	}
	return strings.Join(out, ",")
}

func TestOverLimits(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	doc := `"` + strings.Repeat("x", 512<<10) + `"`
	task := func(field, rest string) bad {
		return bad{"POST", "/api/tasks", `{"title":"A",` + rest + `}`, 413, field}
	}
	report := func(field, body string) bad {
		return bad{"POST", "/api/tasks/t/progress", `{` + body + `}`, 413, field}
	}
	ask := func(field, body string) bad {
		return bad{"POST", "/api/tasks/t/steps/1/approval", `{` + body + `}`, 413, field}
	}
	s.refuses(t, []bad{
		{"POST", "/api/tasks", `{"title":"` + long(201) + `"}`, 413, "title"},
		task("kind", `"kind":"`+long(201)+`"`), task("owner", `"owner":"`+long(201)+`"`), task("callback_url", `"callback_url":"https://h/`+long(4000)+`"`),
		task("labels", `"labels":{`+repeated(65, `"%d":""`)+`}`), task("labels", `"labels":{"`+long(201)+`":""}`), task("labels.a", `"labels":{"a":"`+long(201)+`"}`),
		task("controls", `"controls":[`+strings.Repeat(`"skip",`, 100)+`"skip"]`), task("steps", `"steps":[`+repeated(10_001, `{"name":"%d"}`)+`]`),
		task("steps[1].name", `"steps":[{"name":"a"},{"name":"`+long(201)+`"}]`),
		task("steps[0].substeps", `"steps":[{"name":"a","substeps":[`+repeated(1001, `"%d"`)+`]}]`),
		task("steps[0].substeps[0]", `"steps":[{"name":"a","substeps":["`+long(201)+`"]}]`),
		task("steps[0].approval.prompt", `"steps":[{"name":"a","approval":{"prompt":"`+long(4001)+`"}}]`),
		task("steps[0].approval.effects", `"steps":[{"name":"a","approval":{"effects":[`+repeated(101, `"%d"`)+`]}}]`),
		task("inputs", `"inputs":`+doc), task("metadata", `"metadata":{"a":`+doc+`}`),
		report("step", `"step":"`+long(201)+`","step_progress":1`), report("substep", `"step":1,"substep":"`+long(201)+`"`),
		report("worker", `"worker":"`+long(201)+`"`), report("message", `"message":"`+long(4001)+`"`), report("metrics", `"metrics":{`+repeated(201, `"%d":1`)+`}`),
		report("metrics", `"metrics":{"a":`+doc+`}`), report("metadata", `"metadata":{"a":`+doc+`}`), report("metadata", `"metadata":{`+repeated(201, `"%d":1`)+`}`),
		report("result", `"result":`+doc), report("error.message", `"error":"`+long(4001)+`"`), report("error.message", `"error":{"message":"`+long(4001)+`"}`),
		report("error.type", `"error":{"type":"`+long(201)+`"}`), report("error.details", `"error":{"details":`+doc+`}`),
		ask("prompt", `"prompt":"`+long(4001)+`"`), ask("effects", `"effects":[`+repeated(101, `"%d"`)+`]`), ask("options", `"options":[`+repeated(101, `"%d"`)+`]`),
		ask("approvers", `"approvers":[`+repeated(101, `"p%d"`)+`]`), ask("quorum", `"quorum":101`), ask("effects[0]", `"effects":["`+long(4001)+`"]`),
		ask("escalate[0].tell", `"escalate":[{"after":60,"tell":[`+repeated(101, `"p%d"`)+`]}]`), ask("escalate[0].by[0]", `"escalate":[{"after":60,"by":["`+strings.Repeat("x", 201)+`"]}]`),
		ask("escalate[0].by", `"escalate":[{"after":60,"by":[`+repeated(101, `"c%d"`)+`]}]`), ask("escalate[1].tell[0]", `"escalate":[{"after":60},{"after":60,"tell":["`+long(4001)+`"]}]`),
		{"POST", "/api/tasks/t/heartbeat", `{"worker":"` + long(201) + `"}`, 413, "worker"},
		{"POST", "/api/tasks/t/cancel", `{"reason":"` + long(4001) + `"}`, 413, "reason"},
		{"POST", "/api/tasks/t/pause", `{"reason":"` + long(4001) + `"}`, 413, "reason"},
		{"POST", "/api/tasks/t/restart", `{"reason":"` + long(4001) + `"}`, 413, "reason"},
		{"POST", "/api/tasks/t/restart", `{"inputs":` + doc + `}`, 413, "inputs"},
		{"POST", "/api/tasks/t/steps/1/skip", `{"reason":"` + long(4001) + `"}`, 413, "reason"},
		{"POST", "/api/tasks/t/logs", `[{"line":"` + strings.Repeat("x", 16<<10+1) + `"}]`, 413, "lines[0].line"},
		{"POST", "/api/tasks/t/logs", `[{"line":"a","step":"` + long(201) + `"}]`, 413, "step"},
		{"POST", "/api/tasks/t/logs", `[{"line":"a","level":"` + long(201) + `"}]`, 413, "level"},
	})
}

func TestAtLimits(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	doc := `"` + strings.Repeat("x", 512<<10-2) + `"`
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"`+long(200)+`","kind":"`+long(200)+`","labels":{`+repeated(64, `"%d":""`)+`},"inputs":`+doc+`}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"A","steps":[`+repeated(10_000, `{"name":"%d"}`)+`]}`).want(201).is("total_steps", 10_000)
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"A","steps":[{"name":"`+long(200)+`","substeps":[`+repeated(1000, `"%d"`)+`]}]}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"message":"`+long(4000)+`","metrics":{`+repeated(200, `"%d":1`)+`}}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"result":`+doc+`}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"`+strings.Repeat("x", 16<<10)+`"}]`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"metrics":{"one more":1}}`).want(413)
	s.do(t, s.token, "GET", "/api/tasks/t", nil).want(200).is("metrics.7", 1)
}

// TestLargeBodies holds the limits of whole bodies, whether or not the request
// says its length before.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	before := s.look(t, "t")
	for _, path := range posts {
		s.do(t, s.token, "POST", path, `{"reason":"`+strings.Repeat("x", 1<<20)+`"}`).want(413)
	}
	for _, path := range posts {
		if r := s.unsaid(t, path, `{"x":"`+strings.Repeat("x", 1<<20)+`"}`); r != 413 {
			t.Errorf("%s takes a body of unsaid length over its limit: %d", path, r)
		}
	}
	huge := strings.Repeat(`{"line":"`+strings.Repeat("x", 8000)+`"}`+"\n", 2200)
	for _, path := range []string{"/api/tasks/t/logs", "/api/reports"} {
		s.do(t, s.token, "POST", path, huge, ndjson).want(413)
	}
	if got := s.unsaid(t, "/api/tasks/t/logs", huge); got != 413 {
		t.Errorf("log lines over the limit: %d", got)
	}
	if now := s.look(t, "t"); now != before {
		t.Error("a body that is too large changed something")
	}
}

// unsaid posts a body in chunks and returns the status.
func (s *testServer) unsaid(t *testing.T, path, body string) int {
	t.Helper()
	req, err := http.NewRequest("POST", s.URL+path, &plainReader{bytes.NewReader([]byte(body))})
	if err != nil {
		t.Fatal(err)
	}
	req.Header = withHeaders(req.Header, s.token, nil)
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// plainReader hides how long its content is.
type plainReader struct{ from *bytes.Reader }

func (r *plainReader) Read(b []byte) (int, error) { return r.from.Read(b) }

func TestBadLogs(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	list := bads("POST", "/api/tasks/t/logs",
		"lines ", "lines []", "lines \n\n", "lines[0].line [{\"line\":5}]", `lines[1].level [{"line":"a"},{"level":5}]`, "body [", "body [{]",
		`lines[0] nonsense`, "lines[1] {\"line\":\"a\"}\nnonsense", "lines[0].line {\"line\":5}", "lines[1].step {\"line\":\"a\"}\n\n{\"step\":{}}")
	for i := range list {
		if strings.HasPrefix(list[i].body.(string), "[{") { // in an array the decoder does not say which
			list[i].field = ""
		}
	}
	s.refuses(t, list)
	s.refuses(t, []bad{
		{"POST", "/api/tasks/none/logs", `[{"line":"a"}]`, 404, ""},
		{"POST", "/api/tasks/t/logs", `[{"line":"a","at":"never"}]`, 400, ""},
		{"POST", "/api/tasks/t/logs", `[{"line":"a","level":"x\u0000"}]`, 400, "level"},
	})
	s.lax(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"nul \u0000 inside"}]`).want(200)
	s.do(t, s.token, "GET", "/api/tasks/t/logs?since=1", nil).want(200).is("logs.0.line", "nul \uFFFD inside")
}

// TestBadEncoding holds that a compressed body is refused, not misread.
func TestBadEncoding(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	for _, path := range append([]string{"/api/reports", "/api/tasks/t/logs"}, posts...) {
		p := s.do(t, s.token, "POST", path, `{}`, "Content-Encoding: gzip").want(400).problem()
		if p.Errors[0].Field != "Content-Encoding" {
			t.Errorf("%s: %v", path, p)
		}
	}
}
