package engine

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// looks counts how often the clock is sent to a task.
type looks struct {
	*store.Store
	n atomic.Int64
}

func (l *looks) Awake(ctx context.Context, at time.Time, limit int) ([]progress.TaskID, error) {
	ids, err := l.Store.Awake(ctx, at, limit)
	l.n.Add(int64(len(ids)))
	return ids, err
}

// hand is a clock that a test moves.
type hand struct{ at atomic.Int64 }

func newHand() *hand {
	h := &hand{}
	h.at.Store(time.Now().UnixNano())
	return h
}

func (h *hand) now() time.Time       { return time.Unix(0, h.at.Load()) }
func (h *hand) pass(d time.Duration) { h.at.Add(int64(d)) }

// shift is a world on such a clock.
type shift struct {
	world
	*looks
	heard *ear
	clock *hand
}

func newShift(t testing.TB, d *db.DB, clock *hand, o Options) shift {
	t.Helper()
	s, heard := &looks{Store: store.New(d)}, &ear{done: map[progress.Verb]int{}, refused: map[progress.Code]int{}}
	o.Watch = heard
	e := build(s.Store, s, s.Store, o)
	t.Cleanup(e.Close)
	e.now, e.up = clock.now, clock.now()
	return shift{world{t, e, s.Store}, s, heard, clock}
}

// shifts runs a test on both databases.
func shifts(t *testing.T, o Options, run func(t *testing.T, d *db.DB, w shift)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, d, newShift(t, d, newHand(), o)) })
}

// pass lets time go by, with a sweep a second.
func (s shift) pass(d time.Duration, each func(second int)) {
	s.Helper()
	for i := range d / time.Second {
		s.clock.pass(time.Second)
		if err := s.wake(s.Context()); err != nil {
			s.Fatal(err)
		}
		each(int(i))
	}
}

func nothing(int) {}

// stalled wants these causes to have been heard of, since the last time.
func (s shift) stalled(want ...progress.Cause) {
	s.Helper()
	got := s.heard.stalled
	s.heard.stalled = nil
	if !slices.Equal(got, want) {
		s.Fatalf("heard of %v, want %v", got, want)
	}
}

// TestSweepLooksOnce has a worker that sends heartbeats, falls silent and comes
// back: the clock is sent to its task when there is something to say, and else
// not, though not every heartbeat is stored.
func TestSweepLooksOnce(t *testing.T) {
	t.Parallel()
	shifts(t, Options{StallAfter: time.Minute}, func(t *testing.T, _ *db.DB, w shift) {
		w.must("t1", worker, create("a"))
		w.must("t1", worker, at(1, progress.StepRunning))
		for round := range 3 {
			rev := w.rev("t1")
			w.pass(3*time.Minute, func(s int) {
				if s%(round+2) == 0 {
					w.must("t1", worker, progress.Heartbeat{})
				}
			})
			w.stalled()
			if stored := w.rev("t1") - rev; stored > 20 {
				t.Fatalf("%d writes in three minutes of heartbeats", stored)
			}
			w.pass(3*time.Minute, nothing)
			w.stalled(progress.CauseQuiet)
			if n := w.n.Swap(0); n != 1 {
				t.Fatalf("round %d: the clock looked %d times", round, n)
			}
			w.must("t1", worker, tick(1, float64(round+1)))
			if w.same("t1").Stalled != "" {
				t.Fatal("it moves, and has stalled")
			}
		}
	})
}

func (w world) rev(id progress.TaskID) int64 {
	k, ok := w.hot.get(id)
	if !ok {
		w.Fatal("it is not in memory")
	}
	return k.rev
}

