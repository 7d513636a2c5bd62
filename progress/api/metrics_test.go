package api

import (
	"context"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// scrape is what Prometheus would read.
func (s *testServer) scrape(t *testing.T) string {
	t.Helper()
	return string(s.do(t, s.token, "GET", "/metrics", nil).want(200).body)
}

// showsAll waits until each line is among those of the metrics.
func (s *testServer) showsAll(t *testing.T, lines ...string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		text := s.scrape(t)
		missing := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(text, "\n"+line+"\n") })
		if len(missing) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("there is no %q among\n%s", missing, strings.Join(regexp.MustCompile(`(?m)^herald_.*$`).FindAllString(text, -1), "\n"))
		}
	}
}

func TestWhoMayReadMetrics(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"nobody":                  {"", 401},
		"a wrong token":           {"hrld_wrong", 401},
		"a member":                {s.person(t, "mem", access.RoleMember, nil), 403},
		"an admin who may report": {s.person(t, "adm", access.RoleAdmin, nil, "report"), 403},
		"an admin":                {s.token, 200},
		"an operator":             {s.person(t, "ops", access.RoleOperator, nil), 200},
		"a viewer":                {s.person(t, "vic", access.RoleViewer, nil), 200},
		"an operator who reads":   {s.person(t, "ops", access.RoleOperator, nil, "read"), 200},
	} {
		r := s.do(t, c.token, "GET", "/metrics", nil).want(c.status)
		if c.status != 200 {
			r.problem()
		} else if got := r.header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain; version=0.0.4") {
			t.Errorf("%s: the content type is %q", name, got)
		}
	}
	open := newServer(t, func(s *setup) { s.access.Open = true })
	open.do(t, "", "GET", "/metrics", nil).want(200)
}

// TestMetricsTell looks for what was done, on both databases.
func TestMetricsTell(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, on(dialect))
			s.do(t, s.token, "POST", "/api/tasks", `{"id":"a","title":"A","steps":[{"name":"b"}]}`).want(201)
			conn, _ := s.dial(t, s.token, "/ws/tasks/a")
			s.next(t, conn)
			s.outside(t, s.token, "GET", "/nothing", nil).want(404)
			s.do(t, s.token, "GET", "/api/tasks/none", nil).want(404)
			s.do(t, s.token, "POST", "/api/tasks/a/logs", `[{"line":"one"},{"line":"two"}]`).want(200)
			s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["x"],"worker":"w","wait_seconds":1}`).want(204)
			s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["x"],"worker":"w"}`).want(204)
			s.showsAll(t,
				`herald_build_info{go="`+runtime.Version()+`",version="v1.2.3"} 1`, `herald_ready 1`,
				`herald_http_requests_total{code="201",route="createTask"} 1`, `herald_http_requests_total{code="404",route="none"} 1`,
				`herald_http_requests_total{code="404",route="getTask"} 1`, `herald_http_requests_total{code="101",route="watchTask"} 1`,
				`herald_http_requests_total{code="204",route="claimTask"} 2`, `herald_http_request_duration_seconds_count{route="claimTask"} 1`,
				`herald_http_request_duration_seconds_count{route="createTask"} 1`,
				`herald_commands_total{outcome="ok",verb="create"} 1`, `herald_log_lines_total 2`, `herald_claims_waiting 0`,
				`herald_tasks{status="pending"} 1`, `herald_tasks{status="failed"} 0`,
				`herald_readers{kind="socket"} 1`, `herald_readers{kind="stream"} 0`, `herald_readers_closed_total{reason="done"} 0`,
			)
			text := s.scrape(t)
			if strings.Contains(text, `seconds_count{route="watchTask"}`) {
				t.Error("it tells how long a socket took")
			}
			if has := strings.Contains(text, "herald_database_bytes"); has != (dialect == dbtest.SQLite) {
				t.Errorf("whether it tells the size of the database: %v", has)
			}

			s.do(t, s.token, "POST", "/api/tasks/a/cancel", nil).want(200)
			stream := s.do(t, s.token, "GET", "/api/tasks/a/events?since=0", nil, "Accept: text/event-stream").want(200)
			if !strings.Contains(string(stream.body), "event: task_cancelled") {
				t.Errorf("the stream is %s", stream.body)
			}
			s.next(t, conn).is("type", "task_cancelled")
			s.next(t, conn).want(websocket.CloseNormalClosure)
			s.showsAll(t, `herald_readers{kind="socket"} 0`, `herald_readers_closed_total{reason="done"} 2`, `herald_http_requests_total{code="200",route="getEvents"} 1`)
		})
	}
}

