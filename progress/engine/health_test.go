package engine

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// patient is a world whose clock and whose proofs are the test's.
type patient struct {
	world
	*shaky
	at     atomic.Int64 // nanoseconds on its clock
	proofs atomic.Int64
	proof  atomic.Pointer[func(context.Context) error]
	log    bytes.Buffer
}

func (p *patient) wait(d time.Duration) { p.at.Add(int64(d)) }

func (p *patient) prove(f func(context.Context) error) { p.proof.Store(&f) }

// writable fails the test unless the engine says so, having proved it that often.
func (p *patient) writable(want bool, proofs int64) {
	p.Helper()
	if err := p.Writable(context.Background()); (err == nil) != want || p.proofs.Load() != proofs {
		p.Fatalf("%v after %d proofs, want %v after %d", err, p.proofs.Load(), want, proofs)
	}
}

// eachPatient runs a test on both databases.
func eachPatient(t *testing.T, run func(p *patient)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := &patient{shaky: &shaky{Store: store.New(d)}}
		p.heal()
		p.prove(d.Prove)
		e := build(p.shaky, p.shaky, p.shaky, Options{
			Log: slog.New(slog.NewTextHandler(&p.log, nil)),
			Prove: func(ctx context.Context) error {
				p.proofs.Add(1)
				return (*p.proof.Load())(ctx)
			},
		})
		p.at.Store(time.Now().UnixNano())
		e.now = func() time.Time { return time.Unix(0, p.at.Load()) }
		t.Cleanup(e.Close)
		p.world = world{t, e, p.Store}
		run(p)
	})
}

var errFull = errors.New("no space left")

func full(context.Context) error { return errFull }

func TestWritable(t *testing.T) {
	t.Parallel()
	eachPatient(t, func(p *patient) {
		p.must("a", worker, create("one"))
		p.wait(time.Hour)
		p.writable(true, 0)

		p.say(func(attempt) error { return errFull })
		p.refused(progress.Unavailable, "a", worker, tick(1, 10))
		p.writable(false, 0)
		p.wait(proveEvery - 1)
		p.writable(false, 0)

		proves := *p.proof.Load()
		p.prove(full)
		p.wait(1)
		p.writable(false, 1)
		p.writable(false, 1)
		p.prove(proves)
		p.wait(proveEvery - 1)
		p.writable(false, 1)
		p.wait(1)
		p.writable(true, 2)
		p.writable(true, 2)

		p.refused(progress.Unavailable, "a", worker, tick(1, 10))
		p.writable(false, 2)
		p.heal()
		p.must("a", worker, tick(1, 20))
		p.writable(true, 2)
	})
}

// TestOneProofAtATime has many ask at once, and a commit fail meanwhile.
func TestOneProofAtATime(t *testing.T) {
	t.Parallel()
	eachPatient(t, func(p *patient) {
		p.must("a", worker, create("one"))
		p.say(func(attempt) error { return errFull })
		p.refused(progress.Unavailable, "a", worker, tick(1, 10))
		p.wait(proveEvery)
		p.prove(func(context.Context) error {
			p.refused(progress.Unavailable, "a", worker, tick(1, 10))
			return nil
		})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _ = p.Writable(context.Background()) })
		}
		wg.Wait()
		p.writable(false, 1)
	})
}

// TestFailuresAreToldOnce has many commands fail with their database: two lines.
func TestFailuresAreToldOnce(t *testing.T) {
	t.Parallel()
	eachPatient(t, func(p *patient) {
		p.must("a", worker, create("one"))
		p.say(func(attempt) error { return errFull })
		cs := make([]progress.Command, 20)
		for i := range cs {
			cs[i] = progress.Command{Task: "a", By: worker, Do: tick(1, float64(i+1))}
		}
		for _, r := range p.ExecuteAll(context.Background(), cs) {
			if progress.CodeOf(r.Err) != progress.Unavailable {
				p.Error(r.Err)
			}
		}
		if n := strings.Count(p.log.String(), "\n"); n != 2 || !strings.Contains(p.log.String(), "commands=20 task=a verb=report error=\"no space left\"") {
			p.Errorf("it logs %d lines:\n%s", n, p.log.String())
		}
	})
}

func TestSlowCommitIsTold(t *testing.T) {
	t.Parallel()
	eachPatient(t, func(p *patient) {
		p.must("a", worker, create("one"))
		p.log.Reset() // of what a slow machine may have said
		p.say(func(a attempt) error {
			time.Sleep(slowest + time.Millisecond)
			return a.commit()
		})
		p.must("a", worker, tick(1, 10))
		if s := p.log.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, "a commit was slow") || !strings.Contains(s, "commands=1") {
			p.Errorf("it logs %s", s)
		}
	})
}

// ear is a Watcher that counts.
type ear struct {
	mu       sync.Mutex
	done     map[progress.Verb]int
	refused  map[progress.Code]int
	commands int // that commits carried
	failures int
	stalled  []progress.Cause
	purged   time.Time
}

func (e *ear) Commanded(do progress.Change, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		e.done[do.Verb()]++
	} else {
		e.refused[progress.CodeOf(err)]++
	}
}

func (e *ear) Committed(commands int, took time.Duration, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.failures++
	} else if took > 0 {
		e.commands += commands
	}
}

func (e *ear) Stalled(why progress.Cause) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stalled = append(e.stalled, why)
}

func (e *ear) Purged(at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.purged = at
}

func TestWatcher(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		heard := &ear{done: map[progress.Verb]int{}, refused: map[progress.Code]int{}}
		s := &shaky{Store: store.New(d)}
		s.heal()
		e := build(s, s, s, Options{Watch: heard, Log: slog.New(slog.DiscardHandler)})
		t.Cleanup(e.Close)
		w := world{t, e, s.Store}
		w.must("a", worker, create("one"))
		w.ExecuteAll(t.Context(), []progress.Command{
			{Task: "a", By: worker, Do: tick(1, 10)}, {Task: "a", By: worker, Do: tick(1, 20)}, {Task: "a", By: worker, Do: tick(1, 101)},
		})
		w.refused(progress.NotFound, "b", worker, tick(1, 10))
		w.refused(progress.TooLarge, "c", worker, progress.Create{Spec: progress.Spec{Title: strings.Repeat("a", 1000)}})
		s.say(func(attempt) error { return errFull })
		w.refused(progress.Unavailable, "a", worker, tick(1, 30))
		s.heal()
		ctx, stop := context.WithCancel(t.Context())
		swept := make(chan struct{})
		go func() { defer close(swept); e.Sweep(ctx) }()
		until(w, "old things are forgotten", func() bool {
			heard.mu.Lock()
			defer heard.mu.Unlock()
			return !heard.purged.IsZero()
		})
		stop()
		<-swept
		if heard.done["create"] != 1 || heard.done["report"] != 2 || heard.refused[progress.Invalid] != 1 || heard.refused[progress.NotFound] != 1 ||
			heard.refused[progress.TooLarge] != 1 || heard.refused[progress.Unavailable] != 1 {
			t.Errorf("it hears of %v and %v", heard.done, heard.refused)
		}
		if heard.commands != 5 || heard.failures != 1 { // not of what is too large, which no transaction carries
			t.Errorf("it hears of %d commands in commits, and of %d failures", heard.commands, heard.failures)
		}
	})
}
