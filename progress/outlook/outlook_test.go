package outlook

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
)

// TestETA is what is said of a task in each state.
func TestETA(t *testing.T) {
	t.Parallel()
	known := func(waits int) *progress.ETA {
		return &progress.ETA{Low: 60, Likely: 100, High: 301, Basis: "3 similar runs", Waits: waits}
	}
	own := &progress.ETA{Low: 43, Likely: 43, High: 43, Basis: "the worker's own estimate", Waits: 1}
	for name, c := range map[string]struct {
		task *progress.Task
		want *progress.ETA
	}{
		"pending":          {begun(t, plan("a", "b")), known(0)},
		"running":          {begun(t, plan("a", "b"), running("a")), known(0)},
		"approvals ahead":  {begun(t, plan("a", "b?", "c?"), running("a")), known(2)},
		"asks":             {begun(t, plan("a?", "b?"), running("a")), known(2)},
		"approved":         {begun(t, plan("a?", "b?"), running("a"), progress.Approve{Step: 1}), known(1)},
		"paused":           {begun(t, plan("a", "b?"), running("a"), progress.Pause{}), known(2)},
		"claimed":          {begun(t, plan("a", "b?"), running("a"), claims("42.6")), own},
		"claimed and done": {begun(t, plan("a"), running("a"), claims("42"), ended(progress.Completed)), nil},
		"completed":        {begun(t, plan("a"), running("a"), ended(progress.Completed)), nil},
		"failed":           {begun(t, plan("a"), running("a"), ended(progress.Failed)), nil},
		"cancelled":        {begun(t, plan("a"), running("a"), progress.Cancel{}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &shelf{guess: minutes}
				o := s.open()
				claimed := c.want != nil && c.want.Basis == progress.OwnBasis
				if got := o.ETA(c.task); claimed && !same(got, c.want) || !claimed && got != nil {
					t.Errorf("before the past is known it is %+v", got)
				}
				o.begin(t)
				if got := o.ETA(c.task); !same(got, c.want) {
					t.Errorf("is %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

func same(a, b *progress.ETA) bool { return a == b || a != nil && b != nil && *a == *b }

// TestLooksAtNow holds that a run is looked at as it stands now.
func TestLooksAtNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{guess: minutes}
		o := s.open()
		o.o.Now = func() time.Time { return at }
		o.begin(t)
		o.ETA(begun(t, plan("a", "b"), running("a")))
		got := s.book().asked
		if len(got) != 1 || got[0].Kind != "k" || got[0].Elapsed != 90 || len(got[0].Laps) != 2 || got[0].Laps[0].State != estimate.Running {
			t.Errorf("asked for %+v", got)
		}
	})
}

// TestLongPlans holds that an estimate of a long plan is used again for a moment,
// while the task goes on as it did, and that there are not too many such.
func TestLongPlans(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{guess: minutes}
		o := s.run(t)
		for steps, want := range map[int][]int{longPlan: {1, 2, 3, 4, 5, 6}, longPlan + 1: {1, 1, 2, 3, 4, 5}} {
			list := make([]progress.Step, steps)
			for i := range list {
				list[i].Order = i + 1
			}
			task := &progress.Task{ID: progress.TaskID(fmt.Sprint(steps)), Spec: &progress.Spec{Kind: "k"}, Run: 1, Steps: progress.SetSteps(list)}
			s.book().asked = nil
			for i, change := range []func(){
				func() {}, func() { task.Version++ }, func() { time.Sleep(reuse) },
				func() { task.Run++ }, func() { task.Attempt++ }, func() { task.Status = progress.Paused },
			} {
				change()
				if got := o.ETA(task); got == nil || got.Likely != 100 || len(s.book().asked) != want[i] {
					t.Errorf("%d steps: after change %d the book was asked %d times, want %d: %+v", steps, i, len(s.book().asked), want[i], got)
				}
			}
			for i := range 3 * mostReuse {
				task.ID = progress.TaskID(fmt.Sprint("other", i))
				o.ETA(task)
			}
		}
		if n := len(o.again.told); n == 0 || n > mostReuse {
			t.Errorf("%d estimates are kept", n)
		}
	})
}

// TestRounding holds that numbers are whole, in order and of this world.
func TestRounding(t *testing.T) {
	t.Parallel()
	some := estimate.Basis{Runs: 1}
	for _, c := range []struct{ low, likely, high float64 }{
		{0.2, 0.4, 0.6}, {9, 5, 7}, {5, 9, 7}, {-3, -2, -1}, {math.NaN(), 5, math.Inf(1)}, {math.Inf(-1), math.Inf(1), 3}, {1, math.NaN(), 1},
	} {
		got := shown(estimate.Guess{Low: c.low, Likely: c.likely, High: c.high, Basis: some}, 0)
		if got.Low < 0 || got.Low > got.Likely || got.Likely > got.High || got.High > longest {
			t.Errorf("%v is %+v", c, got)
		}
	}
	if got := shown(estimate.Guess{Low: 1, Likely: 2, High: 3}, 0); got != nil {
		t.Errorf("what rests on nothing is shown as %+v", got)
	}
}
