package ledger

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// matching are the letters that a query means, in the order of the list, as a
// plain look at each says.
func matching(all []notify.Letter, q notify.LetterQuery) []notify.Letter {
	var out []notify.Letter
	for _, l := range all {
		if (q.ID == "" || q.ID == l.ID) && (q.Person == "" || q.Person == l.Person) && (q.Sub == "" || q.Sub == l.Sub) &&
			(q.Task == "" || q.Task == l.Task) && (q.Seq == 0 || q.Seq == l.Seq) && (q.State == "" || q.State == l.State) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b notify.Letter) int { return cmp.Or(b.MadeAt.Compare(a.MadeAt), cmp.Compare(b.ID, a.ID)) })
	return out
}

func ids(letters []notify.Letter) (out []notify.LetterID) {
	for _, l := range letters {
		out = append(out, l.ID)
	}
	return out
}

// TestOldest holds that what is to be said of a task is found in the order in which it
// happened, also within one moment.
func TestOldest(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var want []notify.LetterID
		var all []notify.Letter
		for i := range 90 {
			l := letter(1, "t1", int64(i), func(l *notify.Letter) { l.MadeAt = epoch.Add(time.Duration(i/30) * time.Second) })
			all, want = append(all, l), append(want, l.ID)
		}
		b.write(append(all, letter(2, "t1", 1), letter(1, "t2", 1))...)
		got, err := b.Letters(ctx, notify.LetterQuery{Sub: "sub_1", Task: "t1", State: notify.Due, Limit: 50, Oldest: true})
		b.must(err)
		is(t, "oldest", ids(got), want[:50])
		due, err := b.Due(ctx, lane(1).ID, 50)
		b.must(err)
		is(t, "due", len(due), 50)
	})
}

// TestPlans holds that SQLite goes along an index in the order of the list and
// asks every table by an index, so that nothing costs more than it gives.
func TestPlans(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite)
	list := func(q notify.LetterQuery) (string, []any) {
		q.Limit = 9
		st := listed(q, states(q))
		return st.String(), st.Args
	}
	page := notify.Place{At: at(1), ID: "m"}
	for name, c := range map[string]struct {
		q     notify.LetterQuery
		index string
		walks int
	}{
		"all":              {notify.LetterQuery{}, "letters_by_state (state=?", 4},
		"state":            {notify.LetterQuery{State: notify.Dead}, "letters_by_state (state=?", 1},
		"person":           {notify.LetterQuery{Person: "ann"}, "letters_by_person (person=? AND state=?", 4},
		"person and state": {notify.LetterQuery{Person: "ann", State: notify.Sent}, "letters_by_person (person=? AND state=?", 1},
		"sub":              {notify.LetterQuery{Sub: "s"}, "letters_by_sub (sub=? AND state=?", 4},
		"person's sub":     {notify.LetterQuery{Sub: "s", Person: "ann", State: notify.Sent}, "letters_by_sub (sub=? AND state=?", 1},
		"task":             {notify.LetterQuery{Task: "t"}, "letters_by_task (task_id=?", 1},
		"task and all":     {notify.LetterQuery{Task: "t", Sub: "s", Person: "ann", State: notify.Due}, "letters_by_task (task_id=?", 1},
	} {
		for _, before := range []notify.Place{{}, page} {
			c.q.Before = before
			query, args := list(c.q)
			along := c.index
			if before != (notify.Place{}) {
				along += " AND (made_at,id)<(?,?)"
			}
			steps := explained(t, d, query, args...)
			n := 0
			for _, s := range steps {
				if strings.Contains(s, "SEARCH letters USING INDEX "+along) {
					n++
				}
			}
			if n != c.walks || sorts(steps) > 0 && c.walks == 1 {
				t.Errorf("%s takes %d walks along %s:\n\t%s", name, n, along, strings.Join(steps, "\n\t"))
			}
			searches(t, name, steps)
		}
	}
}

