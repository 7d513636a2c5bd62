package ledger

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
)

// classed is of a class.
func classed(c notify.Class) func(*notify.Letter) { return func(l *notify.Letter) { l.Class = c } }

func TestBacklog(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		counts := func(want map[notify.Class]int) {
			t.Helper()
			got, err := b.Backlog(ctx)
			b.must(err)
			is(t, "what waits", got, want)
		}
		counts(map[notify.Class]int{})
		end := letter(0, "t1", 9, classed(notify.ClassEnd))
		b.write(letter(0, "t1", 1), letter(1, "t1", 2), letter(2, "t2", 3), end)
		counts(map[notify.Class]int{notify.ClassStep: 3, notify.ClassEnd: 1})
		b.settle(end, notify.Dead, 10)
		b.settle(letter(0, "t1", 1), notify.Sent, 11)
		b.settle(letter(1, "t1", 2), notify.Due, 12) // tried, and it waits again
		counts(map[notify.Class]int{notify.ClassStep: 2})
	})
}

// fill writes so many due letters, and ten times as many that were sent.
func (b book) fill(due int) {
	b.Helper()
	b.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO letters (`+letterColumns+`, calm) SELECT 'msg_' || i, 'l' || (i % 64), 's', 'ann', 't' || (i / 10), i, 'step.completed',
			CASE WHEN i % 4 = 0 THEN 'end' ELSE 'step' END, CASE WHEN i % 11 = 0 THEN 'due' ELSE 'sent' END, i, 0, i, 0, 0, 0, '', '', 0, '', 1 FROM n`, due*11)
}

// TestLargeBacklog holds that a count of very many letters ends at a bound, with the
// oldest, and reads them alone.
func TestLargeBacklog(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		const most = 200
		b.fill(most + 100)
		got, err := b.backlog(ctx, most)
		b.must(err)
		is(t, "what waits", got, map[notify.Class]int{notify.ClassStep: most / 4 * 3, notify.ClassEnd: most / 4})
		b.exec(`ANALYZE letters`)
		if way := b.way(selectBacklog, most); !strings.Contains(way, "letters_by_state") {
			t.Errorf("it goes by\n%s", way)
		}
	})
}

// way says how the database goes about a statement.
func (b book) way(query string, args ...any) string {
	b.Helper()
	if b.db.SingleWriter() {
		return strings.Join(explained(b.TB.(*testing.T), b.db, query, args...), "\n")
	}
	steps, err := collect(ctx, b.db, func(rows *sql.Rows) (step string, err error) { return step, rows.Scan(&step) }, "EXPLAIN "+query, args...)
	b.must(err)
	return strings.Join(steps, "\n")
}
