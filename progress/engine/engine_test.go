package engine

import (
	"context"
	"encoding/json"
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

func TestLife(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		id := string(w.must("", worker, create("a", "b", "c")).Task.ID)
		if len(id) != 18 {
			t.Fatalf("id %q", id)
		}
		w.same(id)
		r := tick(1, 40)
		r.Message, r.Metrics = new("copying"), map[string]json.RawMessage{"rows": json.RawMessage(`12`)}
		r.Metadata = map[string]json.RawMessage{"host": json.RawMessage(`"h1"`)}
		w.must(id, worker, r)
		w.same(id)
		w.must(id, worker, progress.Report{Step: progress.StepRef{Name: "d"}, Substep: "x", SubstepDone: new(true)})
		w.must(id, worker, at(1, progress.StepCompleted))
		w.must(id, worker, progress.Ask{Step: progress.StepRef{Order: 2}, Gate: progress.Gate{Prompt: "go?", ExpiresIn: 60, Effects: []string{"money"}}})
		w.same(id)
		w.must(id, ann, progress.Approve{Reason: "yes"})
		w.must(id, ann, progress.Pause{})
		w.must(id, ann, progress.Resume{})
		w.must(id, worker, progress.Log{Lines: []progress.LogLine{{Line: "one"}, {Line: "two\x00", Level: "error", Step: "b"}}})
		w.same(id)
		out := w.refusal(progress.Conflict, id, worker, at(1, progress.StepFailed))
		if out.Task.Status != progress.Running {
			t.Fatal("a refusal comes with the task as it is")
		}
		w.must(id, worker, at(2, progress.StepFailed))
		w.must(id, ann, progress.Retry{Inputs: json.RawMessage(`{"n":2}`)})
		w.must(id, worker, at(2, progress.StepRunning))
		w.must(id, ann, progress.Restart{})
		if out := w.must(id, worker, progress.Report{Status: progress.Completed}); out.Task.Status != progress.Pending || out.Directive.Control != progress.ControlRestart {
			t.Fatal("the end of the run before ended the new one")
		}
		w.must(id, worker, at(1, progress.StepRunning))
		w.same(id)
		w.must(id, worker, progress.Report{Status: progress.Completed, Result: json.RawMessage(`{"ok":true}`)})
		task := w.same(id)
		if task.Run != 2 || task.Steps.Len() != 3 || string(task.End.Result) != `{"ok":true}` {
			t.Fatalf("%+v", task)
		}
		checkHistory(t, w, task.ID)
	})
}

func checkHistory(t *testing.T, w world, id progress.TaskID) {
	t.Helper()
	ctx := context.Background()
	runs, err := w.keep.Runs(ctx, id, 0, 100)
	if err != nil || len(runs) != 1 || runs[0].Run != 1 || runs[0].Steps.Len() != 4 || runs[0].Steps.At(1).Status != progress.StepCompleted {
		t.Fatalf("%+v, %v", runs, err)
	}
	lines, err := w.keep.Lines(ctx, store.Logs{Task: id, Limit: 10})
	if err != nil || len(lines) != 2 || lines[1].N != 2 || lines[1].Line != "two\uFFFD" {
		t.Fatalf("%+v, %v", lines, err)
	}
	lines, err = w.keep.Lines(ctx, store.Logs{Task: id, Level: []string{"error", "warn"}, Step: "b", Tail: true, Limit: 1})
	if err != nil || len(lines) != 1 || lines[0].N != 2 {
		t.Fatalf("%+v, %v", lines, err)
	}
	snaps, err := w.keep.Snapshots(ctx, id, 100)
	if err != nil || len(snaps) == 0 || len(snaps) > 6 {
		t.Fatalf("%+v, %v", snaps, err)
	}
}