// TestOtherPlans holds the same of what lanes and purges ask.
func TestOtherPlans(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite)
	for name, c := range map[string]struct {
		query string
		args  []any
		steps []string
	}{
		"due":   {selectDue, []any{"l", 9}, []string{"letters USING INDEX letters_by_lane (state=? AND lane=?)"}},
		"cards": {selectCards, []any{"l"}, []string{"cards USING INDEX cards_at_work (lane=?)"}},
		"busy": {selectBusy, nil, []string{
			"COVERING INDEX letters_by_lane (state=?)", "COVERING INDEX letters_by_lane (state=? AND lane>?)",
			"COVERING INDEX cards_at_work", "COVERING INDEX cards_at_work (lane>?)", "INDEX sqlite_autoindex_lanes_1 (id=?)",
		}},
		"waiting":  {selectWaiting, []any{9}, []string{"SCAN o USING COVERING INDEX sqlite_autoindex_outbox_1", "e USING INDEX sqlite_autoindex_events_1 (task_id=? AND seq=?)"}},
		"done":     {dropOutbox.Text(), []any{1, "a", 1}, []string{"outbox USING COVERING INDEX sqlite_autoindex_outbox_1 (at=? AND task_id=? AND seq=?)"}},
		"settle":   {settleLetters.Text(), make([]any, 8), []string{"letters USING INDEX sqlite_autoindex_letters_1 (id=?)"}},
		"show":     {showCards.Text(), make([]any, 5), []string{"cards USING INDEX sqlite_autoindex_cards_1 (id=?)"}},
		"purge":    {purgeSettled, []any{"sent", 1, 9}, []string{"letters USING INDEX letters_by_state (state=? AND made_at<?)"}},
		"stranded": {purgeStranded, []any{1, 9}, []string{"l USING INDEX letters_by_state (state=? AND made_at<?)", "INDEX sqlite_autoindex_lanes_1 (id=?)"}},
		"old":      {purgeCards, []any{1, 9}, []string{"c USING INDEX cards_by_time (moved_at<?)", "INDEX sqlite_autoindex_lanes_1 (id=?)"}},
		"soonest": {selectSoonest, nil, []string{
			"SEARCH held USING COVERING INDEX held_by_time (until_at>?)", "SEARCH chains USING COVERING INDEX chains_at_work (due_at>?)",
		}},
		"chains":     {selectChains, []any{1, 9}, []string{"chains USING INDEX chains_at_work (due_at>? AND due_at<?)"}},
		"a task's":   {selectChainsOf, []any{"t"}, []string{"chains USING INDEX chains_by_task (task_id=?)"}},
		"traces":     {selectTraces, []any{"t", 1, 9}, []string{"traces USING INDEX sqlite_autoindex_traces_1 (task_id=? AND seq>?)"}},
		"give":       {dropHeld.Text(), []any{"m"}, []string{"held USING COVERING INDEX sqlite_autoindex_held_1 (bundle=?)"}},
		"old traces": {purgeTraces, []any{1, 9}, []string{"traces USING INDEX traces_by_time (at<?)", "traces USING COVERING INDEX sqlite_autoindex_traces_1 (task_id=? AND seq=? AND round=?)"}},
		"old chains": {purgeChains, []any{1, 9}, []string{"c USING INDEX chains_by_end (over_at<?)", "INDEX sqlite_autoindex_tasks_1 (id=?)"}},
		"nobody's": {purgeHeld, []any{9}, []string{
			"SEARCH h USING COVERING INDEX held_by_sub (sub>?)", "SEARCH held USING INDEX held_by_sub (sub=?)", "INDEX sqlite_autoindex_subscriptions_1 (id=?)",
		}},
		"unused": {lockUnused, []any{9}, []string{
			"l USING COVERING INDEX letters_by_lane (state=? AND lane=?)", "c USING COVERING INDEX cards_by_lane (lane=?)", "s USING COVERING INDEX subscriptions_by_lane (lane=?)",
		}},
	} {
		steps := explained(t, d, c.query, c.args...)
		all := strings.Join(steps, "\n\t")
		for _, want := range c.steps {
			if !strings.Contains(all, want) {
				t.Errorf("%s does not go by %s:\n\t%s", name, want, all)
			}
		}
		if sorts(steps) > 0 && name != "busy" {
			t.Errorf("%s sorts:\n\t%s", name, all)
		}
	}
}

// sorts counts the steps that put rows into an order.
func sorts(steps []string) (n int) {
	for _, s := range steps {
		if strings.Contains(s, "TEMP B-TREE") {
			n++
		}
	}
	return n
}

// searches holds that no table is read from one end to the other.
func searches(t *testing.T, name string, steps []string) {
	t.Helper()
	for _, s := range steps {
		if strings.HasPrefix(s, "SCAN letters") {
			t.Errorf("%s: %s", name, s)
		}
	}
}

// explained says how SQLite goes about a statement, step by step.
func explained(t *testing.T, d *db.DB, query string, args ...any) (steps []string) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}
