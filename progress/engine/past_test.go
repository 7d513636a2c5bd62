package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// clocked is a world whose time a test sets, and what it told of ended runs.
type clocked struct {
	world
	at    *time.Time
	ended *[]store.Past
}

// noon is when such a world begins.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func openClocked(t testing.TB, d *db.DB, o Options) clocked {
	t.Helper()
	at, ended := noon, []store.Past{}
	o.Ended = func(runs []store.Past) { ended = append(ended, runs...) }
	c := clocked{open(t, d, o), &at, &ended}
	c.now = func() time.Time { return at }
	return c
}

// eachClocked runs a test on both databases.
func eachClocked(t *testing.T, o Options, run func(t *testing.T, w clocked)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, openClocked(t, d, o)) })
}

// after lets seconds go by, then gives a command to t1.
func (w clocked) after(seconds float64, by progress.Actor, do progress.Change) clocked {
	w.Helper()
	*w.at = w.at.Add(time.Duration(math.Round(seconds*1e6)) * time.Microsecond)
	w.must("t1", by, do)
	return w
}

// pasts are the runs that history keeps, newest first.
func (w clocked) pasts() []store.Past {
	w.Helper()
	runs, err := w.keep.Pasts(context.Background(), store.PastQuery{Limit: 100, Eyes: ann})
	if err != nil {
		w.Fatal(err)
	}
	return runs
}

// kept holds that history is those runs, newest first.
func (w clocked) kept(want ...store.Past) {
	w.Helper()
	if got, want := flatPasts(w.pasts()), flatPasts(want); got != want {
		w.Fatalf("history is\n%s\nwant\n%s", got, want)
	}
}

// flatPasts are past runs as a text, with all that there is of them.
func flatPasts(runs []store.Past) (out string) {
	for _, p := range runs {
		b, _ := json.MarshalIndent(p, "", " ")
		out += fmt.Sprintln(p.ID, p.Kind, p.Outcome, *p.Size, p.Elapsed, string(b))
	}
	return out
}

// past is a run of t1.
func past(nth int, outcome estimate.Outcome, ended, elapsed float64, idle time.Duration, laps ...estimate.Lap) store.Past {
	return store.Past{
		Run:  estimate.Run{ID: trace.ID("t1", nth), Kind: "crm", Outcome: outcome, Elapsed: elapsed, Laps: laps, Size: new(7.5)},
		Task: "t1", Nth: nth, Owner: "group:ops", MadeBy: "ci", Ended: noon.Add(time.Duration(math.Round(ended*1e6)) * time.Microsecond), Idle: idle,
	}
}

func lapOf(name string, state estimate.State, from, active float64, said ...estimate.Point) estimate.Lap {
	return estimate.Lap{Name: name, State: state, From: from, Active: active, Curve: said}
}

// owned is a plan that belongs to somebody and has a size.
func owned(names ...string) progress.Create {
	c := create(names...)
	c.Spec.Owner, c.Spec.Complexity = "group:ops", new(7.5)
	return c
}

