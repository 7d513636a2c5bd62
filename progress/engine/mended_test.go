package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

type hook struct {
	*store.Store
	commit func(next func() error) error
	purge  func()
}

func (h *hook) Commit(ctx context.Context, need store.Need, decide func(store.Found) store.Batch) error {
	next := func() error { return h.Store.Commit(ctx, need, decide) }
	if h.commit == nil {
		return next()
	}
	return h.commit(next)
}

func (h *hook) PurgeKeys(ctx context.Context, at time.Time) error {
	if h.purge != nil {
		h.purge()
	}
	return h.Store.PurgeKeys(ctx, at)
}

// errLost is a commit whose answer was lost on the way.
var errLost = errors.New("connection reset by peer")

func (h *hook) Uncertain(err error) bool { return errors.Is(err, errLost) || h.Store.Uncertain(err) }

func hooked(t *testing.T, d *db.DB, o Options) (world, *hook) {
	h := &hook{Store: store.New(d)}
	e := build(h, h, h, o)
	return world{t, e, h.Store}, h
}

// within fails when f does not return soon.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan bool)
	go func() { f(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal(what, ": it hangs")
	}
}

// more than queueSize commands whose callers gave up while a commit was
// blocked leave a full queue that nobody empties.
func TestQueueOfTheAbandoned(t *testing.T) {
	t.Parallel()
	for i := range 8 { // each time, who commits has one chance in two to take another batch
		t.Run(fmt.Sprint(i), queueOfAbandoned)
	}
}

func queueOfAbandoned(t *testing.T) {
	w, h := hooked(t, dbtest.Open(t, dbtest.SQLite), Options{})
	w.must("t1", worker, create("a"))
	free, in := make(chan bool), make(chan bool, 1)
	h.commit = func(next func() error) error { in <- true; <-free; return next() }
	go func() { _, _ = w.try("t1", worker, tick(1, 1)) }()
	<-in
	ended, cancel := context.WithCancel(context.Background())
	left := make(chan bool)
	for range queueSize {
		go func() {
			_, _ = w.Execute(ended, progress.Command{Task: "t1", By: worker, Do: tick(1, 2)})
			left <- true
		}()
	}
	for len(w.queue) < queueSize {
		time.Sleep(time.Millisecond)
	}
	cancel()
	for range queueSize {
		<-left
	}
	close(free)
	within(t, "a command after the block", func() { w.must("t1", worker, tick(1, 3)) })
}

func TestRingPanics(t *testing.T) {
	t.Parallel()
	ring := atomic.Bool{}
	w, _ := hooked(t, dbtest.Open(t, dbtest.SQLite), Options{Ring: func([]progress.Moved) {
		if ring.Load() {
			panic("ring")
		}
	}})
	w.must("t1", worker, create("a"))
	ring.Store(true)
	within(t, "a command whose ring panics", func() { _, err := w.try("t1", worker, tick(1, 3)); t.Log(err) })
}

func TestPurgerPanics(t *testing.T) {
	t.Parallel()
	w, h := hooked(t, dbtest.Open(t, dbtest.SQLite), Options{})
	w.must("t1", worker, create("a"))
	h.purge = func() { panic("purge") }
	within(t, "purge", func() {
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("the panic of a purge reached its caller: %v", r)
			}
		}()
		t.Log(w.purge(context.Background()))
	})
	within(t, "later", func() { w.must("t1", worker, tick(1, 3)) })
}

func TestAskAgainAfterReload(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, Options{})
		c := create("a", "b")
		c.Spec.Inputs = json.RawMessage(`{"to": "<all>"}`)
		w.must("t1", worker, c)
		ask := progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Prompt: "go?"}}
		w.must("t1", worker, ask)
		w.must("t1", ann, progress.Approve{})
		if out := w.must("t1", worker, ask); out.Task.Status == progress.Waiting {
			t.Fatal("asked twice in one life")
		}
		if out := open(t, d, Options{}).must("t1", worker, ask); out.Task.Status == progress.Waiting {
			t.Fatal("what was approved is asked again after the program was started again")
		}
	})
}

func TestDocumentsAreUTF8(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.must("t1", worker, create("a"))
		r := tick(1, 5)
		r.Metadata = map[string]json.RawMessage{"x": json.RawMessage("\"a\xffb\"")}
		_, err := w.try("t1", worker, r)
		t.Log(err)
		if progress.CodeOf(err) == progress.Unavailable {
			t.Error("bad text in a report is called a broken database")
		}
		if err == nil {
			w.same("t1")
		}
	})
}

func TestHostileIDsAndKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for _, id := range []string{"a\x00b", "a\xffb"} {
			if _, err := w.try(id, ann, progress.Cancel{}); progress.CodeOf(err) == progress.Unavailable {
				t.Error(err)
			}
			if _, err := w.Task(context.Background(), progress.TaskID(id)); progress.CodeOf(err) == progress.Unavailable {
				t.Error(err)
			}
		}
		_, err := w.Execute(context.Background(), progress.Command{Key: "k\xff", Task: "", By: worker, Do: create("a")})
		if progress.CodeOf(err) == progress.Unavailable {
			t.Error("key", err)
		}
	})
}

func TestCommittedButFailed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, h := hooked(t, d, Options{})
		w.must("t1", worker, create("a"))
		h.commit = func(next func() error) error { return errors.Join(next(), errors.New("lost")) }
		_, err := w.try("t1", worker, at(1, progress.StepRunning))
		t.Log(err)
		h.commit = nil
		if _, err := w.try("t1", worker, at(1, progress.StepCompleted)); err != nil {
			t.Fatal("the store works again: ", err)
		}
		w.same("t1")
	})
}

