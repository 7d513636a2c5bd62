package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"testing"
)

// bulk posts NDJSON.
func (s *testServer) bulk(t testing.TB, body string) []reply {
	t.Helper()
	return s.lax(t, s.token, "POST", "/api/reports", body, ndjson).want(200).lines()
}

func TestBulkMixed(t *testing.T) {
	t.Parallel()
	want := []struct {
		line string
		code int
		task string
	}{
		{`{"task_id":"t","step":1,"step_progress":20}`, 200, "t"},
		{`{"task_id":"none","progress":20}`, 404, "none"},
		{`nonsense`, 400, ""}, {`{"progress":1}`, 400, ""}, {`[]`, 400, ""}, {`null`, 400, ""}, {`{"task_id":5}`, 400, ""},
		{`{"task_id":"u","progress":101}`, 400, "u"}, {`{"task_id":"u","progress":NaN}`, 400, ""}, {`{"task_id":"u","run":9,"progress":1}`, 409, "u"},
		{`{"task_id":"u","message":"` + long(4001) + `"}`, 413, "u"}, {`{"task_id":"u","message":"` + strings.Repeat("x", 1<<20) + `"}`, 413, ""},
		{`{"task_id":"u","progress":40}`, 200, "u"}, {`{"task_id":"u","status":"completed"}`, 200, "u"}, {`{"task_id":"u","progress":50}`, 409, "u"},
		{`{"task_id":"t","step":1,"step_progress":30}`, 200, "t"},
	}
	for name, between := range map[string]string{"LF": "\n", "CRLF": "\r\n", "blank lines": "\n\r\n \n\n"} {
		s, body := newSubject(t), ""
		s.do(t, s.token, "POST", "/api/tasks", `{"id":"u","title":"U"}`).want(201)
		for _, w := range want {
			body += between + w.line
		}
		answers := s.bulk(t, body) // no line feed at the end
		if len(answers) != len(want) {
			t.Fatalf("%s: %d answers to %d lines", name, len(answers), len(want))
		}
		for i, w := range want {
			if a := answers[i]; a.get("code") != float64(w.code) || a.get("task_id") != w.task || !a.has("control") || a.has("detail") == (w.code == 200) {
				t.Errorf("%s: %.100s was answered with %s", name, w.line, a.body)
			}
		}
		s.do(t, s.token, "GET", "/api/tasks/u", nil).is("status", "completed")
		for _, i := range []int{9, 14} {
			for _, field := range []string{"status", "version"} {
				answers[i].get(field)
			}
		}
	}
	s := newSubject(t)
	for _, empty := range []string{"", "\n", " \r\n\n"} {
		if got := s.bulk(t, empty); len(got) != 0 {
			t.Errorf("%q got %d answers", empty, len(got))
		}
	}
}

// TestBulkMany reports 5,000 times on three tasks in one request, in order.
func TestBulkMany(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	var body strings.Builder
	const many = 5000
	for i := range 3 {
		s.do(t, s.token, "POST", "/api/tasks", fmt.Sprintf(`{"id":"m%d","title":"M"}`, i)).want(201)
	}
	for i := range many {
		fmt.Fprintf(&body, `{"task_id":"m%d","worker":"w","seq":%d,"progress":%g}`+"\n", i%3, i+1, float64(i)/many*100)
	}
	answers := s.bulk(t, body.String())
	if len(answers) != many {
		t.Fatalf("%d answers", len(answers))
	}
	last := map[any]float64{}
	for i, a := range answers {
		if id := fmt.Sprintf("m%d", i%3); a.get("task_id") != id || a.get("code") != 200.0 {
			t.Fatalf("answer %d is %s", i, a.body)
		}
		if v := a.get("version").(float64); v < last[i%3] {
			t.Fatalf("answer %d: version %v after %v", i, v, last[i%3])
		} else {
			last[i%3] = v
		}
	}
	r := s.do(t, s.token, "GET", "/api/tasks/m1", nil).is("progress", 99) // the plan is open-ended
	if r.get("version") != last[1] {
		t.Errorf("the task has version %v, the last answer %v", r.get("version"), last[1])
	}
}

// TestBulkBreaksOff sends a body that ends before it said it would. What was
// answered with 200 is taken and nothing else is, and the last answer says that
// the rest is missing.
func TestBulkBreaksOff(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	body := ""
	for i := range 1000 {
		body += fmt.Sprintf(`{"task_id":"t","step":1,"step_progress":%g}`+"\n", 20+float64(i)/20)
	}
	lines := reply{t: t, body: s.broken(t, body+`{"task_id":"t","step":1,"step_pro`)}.lines()
	taken := 0
	for taken < len(lines) && lines[taken].get("code") == 200.0 {
		taken++
	}
	for _, l := range lines[taken : len(lines)-1] {
		l.is("code", 503)
	}
	if len(lines) != 1001 || taken < window {
		t.Errorf("%d answers, %d reports taken", len(lines), taken)
	}
	lines[len(lines)-1].is("code", 400).is("task_id", "").is("detail", "body: broke off before its end")
	s.do(t, s.token, "GET", "/api/tasks/t", nil).is("steps.0.progress", math.Round(100*(20+float64(taken-1)/20))/100)
}

