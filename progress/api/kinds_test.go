package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// odd is a kind that means something to paths, pages and databases.
const odd = `a/b c?d=%2F&e#<i>"ü`

// ran keeps past runs of a kind, one an hour, each of so many seconds.
func ran(t *testing.T, s *testServer, kind, owner string, seconds ...float64) {
	t.Helper()
	var pasts []store.Past
	for i, took := range seconds {
		p := store.Past{
			Run: estimate.Run{Kind: kind, Outcome: estimate.Success, Elapsed: took, Laps: []estimate.Lap{
				{Name: "plan", State: estimate.Done, Active: took / 4}, {Name: odd, State: estimate.Done, From: took / 4, Active: took * 3 / 4},
			}},
			Task: progress.TaskID(fmt.Sprintf("%x-%d", kind, i)), Nth: 1, Owner: owner, MadeBy: "maker",
			Ended: time.Date(2026, 3, 14, i, 0, 0, 0, time.UTC), Idle: time.Minute,
		}
		p.ID = trace.ID(p.Task, p.Nth)
		if took < 0 {
			p.Elapsed, p.Outcome, p.Laps = -took, estimate.Failed, nil
		}
		pasts = append(pasts, p)
	}
	if err := s.api.Store.Commit(t.Context(), store.Need{}, func(store.Found) store.Batch { return store.Batch{Pasts: pasts} }); err != nil {
		t.Fatal(err)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, on(dialect))
			if none := s.do(t, s.token, "GET", "/api/kinds", nil).want(200).is("more", false); none.has("kinds.0") {
				t.Errorf("of no runs %s", none.body)
			}
			ran(t, s, odd, "", 100, 110, 90, 100, 120, 130, -5)
			ran(t, s, "few", "", 8)
			s.do(t, s.token, "GET", "/api/kinds", nil).want(200).is("kinds.0.kind", odd).is("kinds.0.runs", 7.0).is("kinds.0.trend", 1.25).
				is("kinds.0.failure_rate", 0.1429).is("kinds.0.idle_median_seconds", 60.0).is("kinds.1.kind", "few").is("kinds.1.trend", nil)
			s.do(t, s.token, "GET", "/api/kinds?limit=1", nil).want(200).is("kinds.0.kind", odd).is("more", true)
			s.do(t, s.token, "GET", "/api/kinds/"+url.PathEscape(odd), nil).want(200).is("kind", odd).is("median_seconds", 105.0).
				is("steps.0.name", odd).is("steps.0.share", 0.75).is("steps.1.runs", 6.0).is("more_steps", 0.0).
				is("last.0.outcome", "failed").is("last.0.active_seconds", 5.0).is("last.6.active_seconds", 100.0)
			for _, wrong := range []string{"none", "%00", "%FF", "few%20"} {
				s.outside(t, s.token, "GET", "/api/kinds/"+wrong, nil).want(404)
			}
			s.outside(t, s.token, "GET", "/api/kinds?limit=201", nil).want(400)
		})
	}
}

// What others' tasks took is for their eyes.
func TestKindsAreOfThoseWhoMaySeeTheTasks(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ran(t, s, "shop", "group:shop", 10, 20, 30)
	ran(t, s, "mine", "ann", 10)
	ann, bob, maker := s.person(t, "ann", access.RoleMember, []string{"shop"}), s.person(t, "bob", access.RoleMember, nil), s.person(t, "maker", access.RoleMember, nil)
	reports := s.person(t, "robot", access.RoleMember, nil, "report")
	for token, status := range map[string]int{s.token: 200, ann: 200, maker: 200, bob: 404, reports: 403} {
		for _, path := range []string{"/api/kinds/mine", "/api/kinds/shop", "/api/estimates/accuracy?kind=shop", "/kinds/mine"} {
			s.outside(t, token, "GET", path, nil).want(status)
		}
	}
	if seen := s.do(t, bob, "GET", "/api/kinds", nil).want(200); seen.has("kinds.0") {
		t.Errorf("bob sees %s", seen.body)
	}
	s.do(t, bob, "GET", "/api/estimates/accuracy", nil).want(200).is("runs", 0.0)
	if page := s.outside(t, bob, "GET", "/kinds/mine", nil); strings.Contains(string(page.body), "10 s") {
		t.Errorf("the page says what it took:\n%s", page.body)
	}
	ran(t, s, "shop", "", 40) // takes the place of the first of them
	s.do(t, bob, "GET", "/api/kinds/shop", nil).want(200).is("runs", 1.0).is("median_seconds", 40.0)
	s.do(t, ann, "GET", "/api/kinds/shop", nil).want(200).is("runs", 3.0)
}

// Whatever the estimates are, each run that ended well is asked about.
func TestAccuracy(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "GET", "/api/estimates/accuracy", nil).want(200).is("runs", 0.0).is("complete", true).is("warm.covered", nil)
	ran(t, s, odd, "", 10, 12, 9, 11, 10, -3, 10)
	ran(t, s, "few", "", 8)
	s.do(t, s.token, "GET", "/api/estimates/accuracy", nil).want(200).is("runs", 8.0).is("kinds", 2.0).is("complete", true).
		is("warm.runs", 3.0).is("warm.questions", 15.0).is("first.questions", 10.0).is("warm.groups.0.questions", 15.0).is("warm.groups.2.within_50", nil)
	s.do(t, s.token, "GET", "/api/estimates/accuracy?kind=few", nil).want(200).is("runs", 1.0).is("first.questions", 5.0).is("warm.questions", 0.0)
	s.do(t, s.token, "GET", "/api/estimates/accuracy?kind=none", nil).want(404)
	many := make([]float64, trialRuns+3)
	for i := range many {
		many[i] = float64(i + 1)
	}
	ran(t, s, "many", "", many...)
	s.do(t, s.token, "GET", "/api/estimates/accuracy?kind=many", nil).want(200).is("runs", float64(trialRuns))
}

// A replay ends when its time is up.
func TestReplaysEndInTime(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done, seen := 0, 0
	for range while(ctx, make([]store.Past, 5), &done) {
		if seen++; seen == 2 {
			cancel()
		}
	}
	if seen != 2 || done != 2 {
		t.Errorf("%d runs were replayed, %d counted", seen, done)
	}
}

func TestKindPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := enter(t, s, s.token)
	shows(t, string(b.get("/kinds").want(200).body), "No run has ended yet", "herald run --kind")
	ran(t, s, odd, "", 100, 110, 90, 100, 120, 130)
	shows(t, string(b.get("/kinds").want(200).body), odd, "25% slower than before", `href="/kinds/`+url.PathEscape(odd)+`"`, "From 1 min 30 s to 2 min 10 s")
	page := string(b.get("/kinds/" + url.PathEscape(odd)).want(200).body)
	shows(t, page, odd, "6 past runs", "75%", "1 min 0 s beside this")
	if strings.Contains(page, "<i>") {
		t.Errorf("a kind's name is taken for a tag:\n%s", page)
	}
	shows(t, string(b.get("/kinds/none").want(404).body), "No run of this kind has ended yet")
	s.do(t, s.token, "POST", "/api/tasks", map[string]any{"id": "t", "title": "T", "kind": odd}).want(http.StatusCreated)
	shows(t, string(b.get("/tasks/t").want(200).body), `href="/kinds/`+url.PathEscape(odd)+`"`)
	shows(t, string(b.get("/?kind="+url.QueryEscape(odd)).want(200).body), `href="/kinds/`+url.PathEscape(odd)+`"`)
}
