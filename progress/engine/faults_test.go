package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// attempt is one call of the store's Commit.
type attempt struct {
	to     *store.Store
	need   store.Need
	decide func(store.Found) store.Batch
}

func (a attempt) commit() error { return a.to.Commit(context.Background(), a.need, a.decide) }

// failLate rolls back after the decision, and gives that error.
func (a attempt) failLate(with error) error {
	ctx, cancel := context.WithCancel(context.Background())
	err := a.to.Commit(ctx, a.need, func(f store.Found) store.Batch {
		defer cancel() // no statement comes through after that
		return a.decide(f)
	})
	if err == nil {
		panic("the transaction was to fail")
	}
	return with
}

// panicLate rolls back by a panic after the decision.
func (a attempt) panicLate() error {
	return a.to.Commit(context.Background(), a.need, func(f store.Found) store.Batch {
		a.decide(f)
		panic("late")
	})
}

// shaky is a store whose commits do what a test says.
type shaky struct {
	*store.Store
	says    atomic.Pointer[func(attempt) error]
	commits atomic.Int64
}

var errDisk, errRace = errors.New("the disk is gone"), errors.New("somebody was faster")

func (s *shaky) Commit(_ context.Context, need store.Need, decide func(store.Found) store.Batch) error {
	s.commits.Add(1)
	return (*s.says.Load())(attempt{s.Store, need, decide})
}

func (s *shaky) Retryable(err error) bool { return errors.Is(err, errRace) || s.Store.Retryable(err) }

func (s *shaky) say(do func(attempt) error) { s.says.Store(&do) }

func (s *shaky) heal() { s.say(attempt.commit) }

// hold lets commits begin, and not go on before free is called.
func (s *shaky) hold() (begun <-chan attempt, free func()) {
	in, out := make(chan attempt, 1<<10), make(chan struct{})
	s.say(func(a attempt) error {
		in <- a
		<-out
		return a.commit()
	})
	return in, sync.OnceFunc(func() { close(out) })
}

// eachShaky runs a test on both databases, with a shaky store between.
func eachShaky(t *testing.T, o Options, run func(t *testing.T, w world, s *shaky)) {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &shaky{Store: store.New(d)}
		s.heal()
		e := build(s, s, s, o)
		t.Cleanup(e.Close)
		run(t, world{t, e, s.Store}, s)
	})
}

// flight is a command under way.
type flight struct {
	done chan struct{}
	out  Outcome
	err  error
}

func (w world) launch(ctx context.Context, id string, do progress.Change) *flight {
	f := &flight{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.out, f.err = w.Execute(ctx, progress.Command{Task: progress.TaskID(id), By: worker, Do: do})
	}()
	return f
}

// wait launches a command while a commit is held, and returns when it waits.
func (w world) wait(ctx context.Context, id string, do progress.Change) *flight {
	w.Helper()
	n := len(w.queue)
	f := w.launch(ctx, id, do)
	until(w, "a command waits", func() bool { return len(w.queue) > n })
	return f
}

// land waits for a command's outcome.
func (f *flight) land(t testing.TB) (Outcome, error) {
	t.Helper()
	select {
	case <-f.done:
	case <-time.After(20 * time.Second):
		t.Fatal("a command is never answered")
	}
	return f.out, f.err
}

// lands holds that a command has the outcome of that code.
func (f *flight) lands(t testing.TB, want progress.Code) Outcome {
	t.Helper()
	out, err := f.land(t)
	if progress.CodeOf(err) != want {
		t.Errorf("%v, want %q", err, want)
	}
	return out
}

// until polls for what the engine tells nobody.
func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); time.Sleep(50 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

// TestPoison holds that a command which fails its transaction, in whatever
// way, fails alone, changes nothing, and leaves the engine as it was.
func TestPoison(t *testing.T) {
	t.Parallel()
	for name, poison := range map[string]func(attempt) error{
		"early error": func(attempt) error { return errDisk },
		"late error":  func(a attempt) error { return a.failLate(errDisk) },
		"early panic": func(attempt) error { panic("early") },
		"late panic":  attempt.panicLate,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
				for i := range 6 {
					w.must(fmt.Sprint("t", i), worker, create("a", "b"))
				}
				before := flat(w.same("t3"))
				checkPoison(t, w, s, poison)
				if after := flat(w.same("t3")); after != before {
					t.Fatalf("the poisoned commands left\n%s\nof\n%s", after, before)
				}
				s.heal()
				w.must("t3", worker, at(1, progress.StepCompleted))
				for i := range 6 {
					w.same(fmt.Sprint("t", i))
				}
			})
		})
	}
}

// checkPoison lets three commands for each of six tasks wait together, those
// of t3 poisoned.
func checkPoison(t *testing.T, w world, s *shaky, poison func(attempt) error) {
	t.Helper()
	begun, free := s.hold()
	first := w.launch(context.Background(), "t0", tick(1, 1))
	<-begun
	var flights []*flight
	for i := range 18 {
		flights = append(flights, w.wait(context.Background(), fmt.Sprint("t", i%6), at(1+i/12, progress.StepRunning)))
	}
	s.say(func(a attempt) error {
		if slices.Contains(a.need.Tasks, "t3") {
			return poison(a)
		}
		return a.commit()
	})
	free()
	first.lands(t, "")
	for i, f := range flights {
		if i%6 == 3 {
			f.lands(t, progress.Unavailable)
		} else if out := f.lands(t, ""); out.Task.Steps.At(1+i/12).Status != progress.StepRunning {
			t.Errorf("command %d was answered and not done", i)
		}
	}
	if n := s.commits.Load(); n != 6+1+1+18 {
		t.Errorf("%d transactions for 6 creations, a first command, a batch, and 18 one by one", n)
	}
}