func TestUnknownAndTwice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.refused(progress.NotFound, "nope", ann, progress.Cancel{})
		if _, err := w.Task(context.Background(), "nope"); progress.CodeOf(err) != progress.NotFound {
			t.Fatal(err)
		}
		w.must("t1", worker, create("a"))
		w.refused(progress.Conflict, "t1", worker, create("a"))
		w.refused(progress.Invalid, "t/1", worker, create("a"))
		w.same("t1")
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		long := create("a")
		long.Spec.Title = strings.Repeat("x", 201)
		w.refused(progress.TooLarge, "t1", worker, long)
		w.refused(progress.TooLarge, "t1", worker, create(many(10_001)...))
		bad := create("a")
		bad.Spec.Title = "a\x00b"
		w.refused(progress.Invalid, "t1", worker, bad)
		w.must("t1", worker, create(many(10_000)...))
		w.refused(progress.TooLarge, "t1", worker, progress.Report{Step: progress.StepRef{Name: "one more"}, StepStatus: progress.StepRunning})
		w.must("t1", worker, tick(9_999, 12))
		if task := w.same("t1"); task.Steps.Len() != 10_000 || task.Seq != 3 {
			t.Fatal(task.Steps.Len(), task.Seq)
		}
	})
}

// TestNeighbours holds that commands which wait together are each answered for
// itself, in order.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for i := range 8 {
			w.must(fmt.Sprint("t", i), worker, create("a", "b"))
		}
		var wg sync.WaitGroup
		var good, bad atomic.Int64
		for i := range 64 {
			wg.Go(func() {
				id := fmt.Sprint("t", i%8)
				for n := range 20 {
					r := tick(1, float64(n))
					r.Worker, r.Seq = fmt.Sprint("w", i), int64(n+1)
					if i%7 == 3 {
						r.Step.Order = 9
					}
					out, err := w.try(id, worker, r)
					switch progress.CodeOf(err) {
					case "":
						good.Add(1)
						if out.Task.Steps.At(1).Percent < float64(n) {
							t.Errorf("answered before it was done: %v < %d", out.Task.Steps.At(1).Percent, n)
						}
					case progress.Invalid:
						bad.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if good.Load() != 55*20 || bad.Load() != 9*20 {
			t.Fatal(good.Load(), bad.Load())
		}
		for i := range 8 {
			w.same(fmt.Sprint("t", i))
		}
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		ctx := context.Background()
		send := func(key, body string, do progress.Change, by progress.Actor, id string) (Outcome, error) {
			return w.Execute(ctx, progress.Command{Key: key, Body: body, Task: progress.TaskID(id), By: by, Do: do})
		}
		first, err := send("k1", "b", create("a"), worker, "")
		if err != nil {
			t.Fatal(err)
		}
		again, err := send("k1", "b", create("a"), worker, "")
		if err != nil || !again.Replayed || again.Task.ID != first.Task.ID || flat(again.Task) != flat(first.Task) {
			t.Fatalf("%+v, %v", again, err)
		}
		if _, err := send("k1", "other", create("a"), worker, ""); progress.CodeOf(err) != progress.Conflict {
			t.Fatal(err)
		}
		id := string(first.Task.ID)
		if _, err := send("k2", "", progress.Pause{}, ann, id); progress.CodeOf(err) != progress.Conflict {
			t.Fatal(err)
		}
		w.must(id, worker, tick(1, 5))
		if _, err := send("k2", "", progress.Pause{}, ann, id); progress.CodeOf(err) != progress.Conflict {
			t.Fatal("the same key gave another outcome")
		}
		if _, err := send("k3", "", progress.Pause{}, worker, id); progress.CodeOf(err) != progress.Forbidden {
			t.Fatal(err)
		}
		if out, err := send("k3", "", progress.Pause{}, ann, id); err != nil || out.Task.Status != progress.Paused {
			t.Fatal("a key that was never good for anything is spent", err)
		}
		var wg sync.WaitGroup
		var made sync.Map
		for range 32 {
			wg.Go(func() {
				out, err := send("k4", "b", create("a"), worker, "")
				if err != nil {
					t.Error(err)
				}
				made.Store(out.Task.ID, true)
			})
		}
		wg.Wait()
		n := 0
		made.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Fatalf("one key made %d tasks", n)
		}
	})
}

func TestOneDecision(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.must("t1", worker, progress.Create{Spec: progress.Spec{Title: "x"}, Steps: []progress.Plan{{Name: "a", Gate: &progress.Gate{}}}})
		w.must("t1", worker, at(1, progress.StepRunning))
		var wg sync.WaitGroup
		var yes atomic.Int64
		for i := range 100 {
			wg.Go(func() {
				var do progress.Change = progress.Approve{}
				by := ann
				if i%2 == 0 {
					do, by = progress.Reject{}, bob
				}
				_, err := w.try("t1", by, do)
				switch {
				case err == nil:
					yes.Add(1)
				case progress.CodeOf(err) != progress.Conflict || !strings.Contains(err.Error(), "by "):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if yes.Load() != 1 {
			t.Fatalf("%d decisions counted", yes.Load())
		}
		w.same("t1")
	})
}

func TestClaims(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		const tasks = 40
		for i := range tasks {
			w.must(fmt.Sprint("t", i), worker, create("a"))
		}
		var wg sync.WaitGroup
		var claimed sync.Map
		for i := range 8 {
			wg.Go(func() {
				for {
					out, ok, err := w.Claim(context.Background(), worker, progress.ViaREST, fmt.Sprint("w", i), []string{"other", "crm"})
					if err != nil {
						t.Error(err)
					}
					if !ok {
						return
					}
					if _, twice := claimed.LoadOrStore(out.Task.ID, true); twice || out.Task.Lease == "" {
						t.Errorf("%s claimed twice", out.Task.ID)
					}
				}
			})
		}
		wg.Wait()
		n := 0
		claimed.Range(func(any, any) bool { n++; return true })
		if n != tasks {
			t.Fatalf("%d of %d claimed", n, tasks)
		}
	})
}

// TestClock moves the engine's clock: approvals expire, leases lapse, a task
// that no worker takes says so, and what is old goes.
func TestClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		ctx := context.Background()
		var ahead atomic.Int64
		w.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		w.must("gate", worker, progress.Create{Spec: progress.Spec{Title: "x"}, Steps: []progress.Plan{{Name: "a", Gate: &progress.Gate{ExpiresIn: 100}}}})
		w.must("gate", worker, at(1, progress.StepRunning))
		w.must("idle", worker, create("a"))
		w.must("idle", ann, progress.Restart{})
		w.must("held", worker, create("a"))
		out, ok, err := w.Claim(ctx, worker, progress.ViaREST, "w1", []string{"crm"})
		if err != nil || !ok || out.Task.ID != "idle" {
			t.Fatal(out.Task.ID, ok, err)
		}
		w.must("done", worker, create("a"))
		w.must("done", worker, progress.Report{Status: progress.Completed})
		ahead.Store(int64(50 * time.Second))
		wake(t, w)
		if w.same("gate").Status != progress.Waiting || w.same("idle").Stalled != "" {
			t.Fatal("woken early")
		}
		ahead.Store(int64(101 * time.Second))
		wake(t, w)
		if got := w.same("gate"); got.Status != progress.Failed || got.Steps.At(1).Approval.Status != progress.ApprovalExpired {
			t.Fatalf("%+v", got)
		}
		if got := w.same("idle"); got.Stalled != progress.NoWorker || !got.Claimable(w.now()) {
			t.Fatalf("%+v", got)
		}
		version := w.same("idle").Version
		wake(t, w)
		if w.same("idle").Version != version {
			t.Fatal("said twice")
		}
		ahead.Store(int64(91 * 24 * time.Hour))
		if err := w.purge(ctx); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[progress.TaskID]progress.Code{"done": progress.NotFound, "gate": progress.NotFound, "idle": "", "held": ""} {
			if _, err := w.Task(ctx, id); progress.CodeOf(err) != want {
				t.Errorf("%s: %v", id, err)
			}
		}
		events, err := w.keep.Events(ctx, "done", 0, 10)
		if err != nil || len(events) > 0 {
			t.Fatal("events of a task that is gone", err)
		}
	})
}