// TestStallsOutliveTheServer: thresholds are those of the task, what was said is
// not said again, and after the server was away its workers are heard first.
func TestStallsOutliveTheServer(t *testing.T) {
	t.Parallel()
	late := func(_, step string) time.Duration { return map[string]time.Duration{"slow": 2 * time.Minute}[step] }
	shifts(t, Options{Late: late}, func(t *testing.T, d *db.DB, w shift) {
		w.must("quiet", worker, create("a"))
		own := create("a")
		own.Spec.StallAfter = 90 * time.Second
		w.must("own", worker, own)
		w.must("slow", worker, create("slow"))
		w.must("back", worker, create("a"))
		for _, id := range []string{"quiet", "own", "slow", "back"} {
			w.must(id, worker, at(1, progress.StepRunning))
			w.must(id, worker, progress.Heartbeat{})
		}
		w.pass(2*time.Minute+time.Second, nothing)
		w.stalled(progress.CauseQuiet, progress.CauseOverrun)
		for _, id := range []string{"quiet", "own", "slow", "back"} {
			w.same(id)
		}

		w.clock.pass(time.Hour) // nobody is there
		again := newShift(t, d, w.clock, Options{StallAfter: -1})
		again.pass(9*time.Minute+59*time.Second, func(s int) {
			if s == 300 {
				again.must("back", worker, progress.Heartbeat{})
			}
		})
		again.stalled() // of the overrun it was said, and the worker had not its ten minutes yet
		again.pass(30*time.Second, nothing)
		again.stalled(progress.CauseQuiet, progress.CauseQuiet)
		for id, want := range map[string]progress.Cause{"quiet": progress.CauseQuiet, "own": progress.CauseQuiet, "slow": progress.CauseQuiet, "back": ""} {
			if got := again.same(id); got.StallCause != want {
				t.Errorf("%s has stalled by %q, want %q", id, got.StallCause, want)
			}
		}
		if n := again.n.Load(); n > 5 { // two that are spared, two that are told, and the one that is back
			t.Errorf("the clock looked %d times", n)
		}
		again.must("new", worker, create("a"))
		again.must("new", worker, at(1, progress.StepRunning))
		again.pass(time.Hour, nothing)
		if got := again.same("new"); got.Stalled != "" || got.Spec.StallAfter != 0 {
			t.Errorf("a task of a server that minds nothing: %q after %s", got.Stalled, got.Spec.StallAfter)
		}
	})
}

// TestFillStalls: what new tasks and beginning steps are given.
func TestFillStalls(t *testing.T) {
	t.Parallel()
	asked := 0
	late := func(_, _ string) time.Duration {
		asked++
		return time.Duration(asked) * time.Minute
	}
	d, err := db.Open(t.Context(), dbtest.Migrated(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	w := open(t, d, Options{Late: late})
	w.must("bare", worker, progress.Create{Spec: progress.Spec{Title: "x"}})
	w.must("bare", worker, progress.Report{Step: progress.StepRef{Name: "a"}, StepStatus: progress.StepRunning})
	if bare := w.same("bare"); asked != 0 || bare.Spec.StallAfter != 10*time.Minute {
		t.Errorf("asked %d times, %s", asked, bare.Spec.StallAfter)
	}
	never := create("a", "b")
	never.Spec.StallAfter = -1
	w.must("t1", worker, never)
	w.must("t1", worker, tick(2, 10))
	w.must("t1", worker, tick(2, 20))
	w.must("t1", worker, progress.Report{Step: progress.StepRef{Name: "c"}, StepStatus: progress.StepRunning})
	w.must("t1", worker, progress.Report{Message: new("hello")})
	got := w.same("t1")
	if asked != 4 || got.Spec.StallAfter != -1 || never.Steps[0].Late != 0 {
		t.Errorf("asked %d times, %s; the caller's plan says %s", asked, got.Spec.StallAfter, never.Steps[0].Late)
	}
	for n, want := range []time.Duration{time.Minute, 3 * time.Minute, 4 * time.Minute} {
		if late := got.Steps.At(n + 1).Late; late != want {
			t.Errorf("step %d takes %s, want %s", n+1, late, want)
		}
	}
}

// TestNodesStall: a node whose clock looks at what another node hears says
// nothing while there is something to hear, and once when there is not.
func TestNodesStall(t *testing.T) {
	t.Parallel()
	nodes := newCluster(t, 2)
	clock := newHand()
	for i := range nodes {
		nodes[i].now, nodes[i].up = clock.now, clock.now()
	}
	const tasks = 5
	for i := range tasks {
		c := create("a")
		c.Spec.StallAfter = 30 * time.Second
		nodes[0].must(fmt.Sprint("t", i), worker, c)
		nodes[0].must(fmt.Sprint("t", i), worker, at(1, progress.StepRunning))
	}
	for range 120 {
		clock.pass(time.Second)
		for i := range tasks {
			nodes[0].must(fmt.Sprint("t", i), worker, progress.Heartbeat{})
		}
		wake(t, nodes[1])
	}
	for i := range tasks {
		if n := nodes.events(t, fmt.Sprint("t", i), progress.TaskStalled); n > 0 {
			t.Errorf("it was said %d times that t%d is quiet", n, i)
		}
	}
	clock.pass(time.Minute)
	nodes.together(func(_ int, w world) {
		if err := w.wake(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for i := range tasks {
		if n := nodes.events(t, fmt.Sprint("t", i), progress.TaskStalled); n != 1 {
			t.Errorf("it was said %d times that t%d is quiet", n, i)
		}
	}
}
