package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// counted makes the group count its transactions.
func (b book) counted() *atomic.Int64 {
	var n atomic.Int64
	commit := b.group.commit
	b.group.commit = func(ctx context.Context, all batch) error {
		n.Add(1)
		return commit(ctx, all)
	}
	return &n
}

// TestGroupCommit holds that callers at the same time share transactions, and
// that each finds its letter settled when it returns.
func TestGroupCommit(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		const callers = 100
		var all []notify.Letter
		for i := range callers {
			all = append(all, letter(1, "t1", int64(i+1)))
		}
		b.write(all...)
		n := b.counted()
		<-b.group.lead // nobody commits before all wait
		var wg sync.WaitGroup
		for i, l := range all {
			wg.Go(func() {
				if got := b.settle(l, notify.Sent, i); b.read(l.ID).State != got.State {
					t.Error("a settled letter is due")
				}
			})
		}
		for b.waiting() < callers {
			time.Sleep(time.Millisecond)
		}
		b.group.lead <- struct{}{}
		wg.Wait()
		is(t, "transactions", n.Load(), 1)
	})
}

// TestAllOfEach holds that a transaction of many writes every part of what each of them
// has.
func TestAllOfEach(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.route(notify.Routed{Held: []notify.Held{waits(1, "t1", 1), waits(2, "t1", 1)}})
		n := b.counted()
		<-b.group.lead
		var wg sync.WaitGroup
		for i := 1; i <= 2; i++ {
			task := progress.TaskID(fmt.Sprint("t", i))
			wg.Go(func() {
				b.route(notify.Routed{
					Lanes: []notify.Lane{lane(i)}, Letters: []notify.Letter{letter(i, task, 1)}, Marks: []notify.Card{mark(i, task, 1)},
					Held: []notify.Held{waits(10*i, task, 1)}, Given: []notify.LetterID{waits(i, "t1", 1).Bundle},
					Chains: []notify.Chain{chain(i)}, Traces: []notify.Trace{trace(task, 1, 0)},
				})
			})
		}
		for b.waiting() < 2 {
			time.Sleep(time.Millisecond)
		}
		b.group.lead <- struct{}{}
		wg.Wait()
		is(t, "transactions", n.Load(), 1)
		for _, table := range []string{"lanes", "letters", "cards", "chains", "traces"} {
			is(t, table, b.count(table), 2)
		}
		is(t, "held", b.bundles(99, 9), []notify.Held{waits(10, "t1", 1), waits(20, "t2", 1)})
	})
}

// waiting is how many ops are in the queue.
func (b book) waiting() int {
	b.group.mu.Lock()
	defer b.group.mu.Unlock()
	return len(b.group.queue)
}

// TestPoisonFailsAlone holds that what cannot be written fails, and none of those
// that shared its transaction.
func TestPoisonFailsAlone(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var all []notify.Letter
		for i := range 8 {
			all = append(all, letter(1, "t1", int64(i+1)))
		}
		b.write(all...)
		b.exec(`CREATE UNIQUE INDEX bad ON letters (far) WHERE far <> ''`)
		taken := letter(2, "t2", 1, func(l *notify.Letter) { l.Far = "taken" })
		b.write(taken)
		<-b.group.lead
		errs := make([]error, len(all))
		var wg sync.WaitGroup
		for i, l := range all {
			l.State, l.SettledAt = notify.Sent, at(1)
			if i == 3 {
				l.Far = "taken"
			}
			wg.Go(func() { errs[i] = b.Settle(ctx, []notify.Letter{l}) })
		}
		for b.waiting() < len(all) {
			time.Sleep(time.Millisecond)
		}
		b.group.lead <- struct{}{}
		wg.Wait()
		for i, l := range all {
			if bad := i == 3; (errs[i] != nil) != bad || (b.read(l.ID).State == notify.Due) != bad {
				t.Errorf("letter %d is %s, with the error %v", i, b.read(l.ID).State, errs[i])
			}
		}
	})
}

// grouped is a group whose commits are as a function says.
func grouped(commit func(batch) error) *group {
	g := newGroup(nil)
	g.commit = func(_ context.Context, b batch) error { return commit(b) }
	return g
}

func marked(n int64) batch { return batch{showed: []notify.Card{{Shown: n}}} }

// TestGaveUp holds that whoever gives up while it waits is not written, and that
// whoever gives up later hears what became of it.
func TestGaveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var written []int64
		g := grouped(func(b batch) error {
			time.Sleep(time.Second)
			for _, c := range b.showed {
				written = append(written, c.Shown)
			}
			return nil
		})
		var wg sync.WaitGroup
		do := func(n int64, patience time.Duration, want error) {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if err := g.do(ctx, marked(n)); !errors.Is(err, want) {
					t.Errorf("op %d: %v, want %v", n, err, want)
				}
			})
			synctest.Wait()
		}
		do(1, time.Millisecond, nil)                          // leads
		do(2, 500*time.Millisecond, context.DeadlineExceeded) // gives up in the queue
		do(3, 1500*time.Millisecond, nil)                     // gives up too late
		do(4, time.Hour, nil)
		wg.Wait()
		is(t, "written", written, []int64{1, 3, 4})
	})
}

// TestDownForAll holds that those who waited together do not each wait for a
// database that is down, and that it is asked again when they come again.
func TestDownForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("down")
		var tried int
		g := grouped(func(batch) error {
			tried++
			time.Sleep(700 * time.Millisecond)
			return down
		})
		<-g.lead
		var wg sync.WaitGroup
		for n := range int64(50) {
			wg.Go(func() {
				if err := g.do(t.Context(), marked(n)); !errors.Is(err, down) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		g.lead <- struct{}{}
		wg.Wait()
		is(t, "transactions", tried, 3) // all, and two alone
		g.commit = func(context.Context, batch) error { return nil }
		if err := g.do(t.Context(), marked(1)); err != nil {
			t.Error(err)
		}
	})
}

// TestManyNodes holds that several ledgers in one database write the same rows
// without a deadlock that anybody hears of.
func TestManyNodes(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		nodes := []*Ledger{b.Ledger, New(b.db), New(b.db), New(b.db)}
		var wg sync.WaitGroup
		for i, n := range nodes {
			wg.Go(func() {
				for round := range 20 {
					var r notify.Routed
					for k := range 8 {
						k = (k*(2*i+1) + round) % 8 // each in an order of its own
						task := progress.TaskID(fmt.Sprint("t", round))
						r.Lanes = append(r.Lanes, lane(k))
						r.Letters = append(r.Letters, letter(k, task, 1))
						r.Marks = append(r.Marks, mark(k, task, int64(round+1)))
						r.Held = append(r.Held, waits(100*round+k, task, 1), waits(100*round+k, task, 2))
						r.Given = append(r.Given, waits(100*(round-1)+k, task, 1).Bundle)
						r.Chains, r.Traces = append(r.Chains, chain(k)), append(r.Traces, trace(task, 1, k))
					}
					if err := n.Routed(ctx, r); err != nil {
						t.Error(err)
					}
					for k := range r.Letters {
						r.Letters[k].State, r.Letters[k].SettledAt = notify.Sent, at(i)
					}
					if err := n.Settle(ctx, r.Letters); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		sent, err := b.Letters(ctx, notify.LetterQuery{State: notify.Sent, Limit: 1000})
		b.must(err)
		is(t, "sent", len(sent), 160)
		for table, want := range map[string]int{"cards": 160, "chains": 8, "traces": 160} {
			is(t, table, b.count(table), want)
		}
	})
}
