package store

import (
	"context"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/db/table"
)

// TestPlans holds that SQLite walks every road along an index in the order of
// the list, and asks other tables by their keys. What it does apart from that
// is done with a page's rows.
func TestPlans(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite)
	all, eve := progress.Actor{All: true}, progress.Actor{Person: "eve", Groups: []string{"ops"}}
	const (
		byEyes  = "w USING COVERING INDEX sqlite_autoindex_task_eyes_1 (name=?"
		byLabel = "w USING COVERING INDEX task_labels_by_time (name=? AND value=?"
		byTitle = "w USING COVERING INDEX task_titles_by_time"
		byKind  = " INDEX tasks_by_kind (kind=? AND status=?"
	)
	labels := []Label{{"a", "b"}, {"c", "d"}}
	for name, c := range map[string]struct {
		q     Query
		roads []string
	}{
		"all":             {Query{Eyes: all}, []string{"t USING COVERING INDEX tasks_by_time"}},
		"status":          {Query{Eyes: all, Status: progress.Statuses()}, []string{"t USING COVERING INDEX tasks_by_status (status=?"}},
		"kind":            {Query{Eyes: all, Kind: "crm"}, []string{byKind}},
		"kind and status": {Query{Eyes: all, Kind: "crm", Status: []progress.Status{progress.Failed}}, []string{byKind}},
		"owner":           {Query{Eyes: all, Owner: "ann"}, []string{byEyes}},
		"labels":          {Query{Eyes: all, Labels: labels}, []string{byLabel, byLabel}},
		"title":           {Query{Eyes: all, Title: "a b"}, []string{byTitle}},
		"eyes":            {Query{Eyes: eve}, []string{byEyes}},
		"own":             {Query{Eyes: eve, Owner: "eve"}, []string{byEyes}},
		"everything":      {Query{Eyes: eve, Owner: "ann", Labels: labels, Title: "x", Kind: "crm"}, []string{byTitle, byEyes, byEyes, byLabel, byLabel, byKind}},
	} {
		for i := range 4 {
			c.q.After, c.q.Ascending = []Cursor{{}, {ID: "t"}}[i%2], i/2 == 1
			s := c.q.search()
			roads := s.roads()
			if len(roads) != len(c.roads) {
				t.Fatalf("%s: %d roads, want %d", name, len(roads), len(c.roads))
			}
			for i, r := range roads {
				var st statement
				r.list(&st, s.Query, 51)
				walksAlong(t, explained(t, d, st), c.roads[i], len(r.walks()))
				var far statement
				r.leap(&far, s.Query, 0, 51)
				walksAlong(t, explained(t, d, far), c.roads[i], len(r.walks()))
			}
		}
	}
}

// explained says how SQLite goes about a statement, step by step.
func explained(t *testing.T, d *db.DB, st statement) []string {
	t.Helper()
	var id, parent, unused int
	var step string
	var steps []string
	how := statement{table.Statement{Args: st.Args}}
	how.Add(`EXPLAIN QUERY PLAN ` + st.String())
	if err := d.Read(context.Background(), func(tx *db.Tx) error {
		return how.query(context.Background(), tx, []any{&id, &parent, &unused, &step}, func() { steps = append(steps, step) })
	}); err != nil {
		t.Fatal(err)
	}
	return steps
}

// walksAlong holds that each of a number of walks begins along an index, goes
// on by indexes, and is not sorted.
func walksAlong(t *testing.T, steps []string, index string, walks int) {
	t.Helper()
	for i, step := range steps {
		if step != "CO-ROUTINE walk" {
			continue
		}
		walks--
		if !strings.Contains(steps[i+1], index) {
			t.Errorf("%q is not along %s", steps[i+1], index)
		}
		for _, then := range steps[i+2:] {
			if then == "SCAN walk" {
				break
			}
			if !strings.HasPrefix(then, "SEARCH ") || !strings.Contains(then, " INDEX ") {
				t.Errorf("%q is one of\n\t%s", then, strings.Join(steps, "\n\t"))
			}
		}
	}
	if walks != 0 {
		t.Errorf("%d walks more than wanted in\n\t%s", -walks, strings.Join(steps, "\n\t"))
	}
}
