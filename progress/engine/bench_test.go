package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/store"
)

// slowDisk adds to every commit what a slower disk adds to its fsync.
type slowDisk struct {
	writer
	fsync time.Duration
}

func (s slowDisk) Commit(ctx context.Context, need store.Need, decide func(store.Found) store.Batch) error {
	err := s.writer.Commit(ctx, need, decide)
	time.Sleep(s.fsync)
	return err
}

// BenchmarkGroupCommit is reports from 16 callers while each fsync takes 2 ms
// longer: all that wait in one commit, against a commit a report.
func BenchmarkGroupCommit(b *testing.B) {
	const callers = 16
	for _, grouped := range []bool{false, true} {
		b.Run(fmt.Sprintf("grouped=%v", grouped), func(b *testing.B) {
			d, err := db.Open(context.Background(), filepath.Join(b.TempDir(), "herald.db"))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = d.Close() })
			s := store.New(d)
			e := build(slowDisk{s, 2 * time.Millisecond}, s, s, Options{})
			b.Cleanup(e.Close)
			w := world{b, e, s}
			for i := range callers {
				w.must(fmt.Sprint("t", i), worker, create("a", "b", "c"))
			}
			b.ResetTimer()
			share(b, callers, grouped, func(i, n int) { w.must(fmt.Sprint("t", i), worker, tick(1, float64(n%1_000_000)/10_001)) })
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
		})
	}
}

// share lets callers do b.N calls, one at a time unless they are grouped.
func share(b *testing.B, callers int, grouped bool, call func(caller, n int)) {
	b.Helper()
	var left atomic.Int64
	var one sync.Mutex
	var wg sync.WaitGroup
	left.Store(int64(b.N))
	for i := range callers {
		wg.Go(func() {
			for n := 1; left.Add(-1) >= 0; n++ {
				if !grouped {
					one.Lock()
				}
				call(i, n)
				if !grouped {
					one.Unlock()
				}
			}
		})
	}
	wg.Wait()
}

// nowhere is a database that takes no time, and keeps nothing.
type nowhere struct{ reader }

func (nowhere) Commit(_ context.Context, _ store.Need, decide func(store.Found) store.Batch) error {
	decide(store.Found{})
	return nil
}

func (nowhere) Retryable(error) bool { return false }
func (nowhere) Uncertain(error) bool { return false }
func (nowhere) SingleWriter() bool   { return true }

func (nowhere) Pasts(context.Context, store.PastQuery) ([]store.Past, error) { return nil, nil }

// BenchmarkTick is what a report costs the engine itself, with plans of which
// every step goes from 0 to 100 in 2,000 reports.
func BenchmarkTick(b *testing.B) {
	for _, steps := range []int{3, 1000} {
		b.Run(fmt.Sprint("steps=", steps), func(b *testing.B) {
			e := build(nowhere{}, nowhere{}, nil, Options{})
			b.Cleanup(e.Close)
			w := world{b, e, nil}
			w.must("t1", worker, create(many(steps)...))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if n%(2000*steps) == 2000*steps-1 {
					w.must("t1", ann, progress.Restart{})
				}
				w.must("t1", worker, tick(1+n/2000%steps, float64(n%2000)/20))
			}
		})
	}
}
