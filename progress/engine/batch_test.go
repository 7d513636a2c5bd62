package engine

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestTaskThatAnotherNodeForgot holds that a task which is still in the memory
// of one node, but was forgotten by another, is gone for both.
func TestTaskThatAnotherNodeForgot(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, dbtest.Postgres)
	nodes := make([]world, 2)
	for i := range nodes {
		d, err := db.Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		nodes[i] = open(t, d, Options{Keep: Retention{Tasks: time.Nanosecond}})
	}
	nodes[0].must("t1", worker, create("a"))
	nodes[0].must("t1", worker, progress.Report{Status: progress.Completed})
	time.Sleep(time.Millisecond) // past the retention
	if err := nodes[1].purge(context.Background()); err != nil {
		t.Fatal(err)
	}
	nodes[0].refused(progress.NotFound, "t1", ann, progress.Restart{})
	nodes[0].must("t1", worker, create("a", "b"))
	if got := nodes[1].same("t1"); got.Steps.Len() != 2 || got.Seq != 1 {
		t.Fatalf("%d steps, seq %d", got.Steps.Len(), got.Seq)
	}
}

// TestRestartsInOneBatch holds that a task which moves, restarts and moves again
// within one transaction leaves one snapshot of that moment, not two.
func TestRestartsInOneBatch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, Options{Log: slog.New(quiet{t})})
		w.must("t1", worker, create("a"))
		<-w.lead // nobody commits meanwhile
		var all sync.WaitGroup
		for _, do := range []progress.Change{tick(1, 40), progress.Restart{}, tick(1, 50), progress.Restart{}, tick(1, 60)} {
			waits := len(w.queue)
			all.Go(func() { w.must("t1", progress.Timer(), do) })
			for len(w.queue) == waits {
				runtime.Gosched()
			}
		}
		w.lead <- struct{}{}
		all.Wait()
		if got := w.same("t1"); got.Run != 3 || got.Percent != 60 {
			t.Fatalf("run %d at %v", got.Run, got.Percent)
		}
	})
}

// quiet is a log in which nothing may go wrong, but for a disk that is busy.
type quiet struct{ testing.TB }

func (q quiet) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
func (q quiet) WithAttrs([]slog.Attr) slog.Handler           { return q }
func (q quiet) WithGroup(string) slog.Handler                { return q }
func (q quiet) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "a commit was slow") {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool { q.Errorf("%s: %v", r.Message, a); return true })
	return nil
}
