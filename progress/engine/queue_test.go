package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

func oneLine(text string) progress.Log {
	return progress.Log{Lines: []progress.LogLine{{Line: text}}}
}

// lines holds that a task's log is as it should be.
func (w world) lines(id, want string) {
	w.Helper()
	lines, err := w.keep.Lines(context.Background(), store.Logs{Task: progress.TaskID(id), Limit: 1 << 20})
	if err != nil {
		w.Fatal(err)
	}
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Line
	}
	if got := strings.Join(texts, " "); got != want {
		w.Errorf("the log is %q, want %q", got, want)
	}
}

// landInOrder holds that commands of one line each were done, in their order.
func landInOrder(t *testing.T, flights []*flight) {
	t.Helper()
	for i, f := range flights {
		if out := f.lands(t, ""); out.Task.Lines != int64(i+1) {
			t.Errorf("command %d was done as number %d", i+1, out.Task.Lines)
		}
	}
}

// TestGivingUp holds that a command whose caller gives up before it was begun
// is never done.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		w.must("t1", worker, create("a"))
		begun, free := s.hold()
		ctx, giveUp := context.WithCancel(context.Background())
		flights := []*flight{w.launch(context.Background(), "t1", oneLine("0"))}
		<-begun
		flights = append(flights, w.wait(context.Background(), "t1", oneLine("1")))
		quits := w.wait(ctx, "t1", oneLine("quits"))
		flights = append(flights, w.wait(context.Background(), "t1", oneLine("2")))
		giveUp()
		if _, err := quits.land(t); !errors.Is(err, context.Canceled) {
			t.Errorf("gave up and got %v", err)
		}
		over, cancel := context.WithTimeout(context.Background(), 0)
		defer cancel()
		if _, err := w.launch(over, "t1", oneLine("late")).land(t); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("came too late and got %v", err)
		}
		free()
		landInOrder(t, flights)
		w.must("t1", worker, oneLine("3"))
		w.lines("t1", "0 1 2 3")
		w.same("t1")
	})
}

// TestGivingUpTooLate holds that a command which was begun is answered as it
// was, though its caller has given up: whoever commits, and who waits for it.
func TestGivingUpTooLate(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		w.must("t1", worker, create("a"))
		begun, free := s.hold()
		ctx, giveUp := context.WithCancel(context.Background())
		flights := []*flight{w.launch(ctx, "t1", oneLine("0"))}
		<-begun
		for i := range 4 { // one of them will commit for all
			flights = append(flights, w.wait(ctx, "t1", oneLine(fmt.Sprint(i+1))))
		}
		begun, freeAll := s.hold()
		free()
		<-begun
		giveUp()
		for range 100 { // so that whoever would believe it has the time to
			quits := w.launch(ctx, "t1", oneLine("quits"))
			if _, err := quits.land(t); !errors.Is(err, context.Canceled) {
				t.Errorf("gave up and got %v", err)
			}
		}
		freeAll()
		landInOrder(t, flights)
		w.must("t1", worker, oneLine("5"))
		w.lines("t1", "0 1 2 3 4 5")
		w.same("t1")
	})
}

// TestClose holds that an engine which is closed lets what waits be done, and
// refuses what comes then.
func TestClose(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		w.must("t1", worker, create("a"))
		begun, free := s.hold()
		flights := []*flight{w.launch(context.Background(), "t1", oneLine("0"))}
		<-begun
		for i := range 5 {
			flights = append(flights, w.wait(context.Background(), "t1", oneLine(fmt.Sprint(i+1))))
		}
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			w.Close()
		}()
		until(t, "the engine closes", func() bool {
			open := w.closing.TryRLock()
			if open {
				w.closing.RUnlock()
			}
			return !open
		})
		late := w.launch(context.Background(), "t1", oneLine("late"))
		free()
		landInOrder(t, flights)
		late.lands(t, progress.Unavailable)
		<-closed
		w.refused(progress.Unavailable, "t1", worker, oneLine("later"))
		if err := w.purge(context.Background()); progress.CodeOf(err) != progress.Unavailable {
			t.Errorf("a closed engine forgets: %v", err)
		}
		w.lines("t1", "0 1 2 3 4 5")
		w.same("t1")
	})
}

// TestBatches holds that what waits is done in few transactions, in order.
func TestBatches(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		w.must("t1", worker, create("a"))
		begun, free := s.hold()
		flights := []*flight{w.launch(context.Background(), "t1", oneLine("0"))}
		<-begun
		want := "0"
		for i := range 100 {
			flights = append(flights, w.wait(context.Background(), "t1", oneLine(fmt.Sprint(i+1))))
			want += fmt.Sprint(" ", i+1)
		}
		s.commits.Store(0)
		free()
		landInOrder(t, flights)
		if n := s.commits.Load(); n > 3 {
			t.Errorf("%d transactions for a hundred commands that waited", n)
		}
		w.lines("t1", want)
		w.same("t1")
	})
}

// bell remembers what was rung, as it was read when it was.
type bell struct {
	mu   sync.Mutex
	rung []string
}

func (b *bell) heard() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	slices.Sort(b.rung)
	out := strings.Join(b.rung, ", ")
	b.rung = nil
	return out
}

