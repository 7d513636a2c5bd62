package ledger

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// waits is an event in the bundle that is due after some seconds.
func waits(until int, task progress.TaskID, seq int64, more ...func(*notify.Held)) notify.Held {
	h := notify.Held{
		Bundle: notify.LetterID(fmt.Sprintf("msg_%03d", until)), Sub: "sub_1", Person: "ann", Task: task, Seq: seq,
		Kind: progress.StepDone, Class: notify.ClassStep, At: at(int(seq)), Until: at(until),
	}
	for _, m := range more {
		m(&h)
	}
	return h
}

// bundles are those that are due after some seconds.
func (b book) bundles(seconds, limit int) []notify.Held {
	b.Helper()
	got, err := b.Bundles(ctx, at(seconds), limit)
	b.must(err)
	return got
}

// TestHeldIsKept holds that every field comes back, and that an event that is there is
// left as it is.
func TestHeldIsKept(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		one := waits(50, "t1", 7, func(h *notify.Held) {
			h.Sub, h.Person, h.Kind, h.Class = "sub_9", "bob", progress.TaskFailed, notify.ClassEnd
		})
		other := one
		other.Person, other.Until = "eve", at(20)
		b.route(notify.Routed{Held: []notify.Held{one, other}})
		b.route(notify.Routed{Held: []notify.Held{other}})
		is(t, "held", b.bundles(50, 9), []notify.Held{one})
		is(t, "before", len(b.bundles(49, 9)), 0)
	})
}

// TestBundlesAreWhole holds that bundles come as they are due, whole however many are asked
// for, and in each the oldest first.
func TestBundlesAreWhole(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var all []notify.Held
		for _, until := range []int{30, 20, 10, 40} {
			for i := range 70 { // more than a statement takes
				all = append(all, waits(until, progress.TaskID(fmt.Sprint("t", i%3)), int64(70-i)))
			}
		}
		b.route(notify.Routed{Held: all[:100]})
		b.route(notify.Routed{Held: all[100:]})
		for _, c := range []struct{ at, limit, bundles int }{{9, 9, 0}, {10, 9, 1}, {35, 9, 3}, {99, 9, 4}, {99, 2, 2}, {99, 1, 1}} {
			got := b.bundles(c.at, c.limit)
			is(t, "events", len(got), 70*c.bundles)
			for i, h := range got {
				want := waits(10+i/70*10, "", int64(1+i%70))
				want.Task = h.Task
				is(t, fmt.Sprintf("event %d of %+v", i, c), h, want)
			}
		}
	})
}

// TestNeverHeld holds that what is due at no time is given at none.
func TestNeverHeld(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.route(notify.Routed{Held: []notify.Held{{Bundle: "msg_never", Sub: "sub_1", Task: "t1", Seq: 1, At: at(1)}}})
		is(t, "due", len(b.bundles(1_000_000, 9)), 0)
		b.route(notify.Routed{Held: []notify.Held{waits(10, "t1", 1)}})
		soonest, err := b.Soonest(ctx)
		is(t, "soonest", fmt.Sprint(soonest, err), fmt.Sprint(at(10), nil))
	})
}

// TestGiven holds that a bundle is let go of together with the letter that tells it, or
// not at all, and that this may be said again.
func TestGiven(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.route(notify.Routed{Held: []notify.Held{waits(10, "t1", 1), waits(10, "t2", 2), waits(20, "t1", 1), waits(30, "t1", 3)}})
		told := letter(1, "", 0, func(l *notify.Letter) {
			l.ID, l.Note = "msg_010", &notify.Note{Kind: notify.NoteDigest, Items: []notify.Item{{Task: "t1", First: 1, Last: 1}}}
		})
		r := notify.Routed{
			Lanes: []notify.Lane{lane(1)}, Letters: []notify.Letter{told}, Given: []notify.LetterID{"msg_030", "msg_010", "msg_010", "msg_none"},
			Held: []notify.Held{waits(30, "t9", 9)}, // that came meanwhile
		}
		b.exec(`CREATE UNIQUE INDEX bad ON lanes (channel)`)
		broken := r
		broken.Lanes = []notify.Lane{lane(1), lane(2)}
		if err := b.Routed(ctx, broken); err == nil {
			t.Fatal("two lanes of a channel were written; this test is of no use")
		}
		is(t, "still held", b.count("held"), 4)
		for range 2 {
			b.route(r)
			is(t, "held", b.bundles(99, 9), []notify.Held{waits(20, "t1", 1), waits(30, "t9", 9)})
			is(t, "letter", encode(b.read("msg_010")), encode(told))
		}
	})
}

// TestHeldForNobody holds that what is held for a subscription goes with it.
func TestHeldForNobody(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		one, other := b.subscribe(1), b.subscribe(2)
		of := func(s notify.SubscriptionID) func(*notify.Held) {
			return func(h *notify.Held) { h.Sub = s }
		}
		b.route(notify.Routed{Held: []notify.Held{waits(10, "t1", 1, of(one.ID)), waits(20, "t1", 2, of(one.ID)), waits(30, "t1", 3, of(other.ID))}})
		_, err := b.Change(ctx, one.ID, func(s *notify.Subscription) error { s.Address.To = "https://new/in"; return nil })
		b.must(err)
		l := lane(2)
		l.Closed, l.ClosedAt = "410", at(3)
		b.must(b.Shut(ctx, l, notify.Routed{}))
		is(t, "moved and shut", b.count("held"), 3)
		b.must(b.Unsubscribe(ctx, one.ID, at(50)))
		is(t, "left", b.bundles(99, 9), []notify.Held{waits(30, "t1", 3, of(other.ID))})
	})
}
