package live

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

// one runs a test with a desk of its own, where time is not real.
func one(t *testing.T, run func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { run(newDesk(t)) })
}

func TestLifeOfATask(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a", "b")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot")
		d.do("t", worker, at(1, progress.StepRunning))
		c.want("task_started", "step_started")
		d.do("t", worker, tickTo(1, 50))
		if f := c.want("progress"); f.Percent != 25 || f.Step.Progress != 50 || f.Step.Name != "a" {
			t := f.text
			d.Fatal(t)
		}
		d.do("t", ann, progress.Pause{Reason: "lunch"})
		c.want("task_paused")
		d.do("t", ann, progress.Resume{})
		c.want("task_resumed")
		d.do("t", worker, at(1, progress.StepCompleted))
		c.want("step_complete", "progress") // the percent rose with it
		d.do("t", worker, progress.Report{Status: progress.Completed})
		if f := c.want("task_complete"); f.Percent != 100 {
			d.Fatal(f.text)
		}
		c.closed(1000)
	})
}

func TestEndedTask(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.do("t", worker, at(1, progress.StepFailed))
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot", "task_failed")
		c.closed(1000)
		synctest.Wait()
		d.idle(h)
	})
}

// idle holds that a hub has forgotten everything.
func (d *desk) idle(h *Hub) {
	d.Helper()
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.topics)+len(h.members)+len(h.audience.members) > 0 || h.audience.deafen != nil {
		d.Fatalf("%d topics, %d members, %d of the audience are left", len(h.topics), len(h.members), len(h.audience.members))
	}
}

func TestUnknownTask(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.closed(1008)
		c = d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(3))})
		c.closed(1008)
		d.idle(h)
	})
}

func TestForeignTask(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.do("t", root, progress.Create{Spec: progress.Spec{Title: "x", Owner: "bob"}})
		for _, since := range []*int64{nil, new(int64(0))} {
			c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: since})
			c.closed(1008)
		}
		d.dial(h, Subscription{Task: "t", Actor: bob}).want("snapshot")
	})
}

// TestCoalescing is many rings while a load takes long: one load follows.
func TestCoalescing(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot")
		d.do("t", worker, at(1, progress.StepRunning))
		c.want("task_started", "step_started")
		synctest.Wait()
		d.set(func() { d.slow, d.loads = time.Second, 0 })
		for p := range 100 {
			d.do("t", worker, tickTo(1, float64(p+1)/2))
		}
		if f := c.want("progress"); f.Percent != 50 {
			d.Fatal(f.text)
		}
		synctest.Wait()
		time.Sleep(5 * time.Second)
		d.set(func() {
			if d.loads > 2 {
				d.Fatal("loads:", d.loads)
			}
		})
		c.silent(5 * time.Second)
	})
}

func TestLines(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "before"}}})
		with := d.dial(h, Subscription{Task: "t", Actor: ann, Logs: true})
		without := d.dial(h, Subscription{Task: "t", Actor: ann})
		with.want("snapshot")
		without.want("snapshot")
		lines := make([]progress.LogLine, 2*pageSize+1)
		for i := range lines {
			lines[i].Line = "x"
		}
		d.do("t", worker, progress.Log{Lines: lines})
		n := float64(2)
		for _, size := range []int{pageSize, pageSize, 1} {
			f := with.want("log")
			if len(f.Lines) != size || f.Lines[0]["n"] != n {
				d.Fatal(len(f.Lines), f.Lines[0])
			}
			n += float64(size)
		}
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "the last", Step: "a", Level: "warn"}}})
		f := with.want("log")
		if f.Lines[0]["line"] != "the last" || f.Lines[0]["n"] != n || f.Lines[0]["level"] != "warn" || f.Seq != 1 {
			d.Fatal(f.text)
		}
		d.do("t", worker, progress.Report{Status: progress.Completed})
		with.want("task_started", "task_complete")
		without.want("task_started", "task_complete")
	})
}

// TestLastLines is lines and the end in one round: the end comes last, and the
// lines do not claim the seq of what comes after them.
func TestLastLines(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Logs: true})
		c.want("snapshot")
		d.set(func() { d.mute = true })
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "bye"}}})
		d.set(func() { d.mute = false })
		d.do("t", worker, progress.Report{Status: progress.Completed})
		c.want("task_started")
		if f := c.want("log"); f.Seq != 2 {
			d.Fatal(f.text)
		}
		c.want("task_complete")
		c.closed(1000)
	})
}