func TestClaimOfNoKinds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, _, err := w.Claim(context.Background(), worker, progress.ViaREST, "w", nil)
		if err != nil {
			t.Error(err)
		}
	})
}

func TestClaimBehindHiddenTasks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for i := range 33 {
			c := create("a")
			c.Spec.Owner = "bob"
			w.must(fmt.Sprint("bob", i), worker, c)
		}
		eve := progress.Actor{Person: "eve", Rights: progress.MayReport}
		c := create("a")
		c.Spec.Owner = "eve"
		w.must("eves", worker, c)
		_, ok, err := w.Claim(context.Background(), eve, progress.ViaREST, "w", []string{"crm"})
		if err != nil || !ok {
			t.Error("eve gets no work", err)
		}
	})
}

func TestSlowFailures(t *testing.T) {
	t.Parallel()
	w, h := hooked(t, dbtest.Open(t, dbtest.SQLite), Options{})
	w.must("t1", worker, create("a"))
	h.commit = func(func() error) error { time.Sleep(50 * time.Millisecond); return errors.New("cannot connect") }
	start := time.Now()
	done := make(chan bool)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for range 200 {
		go func() {
			_, _ = w.Execute(ctx, progress.Command{Task: "t1", By: worker, Do: tick(1, 2)})
			done <- true
		}()
	}
	for range 200 {
		<-done
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Error("callers with a second to live waited", took)
	}
}

func TestSameReportAfterReload(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, Options{})
		w.must("t1", worker, create("a"))
		r := tick(1, 5)
		r.Metrics = map[string]json.RawMessage{"x": json.RawMessage(`{"a": "<b>"}`)}
		w.must("t1", worker, r)
		v := w.must("t1", worker, r).Task.Version
		if got := open(t, d, Options{}).must("t1", worker, r).Task.Version; got != v {
			t.Error("a report that nobody could see changed the version", v, got)
		}
	})
}

// two nodes' transactions lock the same rows in different orders.
func TestNoDeadlocks(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, dbtest.Postgres)
	var deadlocks atomic.Int64
	var nodes []world
	for range 3 {
		d, err := db.Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		w, h := hooked(t, d, Options{})
		h.commit = func(next func() error) error {
			err := next()
			if err != nil && strings.Contains(err.Error(), "40P01") {
				deadlocks.Add(1)
			}
			return err
		}
		nodes = append(nodes, w)
	}
	for i := range 10 {
		nodes[0].must(fmt.Sprint("t", i), worker, create("a", "b"))
	}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			for n := range 100 {
				if _, err := nodes[i%3].try(fmt.Sprint("t", (i*7+n*3)%10), worker, oneLine("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := deadlocks.Load(); n > 0 {
		t.Errorf("%d deadlocks, a second each, in 2,400 commands", n)
	}
}

// after one slow commit, a lone caller waits an eighth of its time.
func TestPatienceHasABound(t *testing.T) {
	t.Parallel()
	w, _ := hooked(t, dbtest.Open(t, dbtest.SQLite), Options{})
	w.must("t1", worker, create("a"))
	w.pace = pace{took: 4 * time.Second, callers: 20} // a disk that hiccuped, with 20 callers that do not come back at once
	start := time.Now()
	w.must("t1", worker, tick(1, 3))
	if took := time.Since(start); took > 100*time.Millisecond {
		t.Errorf("a lone report took %v", took)
	}
}

type blind struct{ reader }

func (b blind) Task(ctx context.Context, id progress.TaskID) (progress.Task, bool, error) {
	if id == "bad" {
		return progress.Task{}, false, errors.New("its row cannot be read")
	}
	return b.reader.Task(ctx, id)
}

// one task that cannot be read stops the clock for all that are due later.
func TestOneBadTaskDoesNotStopTheClock(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite)
	w := open(t, d, Options{})
	for _, id := range []string{"bad", "good"} {
		w.must(id, worker, progress.Create{Spec: progress.Spec{Title: "x"}, Steps: []progress.Plan{{Name: "a", Gate: &progress.Gate{ExpiresIn: 1}}}})
		w.must(id, worker, at(1, progress.StepRunning))
	}
	again := open(t, d, Options{})
	again.reader = blind{w.keep}
	again.now = func() time.Time { return time.Now().Add(time.Minute) }
	t.Log(again.wake(context.Background()))
	if task, err := again.Task(context.Background(), "good"); err != nil || task.Status != progress.Failed {
		t.Error("an approval never expires because another task cannot be read: ", task.Status, err)
	}
}

// a COMMIT whose answer was lost is done again.
func TestLostAnswerIsNotDoneTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, h := hooked(t, d, Options{})
		w.must("t1", worker, create("a"))
		<-w.lead // nobody commits meanwhile
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() { _, _ = w.try("t1", worker, oneLine(fmt.Sprint(i))) })
			for len(w.queue) <= i {
				time.Sleep(time.Millisecond)
			}
		}
		var lost atomic.Bool
		h.commit = func(next func() error) error {
			err := next()
			if lost.CompareAndSwap(false, true) {
				err = errLost
			}
			return err
		}
		w.lead <- struct{}{}
		wg.Wait()
		w.lines("t1", "0 1 2")
	})
}
