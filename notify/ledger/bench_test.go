package ledger

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// BenchmarkSettle is letters that are written by portions, and settled one by one
// by many lanes at the same time.
func BenchmarkSettle(b *testing.B) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		for _, lanes := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/lanes=%d", dialect, lanes), func(b *testing.B) {
				d := dbtest.Open(b, dialect)
				bk := book{b, New(d), d}
				var all []notify.Letter
				for i := range b.N {
					l := letter(i%lanes, progress.TaskID(fmt.Sprint("t", i)), int64(i+1))
					all = append(all, l)
				}
				bk.spread(all)
				n := bk.counted()
				b.ReportAllocs()
				b.ResetTimer()
				var next atomic.Int64
				var wg sync.WaitGroup
				for range lanes {
					wg.Go(func() {
						for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
							bk.settle(all[i], notify.Sent, i)
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/float64(n.Load()), "letters/commit")
			})
		}
	}
}

// spread writes letters by hundreds, as dispatch does.
func (b book) spread(all []notify.Letter) {
	b.Helper()
	for len(all) > 0 {
		n := min(100, len(all))
		r := notify.Routed{Letters: all[:n]}
		for i := range 64 {
			r.Lanes = append(r.Lanes, lane(i))
		}
		b.must(b.Routed(ctx, r))
		all = all[n:]
	}
}

// BenchmarkTraces is events that are let go of by portions, each told at one address or at
// twenty, with and without a row that says why of twenty.
func BenchmarkTraces(b *testing.B) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		for _, letters := range []int{1, 20} {
			for _, rows := range []int{0, 20} {
				b.Run(fmt.Sprintf("%s/letters=%d/rows=%d", dialect, letters, rows), func(b *testing.B) {
					d := dbtest.Open(b, dialect)
					bk := book{b, New(d), d}
					b.ReportAllocs()
					b.ResetTimer()
					for done := 0; done < b.N; done += 100 {
						b.StopTimer()
						r := events(done, min(100, b.N-done), letters, rows)
						b.StartTimer()
						bk.must(bk.Routed(ctx, r))
					}
				})
			}
		}
	}
}

// events are some, from the nth on, told at so many addresses.
func events(from, n, letters, rows int) (r notify.Routed) {
	for i := range letters {
		r.Lanes = append(r.Lanes, lane(i))
	}
	for seq := from + 1; seq <= from+n; seq++ {
		task := progress.TaskID(fmt.Sprint("task-", seq/10))
		for i := range letters {
			r.Letters = append(r.Letters, letter(i, task, int64(seq)))
		}
		if rows > 0 {
			r.Traces = append(r.Traces, lengthy(task, int64(seq), rows))
		}
	}
	return r
}

// lengthy is a trace of so many rows, of which every fourth is held.
func lengthy(task progress.TaskID, seq int64, rows int) notify.Trace {
	t := notify.Trace{Task: task, Seq: seq, At: at(int(seq)), Kind: progress.StepDone}
	for i := range rows {
		sub := notify.SubscriptionID(fmt.Sprintf("sub_%020d", i))
		row := notify.TraceRow{
			Person: progress.Person(fmt.Sprintf("person%d@example.com", i)), Channel: "email", To: fmt.Sprintf("p…@example%d.com", i), Sub: sub,
			Outcome: notify.Tells, Why: "subscribed", Letter: notify.LetterIDOf(sub, task, seq),
		}
		if i%4 == 0 {
			row.Outcome, row.Until, row.Why, row.Rule = notify.Holds, at(9000), "rule rules[1].rules[0]; it is held in quiet hours", "rules[1].rules[0]"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// BenchmarkRoads is what lanes and people ask of a ledger of so many letters.
func BenchmarkRoads(b *testing.B) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		for _, size := range []int{1_000, 100_000} {
			d := dbtest.Open(b, dialect)
			bk := book{b, New(d), d}
			var all []notify.Letter
			for i := range size {
				all = append(all, letter(i%8, progress.TaskID(fmt.Sprint("t", i/10)), int64(i+1), func(l *notify.Letter) {
					if i%100 > 1 {
						l.State, l.SettledAt = notify.Sent, at(i)
					}
					l.Person = progress.Person(fmt.Sprint("p", i%8))
				}))
			}
			bk.spread(all)
			for name, do := range map[string]func() error{
				"busy":   func() error { _, err := bk.Busy(ctx); return err },
				"due":    func() error { _, err := bk.Due(ctx, lane(1).ID, 10); return err },
				"mine":   func() error { _, err := bk.Letters(ctx, notify.LetterQuery{Person: "p1", Limit: 20}); return err },
				"dead":   func() error { _, err := bk.Letters(ctx, notify.LetterQuery{State: notify.Dead, Limit: 20}); return err },
				"task":   func() error { _, err := bk.Letters(ctx, notify.LetterQuery{Task: "t7", Limit: 20}); return err },
				"route1": func() error { return bk.Routed(ctx, notify.Routed{Letters: all[:1], Lanes: []notify.Lane{lane(1)}}) },
			} {
				b.Run(fmt.Sprintf("%s/letters=%d/%s", dialect, size, name), func(b *testing.B) {
					for b.Loop() {
						if err := do(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
