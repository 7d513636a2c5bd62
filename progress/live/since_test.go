package live

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

func TestSince(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a", "b")                       // 1
		d.do("t", worker, tickTo(1, 50))              // 2, 3
		d.do("t", worker, at(1, progress.StepFailed)) // 4, 5
		d.do("t", ann, progress.Retry{})              // 6
		read := func(since int64, types ...string) *client {
			d.Helper()
			c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: &since})
			if f := c.want(types...); f.Version != d.now("t").Version {
				d.Fatal("ends on version", f.Version)
			}
			return c
		}
		read(0, "task_created", "task_started", "step_started", "step_failed", "task_failed", "task_retried", "progress")
		read(3, "step_failed", "task_failed", "task_retried", "progress")
		read(6, "progress")
		read(7, "snapshot")
		c := read(5, "task_retried", "progress")
		d.do("t", worker, at(1, progress.StepCompleted))
		c.want("task_started", "step_started", "step_complete", "progress")
		d.do("t", worker, progress.Report{Status: progress.Failed})
		c.want("task_failed")
		c.closed(1000)
	})
}

func TestSinceOfEnded(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.do("t", worker, progress.Report{Status: progress.Completed}) // 2, 3
		for since, types := range [][]string{
			{"task_created", "task_started", "task_complete"}, {"task_started", "task_complete"}, {"task_complete"},
			{"progress"}, {"snapshot", "task_complete"},
		} {
			c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(since))})
			c.want(types...)
			c.closed(1000)
		}
		d.idle(h)
	})
}

// TestSinceTheForgotten is a history of which the beginning is gone.
func TestSinceTheForgotten(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.do("t", worker, at(1, progress.StepRunning))
		d.set(func() { d.tasks["t"].events = d.tasks["t"].events[1:] })
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(2))})
		c.want("snapshot")
		d.do("t", worker, tickTo(1, 10))
		c.want("progress")
		all := d.dial(h, Subscription{Actor: ann})
		all.want("snapshot")
		d.set(func() { d.mute = true })
		d.do("t", worker, at(1, progress.StepCompleted))
		d.set(func() {
			d.tasks["t"].events = nil
			d.mute = false
		})
		d.do("t", worker, progress.Report{Status: progress.Completed})
		c.want("snapshot", "task_complete")
		c.closed(1000)
		all.want("snapshot", "task_complete")
	})
}

// TestSinceWhileItMoves is who joins while the task moves at every moment of
// the joining.
func TestSinceWhileItMoves(t *testing.T) {
	one(t, func(d *desk) {
		var h *Hub
		reads := 0
		h = d.hub(func(o *Options) {
			load := o.Task
			o.Task = func(ctx context.Context, id progress.TaskID) (progress.Task, error) {
				now, err := load(ctx, id)
				if reads++; reads < 8 {
					d.do("t", worker, at(reads, progress.StepRunning))
				}
				return now, err
			}
		})
		d.create("t", "1", "2", "3", "4", "5", "6", "7", "8")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(0))})
		for seq := int64(1); seq <= 9; {
			f, ok := c.next()
			switch {
			case !ok:
				d.Fatal(c.end, c.lost)
			case f.Type == "progress":
			case f.Seq != seq:
				d.Fatalf("seq %d, want %d: %s", f.Seq, seq, f.text)
			default:
				seq++
			}
		}
	})
}

// TestStaleLoad is a load that is older than what a reader was sent before it:
// nothing comes twice.
func TestStaleLoad(t *testing.T) {
	one(t, func(d *desk) {
		var old *progress.Task
		loads := 0
		h := d.hub(func(o *Options) {
			load := o.Task
			o.Task = func(ctx context.Context, id progress.TaskID) (progress.Task, error) {
				if loads++; loads == 2 {
					return *old, nil
				}
				return load(ctx, id)
			}
		})
		d.create("t", "a")
		old = new(d.now("t"))
		d.do("t", worker, at(1, progress.StepRunning))
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(1))})
		c.want("task_started", "step_started")
		if f := c.want("progress"); f.Version != d.now("t").Version {
			d.Fatal(f.text)
		}
		d.do("t", worker, tickTo(1, 10))
		c.want("progress")
		d.do("t", ann, progress.Pause{})
		c.want("task_paused")
	})
}

