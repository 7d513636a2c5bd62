package ledger

import (
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestWaiting holds that every milestone waits, as it was, in the order of its
// time, until it is let go of.
func TestWaiting(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		begin, end := progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning}, progress.Cancel{Reason: "enough"}
		later, first := b.happen("t1", 10, begin, end), b.happen("t2", 0, begin)
		var want []notify.Pending
		for _, e := range first {
			want = append(want, notify.Pending{Task: "t2", Event: e})
		}
		for _, e := range later {
			want = append(want, notify.Pending{Task: "t1", Event: e})
		}
		got, err := b.Waiting(ctx, 100)
		b.must(err)
		is(t, "waiting", encode(got), encode(want))
		some, err := b.Waiting(ctx, 2)
		b.must(err)
		is(t, "the first two", encode(some), encode(want[:2]))

		r := notify.Routed{Done: got[:3], Lanes: []notify.Lane{lane(1)}, Letters: []notify.Letter{letter(1, "t2", 1)}, Marks: []notify.Card{mark(1, "t2", 3)}}
		for range 2 { // the second time as after a crash
			b.must(b.Routed(ctx, r))
			got, err = b.Waiting(ctx, 100)
			b.must(err)
			is(t, "the rest", encode(got), encode(want[3:]))
			is(t, "letters", b.count("letters"), 1)
			is(t, "cards", b.count("cards"), 1)
		}
	})
}

// TestRoutedIsAllOrNothing holds that events are not let go of when what became
// of them cannot be written.
func TestRoutedIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.happen("t1", 0)
		got, err := b.Waiting(ctx, 10)
		b.must(err)
		b.exec(`CREATE UNIQUE INDEX bad ON cards (task_id)`)
		marks := []notify.Card{mark(1, "t1", 1), mark(2, "t1", 1)}
		if err := b.Routed(ctx, notify.Routed{Done: got, Lanes: []notify.Lane{lane(1)}, Letters: []notify.Letter{letter(1, "t1", 1)}, Marks: marks}); err == nil {
			t.Fatal("two cards of a task were written; this test is of no use")
		}
		for table, want := range map[string]int{"outbox": len(got), "letters": 0, "lanes": 0, "cards": 0} {
			is(t, table, b.count(table), want)
		}
	})
}