// TestWaitingClaimsAreCounted has a worker wait.
func TestWaitingClaimsAreCounted(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	done := make(chan reply, 1)
	go func() {
		done <- s.outside(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["x"],"worker":"w","wait_seconds":60}`)
	}()
	s.showsAll(t, `herald_claims_waiting 1`)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"a","title":"A","kind":"x"}`).want(201)
	(<-done).want(200)
	s.showsAll(t, `herald_claims_waiting 0`)
}

// row is a metric's in the table of docs/operations.md: name, type and labels.
var row = regexp.MustCompile("(?m)^\\| `(herald_\\w+)` \\| (\\w+) \\|([^|]*)\\|")

// TestOperationsPage holds the page and what is exposed together, both ways.
func TestOperationsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		documented[m[1]] = m[2] + " " + strings.Join(regexp.MustCompile(`\w+`).FindAllString(m[3], -1), ",")
	}
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"a","title":"A"}`).want(201)
	s.api.Meter.Tried("webhook", "end", "", 0) // as a notifier would
	s.api.Meter.Waited("webhook", "end", 0)
	if err := s.api.Meter.WatchLetters(meter.Letters{
		Channels: []string{"webhook"}, Classes: []string{"end"}, States: []string{"dead"},
		Waiting: func(context.Context) (map[string]int, error) { return nil, nil },
	}); err != nil {
		t.Fatal(err)
	}
	exposed := exposition(s.scrape(t))
	for name, is := range exposed {
		if documented[name] != is {
			t.Errorf("%s is exposed as %q, and docs/operations.md has %q", name, is, documented[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if exposed[name] == "" {
			t.Errorf("docs/operations.md has %s, which is not exposed", name)
		}
	}
	for _, name := range regexp.MustCompile(`\bherald_[a-z_]+\b`).FindAllString(string(page), -1) {
		if exposed[family(name)] == "" && exposed[name] == "" {
			t.Errorf("docs/operations.md uses %s, which is not exposed", name)
		}
	}
}

// family is the metric that a series of a histogram belongs to.
func family(name string) string {
	return regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
}

// exposition are our metrics in a text: of each the type and the labels' names.
func exposition(text string) map[string]string {
	kinds, out := map[string]string{}, map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (herald_\w+) (\w+)$`).FindAllStringSubmatch(text, -1) {
		kinds[m[1]] = m[2]
	}
	for _, m := range regexp.MustCompile(`(?m)^(herald_\w+)(?:\{(.*)\})? `).FindAllStringSubmatch(text, -1) {
		name := m[1]
		if kinds[name] == "" {
			name = family(name)
		}
		var labels []string
		for _, l := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(m[2], -1) {
			if l[1] != "le" {
				labels = append(labels, l[1])
			}
		}
		slices.Sort(labels)
		out[name] = kinds[name] + " " + strings.Join(labels, ",")
	}
	return out
}

// TestLabelsAreBounded holds that what callers make up becomes no label.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.person(t, "sesame-person", access.RoleOperator, []string{"sesame-group"})
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"sesame","title":"sesame","kind":"sesame","owner":"sesame","labels":{"sesame":"sesame"},"steps":[{"name":"sesame"}]}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/sesame/progress", `{"step":"sesame","step_progress":1,"worker":"sesame","metrics":{"sesame":1}}`).want(200)
	s.outside(t, s.token, "GET", "/sesame", nil).want(404)
	s.outside(t, s.token, "SESAME", "/api/tasks", nil).want(405)
	s.do(t, s.token, "GET", "/api/tasks/sesame", nil).want(200)
	if text := s.scrape(t); strings.Contains(text, "sesame") {
		t.Errorf("it is in\n%s", text)
	}
	for _, r := range (*server)(nil).routes() {
		if !progress.TaskID(r.name).Valid() || r.name == "none" {
			t.Errorf("%q is no good name for a label", r.name)
		}
	}
}
