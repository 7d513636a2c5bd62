package kit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	type body struct {
		Title    string             `json:"title"`
		Progress float64            `json:"progress"`
		Seq      int64              `json:"seq"`
		Done     *bool              `json:"done"`
		Labels   map[string]string  `json:"labels"`
		Steps    []struct{ N int }  `json:"steps"`
		Step     progress.StepRef   `json:"step"`
		Error    *progress.Fault    `json:"error"`
		Nested   struct{ Deep int } `json:"nested"`
	}
	for in, want := range map[string]string{
		``:                         "",
		`  `:                       "",
		`{}`:                       "",
		`null`:                     "",
		`{"unknown": 1}`:           "",
		`{"title": 1}`:             "title: must be a text, not number",
		`{"progress": "50"}`:       "progress: must be a number, not string",
		`{"seq": 1.5}`:             "seq: must be a whole number, not number 1.5",
		`{"done": "yes"}`:          "done: must be true or false, not string",
		`{"labels": {"a": 1}}`:     "labels: must be a text, not number",
		`{"labels": []}`:           "labels: must be an object, not array",
		`{"steps": {}}`:            "steps: must be a list, not object",
		`{"nested": {"Deep": ""}}`: "nested.Deep: must be a whole number, not string",
		`{"step": true}`:           "step: must be a whole number, not bool",
		`{"step": 1.5}`:            "step: must be a whole number, not number 1.5",
		`{"error": 7}`:             "error: must be an object, not number",
		`[]`:                       "body: must be an object, not array",
		`{"progress": NaN}`:        "body: is not valid JSON: invalid character 'N' looking for beginning of value (line 1, column 14)",
		"{\n\"a\": 1,\n}":          "body: is not valid JSON: invalid character '}' looking for beginning of object key string (line 3, column 1)",
		`{"title": "x"`:            "body: is not valid JSON: unexpected end of JSON input (line 1, column 13)",
		`{} {}`:                    "body: is not valid JSON: invalid character '{' after top-level value (line 1, column 4)",
		"{\"title\": \"\xff\"}":    "body: must be UTF-8",
	} {
		var b body
		got := ""
		if err := Decode([]byte(in), &b); err != nil {
			got = ProblemOf(err).Detail
			if Status(err) != http.StatusBadRequest {
				t.Errorf("%s: %d", in, Status(err))
			}
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body   string
		length int64
		status int
	}{
		{"12345678", 8, 200}, {"123456789", 9, 413}, {"123456789", -1, 413}, {"", 0, 200}, {"1234", -1, 200},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
		r.ContentLength = c.length
		got, err := Read(httptest.NewRecorder(), r, 8)
		if Status(err) != c.status || (err == nil && string(got) != c.body) {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("x"))
	r.Header.Set("Content-Encoding", "gzip")
	if _, err := Read(httptest.NewRecorder(), r, 8); Status(err) != http.StatusBadRequest {
		t.Error(err)
	}
}

// TestProblems holds that every code has a status, that a cause is never shown,
// and what goes with some of them.
func TestProblems(t *testing.T) {
	t.Parallel()
	secret := errors.New("secret cause")
	for code := range statuses {
		w := httptest.NewRecorder()
		WriteError(w, &progress.Error{Code: code, Say: "said", Field: "field", Err: secret}, nil)
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.Status != w.Code || p.Status < 400 || p.Code != code || p.Detail != "field: said" || p.Title == "" {
			t.Errorf("%s: %d %+v", code, w.Code, p)
		}
		if strings.Contains(w.Body.String(), "secret") || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %v", code, w.Body, w.Header())
		}
	}
	for _, c := range []struct {
		err    error
		status int
		header string
	}{
		{secret, 500, ""},
		{context.Canceled, 503, "Retry-After: 1"},
		{&progress.Error{Code: progress.Limited, Err: &Slow{After: 2100 * time.Millisecond}}, 429, "Retry-After: 3"},
		{&progress.Error{Code: progress.Unauthorized}, 401, `Www-Authenticate: Bearer realm="herald"`},
	} {
		w := httptest.NewRecorder()
		WriteError(w, c.err, nil)
		name, value, _ := strings.Cut(c.header, ": ")
		if w.Code != c.status || w.Header().Get(name) != value || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: %d %v %s", c.err, w.Code, w.Header(), w.Body)
		}
	}
	w := httptest.NewRecorder()
	WriteError(w, &progress.Error{Code: progress.Conflict, Say: "ended"}, &State{Task: "a", Status: progress.Cancelled, Version: 3, Control: progress.ControlCancel})
	if want := `"task_id":"a","task_status":"cancelled","version":3,"control":"cancel"}`; !strings.Contains(w.Body.String(), want) {
		t.Error(w.Body)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	ids, seen := NewRequestIDs(), map[string]bool{}
	for i := range 100 {
		w := httptest.NewRecorder()
		id := ids.Give(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if seen[id] || w.Header().Get("X-Request-ID") != id {
			t.Fatal(i, id, w.Header())
		}
		seen[id] = true
	}
	for given, taken := range map[string]bool{"abc-1": true, "a b": false, strings.Repeat("x", 65): false, "ü": false, `"`: false} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-Request-ID", given)
		if got := ids.Give(httptest.NewRecorder(), r); (got == given) != taken {
			t.Errorf("%q gave %q", given, got)
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	l := NewLimiter(2, 3, "calls")
	calls := func(who string) (n int) {
		for l.Allow(who, now) == nil {
			n++
		}
		return n
	}
	for i, c := range []struct {
		who  string
		wait time.Duration
		want int
	}{{"a", 0, 3}, {"a", 0, 0}, {"b", 0, 3}, {"a", time.Second, 2}, {"a", time.Minute, 3}} {
		now = now.Add(c.wait)
		if got := calls(c.who); got != c.want {
			t.Errorf("%d: %s made %d calls, want %d", i, c.who, got, c.want)
		}
	}
	err := l.Allow("a", now)
	if slow, ok := errors.AsType[*Slow](err); !ok || slow.After != 500*time.Millisecond || Status(err) != 429 {
		t.Error(err)
	}
	if l.Peek("a", now) == nil || l.Peek("new", now) != nil {
		t.Error("Peek")
	}
	for range 100 {
		if err := NewLimiter(0, 0, "").Allow("a", now); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLimiterForgets holds that callers who have been idle are let go.
func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	l := NewLimiter(1, 2, "calls")
	for i := range 2*maxCallers + 1 {
		now = now.Add(time.Millisecond)
		_ = l.Allow(fmt.Sprint(i), now)
	}
	if len(l.callers) > maxCallers+1100 {
		t.Error(len(l.callers))
	}
}

func TestGauge(t *testing.T) {
	t.Parallel()
	g := NewGauge(2)
	first, err1 := g.Enter("a")
	second, err2 := g.Enter("a")
	if _, err := g.Enter("a"); err1 != nil || err2 != nil || Status(err) != 429 {
		t.Fatal(err1, err2, err)
	}
	other, err := g.Enter("b")
	if err != nil {
		t.Fatal(err)
	}
	first()
	third, err := g.Enter("a")
	if err != nil {
		t.Fatal(err)
	}
	for _, leave := range []func(){second, other, third} {
		leave()
	}
	if len(g.in) != 0 {
		t.Error(g.in)
	}
}

func TestJSONNames(t *testing.T) {
	t.Parallel()
	type Inner struct {
		Run int `json:"run"`
	}
	type Middle struct{ Inner }
	var b struct {
		Middle
	}
	for in, want := range map[string]string{
		`{"run": "x"}`: "run: must be a whole number, not string",
	} {
		if got := ProblemOf(Decode([]byte(in), &b)).Detail; got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