// eachRing runs a test on both databases, with a bell that tells a task's
// version and lines.
func eachRing(t *testing.T, run func(t *testing.T, w world, s *shaky, b *bell)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, b := &shaky{Store: store.New(d)}, &bell{}
		s.heal()
		e := build(s, s, s, Options{Ring: func(moved []progress.Moved) {
			b.mu.Lock()
			defer b.mu.Unlock()
			for _, m := range moved {
				id := m.Task
				task, ok, err := s.Task(context.Background(), id)
				if err != nil || !ok {
					t.Errorf("%s was rung and is not there: %v", id, err)
				}
				b.rung = append(b.rung, fmt.Sprintf("%s@%d/%d", id, task.Version, task.Lines))
			}
		}})
		t.Cleanup(e.Close)
		run(t, world{t, e, s.Store}, s, b)
	})
}

// TestRing holds that the tasks which moved are rung, and no others, when they
// can be read.
func TestRing(t *testing.T) {
	t.Parallel()
	eachRing(t, func(t *testing.T, w world, _ *shaky, b *bell) {
		keyed := progress.Command{Key: "k", Task: "t1", By: worker, Do: oneLine("x")}
		for i, c := range []struct {
			id   string
			do   progress.Change
			by   progress.Actor
			want string
		}{
			{"t1", create("a"), worker, "t1@1/0"},
			{"t1", create("a"), worker, ""},
			{"t1", tick(1, 10), worker, "t1@4/0"},
			{"t1", tick(1, 10), worker, ""}, // nobody could see it
			{"t1", tick(1, 9), worker, ""},
			{"t1", tick(2, 9), worker, ""}, // invalid
			{"t2", tick(1, 10), worker, ""},
			{"t1", progress.Heartbeat{}, worker, ""},
			{"t1", oneLine("x"), worker, "t1@4/1"},
			{"t1", progress.Pause{}, worker, ""}, // forbidden
			{"t1", progress.Pause{}, ann, "t1@5/1"},
			{"t1", progress.Pause{}, ann, ""},
		} {
			_, _ = w.try(c.id, c.by, c.do)
			if got := b.heard(); got != c.want {
				t.Errorf("%d: %s rang %q, want %q", i, c.do.Verb(), got, c.want)
			}
		}
		for _, want := range []string{"t1@5/2", ""} {
			if _, err := w.Execute(context.Background(), keyed); err != nil || b.heard() != want {
				t.Errorf("%v, want %q", err, want)
			}
		}
	})
}

// TestRingOfBatch holds that a batch rings a task once, as the batch left it.
func TestRingOfBatch(t *testing.T) {
	t.Parallel()
	eachRing(t, func(t *testing.T, w world, s *shaky, b *bell) {
		w.must("t1", worker, create("a"))
		w.must("t2", worker, create("a"))
		begun, free := s.hold()
		flights := []*flight{w.launch(context.Background(), "t2", tick(1, 10))}
		<-begun
		b.heard()
		for _, c := range []struct {
			id string
			do progress.Change
		}{{"t1", tick(1, 20)}, {"t1", tick(1, 30)}, {"t3", create("a")}, {"t2", progress.Heartbeat{}}, {"none", tick(1, 10)}} {
			flights = append(flights, w.wait(context.Background(), c.id, c.do))
		}
		free()
		for i, f := range flights {
			want := progress.Code("")
			if i == 5 {
				want = progress.NotFound
			}
			f.lands(t, want)
		}
		until(t, "three are rung", func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return len(b.rung) >= 3
		})
		if got := b.heard(); got != "t1@5/0, t2@4/0, t3@1/0" {
			t.Error(got)
		}
	})
}

// TestHotBudget holds that an engine with little memory does the same, and
// keeps within it.
func TestHotBudget(t *testing.T) {
	t.Parallel()
	const budget = 10 // two tasks of three steps
	eachShaky(t, Options{Hot: budget}, func(t *testing.T, w world, _ *shaky) {
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				id := fmt.Sprint("t", i)
				if _, err := w.try(id, worker, create("a", "b", "c")); err != nil {
					t.Error(err)
				}
				for n := range 20 {
					out, err := w.try(id, worker, tick(1+n%3, float64(n+1)))
					if err != nil || out.Task.Version != int64(4+n+min(n, 2)) {
						t.Errorf("%s at version %d after %d ticks: %v", id, out.Task.Version, n+1, err)
					}
					w.within(budget)
				}
			})
		}
		wg.Wait()
		for i := range 12 {
			w.same(fmt.Sprint("t", i))
		}
		w.must("big", worker, create(many(30)...))
		w.must("big", worker, tick(7, 70))
		w.within(31) // it is at work, and alone
		w.same("big")
		w.must("t1", worker, tick(3, 99))
		w.within(budget)
		w.same("t1")
	})
}

// within holds that the tasks in memory, counted anew, are within a budget.
func (w world) within(budget int) {
	w.Helper()
	h := w.hot
	h.mu.Lock()
	defer h.mu.Unlock()
	size := 0
	for el := h.recent.Front(); el != nil; el = el.Next() {
		size += keptIn(el).size()
	}
	if size != h.size || len(h.byID) != h.recent.Len() || size > budget {
		w.Errorf("%d tasks of size %d, counted as %d, in a budget of %d", len(h.byID), size, h.size, budget)
	}
}
