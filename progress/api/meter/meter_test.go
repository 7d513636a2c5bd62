package meter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/meter"
)

// read is what a meter exposes.
func read(t *testing.T, m *meter.Meter, log *slog.Logger) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(log).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d:\n%s", w.Code, w.Body)
	}
	return w.Body.String()
}

// has fails the test unless each line is among those of the text.
func has(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("there is no %q among\n%s", line, strings.Join(regexp.MustCompile(`(?m)^herald_.*$`).FindAllString(text, -1), "\n"))
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// sources are those of a server in which nothing happens.
func sources() meter.Sources {
	return meter.Sources{
		Tasks:   func(context.Context) (map[progress.Status]int, error) { return nil, nil },
		Ready:   func(context.Context) error { return nil },
		Readers: func() meter.Readers { return meter.Readers{} },
		Claims:  func() int { return 0 },
		Clients: func() int { return 0 },
	}
}

func TestEventsAreCounted(t *testing.T) {
	t.Parallel()
	m := meter.New(meter.Options{Version: "v1.2.3", Size: func() (int64, int64) { return 4096, 512 }})
	route := m.Route("getTask")
	for range 3 {
		route.Answered(200)
	}
	route.Answered(404)
	route.Took(3 * time.Millisecond)
	m.Commanded(progress.Log{Lines: make([]progress.LogLine, 7)}, nil)
	m.Commanded(progress.Log{Lines: make([]progress.LogLine, 7)}, &progress.Error{Code: progress.NotFound})
	m.Commanded(progress.Report{}, fmt.Errorf("waiting: %w", context.Canceled))
	m.Commanded(progress.Report{}, errors.New("a defect"))
	m.Stalled(progress.CauseQuiet)
	m.Committed(3, 2*time.Second, nil)
	m.Committed(1, time.Millisecond, errors.New("the disk is full"))
	m.Purged(time.Unix(1_800_000_000, 0))
	has(t, read(t, m, quiet()),
		`herald_http_requests_total{code="200",route="getTask"} 3`, `herald_http_requests_total{code="404",route="getTask"} 1`,
		`herald_http_request_duration_seconds_bucket{route="getTask",le="0.0025"} 0`,
		`herald_http_request_duration_seconds_bucket{route="getTask",le="0.005"} 1`,
		`herald_commands_total{outcome="ok",verb="log"} 1`, `herald_commands_total{outcome="not_found",verb="log"} 1`,
		`herald_commands_total{outcome="given_up",verb="report"} 1`, `herald_commands_total{outcome="internal",verb="report"} 1`,
		`herald_commands_total{outcome="ok",verb="approve"} 0`, `herald_log_lines_total 7`,
		`herald_stalls_total{cause="quiet"} 1`, `herald_stalls_total{cause="overrun"} 0`,
		`herald_commit_duration_seconds_sum 2.001`, `herald_commit_commands_sum 4`, `herald_commit_commands_count 2`, `herald_commit_failures_total 1`,
		`herald_retention_last_success_timestamp_seconds 1.8e+09`,
		`herald_database_bytes{file="database"} 4096`, `herald_database_bytes{file="log"} 512`,
	)
}

func TestSourcesAreRead(t *testing.T) {
	t.Parallel()
	m := meter.New(meter.Options{})
	s := sources()
	s.Tasks = func(context.Context) (map[progress.Status]int, error) {
		return map[progress.Status]int{progress.Running: 4}, nil
	}
	s.Ready = func(context.Context) error { return errors.New("the disk is full") }
	s.Claims = func() int { return 2 }
	s.Clients = func() int { return 7 }
	s.Readers = func() meter.Readers {
		return meter.Readers{Sockets: 3, Streams: 1, Frames: 99, Closed: map[string]int64{"too_slow": 5}}
	}
	if err := m.Watch(s); err != nil {
		t.Fatal(err)
	}
	if m.Watch(s) == nil {
		t.Error("it watches two servers")
	}
	has(t, read(t, m, quiet()), `herald_ready 0`, `herald_claims_waiting 2`, `herald_tasks{status="running"} 4`, `herald_tasks{status="pending"} 0`,
		`herald_readers{kind="socket"} 3`, `herald_readers{kind="stream"} 1`, `herald_readers{kind="socketio"} 7`, `herald_frames_sent_total 99`, `herald_readers_closed_total{reason="too_slow"} 5`)
}

// TestTasksAreCountedNowAndThen has many ask, at once and in turn.
func TestTasksAreCountedNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var counts atomic.Int64
		m, s := meter.New(meter.Options{}), sources()
		s.Tasks = func(context.Context) (map[progress.Status]int, error) {
			return map[progress.Status]int{progress.Failed: int(counts.Add(1))}, nil
		}
		if err := m.Watch(s); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			has(t, read(t, m, quiet()), `herald_tasks{status="failed"} 1`)
			time.Sleep(4 * time.Second)
		}
		has(t, read(t, m, quiet()), `herald_tasks{status="failed"} 2`)
	})
}

