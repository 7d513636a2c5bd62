package store

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/db/table"
)

// TestPastPlans holds that SQLite chooses past runs along an index, in the
// order of the list, and leaps from kind to kind.
func TestPastPlans(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite)
	all, eve := progress.Actor{All: true}, progress.Actor{Person: "eve", Groups: []string{"ops"}}
	since := time.Now()
	for name, c := range map[string]struct {
		st   *statement
		want []string // the indexes, in their order
	}{
		"kind":       {PastQuery{Kind: "crm", Limit: 9, Eyes: all}.statement(), []string{"INDEX past_runs_by_kind (kind=? AND ended_at>?)"}},
		"kind, eyes": {PastQuery{Kind: "crm", Limit: 9, Eyes: eve, Each: 5}.statement(), []string{"INDEX past_runs_by_kind (kind=? AND ended_at>?)"}},
		"all":        {PastQuery{Limit: 9, Eyes: eve, Since: since}.statement(), []string{"INDEX past_runs_by_time (ended_at>?)"}},
		"kinds": {kindsStatement(eve, 9), []string{
			"COVERING INDEX past_runs_by_kind", "COVERING INDEX past_runs_by_kind (kind>?)",
			"COVERING INDEX past_runs_by_kind (kind=?)", "COVERING INDEX past_runs_by_kind (kind=?)",
		}},
		"purge": {&statement{table.Statement{Args: []any{1}}}, []string{"INDEX past_runs_by_time (ended_at<?)"}},
	} {
		if name == "purge" {
			c.st.WriteString(purgePasts)
		}
		var indexes []string
		for _, step := range explained(t, d, *c.st) {
			if strings.Contains(step, "past_runs_by") {
				indexes = append(indexes, step)
			} else if strings.Contains(step, "past_runs") || strings.Contains(step, "TEMP B-TREE") && name != "kinds" {
				t.Errorf("%s: %s", name, step)
			}
		}
		if len(indexes) != len(c.want) {
			t.Fatalf("%s goes along %q", name, indexes)
		}
		for i, want := range c.want {
			if !strings.Contains(indexes[i], want) {
				t.Errorf("%s: %q is not along %s", name, indexes[i], want)
			}
		}
	}
}