// TestHistory follows a task through a gate, a pause, a failure, a retry and a
// restart, and holds what history keeps of it, to the millisecond.
func TestHistory(t *testing.T) {
	t.Parallel()
	eachClocked(t, Options{}, func(t *testing.T, w clocked) {
		plan := owned("copy", "switch", "clean")
		plan.Steps[1].Gate = &progress.Gate{Prompt: "now?"}
		w.after(0, worker, plan)
		w.after(50, worker, at(1, progress.StepRunning)).after(1.25, worker, tick(1, 10)).after(2, worker, tick(1, 12)) // too near
		w.after(3, worker, tick(1, 60)).after(0.5, ann, progress.Pause{}).after(600, ann, progress.Resume{})
		w.after(1, worker, tick(1, 90)).after(0.125, worker, at(1, progress.StepCompleted)) // 7.875 s of work
		w.after(2, worker, at(2, progress.StepRunning)).after(3600, ann, progress.Approve{})
		w.kept()
		w.after(4.004, worker, at(2, progress.StepFailed))
		copied := lapOf("copy", estimate.Done, 0, 7.875, estimate.Point{Percent: 10, At: 1.25}, estimate.Point{Percent: 60, At: 6.25}, estimate.Point{Percent: 90, At: 7.75})
		w.kept(past(1, estimate.Failed, 4263.879, 13.879, 4200*time.Second, copied, lapOf("switch", estimate.Fell, 9.875, 4.004), lapOf("clean", "", 0, 0)))

		w.after(60, ann, progress.Retry{}).after(30, worker, tick(2, 50)).after(6, worker, at(2, progress.StepCompleted))
		w.after(0, worker, at(3, progress.StepRunning)).after(5, worker, progress.Report{Status: progress.Completed})
		got := w.pasts()
		if len(got) != 1 || got[0].Outcome != estimate.Success || got[0].Nth != 1 || len(got[0].Laps) != 3 {
			t.Fatalf("a run that ended twice is %+v", got)
		}
		second := got[0].Laps[1]
		if got[0].Elapsed != 7.875+2+4.004+6+5 || got[0].Idle != (600+3600+60+30)*time.Second {
			t.Errorf("it was worked on for %v s, and idle for %v", got[0].Elapsed, got[0].Idle)
		}
		if second.Active != 6 || !slices.Equal(second.Curve, []estimate.Point{{Percent: 50, At: 0}}) || got[0].Laps[2].Active != 5 {
			t.Errorf("of the retried step is left %+v", second)
		}
		first := got[0]
		w.after(10, ann, progress.Restart{}).kept(first)
		w.after(10, worker, at(1, progress.StepRunning)).after(4, worker, tick(1, 8)).after(8, ann, progress.Restart{})
		put := past(2, estimate.Cancelled, 4396.879, 12, 0, lapOf("copy", estimate.Fell, 0, 12, estimate.Point{Percent: 8, At: 4}), lapOf("switch", "", 0, 0), lapOf("clean", "", 0, 0))
		w.kept(put, first)
		w.after(10, ann, progress.Cancel{}).kept(put, first) // it never began
		if last := w.pasts(); len(*w.ended) != 3 || (*w.ended)[2].ID != last[0].ID || (*w.ended)[0].Outcome != estimate.Failed {
			t.Errorf("told were %+v", *w.ended)
		}
		w.same("t1")
	})
}

// TestNumberOfTheWhole holds that the reporter's own number makes the curve of
// a run, in what was worked of it, and that each attempt begins anew.
func TestNumberOfTheWhole(t *testing.T) {
	t.Parallel()
	say := func(p float64) progress.Report { return progress.Report{Progress: &p} }
	eachClocked(t, Options{}, func(t *testing.T, w clocked) {
		w.after(0, worker, owned()).after(0, worker, progress.Report{Status: progress.Running})
		w.after(10, worker, say(20)).after(1, worker, say(21)).after(9, worker, say(50)).after(0, worker, progress.Report{Status: progress.Completed})
		want := past(1, estimate.Success, 20, 20, 0)
		want.Laps, want.Curve = []estimate.Lap{}, []estimate.Point{{Percent: 20, At: 10}, {Percent: 50, At: 20}}
		w.kept(want)
		w.after(0, ann, progress.Restart{}).after(0, worker, say(1)).after(7, worker, say(30)).after(1, worker, progress.Report{Status: progress.Failed})
		want.Nth, want.Outcome, want.Elapsed, want.Ended = 2, estimate.Failed, 8, noon.Add(28*time.Second)
		want.Curve = []estimate.Point{{Percent: 1, At: 0}, {Percent: 30, At: 7}}
		if got := w.pasts()[0]; got.Nth != 2 || fmt.Sprint(got.Curve) != fmt.Sprint(want.Curve) || got.Elapsed != 8 {
			t.Errorf("the second run is %+v", got)
		}
	})
}