func TestControls(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		report := tickTo(1, 10)
		report.Worker = "w"
		d.do("t", worker, report)
		c := d.dial(h, Subscription{Task: "t", Actor: worker, Worker: "w"})
		c.want("snapshot")
		hear := func(control string) {
			d.Helper()
			if f := c.want("control"); f.Control != control {
				d.Fatal(f.text)
			}
		}
		d.do("t", ann, progress.Pause{})
		c.want("task_paused")
		hear("pause")
		d.do("t", ann, progress.Resume{})
		c.want("task_resumed")
		hear("resume")
		report.StepProgress = new(20.0) // hears of it again by the answer
		d.do("t", worker, report)
		c.want("progress")
		d.do("t", ann, progress.Pause{})
		c.want("task_paused")
		hear("pause")
		d.do("t", ann, progress.Skip{Step: 1})
		c.want("step_skipped", "progress")
		again := d.dial(h, Subscription{Task: "t", Actor: worker, Worker: "w"})
		again.want("snapshot")
		if f := again.want("control"); f.Control != "pause" {
			d.Fatal(f.text)
		}
		d.do("t", ann, progress.Restart{})
		c.want("task_restarted")
		hear("restart")
		c.want("progress")
		d.do("t", ann, progress.Cancel{})
		if f := c.want("control"); f.Control != "cancel" || f.Seq != d.now("t").Seq-1 {
			d.Fatal(f.text)
		}
		c.want("task_cancelled")
		c.closed(1000)
	})
}

// TestTerminalIsTheLast is an end and a retry in one round: the socket closes
// as it would have between them.
func TestTerminalIsTheLast(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		all := d.dial(h, Subscription{Actor: ann})
		c.want("snapshot")
		all.want("snapshot")
		d.set(func() { d.mute = true })
		d.do("t", worker, at(1, progress.StepFailed))
		d.set(func() { d.mute = false })
		d.do("t", ann, progress.Retry{})
		c.want("task_started", "step_started", "step_failed", "task_failed")
		c.closed(1000)
		all.want("task_started", "step_started", "step_failed", "task_failed", "task_retried")
	})
}

func TestParallelSteps(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a", "b", "c")
		d.do("t", worker, tickTo(1, 10))
		d.do("t", worker, tickTo(2, 10))
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot")
		time.Sleep(time.Second)
		d.do("t", worker, tickTo(2, 30))
		f := c.want("progress")
		if f.Step.Order != 2 || len(f.Steps) != 2 || f.Steps[0].Progress != 10 || f.Steps[1].Progress != 30 {
			d.Fatal(f.text)
		}
		d.do("t", worker, progress.Report{Message: new("hello")})
		if f := c.want("progress"); f.Step.Order != 1 {
			d.Fatal(f.text)
		}
	})
}

func TestClose(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		all := d.dial(h, Subscription{Actor: ann})
		deaf := d.dial(h, Subscription{Task: "t", Actor: ann}) // reads nothing, not even its close frame
		c.want("snapshot")
		all.want("snapshot")
		closed := make(chan time.Duration)
		go func() {
			begin := time.Now()
			h.Close()
			closed <- time.Since(begin)
		}()
		c.closed(1001)
		all.closed(1001)
		if took := <-closed; took > closeWait {
			d.Fatal("took", took)
		}
		if _, ok := deaf.next(); ok {
			d.Fatal("a frame after the end")
		}
		d.idle(h)
		late := d.dial(h, Subscription{Task: "t", Actor: ann})
		late.closed(1001)
	})
}

// TestOutage is a store that cannot be read for a while: readers wait, and miss
// nothing.
func TestOutage(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.create("u", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		all := d.dial(h, Subscription{Actor: ann})
		c.want("snapshot")
		all.want("snapshot", "snapshot")
		d.set(func() { d.fails = errors.New("disk on fire") })
		d.do("t", worker, at(1, progress.StepRunning))
		time.Sleep(10 * time.Second)
		d.do("t", worker, tickTo(1, 50))
		d.create("v", "a")
		joins := d.dial(h, Subscription{Task: "u", Actor: ann})
		since := d.dial(h, Subscription{Task: "u", Actor: ann, Since: new(int64(0))})
		since.closed(1011)
		time.Sleep(5 * time.Second)
		d.set(func() { d.fails = nil })
		c.want("task_started", "step_started", "progress")
		joins.want("snapshot")
		got := map[string]int{}
		for range 4 {
			f, _ := all.next()
			got[string(f.Task)+" "+f.Type]++
		}
		for _, want := range []string{"t task_started", "t step_started", "t progress", "v task_created"} {
			if got[want] != 1 {
				d.Fatal(got)
			}
		}
	})
}

