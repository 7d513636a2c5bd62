package store_test

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/store"
)

// TestOutbox holds that every milestone is noted in the transaction that writes
// it, in the order of its time, and that a percent tick notes nothing.
func TestOutbox(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		saga(t, "t1", func(one *story) { s.keep(store.Batch{}, one) })
		var want, got []string
		rows := func(query string) (out []string) {
			if err := s.db.Read(ctx, func(tx *db.Tx) error {
				rows, err := tx.Query(ctx, query)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var at, seq int64
					var id string
					if err := rows.Scan(&at, &id, &seq); err != nil {
						return err
					}
					out = append(out, fmt.Sprint(at, id, seq))
				}
				return rows.Err()
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		want, got = rows(`SELECT at, task_id, seq FROM events ORDER BY seq`), rows(`SELECT at, task_id, seq FROM outbox ORDER BY at, task_id, seq`)
		if len(want) < 20 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("noted are\n%v\nwant\n%v", got, want)
		}

		one := begin(t, "t2", plan("a"))
		s.keep(store.Batch{}, one.do(worker, tick(1, 1)))
		before := len(rows(`SELECT at, task_id, seq FROM outbox`))
		s.keep(store.Batch{}, one.do(worker, tick(1, 2)))
		if after := len(rows(`SELECT at, task_id, seq FROM outbox`)); after != before || before <= len(want) {
			t.Errorf("%d are noted after a tick, %d before, %d of another task", after, before, len(want))
		}
	})
}

// TestEvent holds that a milestone is found by its seq, as it was.
func TestEvent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		var last *story
		saga(t, "t1", func(one *story) { last = one; s.keep(store.Batch{}, one) })
		s.keep(store.Batch{}, begin(t, "t2", plan("a")))
		for _, want := range last.all {
			got, ok, err := s.Event(ctx, "t1", want.Seq)
			if err != nil || !ok || text(got) != text(want) {
				t.Errorf("%v, %v:\n%s\nwant\n%s", ok, err, text(got), text(want))
			}
		}
		for _, seq := range []int64{0, int64(len(last.all)) + 1} {
			if e, ok, err := s.Event(ctx, "t1", seq); ok || err != nil {
				t.Errorf("there is no milestone %d: %v, %v", seq, e, err)
			}
		}
	})
}
