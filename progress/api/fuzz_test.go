package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// seeds are bodies to begin with.
var seeds = []string{
	`{"title":"A","steps":[{"name":"a","weight":2,"substeps":["x"],"approval":{"quorum":1}}],"labels":{"a":"b"},"metadata":{"m":[1]},"inputs":{"n":null}}`,
	`{"step":1,"step_progress":50,"substep":"x","substep_done":true,"message":"m","metrics":{"a":1e300},"seq":1,"worker":"w","at":"2026-01-31T12:00:00Z"}`,
	`{"step":"new","step_status":"completed","error":{"type":"t","message":"m","details":{}},"result":[1]}`, `{"status":"completed"}`, `{"status":"failed","error":"x"}`,
	`{"progress":1e-320}`, `{"progress":-0}`, `{"run":1,"attempt":1,"lease":"x"}`, `{"step":"\ud800","step_progress":1}`, "\x00", `{"title":"\u0000"}`, `{"metadata":{"":null}}`,
}

// sound fails the test when a task cannot be read back, or is not as its
// milestones and its row in the list say.
func (s *testServer) sound(t *testing.T, id string) {
	t.Helper()
	whole := s.do(t, s.token, "GET", "/api/tasks/"+id, nil).want(200)
	if p := whole.get("progress").(float64); p < 0 || p > 100 {
		t.Fatalf("a percent of %v", p)
	}
	last := 0.0
	for _, e := range s.outside(t, s.token, "GET", "/api/tasks/"+id+"/events?limit=1000", nil).want(200).get("events").([]any) {
		if seq := e.(map[string]any)["seq"].(float64); seq != last+1 {
			t.Fatalf("milestone %v after %v", seq, last)
		}
		last++
	}
	if last < 1000 {
		whole.is("seq", last)
	}
	stored, ok, err := s.api.Store.Task(t.Context(), progress.TaskID(id))
	if err != nil || !ok || float64(stored.Version) > whole.get("version").(float64) {
		t.Fatalf("the store has version %d, found %v, %v", stored.Version, ok, err)
	}
}

func FuzzReport(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, create, report string) {
		s := newServer(t)
		made := s.lax(t, s.token, "POST", "/api/tasks", create)
		id := "fuzzed"
		if made.status == 201 {
			id = made.get("task_id").(string)
		} else {
			s.do(t, s.token, "POST", "/api/tasks", subjectOf(id)).want(201)
		}
		for range 2 {
			r := s.lax(t, s.token, "POST", "/api/tasks/"+id+"/progress", report)
			if r.status >= 500 {
				t.Fatalf("%d %s", r.status, r.body)
			}
			s.sound(t, id)
		}
	})
}

// subjectOf is the subject under another id.
func subjectOf(id string) string { return strings.Replace(subject, `"id":"t"`, `"id":"`+id+`"`, 1) }

// FuzzCommand sends any body with each command, in any order, to a task that waits
// for a decision.
func FuzzCommand(f *testing.F) {
	routes := []string{
		"cancel", "pause", "resume", "restart", "steps/2/approve", "steps/2/reject", "steps/1/retry", "steps/1/skip",
		"steps/1/approval", "steps/2/approval", "heartbeat", "logs",
	}
	for i, body := range []string{
		`{"reason":"x"}`, `{"reason":"x","inputs":{"a":1e308}}`, `{"option":"now","reason":null}`, ``, `null`, `[]`, `{"run":1,"attempt":1,"digest":"x"}`,
		`{"prompt":"again?","effects":["a"],"options":["b"],"approvers":["group:x"],"quorum":2,"expires_in":60,"default":"hold","on_reject":"skip","risk":"low","escalate":[{"after":60,"tell":["ann"],"by":["email"]}]}`,
		`[{"line":"a","at":"2026-01-31T12:00:00Z"}]`, `{"worker":"w","lease":"l"}`, `{"reason":"\ud800"}`,
	} {
		f.Add([]byte{byte(i), byte(i + 5), byte(i * 7)}, body, "key")
	}
	f.Fuzz(func(t *testing.T, order []byte, body, key string) {
		s := newServer(t)
		s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"A","steps":[{"name":"a"},{"name":"b","approval":{"prompt":"go?"}}]}`).want(201)
		s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":2,"step_status":"running"}`).want(200)
		for _, i := range order[:min(len(order), 6)] {
			route := routes[int(i)%len(routes)]
			r := s.lax(t, s.token, "POST", "/api/tasks/t/"+route, body, "Idempotency-Key", url.QueryEscape(key+route))
			if r.status >= 500 {
				t.Fatalf("%s: %d %s", route, r.status, r.body)
			}
		}
		s.sound(t, "t")
	})
}

func FuzzBulk(f *testing.F) {
	for i, s := range seeds {
		f.Add(fmt.Sprintf(`{"task_id":"t",%s`+"\n"+`{"task_id":"none"}`+"\r\n\n%s", strings.TrimPrefix(s, "{"), seeds[(i+1)%len(seeds)]))
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := newSubject(t)
		want := 0
		for line := range strings.SplitSeq(body, "\n") {
			if strings.TrimSpace(line) != "" {
				want++
			}
		}
		answers := s.bulk(t, body)
		if len(answers) != want {
			t.Fatalf("%d answers to %d lines", len(answers), want)
		}
		for _, a := range answers {
			if a.get("code").(float64) >= 500 {
				t.Fatalf("%s", a.body)
			}
		}
		s.sound(t, "t")
	})
}
