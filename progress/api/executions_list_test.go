package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// executions asks for a page.
func (s *testServer) executions(t testing.TB, token, query string) reply {
	t.Helper()
	if strings.Contains(query, "=&") { // which says nothing
		return s.lax(t, token, "GET", executions+"?"+query, nil).want(200)
	}
	return s.do(t, token, "GET", executions+"?"+query, nil).want(200)
}

// targets are those of a page, in its order.
func (r reply) targets() string {
	r.t.Helper()
	var out []string
	for i := range r.get("executions").([]any) {
		out = append(out, fmt.Sprint(r.get(fmt.Sprintf("executions.%d.target_id", i))))
	}
	return strings.Join(out, " ")
}

// stands is a page's pagination in one line: page/pages of items by size, the
// pages before and after.
func (r reply) stands() string {
	r.t.Helper()
	if got := r.members("pagination"); got != "has_next has_prev next_page page page_size prev_page total_items total_pages" {
		r.t.Errorf("the pagination has %s", got)
	}
	p := func(name string) any { return r.get("pagination." + name) }
	if p("has_next") != (p("next_page") != nil) || p("has_prev") != (p("prev_page") != nil) {
		r.t.Errorf("the pages before and after are not as they are said to be: %s", r.body)
	}
	return fmt.Sprintf("%v/%v of %v by %v, %v, %v", p("page"), p("total_pages"), p("total_items"), p("page_size"), p("prev_page"), p("next_page"))
}

func TestExecutionPages(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, on(dialect))
			empty := s.executions(t, s.token, "")
			if got := empty.stands(); got != "1/0 of 0 by 50, <nil>, <nil>" || string(empty.body[:17]) != `{"executions":[],` || empty.members("") != "executions pagination" {
				t.Errorf("none: %s, %s", got, empty.body)
			}
			for i := range 5 {
				s.start(t, fmt.Sprint("t", i))
			}
			for _, c := range []struct{ query, targets, stands string }{
				{"", "t4 t3 t2 t1 t0", "1/1 of 5 by 50, <nil>, <nil>"},
				{"page=&page_size=&sort=&order=&status=&type=&target_id=", "t4 t3 t2 t1 t0", "1/1 of 5 by 50, <nil>, <nil>"},
				{"page_size=2", "t4 t3", "1/3 of 5 by 2, <nil>, 2"},
				{"page_size=2&page=2", "t2 t1", "2/3 of 5 by 2, 1, 3"},
				{"page_size=2&page=3", "t0", "3/3 of 5 by 2, 2, <nil>"},
				{"page_size=2&page=4", "", "4/3 of 5 by 2, 3, <nil>"},
				{"page_size=2&page=99", "", "99/3 of 5 by 2, 98, <nil>"},
				{"page_size=100&page=9007199254740991", "", "9.007199254740991e+15/1 of 5 by 100, 9.00719925474099e+15, <nil>"},
				{"page_size=5", "t4 t3 t2 t1 t0", "1/1 of 5 by 5, <nil>, <nil>"},
				{"page_size=5&page=2", "", "2/1 of 5 by 5, 1, <nil>"},
				{"page_size=1&page=5", "t0", "5/5 of 5 by 1, 4, <nil>"},
				{"page_size=100", "t4 t3 t2 t1 t0", "1/1 of 5 by 100, <nil>, <nil>"},
				{"order=asc&page_size=2", "t0 t1", "1/3 of 5 by 2, <nil>, 2"},
				{"order=asc&page_size=2&page=3&sort=created_at", "t4", "3/3 of 5 by 2, 2, <nil>"},
				{"order=desc&page_size=2&page=3", "t0", "3/3 of 5 by 2, 2, <nil>"},
				{"cursor=nonsense&limit=0&label=x", "t4 t3 t2 t1 t0", "1/1 of 5 by 50, <nil>, <nil>"},
			} {
				r := s.executions(t, s.token, c.query)
				if r.targets() != c.targets || r.stands() != c.stands {
					t.Errorf("%s: %s, %s; want %s, %s", c.query, r.targets(), r.stands(), c.targets, c.stands)
				}
			}
		})
	}
}

// TestExecutionFilters holds which executions a page and its totals are of.
func TestExecutionFilters(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			filters(t, newServer(t, on(dialect)))
		})
	}
}