// grim is what is known of steps, and panics in the middle of a decision.
func grim(_, step string) time.Duration {
	if step == "grim" {
		panic("late")
	}
	return 0
}

// TestPanicInDecide holds that a decision which panics is one command's
// trouble, and leaves no lock behind.
func TestPanicInDecide(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{Late: grim}, func(t *testing.T, w world, s *shaky) {
		for _, id := range []string{"t1", "t3"} {
			c := create("a")
			c.Spec.Kind = "crm"
			w.must(id, worker, c)
		}
		begun, free := s.hold()
		first := w.launch(context.Background(), "t1", tick(1, 1))
		<-begun
		bad := progress.Report{Step: progress.StepRef{Name: "grim"}}
		second, third := w.wait(context.Background(), "t2", create("a")), w.wait(context.Background(), "t3", bad)
		fourth := w.wait(context.Background(), "t1", tick(1, 2))
		free()
		first.lands(t, "")
		second.lands(t, "")
		third.lands(t, progress.Unavailable)
		fourth.lands(t, "")
		if n := w.same("t3").Steps.Len(); n != 1 {
			t.Errorf("the task has %d steps", n)
		}
		bad.Step.Name = "fine" // it is asked for, too
		w.must("t3", worker, bad)
		for _, id := range []string{"t1", "t2", "t3"} {
			w.same(id)
		}
	})
}

// TestLostRaces holds that a transaction which lost a race is run again whole,
// and that one which always loses is given up.
func TestLostRaces(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		w.must("t1", worker, create("a"))
		begun, free := s.hold()
		flights := []*flight{w.launch(context.Background(), "t1", oneLine("0"))}
		<-begun
		for i := range 5 {
			flights = append(flights, w.wait(context.Background(), "t1", oneLine(fmt.Sprint(i+1))))
		}
		s.commits.Store(0)
		s.say(func(a attempt) error {
			if s.commits.Load() <= 3 {
				return a.failLate(errRace)
			}
			return a.commit()
		})
		free()
		for _, f := range flights {
			f.lands(t, "")
		}
		if n := s.commits.Load(); n != 4 {
			t.Errorf("%d transactions for three lost races and a batch", n)
		}
		s.commits.Store(0)
		s.say(func(a attempt) error { return a.failLate(errRace) })
		w.refused(progress.Unavailable, "t1", worker, oneLine("never"))
		if n := s.commits.Load(); n != tries {
			t.Errorf("%d tries of what cannot win", n)
		}
		s.heal()
		w.must("t1", worker, oneLine("6"))
		w.lines("t1", "0 1 2 3 4 5 6")
		w.same("t1")
	})
}

// TestStoreThatIsDown holds that everybody is told when nothing can be written,
// and that the engine goes on where it was when it can be again.
func TestStoreThatIsDown(t *testing.T) {
	t.Parallel()
	down := []func(attempt) error{
		func(attempt) error { return errDisk },
		func(a attempt) error { return a.failLate(errDisk) },
		attempt.panicLate,
	}
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		var before [4]string
		for i := range before {
			w.must(fmt.Sprint("t", i), worker, create("a", "b"))
			w.must(fmt.Sprint("t", i), worker, tick(1, 10))
			before[i] = flat(w.same(fmt.Sprint("t", i)))
		}
		for _, fail := range down {
			s.say(fail)
			var wg sync.WaitGroup
			for i := range 24 {
				wg.Go(func() {
					var do progress.Change = at(2, progress.StepRunning)
					if i%6 == 5 {
						do = create("a") // of t5, which is not there
					}
					if _, err := w.try(fmt.Sprint("t", i%6), worker, do); progress.CodeOf(err) != progress.Unavailable {
						t.Errorf("command %d: %v", i, err)
					}
				})
			}
			wg.Wait()
			s.heal()
			for i := range before {
				if after := flat(w.same(fmt.Sprint("t", i))); after != before[i] {
					t.Fatalf("what could not be written left\n%s\nof\n%s", after, before[i])
				}
			}
			w.refused(progress.NotFound, "t5", worker, tick(1, 1))
		}
		for i := range before {
			w.must(fmt.Sprint("t", i), worker, at(2, progress.StepCompleted))
			w.same(fmt.Sprint("t", i))
		}
	})
}

// TestManyPoisonsInARow holds that a row of bad commands, each of which fails at
// once, does not fail the good one behind it.
func TestManyPoisonsInARow(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		s.say(func(a attempt) error {
			for _, id := range a.need.Tasks {
				if id != "good" {
					return errors.New("poison")
				}
			}
			return a.commit()
		})
		<-w.lead // nobody commits meanwhile
		var flights []*flight
		for _, id := range []string{"b1", "b2", "b3", "b4", "b5", "good"} {
			flights = append(flights, w.wait(context.Background(), id, create("a")))
		}
		w.lead <- struct{}{}
		for i, f := range flights {
			want := progress.Unavailable
			if i == len(flights)-1 {
				want = ""
			}
			f.lands(t, want)
		}
	})
}
