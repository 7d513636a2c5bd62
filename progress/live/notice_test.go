package live

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/taskherald/herald/progress"
)

// spoken has the hub say what happens, to people of the group ops alone, and count
// how often it finds words.
func spoken(made *atomic.Int64) func(*Options) {
	return func(o *Options) {
		o.Notice = func(now *progress.Task, e *progress.Event) *Notice {
			made.Add(1)
			switch e.Kind {
			case progress.TaskPaused:
				return nil
			case progress.TaskResumed:
				panic("no words")
			}
			return &Notice{Kind: e.Kind, Class: "step", Title: now.Spec.Title, Text: string(e.Kind), Tag: "tag"}
		}
		o.Concerns = func(_ *progress.Task, _ *progress.Event, a progress.Actor) bool {
			return len(a.Groups) > 0
		}
	}
}

func ops(a progress.Actor) progress.Actor {
	a.Groups = []string{"ops"}
	return a
}

// TestNotices is that a notice follows its frame, for those who asked and whom it
// concerns, and is made once.
func TestNotices(t *testing.T) {
	one(t, func(d *desk) {
		var made atomic.Int64
		h := d.hub(spoken(&made))
		d.create("t", "a")
		silent := []*client{
			d.dial(h, Subscription{Task: "t", Actor: ops(ann)}),
			d.dial(h, Subscription{Actor: ann, Notices: true}),
		}
		told := []*client{
			d.dial(h, Subscription{Task: "t", Actor: ops(ann), Notices: true}),
			d.dial(h, Subscription{Actor: ops(bob), Notices: true}),
		}
		for _, c := range append(silent, told...) {
			c.want("snapshot")
		}
		synctest.Wait()
		d.do("t", worker, at(1, progress.StepRunning))
		for _, c := range silent {
			c.want("task_started", "step_started")
		}
		for _, c := range told {
			f := c.want("task_started", "notice")
			if f.Seq != 2 || !strings.HasSuffix(f.text, `"notice":{"kind":"task.started","class":"step","title":"CRM","text":"task.started","tag":"tag"}}`) {
				d.Error(f.text)
			}
			if f := c.want("step_started", "notice"); f.Seq != 3 {
				d.Error(f.text)
			}
		}
		if n := made.Load(); n != 2 {
			d.Errorf("the words were made %d times", n)
		}
		d.do("t", worker, tickTo(1, 50))
		for _, c := range append(silent, told...) {
			c.want("progress")
		}
		d.do("t", ann, progress.Pause{})
		d.do("t", ann, progress.Resume{})
		for _, c := range append(silent, told...) {
			c.want("task_paused", "task_resumed") // without words, and with a defect in them
		}
		d.do("t", worker, progress.Report{Status: progress.Completed})
		for _, c := range silent {
			c.want("step_complete", "task_complete")
		}
		for _, c := range told {
			if f := c.want("step_complete", "notice", "task_complete", "notice"); f.Seq != d.now("t").Seq || f.Version != d.now("t").Version {
				d.Error(f.text)
			}
		}
		silent[0].closed(1000)
		told[0].closed(1000)
	})
}

// TestNoticesAreForNow is that what is caught up with is not told aloud.
func TestNoticesAreForNow(t *testing.T) {
	one(t, func(d *desk) {
		var made atomic.Int64
		h := d.hub(spoken(&made))
		d.create("t", "a")
		d.do("t", worker, at(1, progress.StepRunning))
		c := d.dial(h, Subscription{Task: "t", Actor: ops(ann), Notices: true, Since: new(int64(1))})
		c.want("task_started", "step_started", "progress")
		d.do("t", worker, at(1, progress.StepCompleted))
		c.want("step_complete", "notice", "progress")
		c.silent(1)
		if n := made.Load(); n != 1 {
			d.Errorf("the words were made %d times", n)
		}
		all := d.dial(h, Subscription{Actor: ops(ann), Notices: true})
		all.want("snapshot")
		d.create("u", "a")
		all.want("task_created", "notice")
	})
}

// TestNoticesNeedBoth is a hub that has no words, or does not know whom they concern.
func TestNoticesNeedBoth(t *testing.T) {
	one(t, func(d *desk) {
		var made atomic.Int64
		for _, missing := range []func(*Options){func(o *Options) { o.Notice = nil }, func(o *Options) { o.Concerns = nil }} {
			h := d.hub(spoken(&made), missing)
			id := map[bool]string{true: "t", false: "u"}[d.tasks["t"] == nil]
			d.create(id, "a")
			c := d.dial(h, Subscription{Task: progress.TaskID(id), Actor: ops(ann), Notices: true})
			c.want("snapshot")
			d.do(id, worker, progress.Report{Status: progress.Completed})
			c.want("task_started", "task_complete")
			c.closed(1000)
		}
	})
}

// TestNoticesFollowRights is that whom a notice concerns is judged by what the reader is
// now, and not by what they were when they came.
func TestNoticesFollowRights(t *testing.T) {
	one(t, func(d *desk) {
		var made atomic.Int64
		h := d.hub(spoken(&made))
		d.create("t", "a", "b")
		is := ann
		still := func(context.Context) (a progress.Actor, err error) {
			d.set(func() { a = is })
			return a, nil
		}
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Notices: true, Still: still})
		c.want("snapshot")
		d.do("t", worker, at(1, progress.StepRunning))
		c.want("task_started", "step_started")
		d.set(func() { is = ops(ann) })
		h.Recheck(d.Context())
		synctest.Wait()
		d.do("t", worker, at(1, progress.StepCompleted))
		c.want("step_complete", "notice", "progress")
		d.set(func() { is = ann })
		h.Recheck(d.Context())
		synctest.Wait()
		d.do("t", worker, at(2, progress.StepRunning))
		c.want("step_started")
		if n := made.Load(); n != 1 {
			d.Errorf("the words were made %d times", n)
		}
	})
}