func wake(t *testing.T, w world) {
	t.Helper()
	if err := w.wake(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestLogsAreBounded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		limits := progress.DefaultLimits()
		limits.LogLines = 1500
		w := open(t, d, Options{Limits: limits})
		w.must("t1", worker, create("a"))
		lines := make([]progress.LogLine, 900)
		for i := range lines {
			lines[i].Line = fmt.Sprint("line ", i)
		}
		for range 5 {
			w.must("t1", worker, progress.Log{Lines: lines})
		}
		got, err := w.keep.Lines(context.Background(), store.Logs{Task: "t1", Limit: 10_000})
		if err != nil || got[len(got)-1].N != 4500 || len(got) < 1500 || len(got) > 2500 {
			t.Fatalf("%d lines, %v", len(got), err)
		}
		w.refused(progress.TooLarge, "t1", worker, progress.Log{Lines: []progress.LogLine{{Line: strings.Repeat("x", 16<<10+1)}}})
	})
}

// TestWeightsOfThePast holds that a step without a declared weight weighs what
// its past durations say, also after a restart of the program.
func TestWeightsOfThePast(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, Options{})
		var ahead atomic.Int64
		w.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		run := func(id string, first, second time.Duration) {
			w.must(id, worker, create("a", "b"))
			for n, took := range []time.Duration{first, second} {
				w.must(id, worker, at(n+1, progress.StepRunning))
				ahead.Add(int64(took))
				w.must(id, worker, at(n+1, progress.StepCompleted))
			}
			w.must(id, worker, progress.Report{Status: progress.Completed})
		}
		run("t1", 30*time.Second, 90*time.Second)
		run("t2", 30*time.Second, 90*time.Second)
		w.must("t3", worker, create("a", "b"))
		w.must("t3", worker, at(1, progress.StepCompleted))
		if p := w.same("t3").Percent; p < 24.9 || p > 25.1 {
			t.Fatalf("%v, want 25", p)
		}
		again := open(t, d, Options{})
		again.must("t4", worker, create("b", "a"))
		again.must("t4", worker, at(1, progress.StepCompleted))
		if p := again.same("t4").Percent; p < 74.9 || p > 75.1 {
			t.Fatalf("%v, want 75", p)
		}
	})
}