// TestWhatCannotBeReadIsLeftOut has a database that is away.
func TestWhatCannotBeReadIsLeftOut(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m, s := meter.New(meter.Options{Size: func() (int64, int64) { return 0, 0 }}), sources()
	s.Tasks = func(context.Context) (map[progress.Status]int, error) { return nil, errors.New("connection refused") }
	if err := m.Watch(s); err != nil {
		t.Fatal(err)
	}
	text := read(t, m, slog.New(slog.NewTextHandler(&log, nil)))
	if strings.Contains(text, "herald_tasks") || strings.Contains(text, "herald_database_bytes") || !strings.Contains(log.String(), "connection refused") {
		t.Errorf("it exposes\n%s\nand logs %s", text, log.String())
	}
	has(t, text, `herald_claims_waiting 0`)
}

// TestLetters has letters end and wait, and a database that goes away.
func TestLetters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		var away atomic.Bool
		l := meter.Letters{
			Channels: []string{"webhook"}, Classes: []string{"step", "end"}, States: []string{"sent", "dead"},
			Waiting: func(context.Context) (map[string]int, error) {
				if asked.Add(1); away.Load() {
					return nil, errors.New("connection refused")
				}
				return map[string]int{"end": int(asked.Load())}, nil
			},
		}
		m := meter.New(meter.Options{})
		if err := m.WatchLetters(l); err != nil {
			t.Fatal(err)
		}
		if m.WatchLetters(l) == nil {
			t.Error("it counts twice")
		}
		m.Settled("webhook", "end", "dead")
		for range 3 {
			has(t, read(t, m, quiet()),
				`herald_letters_settled_total{channel="webhook",class="end",state="dead"} 1`, `herald_letters_settled_total{channel="webhook",class="end",state="sent"} 0`,
				`herald_letters_settled_total{channel="webhook",class="step",state="dead"} 0`, `herald_letters_waiting{class="end"} 1`, `herald_letters_waiting{class="step"} 0`)
			time.Sleep(4 * time.Second)
		}
		has(t, read(t, m, quiet()), `herald_letters_waiting{class="end"} 2`)
		away.Store(true)
		time.Sleep(11 * time.Second)
		var log bytes.Buffer
		if text := read(t, m, slog.New(slog.NewTextHandler(&log, nil))); strings.Contains(text, "herald_letters_waiting") || !strings.Contains(log.String(), "connection refused") {
			t.Errorf("it exposes\n%s\nand logs %s", text, log.String())
		}
	})
}

// BenchmarkRequest is what the meter adds to a report that is taken.
func BenchmarkRequest(b *testing.B) {
	m := meter.New(meter.Options{})
	route, change := m.Route("report"), progress.Change(progress.Report{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			start := time.Now()
			m.Commanded(change, nil)
			route.Answered(200)
			route.Took(time.Since(start))
		}
	})
}
