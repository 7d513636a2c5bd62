package live

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// plainly is a Script that says how the task moves.
type plainly struct{}

func (plainly) say(kind string, t *progress.Task, ticks bool) Message {
	return Message{fmt.Appendf(nil, `{"type":%q,"task_id":%q,"at":"now","version":%d,"percent":%v}`, kind, t.ID, t.Version, t.Percent), ticks}
}

func (p plainly) Begin(now *progress.Task) []Message {
	return []Message{p.say("begin", now, false)}
}

func (p plainly) Then(was, now *progress.Task) []Message {
	if was.Status != now.Status {
		return []Message{p.say(string(now.Status), now, false)}
	}
	return []Message{p.say("tick", now, true)}
}

func (p plainly) Trouble(text string) Message {
	return Message{fmt.Appendf(nil, `{"type":"trouble","task_id":"t","at":"now","version":1,"text":%q}`, text), false}
}

// TestScriptMissesNothing is a reader of a Script who is told of each change,
// though they all come while its topic is held up.
func TestScriptMissesNothing(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		all := d.dial(h, Subscription{Actor: ann}) // then rings come another way
		all.want("snapshot")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		frames := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("begin")
		frames.want("snapshot")
		d.set(func() { d.slow = time.Second })
		d.do("t", worker, at(1, progress.StepRunning))
		for p := range 90 {
			d.do("t", worker, tickTo(1, float64(p+1)))
		}
		c.want("running")
		for p := range 90 {
			if f := c.want("tick"); f.Percent != float64(p+1) {
				d.Fatalf("tick %d: %s", p, f.text)
			}
		}
		frames.want("task_started", "step_started", "progress") // these may be coalesced, and were
		d.do("t", worker, progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: new(95.0), Status: progress.Completed})
		if f := c.want("tick"); f.Percent != 95 {
			d.Fatalf("the last word before the end: %s", f.text)
		}
		c.want("completed")
		c.closed(websocket.CloseNormalClosure)
	})
}

// TestScriptFromElsewhere is a reader whose task is worked on by another process.
func TestScriptFromElsewhere(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.set(func() { d.far = true })
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		c.want("begin")
		d.do("t", worker, tickTo(1, 5))
		c.want("running")
		d.do("t", worker, tickTo(1, 7))
		if f := c.want("tick"); f.Percent != 7 {
			d.Fatal(f.text)
		}
		d.do("t", ann, progress.Cancel{})
		c.want("cancelled")
		c.closed(websocket.CloseNormalClosure)
	})
}

// TestScriptSlowReader is a reader that stops reading: of what ticks it misses
// the oldest, and no more than has to be.
func TestScriptSlowReader(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		slow := d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		slow.want("begin")
		d.do("t", worker, at(1, progress.StepRunning))
		synctest.Wait()
		for n := range mostSaid + 100 {
			d.do("t", worker, tickTo(1, float64(n+1)/10))
			synctest.Wait()
		}
		d.do("t", ann, progress.Cancel{})
		synctest.Wait()
		slow.want("running")
		f := slow.want("tick")
		first := f.Percent
		for range mostSaid - 1 {
			f = slow.want("tick")
		}
		if want := float64(mostSaid+100) / 10; f.Percent != want || first > 12 {
			d.Fatalf("it was told of %v to %v", first, f.Percent)
		}
		slow.want("cancelled")
		slow.closed(websocket.CloseNormalClosure)
	})
}

// TestScriptTrouble is a reader that is told why it is closed.
func TestScriptTrouble(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.do("t", root, progress.Create{Spec: progress.Spec{Title: "CRM", Owner: "ann"}})
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		c.want("begin")
		stranger := d.dial(h, Subscription{Task: "t", Actor: bob, Script: plainly{}})
		stranger.want("trouble")
		stranger.closed(websocket.ClosePolicyViolation)
		d.set(func() { delete(d.tasks, "t") })
		d.Ring([]progress.Moved{{Task: "t", Path: []progress.Move{}}})
		c.want("trouble")
		c.closed(websocket.ClosePolicyViolation)
	})
}

// stumbling is a Script with a defect.
type stumbling struct{ plainly }

func (stumbling) Then(_, _ *progress.Task) []Message { panic("a defect") }

// TestScriptDefect is a reader that is told of a defect of ours.
func TestScriptDefect(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Script: stumbling{}})
		c.want("begin")
		d.do("t", worker, tickTo(1, 5))
		c.want("trouble")
		c.closed(websocket.CloseInternalServerErr)
	})
}