// TestReplayIsTheSame is a life seen live, and again by who comes back at any
// point: the lifecycle frames are the same, byte by byte.
func TestReplayIsTheSame(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		c := progress.Create{Spec: progress.Spec{Title: "CRM", Kind: "crm", Owner: "ann"}, Steps: []progress.Plan{
			{Name: "a", Substeps: []progress.Substep{{Name: "x"}, {Name: "y"}}},
			{Name: "b", Gate: &progress.Gate{Prompt: "Deploy?", Approvers: []string{"ann", "bob"}, Quorum: 2}},
			{Name: "c", AllowFailure: true},
		}}
		all := d.dial(h, Subscription{Actor: root})
		synctest.Wait()
		var live []string
		do := func(by progress.Actor, change progress.Change, types ...string) {
			d.Helper()
			time.Sleep(1234567 * time.Microsecond)
			d.do("t", by, change)
			for _, want := range types {
				f := all.want(want)
				if want != "progress" {
					live = append(live, f.text)
				}
			}
		}
		substep := progress.Report{Step: progress.StepRef{Order: 1}, Substep: "x", SubstepDone: new(true)}
		do(root, c, "task_created")
		do(worker, at(1, progress.StepRunning), "task_started", "step_started")
		do(worker, substep, "plan_changed", "progress")
		do(ann, progress.Pause{Reason: "lunch"}, "task_paused")
		do(ann, progress.Resume{}, "task_resumed")
		do(worker, tickTo(1, 70), "progress")
		do(worker, at(1, progress.StepCompleted), "step_complete", "progress")
		do(worker, at(2, progress.StepRunning), "approval_needed")
		do(ann, progress.Approve{Reason: "fine"}, "approval_voted")
		do(bob, progress.Approve{}, "approval_decided")
		do(worker, tickTo(2, 40), "step_started", "progress")
		do(worker, at(2, progress.StepFailed), "step_failed", "task_failed")
		do(ann, progress.Retry{Reason: "once more"}, "task_retried", "progress")
		do(worker, at(2, progress.StepSkipped), "task_started", "step_skipped", "progress")
		do(worker, tickTo(3, 5), "step_started", "progress")
		do(worker, progress.Report{Step: progress.StepRef{Name: "d"}, StepStatus: progress.StepRunning}, "plan_changed", "step_started", "progress")
		do(ann, progress.Restart{Reason: "anew"}, "task_restarted", "progress")
		do(worker, tickTo(1, 33), "task_started", "step_started", "progress")
		do(worker, progress.Report{Status: progress.Failed, Result: []byte(`{"url":"x"}`), Error: &progress.Fault{Message: "no"}}, "step_failed", "task_failed")
		for since := range live {
			again := d.dial(h, Subscription{Task: "t", Actor: root, Since: new(int64(since))})
			for i, want := range live[since:] {
				f, ok := again.next()
				if !ok || known(f.text) != known(want) {
					d.Fatalf("since %d, frame %d:\n%s\nlive it was\n%s", since, i, f.text, want)
				}
			}
			again.closed(1000)
		}
	})
}

// known is a frame without what a replay cannot know: at how many percent a step
// and its task failed in an attempt that is not the last.
func known(text string) string {
	if strings.Contains(text, `_failed"`) && strings.Contains(text, `"at":"2000-01-01T00:00:14`) {
		return percents.ReplaceAllString(text, "")
	}
	return text
}

var percents = regexp.MustCompile(`"(percent|progress)":[0-9.]+,`)

// TestManyEvents is a replay of several pages.
func TestManyEvents(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		for i := range 2 * pageSize {
			d.do("t", worker, progress.Report{Step: progress.StepRef{Name: fmt.Sprint("more ", i)}})
		}
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(0))})
		last := int64(0)
		for f, ok := c.next(); f.Type != "progress"; f, ok = c.next() {
			if !ok || f.Seq != last+1 {
				d.Fatal(f.Seq, last, c.end)
			}
			last = f.Seq
		}
		if last != d.now("t").Seq {
			d.Fatal(last)
		}
	})
}
