package ledger

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
)

// TestPurge holds that what is old and of no use goes, and nothing else.
func TestPurge(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		settled := func(s notify.State, made, end int) func(*notify.Letter) {
			return func(l *notify.Letter) { l.State, l.MadeAt, l.SettledAt = s, at(made), at(end) }
		}
		keep := []notify.Letter{
			letter(7, "keep", 1, settled(notify.Sent, 1, 100)), letter(8, "keep", 2, settled(notify.Dead, 100, 100)),
			letter(9, "keep", 3, settled(notify.Dropped, 1, 101)), letter(1, "keep", 4), // that waits, however old it is
			letter(2, "keep", 5, func(l *notify.Letter) { l.ExpiresAt = at(100) }),
		}
		shut := lane(2)
		shut.Closed, shut.ClosedAt = "410", at(50)
		b.must(b.Shut(ctx, shut, notify.Routed{}))
		b.write(append(keep, letter(1, "go", 1, settled(notify.Sent, 1, 99)), letter(1, "go", 2, settled(notify.Dead, 99, 99)),
			letter(3, "go", 3, settled(notify.Dropped, 1, 2)), letter(2, "go", 4, func(l *notify.Letter) { l.ExpiresAt = at(99) }))...)
		b.subscribe(4)

		b.cards(map[progress.TaskID]notify.Card{
			"keep1": {Lane: lane(5).ID, Over: true, Want: 100}, "keep2": {Lane: lane(6).ID, Want: 1}, "keep3": {Lane: shut.ID, Want: 100},
			"go1": {Lane: lane(5).ID, Over: true, Want: 99}, "go2": {Lane: shut.ID, Want: 99},
		})
		for range 2 {
			b.must(b.Purge(ctx, at(100)))
			is(t, "letters", b.count("letters"), len(keep))
			for _, l := range keep {
				b.read(l.ID)
			}
			is(t, "cards", b.count("cards"), 3)
			for n, want := range []bool{false, true, true, false, true, true, true, true, true, true} {
				_, ok, err := b.Lane(ctx, lane(n).ID)
				b.must(err)
				is(t, fmt.Sprint("lane ", n), ok, want)
			}
		}
	})
}

// TestPurgeAgenda holds that old traces go, chains that were over before, and what nobody
// can be told or asked any more, and nothing else.
func TestPurgeAgenda(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.happen("t0", 0)
		b.subscribe(1)
		ended := func(n, over int) notify.Chain {
			c := idle(chain(n))
			c.Over, c.OverAt = "decided", at(over)
			return c
		}
		of := func(s notify.SubscriptionID) func(*notify.Held) {
			return func(h *notify.Held) { h.Sub = s }
		}
		keep := notify.Routed{
			Traces: []notify.Trace{trace("t1", 100, 0), trace("t1", 101, 1)},
			Chains: []notify.Chain{chain(2), idle(chain(4)), ended(6, 100)}, // of which all are of a task that is there
			Held:   []notify.Held{waits(10, "t1", 1, of("rule_1")), waits(20, "t1", 1, of("sub_1")), waits(30, "t1", 1, of("sub_1"))},
		}
		b.route(keep)
		b.route(notify.Routed{
			Traces: []notify.Trace{trace("t1", 99, 0), trace("t1", 99, 1)}, Chains: []notify.Chain{ended(8, 99), chain(1), idle(chain(3))},
			Held: []notify.Held{waits(10, "t1", 2, of("sub_0")), waits(40, "t1", 1, of("sub_2")), waits(50, "t1", 1, of("sub_2"))},
		})
		for range 2 {
			b.must(b.Purge(ctx, at(100)))
			is(t, "traces", encode(b.traces("t1", 0, 9)), encode(keep.Traces))
			got, err := b.ChainsOf(ctx, "t0")
			b.must(err)
			is(t, "chains", encode(got), encode(keep.Chains))
			is(t, "all chains", b.count("chains"), len(keep.Chains))
			is(t, "held", b.bundles(99, 99), keep.Held)
		}
	})
}

// cards makes cards that were moved when their Want says.
func (b book) cards(all map[progress.TaskID]notify.Card) {
	b.Helper()
	for task, c := range all {
		c.ID, c.Task, c.Shown, c.MadeAt = notify.CardID(task), task, c.Want, at(0)
		b.mark(c)
		c.MadeAt = at(int(c.Want))
		b.mark(c)
		b.must(b.Showed(ctx, []notify.Card{c}))
	}
}

// TestPurgeMany holds that more go than one portion has.
func TestPurgeMany(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var r notify.Routed
		for i := range purgePortion + 10 {
			r.Lanes = append(r.Lanes, lane(i))
			r.Letters = append(r.Letters, letter(i, "t1", 1, func(l *notify.Letter) { l.State, l.SettledAt = notify.Sent, at(1) }))
			r.Marks = append(r.Marks, mark(i, "t1", 1))
			r.Traces = append(r.Traces, trace("t1", 1, i))
			r.Chains = append(r.Chains, chain(i))
			r.Held = append(r.Held, waits(1+i/300, "t1", int64(i), func(h *notify.Held) { h.Sub = notify.SubscriptionID(fmt.Sprint("sub_", i%7)) }))
		}
		b.must(b.Routed(ctx, r))
		for i := range r.Marks {
			r.Marks[i].Shown, r.Marks[i].Over = 1, true
		}
		b.must(b.Showed(ctx, r.Marks))
		b.must(b.Purge(ctx, at(1000)))
		for _, table := range []string{"letters", "cards", "lanes", "traces", "chains", "held"} {
			is(t, table, b.count(table), 0)
		}
	})
}

// TestPurgeMeetsRouting holds that no lane is forgotten while a letter is written
// for it: the letter would never be sent.
func TestPurgeMeetsRouting(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		r := notify.Routed{Lanes: []notify.Lane{lane(1)}}
		b.must(b.Routed(ctx, r))
		r.Letters = []notify.Letter{letter(1, "t1", 1)}
		var purge sync.WaitGroup
		b.must(b.db.Write(ctx, func(tx *db.Tx) error {
			if err := (&batch{routed: r}).write(ctx, tx); err != nil {
				return err
			}
			purge.Go(func() { b.must(b.Purge(ctx, at(0))) })
			time.Sleep(100 * time.Millisecond) // in which a purge that does not wait is done
			return nil
		}))
		purge.Wait()
		if _, ok, err := b.Lane(ctx, lane(1).ID); !ok || err != nil {
			t.Errorf("a letter waits in a lane that is gone (%v)", err)
		}
	})
}