// TestEventsOutage is events that cannot be read, at each place that reads them.
func TestEventsOutage(t *testing.T) {
	one(t, func(d *desk) {
		fails := 0
		h := d.hub(func(o *Options) {
			read := o.Events
			o.Events = func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.Event, error) {
				d.mu.Lock()
				fail := fails > 0
				fails--
				d.mu.Unlock()
				if fail {
					return nil, errors.New("disk on fire")
				}
				return read(ctx, id, since, limit)
			}
		})
		d.create("t", "a")
		all := d.dial(h, Subscription{Actor: ann})
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(0))})
		all.want("snapshot")
		c.want("task_created", "progress")
		d.set(func() { fails = 3 })
		d.do("t", worker, at(1, progress.StepRunning))
		c.want("task_started", "step_started")
		all.want("task_started", "step_started")
		d.do("t", ann, progress.Cancel{})
		c.want("task_cancelled")
		all.want("task_cancelled")
		d.forget(h)
		d.idleBut(h, 0)
		d.set(func() { fails = 2 })
		d.do("t", ann, progress.Restart{}) // is followed from a state that cannot be read
		all.want("task_restarted")
		d.set(func() { fails = 1 })
		d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(1))}).closed(1011)
	})
}

// TestDefect is a task that cannot be shown. Who reads it is sent away, and who
// reads all goes on with the others.
func TestDefect(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.create("u", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		all := d.dial(h, Subscription{Actor: ann})
		c.want("snapshot")
		all.all("t snapshot", "u snapshot")
		synctest.Wait()
		d.set(func() {
			r := d.tasks["t"]
			r.task.Version++
			r.task.Status = progress.Failed // without an end
		})
		d.Ring([]progress.Moved{{Task: "t", Seq: 1}})
		c.silent(time.Second) // nothing is wrong yet
		d.dial(h, Subscription{Task: "t", Actor: ann}).closed(1011)
		d.do("u", worker, tickTo(1, 10))
		all.want("task_started", "step_started", "progress")
	})
}

// TestGone is a task that is deleted while it is read.
func TestGone(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot")
		synctest.Wait()
		d.set(func() { delete(d.tasks, "t") })
		d.Ring([]progress.Moved{{Task: "t", Seq: 1}})
		c.closed(1008)
		d.idle(h)
	})
}

// TestLostRings is a bell that fails: the pulse finds what it did not tell.
func TestLostRings(t *testing.T) {
	for _, task := range []progress.TaskID{"t", ""} {
		t.Run("reads "+string(task), func(t *testing.T) {
			one(t, func(d *desk) {
				h := d.hub()
				d.create("t", "a")
				c := d.dial(h, Subscription{Task: task, Actor: ann})
				c.want("snapshot")
				d.set(func() { d.mute = true })
				d.do("t", worker, at(1, progress.StepRunning))
				c.want("task_started", "step_started")
				if task == "" {
					d.create("u", "a")
					if f := c.want("snapshot"); f.Task != "u" {
						d.Fatal(f.text)
					}
				}
			})
		})
	}
}

func TestRevoked(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		var err error
		still := func(context.Context) (progress.Actor, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			return ann, err
		}
		byPulse := d.dial(h, Subscription{Task: "t", Actor: ann, Still: still})
		at1 := d.dial(h, Subscription{Actor: ann, Still: still})
		good := d.dial(h, Subscription{Task: "t", Actor: ann})
		for _, c := range []*client{byPulse, at1, good} {
			c.want("snapshot")
		}
		d.set(func() { err = &progress.Error{Code: progress.Unavailable} })
		h.Recheck(d.Context())
		d.do("t", worker, at(1, progress.StepRunning))
		for _, c := range []*client{byPulse, at1, good} {
			c.want("task_started", "step_started")
		}
		d.set(func() { err = &progress.Error{Code: progress.Unauthorized} })
		go h.Recheck(d.Context())
		at1.closed(1008)
		byPulse.closed(1008)
		later := d.dial(h, Subscription{Task: "t", Actor: ann, Still: still})
		later.want("snapshot")
		begin := time.Now()
		later.closed(1008)
		if took := time.Since(begin); took > pingEvery {
			d.Fatal("took", took)
		}
		d.do("t", worker, tickTo(1, 10))
		good.want("progress")
	})
}

func TestRightsChange(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.do("mine", root, progress.Create{Spec: progress.Spec{Title: "x", Owner: "ann"}})
		d.do("ours", root, progress.Create{Spec: progress.Spec{Title: "x", Owner: "group:ops"}})
		is := ann
		still := func(context.Context) (progress.Actor, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			return is, nil
		}
		all := d.dial(h, Subscription{Actor: ann, Still: still})
		if f := all.want("snapshot"); f.Task != "mine" {
			d.Fatal(f.text)
		}
		d.set(func() { is.Groups = []string{"ops"} })
		h.Recheck(d.Context())
		if f := all.want("snapshot"); f.Task != "ours" {
			d.Fatal(f.text)
		}
		one := d.dial(h, Subscription{Task: "ours", Actor: is, Still: still})
		one.want("snapshot")
		d.set(func() { is = ann })
		go h.Recheck(d.Context())
		one.closed(1008)
		d.do("ours", worker, progress.Report{Status: progress.Running})
		d.do("mine", worker, progress.Report{Status: progress.Running})
		if f := all.want("task_started"); f.Task != "mine" {
			d.Fatal(f.text)
		}
	})
}