func filters(t *testing.T, s *testServer) {
	for _, status := range []string{"pending", "running", "completed", "failed", "cancelled"} {
		if id := s.start(t, status); status != "pending" {
			s.report(t, id, `{"status":"`+status+`"}`)
		}
	}
	paused, waits := s.start(t, "paused"), s.start(t, "waits")
	for _, id := range []string{paused, waits} {
		s.report(t, id, `{"step":"one","step_status":"running"}`)
	}
	s.do(t, s.token, "POST", "/api/tasks/"+paused+"/pause", nil).want(200)
	s.do(t, s.token, "POST", "/api/tasks/"+waits+"/steps/1/approval", nil).want(201)
	s.do(t, s.token, "POST", executions, `{"type":"pipeline","target_id":"b & ☎","inputs":{}}`).want(202)
	s.do(t, s.token, "POST", "/api/tasks", `{"title":"T","kind":"other"}`).want(201)
	for query, want := range map[string]string{
		"status=pending": "<nil> b & ☎ pending", "status=running": "waits paused running", "status=completed": "completed", "status=failed": "failed",
		"status=cancelled": "cancelled", "type=pipeline": "b & ☎", "type=agent": "waits paused cancelled failed completed running pending",
		"target_id=" + url.QueryEscape("b & ☎"): "b & ☎", "target_id=paused": "paused", "target_id=Paused": "", "target_id=pause": "", "target_id=%25": "",
		"target_id=paused&status=running": "paused", "target_id=paused&status=failed": "", "target_id=paused&type=pipeline": "",
		"type=agent&status=running&order=asc": "running paused waits", "type=pipeline&status=pending&target_id=" + url.QueryEscape("b & ☎"): "b & ☎",
		"target_id=" + strings.Repeat("x", 5000): "", "order=asc&page_size=3&page=2": "failed cancelled paused",
	} {
		r := s.executions(t, s.token, query)
		if got := r.targets(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		if n := r.get("pagination.total_items").(float64); !strings.Contains(query, "page") && int(n) != len(r.get("executions").([]any)) {
			t.Errorf("%s: %v in all, %s", query, n, r.body)
		}
		for i := range r.get("executions").([]any) {
			if got := r.members(fmt.Sprintf("executions.%d", i)); got != "completed_at error execution_id failed_at outputs progress started_at status target_id type" {
				t.Errorf("%s: it has %s", query, got)
			}
		}
	}
	r := s.executions(t, s.token, "type=agent&page_size=3&page=3")
	if r.targets() != "pending" || r.stands() != "3/3 of 7 by 3, 2, <nil>" {
		t.Errorf("%s, %s", r.targets(), r.stands())
	}
}

// TestExecutionsSeen holds that pages and totals are of what the caller may see,
// also where only the tasks know who that is.
func TestExecutionsSeen(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	bob := s.person(t, "bob", access.RoleMember, []string{"ops"})
	for i, spec := range []string{
		`"owner":"ann"`, `"owner":"bob"`, `"owner":"group:ops"`, `"owner":"group:dev"`, ``,
		`"owner":"ann","steps":[{"name":"a","approval":{"approvers":["bob"]}}]`,
		`"owner":"ann","steps":[` + crowd("eve") + `]`,
		`"owner":"ann","steps":[` + crowd("bob") + `]`,
	} {
		if spec != "" {
			spec = "," + spec
		}
		s.do(t, s.token, "POST", "/api/tasks", fmt.Sprintf(`{"title":"T","labels":{"target_id":"t%d"}%s}`, i, spec)).want(201)
	}
	for _, c := range []struct{ query, targets, stands string }{
		{"", "t7 t5 t4 t2 t1", "1/1 of 5 by 50, <nil>, <nil>"},
		{"page_size=2&page=1", "t7 t5", "1/3 of 5 by 2, <nil>, 2"},
		{"page_size=2&page=2", "t4 t2", "2/3 of 5 by 2, 1, 3"},
		{"page_size=2&page=3&order=asc", "t7", "3/3 of 5 by 2, 2, <nil>"},
	} {
		r := s.executions(t, bob, c.query)
		if r.targets() != c.targets || r.stands() != c.stands {
			t.Errorf("%s: %s, %s; want %s, %s", c.query, r.targets(), r.stands(), c.targets, c.stands)
		}
	}
	if got := s.executions(t, s.token, "").stands(); got != "1/1 of 8 by 50, <nil>, <nil>" {
		t.Errorf("all: %s", got)
	}
}

// crowd are steps whose deciders are too many to be listed, the last of them
// that one.
func crowd(last string) string {
	var steps []string
	for i := range 12 {
		names := make([]string, 100)
		for k := range names {
			names[k] = fmt.Sprintf(`"p%d_%d"`, i, k)
		}
		if i == 11 {
			names[99] = `"` + last + `"`
		}
		steps = append(steps, fmt.Sprintf(`{"name":"s%d","approval":{"approvers":[%s]}}`, i, strings.Join(names, ",")))
	}
	return strings.Join(steps, ",")
}

// TestExecutionListFaults holds that every bad value is named, all at once.
func TestExecutionListFaults(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.start(t, "x")
	for query, want := range map[string]string{
		"page=0": "query.page greater_than_equal", "page=-1": "query.page greater_than_equal", "page=abc": "query.page int_parsing", "page=1.5": "query.page int_parsing",
		"page=1e3": "query.page int_parsing", "page=0x10": "query.page int_parsing", "page=%00": "query.page int_parsing", "page=9007199254740992": "query.page less_than_equal",
		"page=999999999999999999999": "query.page less_than_equal", "page=-999999999999999999999": "query.page greater_than_equal", "page=null": "query.page int_parsing",
		"page_size=0": "query.page_size greater_than_equal", "page_size=101": "query.page_size less_than_equal", "page_size=-5": "query.page_size greater_than_equal",
		"page_size=x": "query.page_size int_parsing", "page_size=99999999999999999999": "query.page_size less_than_equal",
		"sort=updated_at": "query.sort literal_error", "sort=Created_At": "query.sort literal_error", "sort=created_at,x": "query.sort literal_error",
		"order=sideways": "query.order literal_error", "order=DESC": "query.order literal_error",
		"status=paused": "query.status literal_error", "status=approval": "query.status literal_error", "status=done": "query.status literal_error",
		"status=pending,running": "query.status literal_error", "type=crm": "query.type literal_error", "type=%ff": "query.type literal_error",
		"target_id=%00": "query.target_id value_error", "target_id=a%ff": "query.target_id value_error",
		"page=0&page_size=101&sort=x&order=x&status=x&type=x&target_id=%00": "query.type literal_error, query.status literal_error, query.target_id value_error, " +
			"query.page greater_than_equal, query.page_size less_than_equal, query.sort literal_error, query.order literal_error",
	} {
		if got := s.do(t, s.token, "GET", executions+"?"+query, nil).faults(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	words := s.do(t, s.token, "GET", executions+"?status=x", nil).get("detail.0.msg")
	if words != "Input should be 'pending', 'running', 'completed', 'failed' or 'cancelled'" {
		t.Error(words)
	}
}