// TestHistoryAfterEviction holds that a task which was not in memory all the
// time, or in another program, leaves a shorter curve and nothing else.
func TestHistoryAfterEviction(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := openClocked(t, d, Options{Hot: 1})
		w.after(0, worker, owned("a", "b")).after(0, worker, at(1, progress.StepRunning)).after(5, worker, tick(1, 30))
		w.must("t2", worker, create("a")) // t1 has to go
		w.after(5, worker, tick(1, 60)).after(5, worker, at(1, progress.StepCompleted)).after(0, worker, at(2, progress.StepRunning))
		again := openClocked(t, d, Options{})
		*again.at = *w.at
		again.after(9, worker, tick(2, 40)).after(1, worker, progress.Report{Status: progress.Completed})
		want := past(1, estimate.Success, 25, 25, 0,
			lapOf("a", estimate.Done, 0, 15), lapOf("b", estimate.Done, 15, 10, estimate.Point{Percent: 40, At: 9}))
		want.Outcome = estimate.Success
		again.kept(want)
	})
}

// TestNoHistory holds of what none is kept, and that a command which is not
// written leaves none.
func TestNoHistory(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		bare := create("a")
		bare.Spec.Kind = ""
		w.must("t1", worker, bare)
		w.must("t1", worker, progress.Report{Status: progress.Completed})
		w.must("t2", worker, create("a"))
		w.must("t2", ann, progress.Cancel{})
		w.must("t3", worker, create("a"))
		w.must("t3", worker, at(1, progress.StepRunning))
		told := 0
		w.ended = func(runs []store.Past) { told += len(runs) }
		s.say(func(a attempt) error { return a.failLate(errDisk) })
		w.refused(progress.Unavailable, "t3", worker, progress.Report{Status: progress.Completed})
		s.heal()
		runs, err := s.Pasts(context.Background(), store.PastQuery{Limit: 9, Eyes: ann})
		if err != nil || len(runs) != 0 || told != 0 {
			t.Fatalf("%+v, %v, %d told", runs, err, told)
		}
		w.ended = func(runs []store.Past) { told += len(runs); panic("whoever learns") }
		w.must("t3", worker, progress.Report{Status: progress.Completed})
		if runs, err = s.Pasts(context.Background(), store.PastQuery{Limit: 9, Eyes: ann}); err != nil || len(runs) != 1 || told != 1 {
			t.Fatalf("%+v, %v, %d told", runs, err, told)
		}
	})
}

// TestHistoryOfRandomLives holds that of each run that began and ended there is
// one row, which says what the task says.
func TestHistoryOfRandomLives(t *testing.T) {
	t.Parallel()
	eachClocked(t, Options{}, func(t *testing.T, w clocked) {
		d := rand.New(rand.NewPCG(3, 4))
		life := toiler{Rand: d, name: "x"}
		w.must("t1", worker, owned("a", "b", "c", "d"))
		want := map[int]estimate.Outcome{}
		for range 900 {
			*w.at = w.at.Add(time.Duration(d.IntN(5000)) * time.Millisecond)
			before := w.same("t1")
			do, by := life.change()
			if d.IntN(20) == 0 {
				do, by = progress.Report{Status: progress.Completed}, worker
			}
			out, err := w.try("t1", by, do)
			if err != nil {
				continue
			}
			for _, e := range out.Events {
				switch e.Kind {
				case progress.TaskCompleted:
					want[out.Task.Run] = estimate.Success
				case progress.TaskFailed:
					want[out.Task.Run] = estimate.Failed
				case progress.TaskRestarted:
					if !before.Status.Ended() && !before.StartedAt.IsZero() {
						want[before.Run] = estimate.Cancelled
					}
				}
			}
		}
		got := map[int]estimate.Outcome{}
		for _, p := range w.pasts() {
			if got[p.Nth] = p.Outcome; p.Outcome == estimate.Partial {
				got[p.Nth] = estimate.Success
			}
			if p.Elapsed < 0 || p.Idle < 0 || len(p.Laps) < 4 || p.Kind != "crm" {
				t.Errorf("%+v", p)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(got) < 10 {
			t.Errorf("history is %v, want %v", got, want)
		}
	})
}
