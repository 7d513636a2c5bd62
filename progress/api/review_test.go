package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
)

// TestDeepDocuments holds that nothing is taken which could not be read again.
func TestDeepDocuments(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","inputs":`+deep(100)+`}`).want(201)
	for path, body := range map[string]string{
		"/api/tasks":            `{"id":"u","title":"T","inputs":%s}`,
		"/api/tasks/t/restart":  `{"inputs":%s}`,
		"/api/tasks/t/progress": `{"metadata":{"a":%s}}`,
	} {
		s.lax(t, s.token, "POST", path, fmt.Sprintf(body, deep(101))).want(400)
		s.lax(t, s.token, "POST", path, fmt.Sprintf(body, deep(9000))).want(400)
	}
	s.do(t, s.token, "POST", "/api/tasks/t/restart", `{}`).want(200)
	s.do(t, s.token, "GET", "/api/tasks/t/history", nil).want(200)
	s.do(t, s.token, "GET", "/api/tasks/t/events", nil).want(200)
}

// TestClaimPassesOverOthers holds that a task which a worker may see and not
// take does not stand before its own.
func TestClaimPassesOverOthers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	alice := s.person(t, "alice", access.RoleMember, nil)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"bobs","title":"T","kind":"k","owner":"bob","steps":[{"name":"a","approval":{"approvers":["alice"]}}]}`).want(201)
	s.do(t, alice, "POST", "/api/tasks", `{"id":"hers","title":"T","kind":"k","owner":"alice"}`).want(201)
	s.do(t, alice, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w"}`).want(200).is("task_id", "hers")
	s.do(t, alice, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w"}`).want(204)
}

// TestHistoryPages goes through the runs of a task that was restarted often.
func TestHistoryPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","steps":[{"name":"a"}]}`).want(201)
	for range 25 {
		s.do(t, s.token, "POST", "/api/tasks/t/restart", nil).want(200)
	}
	page := s.do(t, s.token, "GET", "/api/tasks/t/history", nil).want(200).is("runs.0.run", 6).is("runs.19.run", 25).is("next", 6)
	if page.has("runs.20") {
		t.Error("more than 20 runs")
	}
	s.do(t, s.token, "GET", "/api/tasks/t/history?before=6&limit=3", nil).want(200).is("runs.0.run", 3).is("runs.2.run", 5).is("next", 3)
	s.do(t, s.token, "GET", "/api/tasks/t/history?before=3", nil).want(200).is("runs.0.run", 1).is("runs.1.run", 2).is("next", nil)
	for _, bad := range []string{"before=0", "before=x", "limit=0", "limit=101"} {
		s.lax(t, s.token, "GET", "/api/tasks/t/history?"+bad, nil).want(400)
	}
}

// TestContentsNeedTheRightToRead holds that who may only report or operate sees
// a task's state and not its contents.
func TestContentsNeedTheRightToRead(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	report := s.person(t, "bob", access.RoleOperator, nil, "report")
	operate := s.person(t, "bob", access.RoleOperator, nil, "operate")
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","kind":"k","inputs":{"key":"secret"},"metadata":{"m":"secret"},"steps":[{"name":"a"}]}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":1,"result":"secret"}`).want(200)
	for _, answer := range []reply{
		s.do(t, operate, "POST", "/api/tasks/t/pause", nil).want(200),
		s.do(t, operate, "POST", "/api/tasks/t/restart", nil).want(200),
		s.do(t, report, "GET", "/api/tasks/t", nil).want(403),
		s.do(t, report, "GET", "/api/tasks/t/logs", nil).want(403),
		s.do(t, report, "GET", "/ws/tasks/t?worker=w&logs=1", nil).want(403),
	} {
		if strings.Contains(string(answer.body), "secret") {
			t.Errorf("%s", answer.body)
		}
	}
	s.do(t, report, "POST", "/api/tasks/claim", `{"kinds":["k"],"worker":"w"}`).want(200).is("inputs.key", "secret")
}

// TestNeighboursCookie holds that on HTTPS only the cookie counts that no
// neighbouring host can set.
func TestNeighboursCookie(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(s *setup) { s.api.PublicURL = "https://herald.example" })
	in := s.do(t, "", "POST", "/api/login", `{"token":"`+adminToken+`"}`).want(200)
	cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
	name, secret, _ := strings.Cut(cookie, "=")
	if name != "__Host-herald_session" || !strings.Contains(in.header.Get("Set-Cookie"), "; Secure") {
		t.Errorf("%s", in.header.Get("Set-Cookie"))
	}
	s.do(t, "", "GET", "/api/me", nil, "Cookie: "+cookie).want(200)
	s.do(t, "", "GET", "/api/me", nil, "Cookie: herald_session="+secret).want(401)
}

// TestManyLines holds that one request cannot bring more than it may.
func TestManyLines(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	got := s.outside(t, s.token, "POST", "/api/reports", strings.Repeat("1\n", maxLines+10)).want(200)
	lines := strings.Split(strings.TrimSpace(string(got.body)), "\n")
	if len(lines) != maxLines+1 || !strings.Contains(lines[maxLines], `"code":413`) {
		t.Errorf("%d answers, the last one %s", len(lines), lines[len(lines)-1])
	}
	s.lax(t, s.token, "POST", "/api/tasks/t/logs", "["+strings.Repeat(`{"line":""},`, maxLines)+`{"line":""}]`).want(413)
	s.lax(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":""},]`).want(400)
	s.lax(t, s.token, "POST", "/api/tasks/t/logs", `[{"line":"a"}] x`).want(400)
	if s.do(t, s.token, "GET", "/api/tasks/t/logs", nil).want(200).has("logs.0") {
		t.Error("lines of a refused request were taken")
	}
	s.do(t, s.token, "POST", "/api/tasks/t/logs", ` [{"line":"a"}, {"line":""}]`).want(200).is("lines", 2)
}