// TestGraceIsNoWork holds that what a session waited for another word before it
// ended by itself counts neither in the weight of its last step nor in history.
func TestGraceIsNoWork(t *testing.T) {
	t.Parallel()
	eachClocked(t, Options{}, func(t *testing.T, w clocked) {
		plan := create("a", "b")
		plan.Spec.Session, plan.Spec.Grace = "s", time.Minute
		w.must("t2", worker, create("a", "b")) // history was read before
		w.after(0, worker, plan).after(0, worker, at(1, progress.StepRunning)).after(10, worker, at(1, progress.StepCompleted))
		w.after(0, worker, at(2, progress.StepRunning)).after(10, worker, tick(2, 100)).after(60, progress.Timer(), progress.Lapse{})
		if got := w.pasts()[0]; got.Elapsed != 20 || got.Idle != 0 || got.Laps[1].Active != 10 {
			t.Errorf("history has %v s, of them %v idle, and of the last step %v s", got.Elapsed, got.Idle, got.Laps[1].Active)
		}
		w.must("t3", worker, create("a", "b"))
		w.must("t3", worker, at(1, progress.StepCompleted))
		if p := w.same("t3").Percent; p < 49.9 || p > 50.1 {
			t.Errorf("the first of two steps of 10 s weighs %v%%", p)
		}
	})
}
