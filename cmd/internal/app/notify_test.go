package app_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestTargets is that what the settings take as a target the guard understands, and
// the other way round.
func TestTargets(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"hooks.internal", "hooks.internal:8443", "hooks.", "localhost", "10.1.2.3", "10.1.2.3:80", "10.0.0.0/8", "10.0.0.0/8:8443", "::1", "[::1]",
		"[::1]:80", "fd00::/8", "[fd00::/8]:443", "a:0", "a:65536", "a:b", ":80", "http://a", "a/b", "10.0.0.0/33", "me@a", "[::1", "[::1]x", "127.1",
		"2130706433", "fe80::1%eth0", "*.internal", "a b", "-", "a..b", "a_b", "-a", "a-", "0x7f.1", "0x7f.0x1", "1e5", "1.e5", "A.B", "1.2.3.x", "0177.0.0.1",
	} {
		_, err := config.Load(config.Source{Environ: []string{"HOME=/", "HERALD_ALLOW_TARGETS=" + target}})
		_, refused := guard.New([]string{target})
		if (err == nil) != (refused == nil) {
			t.Errorf("%q: the settings say %v, the guard %v", target, err, refused)
		}
	}
}

// TestLettersAreMeasured has a far side that takes what comes before the end, refuses
// the end, and thinks for a while before it wants nothing more.
func TestLettersAreMeasured(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			answers := make(chan int, 9)
			far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if status := <-answers; status != 0 {
					w.WriteHeader(status)
				}
			}))
			t.Cleanup(far.Close)
			t.Cleanup(func() { close(answers) })
			h := start(t, settings(t, dbtest.URL(t, dialect), "HERALD_OPEN=1", "HERALD_ALLOW_TARGETS=127.0.0.1"))
			h.shows(`herald_letters_settled_total{channel="webhook",class="end",state="dead"} 0`, `herald_letters_waiting{class="end"} 0`)
			for _, status := range []int{204, 204, 400} {
				answers <- status
			}
			task := `{"id":"a","title":"a","steps":[{"name":"b"}],"callback_url":"` + far.URL + `","callback_events":["task.created"]}`
			if code, body := h.call("POST", "/api/tasks", "", task); code != 201 {
				t.Fatal(code, body)
			}
			for _, report := range []string{`{"step":"b","step_status":"running"}`, `{"status":"completed"}`} {
				if code, body := h.call("POST", "/api/tasks/a/progress", "", report); code != 200 {
					t.Fatal(code, body)
				}
			}
			h.shows(`herald_letters_settled_total{channel="webhook",class="step",state="sent"} 2`, `herald_letters_settled_total{channel="webhook",class="end",state="dead"} 1`)
			if code, body := h.call("POST", "/api/tasks", "", strings.Replace(task, `"a"`, `"c"`, 1)); code != 201 {
				t.Fatal(code, body)
			}
			h.shows(`herald_letters_waiting{class="step"} 1`)
			answers <- 410
			h.shows(`herald_letters_settled_total{channel="webhook",class="step",state="dead"} 1`)
		})
	}
}

// shows waits until each line is among those of the metrics.
func (h *herald) shows(lines ...string) {
	h.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, text := h.call("GET", "/metrics", "", "")
		missing := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(text, "\n"+line+"\n") })
		if len(missing) == 0 {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("there is no %q among\n%s", missing, strings.Join(letterLines.FindAllString(text, -1), "\n"))
		}
	}
}

var letterLines = regexp.MustCompile(`(?m)^herald_letters_.*$`)
