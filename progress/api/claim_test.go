package api

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestClaimWaits(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	began := time.Now()
	s.do(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w","wait_seconds":1}`).want(204)
	if took := time.Since(began); took < time.Second || took > 5*time.Second {
		t.Errorf("one second of waiting took %s", took)
	}
	var got reply
	var took time.Duration
	var waiting sync.WaitGroup
	waiting.Go(func() {
		began := time.Now()
		got = s.outside(t, s.token, "POST", "/api/tasks/claim", `{"kinds":["other","k"],"worker":"w","wait_seconds":60}`)
		took = time.Since(began)
	})
	time.Sleep(50 * time.Millisecond)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"no","title":"T","kind":"third"}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","kind":"k"}`).want(201)
	waiting.Wait()
	got.want(200).is("task_id", "t").is("run", 1).is("attempt", 1).is("worker", "w")
	for _, field := range []string{"lease", "lease_until"} {
		if text, _ := got.get(field).(string); text == "" {
			t.Errorf("no %s in %s", field, got.body)
		}
	}
	if took > 4*time.Second {
		t.Errorf("the worker got the task after %s", took)
	}
	if s.do(t, s.token, "GET", "/api/tasks/t", nil).has("lease") {
		t.Error("the lease is shown to everyone")
	}
}

// TestClaimOnce has many workers claim few tasks at once.
func TestClaimOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for i := range 10 {
		s.do(t, s.token, "POST", "/api/tasks", fmt.Sprintf(`{"id":"t%d","title":"T","kind":"k"}`, i)).want(201)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	owners, none := map[any]int{}, 0
	for i := range 30 {
		all.Go(func() {
			r := s.outside(t, s.token, "POST", "/api/tasks/claim", fmt.Sprintf(`{"kinds":["k"],"worker":"w%d"}`, i))
			mu.Lock()
			defer mu.Unlock()
			if r.status == http.StatusNoContent {
				none++
				return
			}
			owners[r.get("task_id")]++
		})
	}
	all.Wait()
	if len(owners) != 10 || none != 20 {
		t.Errorf("%d tasks were claimed, %d workers got none: %v", len(owners), none, owners)
	}
	for id, n := range owners {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}

// TestLeaseLapses lets a minute go by, on a clock of its own: without a server
// before the handler.
func TestLeaseLapses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := setup{dialect: dbtest.SQLite, access: access.Options{AdminToken: adminToken}, api: Options{Log: slog.New(slog.DiscardHandler)}}
		s.stand(t)
		h, err := New(s.api)
		if err != nil {
			t.Fatal(err)
		}
		defer s.api.Hub.Close()
		post := func(path, body string) reply {
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, path, bytes.NewReader([]byte(body)))
			r.Header.Set("Authorization", "Bearer "+adminToken)
			h.ServeHTTP(w, r)
			return reply{t, w.Code, w.Header(), w.Body.Bytes()}
		}
		post("/api/tasks", `{"id":"t","title":"T","kind":"k"}`).want(201)
		lease := post("/api/tasks/claim", `{"kinds":["k"],"worker":"w1"}`).want(200).get("lease")
		for range 3 { // heartbeats and reports renew it
			time.Sleep(50 * time.Second)
			post("/api/tasks/t/heartbeat", fmt.Sprintf(`{"worker":"w1","lease":%q}`, lease)).want(200)
			time.Sleep(50 * time.Second)
			post("/api/tasks/t/progress", fmt.Sprintf(`{"worker":"w1","lease":%q,"progress":10}`, lease)).want(200)
			post("/api/tasks/claim", `{"kinds":["k"],"worker":"w2"}`).want(204)
		}
		time.Sleep(61 * time.Second)
		post("/api/tasks/claim", `{"kinds":["k"],"worker":"w2"}`).want(200).is("worker", "w2").is("task_id", "t")
		post("/api/tasks/t/progress", fmt.Sprintf(`{"worker":"w1","lease":%q,"progress":20}`, lease)).want(409).
			is("code", "superseded").is("control", "cancel").is("task_status", "running")
		began := time.Now()
		post("/api/tasks/claim", `{"kinds":["k"],"worker":"w3","wait_seconds":30}`).want(204)
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("30 s of waiting took %s", took)
		}
		post("/api/tasks/claim", `{"kinds":["k"],"worker":"w3","wait_seconds":60}`).want(200).is("worker", "w3") // the lease lapses meanwhile
	})
}