// broken posts a body to /api/reports that ends before its length, and returns
// the body of the answer.
func (s *testServer) broken(t *testing.T, body string) []byte {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST /api/reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		s.token, len(body)+1000, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestBulkOverBatch sends more than a batch may hold, without saying so: what
// was taken is answered, and the rest refused.
func TestBulkOverBatch(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(s *setup) { s.api.Batch = 1000 })
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	if got := s.unsaid(t, "/api/reports", strings.Repeat(`{"task_id":"t","progress":1}`+"\n", 100)); got != 200 {
		t.Errorf("status %d", got)
	}
	s.do(t, s.token, "POST", "/api/reports", strings.Repeat("\n", 2000), ndjson).want(413)
	s.do(t, s.token, "GET", "/api/tasks/t", nil).is("progress", 1)
}

// TestManyLogs appends 25,000 lines in one request, as an array and as NDJSON.
func TestManyLogs(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	var array, nd strings.Builder
	const many = 25_000
	for i := range many {
		line := fmt.Sprintf(`{"line":"line %d","level":"info","step":"a"}`, i)
		array.WriteString(map[bool]string{true: "[", false: ","}[i == 0] + line)
		nd.WriteString(line + "\r\n")
	}
	array.WriteString("]")
	s.do(t, s.token, "POST", "/api/tasks/t/logs", array.String()).want(200).is("lines", many).is("last", many+1)
	s.do(t, s.token, "POST", "/api/tasks/t/logs", nd.String(), ndjson).want(200).is("lines", many).is("last", 2*many+1)
	s.do(t, s.token, "GET", "/api/tasks/t/logs?tail=2", nil).want(200).is("logs.0.line", "line 24998").is("logs.1.line", "line 24999").is("logs.1.n", 2*many+1).is("next", nil)

	seen, since := 0, 0.0
	for {
		r := s.outside(t, s.token, "GET", fmt.Sprintf("/api/tasks/t/logs?limit=10000&since=%.0f", since), nil).want(200)
		for _, l := range r.get("logs").([]any) {
			if n := l.(map[string]any)["n"].(float64); n != float64(seen+1) {
				t.Fatalf("line %v after %d", n, seen)
			}
			seen++
		}
		if r.get("next") == nil {
			break
		}
		since = r.get("next").(float64)
	}
	if seen != 2*many+1 {
		t.Errorf("%d lines in pages", seen)
	}
	s.refusesOneOfMany(t, many)
}

// refusesOneOfMany holds that a wrong line refuses all lines of its request,
// those before it too.
func (s *testServer) refusesOneOfMany(t *testing.T, many int) {
	t.Helper()
	body := strings.Repeat(`{"line":"x"}`+"\n", many-1) + `{"line":"` + strings.Repeat("x", 16<<10+1) + `"}`
	before := s.look(t, "t")
	s.do(t, s.token, "POST", "/api/tasks/t/logs", body, ndjson).want(413)
	if now := s.look(t, "t"); now != before {
		last := s.do(t, s.token, "GET", "/api/tasks/t/logs?tail=1", nil).get("logs.0.n")
		t.Errorf("log lines were refused, and some taken: the last is %v", last)
	}
}

func TestLogFilters(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	s.do(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"2","level":"warn","step":"b"},{"line":"3","level":"error","step":"a"},{"line":"4","level":"warn","step":"a"}]`).want(200)
	for query, want := range map[string]string{
		"": "first 2 3 4", "level=warn": "2 4", "level=warn,error": "2 3 4", "level=warn&level=error": "2 3 4", "step=a": "3 4", "step=1": "3 4", "step=b": "2", "step=9": "",
		"since=2": "3 4", "since=4": "", "since=99": "", "tail=1": "4", "tail=2&level=warn": "2 4", "level=warn&step=a": "4", "since=1&limit=2": "2 3",
	} {
		r := s.do(t, s.token, "GET", "/api/tasks/t/logs?"+query, nil).want(200)
		var got []string
		for _, l := range r.get("logs").([]any) {
			got = append(got, l.(map[string]any)["line"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("?%s gives %v, want %s", query, got, want)
		}
	}
}

func TestCompressedReplies(t *testing.T) {
	t.Parallel()
	s := newSubject(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"z","title":"Z","steps":[`+repeated(300, `{"name":"step %d"}`)+`]}`).want(201)
	plain := s.do(t, s.token, "GET", "/api/tasks/z", nil, "Accept-Encoding: identity").want(200)
	zipped := s.outside(t, s.token, "GET", "/api/tasks/z", nil, "Accept-Encoding: gzip").want(200)
	if zipped.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Content-Encoding") != "" {
		t.Fatalf("encodings %q and %q", zipped.header.Get("Content-Encoding"), plain.header.Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(bytes.NewReader(zipped.body))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain.body) {
		t.Errorf("the compressed reply differs: %v", err)
	}
}
