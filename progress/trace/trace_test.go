package trace_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/trace"
)

var (
	epoch  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	worker = progress.Actor{Person: "ci", Rights: progress.MayReport, All: true}
	ann    = progress.Actor{Person: "ann", Rights: progress.MayOperate | progress.MayApprove, All: true}
)

// life is a task and the time at which it is.
type life struct {
	testing.TB
	task progress.Task
	at   time.Time
}

// born is a task with those steps; a name with a "?" has a gate.
func born(t testing.TB, steps ...string) *life {
	t.Helper()
	c := progress.Create{Spec: progress.Spec{Title: "CRM", Kind: "crm", Complexity: new(40.0)}}
	for _, name := range steps {
		p := progress.Plan{Name: name}
		if name[len(name)-1] == '?' {
			p.Gate = &progress.Gate{Prompt: name, OnReject: progress.RejectSkips}
		}
		c.Steps = append(c.Steps, p)
	}
	return (&life{TB: t, task: progress.Task{ID: "t1"}, at: epoch}).do(worker, c)
}

// do gives a command.
func (l *life) do(by progress.Actor, c progress.Change) *life {
	l.Helper()
	before := l.task
	if before.Spec == nil {
		before = progress.Task{}
	}
	after, _, err := progress.Act(before, progress.Command{Task: "t1", By: by, Do: c}, l.at)
	if err != nil {
		l.Fatalf("%s at %v: %v", c.Verb(), l.at.Sub(epoch), err)
	}
	l.task = after
	return l
}

// wait lets so many seconds go by.
func (l *life) wait(seconds float64) *life {
	l.at = l.at.Add(time.Duration(seconds * float64(time.Second)))
	return l
}

// report reports a status of a step.
func (l *life) report(n int, s progress.StepStatus) *life {
	l.Helper()
	return l.do(worker, progress.Report{Step: progress.StepRef{Order: n}, StepStatus: s})
}

func (l *life) run(n int) *life  { l.Helper(); return l.report(n, progress.StepRunning) }
func (l *life) done(n int) *life { l.Helper(); return l.report(n, progress.StepCompleted) }

// say reports a percent of a step, or of the task for 0.
func (l *life) say(n int, percent float64) *life {
	l.Helper()
	if n == 0 {
		return l.do(worker, progress.Report{Progress: &percent})
	}
	return l.do(worker, progress.Report{Step: progress.StepRef{Order: n}, StepProgress: &percent})
}

// end reports a status of the task.
func (l *life) end(s progress.Status) *life {
	l.Helper()
	return l.do(worker, progress.Report{Status: s})
}

// worked holds that a run is as it should be, but for its name and size.
func (l *life) worked(elapsed, idle float64, outcome estimate.Outcome, curve []estimate.Point, laps ...estimate.Lap) *life {
	l.Helper()
	got := trace.Of(&l.task, l.at, nil)
	want := estimate.Run{ID: got.ID, Kind: "crm", Size: got.Size, Outcome: outcome, Elapsed: elapsed, Laps: laps, Curve: curve}
	if text(got) != text(want) || got.Outcome != outcome || math.Abs(got.Elapsed-elapsed) > 1e-6 {
		l.Errorf("%s %v s\n%s\nwant %s %v s\n%s", got.Outcome, got.Elapsed, text(got), outcome, elapsed, text(want))
	}
	end := l.at
	if l.task.Status.Ended() {
		end = l.task.EndedAt
	}
	active, rest := l.task.Worked(end), l.task.Idled(end)
	if active.Seconds() != got.Elapsed || math.Abs(rest.Seconds()-idle) > 1e-6 {
		l.Errorf("%v of work and %v without, want %v s and %v s", active, rest, elapsed, idle)
	}
	return l
}

func text(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func curve(pairs ...float64) (out []estimate.Point) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, estimate.Point{Percent: pairs[i], At: pairs[i+1]})
	}
	return out
}

func lap(name string, state estimate.State, from, active float64, said ...float64) estimate.Lap {
	return estimate.Lap{Name: name, State: state, From: from, Active: active, Curve: curve(said...)}
}

const (
	running = estimate.Running
	well    = estimate.Done
	under   = estimate.Underway
)

// TestWork follows a task through its steps.
func TestWork(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b", "c").wait(100)
	a, b, c := estimate.Lap{Name: "a"}, estimate.Lap{Name: "b"}, estimate.Lap{Name: "c"}
	l.worked(0, 0, under, nil, a, b, c) // nobody has begun
	l.run(1).wait(10).say(1, 25).wait(5).worked(15, 0, under, nil, lap("a", running, 0, 15, 25, 10), b, c)
	l.done(1).wait(2).worked(17, 0, under, nil, lap("a", well, 0, 15), b, c)
	l.run(2).wait(3).worked(20, 0, under, nil, lap("a", well, 0, 15), lap("b", running, 17, 3), c)
	l.done(2).run(3).wait(10).done(3).end(progress.Completed)
	l.wait(1000).worked(30, 0, estimate.Success, nil, lap("a", well, 0, 15), lap("b", well, 17, 3), lap("c", well, 20, 10))
	if got := trace.Of(&l.task, l.at, nil); got.ID != "t1/1" || *got.Size != 40 {
		t.Errorf("%s of size %v", got.ID, *got.Size)
	}
}

// TestPause holds that a pause is no work: of steps, and of the run.
func TestPause(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b").run(1).wait(10).say(1, 50)
	l.wait(5).do(ann, progress.Pause{}).wait(100).worked(15, 100, under, nil, lap("a", running, 0, 15, 50, 10), lap("b", "", 0, 0))
	l.do(ann, progress.Resume{}).wait(5).done(1).worked(20, 100, under, nil, lap("a", well, 0, 20), lap("b", "", 0, 0))
	l.wait(1).run(2).wait(1).do(ann, progress.Pause{}).wait(50).do(ann, progress.Cancel{}).wait(9)
	l.worked(22, 150, estimate.Cancelled, nil, lap("a", well, 0, 20), lap("b", estimate.Fell, 21, 1))
}

// TestGates holds that waiting for people is no work, before a step and in it.
func TestGates(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b?", "c?").run(1).wait(10).done(1).wait(1).run(2)
	b, c := estimate.Lap{Name: "b?"}, estimate.Lap{Name: "c?"}
	l.wait(500).worked(11, 500, under, nil, lap("a", well, 0, 10), b, c)
	l.do(ann, progress.Approve{}).wait(4).worked(15, 500, under, nil, lap("a", well, 0, 10), lap("b?", running, 11, 4), c)
	l.done(2).run(3).wait(60).do(ann, progress.Reject{})
	l.worked(15, 560, under, nil, lap("a", well, 0, 10), lap("b?", well, 11, 4), lap("c?", estimate.Skipped, 15, 0))
	l.end(progress.Completed).worked(15, 560, estimate.Partial, nil, lap("a", well, 0, 10), lap("b?", well, 11, 4), lap("c?", estimate.Skipped, 15, 0))

	l = born(t, "a").run(1).wait(10).do(worker, progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Prompt: "sure?"}})
	l.wait(70).worked(10, 70, under, nil, lap("a", running, 0, 10)).do(ann, progress.Approve{}).wait(5)
	l.worked(15, 70, under, nil, lap("a", running, 0, 15))
}

// TestBeside holds that what one of several steps waits is no wait of the run,
// and that what all of them wait counts once.
func TestBeside(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b", "c").run(1).run(2).wait(20)
	l.do(ann, progress.Pause{}).wait(60).do(ann, progress.Resume{}).wait(20).done(1).done(2)
	l.worked(40, 60, under, nil, lap("a", well, 0, 40), lap("b", well, 0, 40), lap("c", "", 0, 0))

	l = born(t, "a", "b?", "c").run(1).wait(10).run(2).wait(50)
	l.worked(60, 0, under, nil, lap("a", running, 0, 60), lap("b?", "", 0, 0), lap("c", "", 0, 0))
	l.do(ann, progress.Approve{}).wait(10).done(1).wait(10).done(2).run(3).wait(5)
	l.worked(85, 0, under, nil, lap("a", well, 0, 70), lap("b?", well, 60, 20), lap("c", running, 80, 5))

	l = born(t, "a", "b").run(2).wait(10).run(1).wait(10).done(2).wait(5)
	l.worked(25, 0, under, nil, lap("a", running, 10, 15), lap("b", well, 0, 20))
}

// TestRetry holds that of a retried step the latest attempt is seen, that the
// wait for its worker is no work, and what was lost is.
func TestRetry(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b").run(1).wait(10).done(1).run(2).wait(30).say(2, 60).report(2, progress.StepFailed)
	l.worked(40, 0, estimate.Failed, nil, lap("a", well, 0, 10), lap("b", estimate.Fell, 10, 30))
	l.do(ann, progress.Retry{}).wait(300).worked(40, 300, under, nil, lap("a", well, 0, 10), estimate.Lap{Name: "b"})
	l.run(2).wait(7).worked(47, 300, under, nil, lap("a", well, 0, 10), lap("b", running, 40, 7))
	l.done(2).end(progress.Completed).worked(47, 300, estimate.Success, nil, lap("a", well, 0, 10), lap("b", well, 40, 7))
}

// TestBetweenAttempts holds that the time in which a run lay failed, or done, is
// no work, and that what was lost with a failed step still counts.
func TestBetweenAttempts(t *testing.T) {
	t.Parallel()
	l := born(t, "a").run(1).wait(30).report(1, progress.StepFailed).wait(500).do(ann, progress.Retry{}).wait(9)
	l.worked(30, 509, under, nil, estimate.Lap{Name: "a"})
	l.run(1).wait(7).done(1).end(progress.Completed).worked(37, 509, estimate.Success, nil, lap("a", well, 30, 7))

	l = born(t).end(progress.Running).wait(5).do(ann, progress.Pause{}).wait(60).worked(5, 60, under, nil)
	l.do(ann, progress.Resume{}).wait(1).do(ann, progress.Pause{}).wait(60).do(ann, progress.Cancel{}).wait(9).worked(6, 120, estimate.Cancelled, nil)

	l = &life{TB: t, task: progress.Task{ID: "t1"}, at: epoch}
	l.do(worker, progress.Create{Spec: progress.Spec{Title: "s", Kind: "crm", Session: "s", Grace: time.Minute, Open: true}, Steps: []progress.Plan{{Name: "a"}}})
	l.run(1).wait(20).say(1, 100).wait(60).do(progress.Timer(), progress.Lapse{}).wait(1000)
	l.do(worker, progress.Report{Step: progress.StepRef{Name: "b"}, StepStatus: progress.StepRunning}).wait(5)
	l.worked(85, 1000, under, nil, lap("a", well, 0, 80), estimate.Lap{Name: "b", Added: true, State: running, From: 80, Active: 5})

	l = born(t, "a", "b").run(1).run(2).wait(10).done(2).wait(90).do(ann, progress.Pause{}).wait(40).do(ann, progress.Resume{}).wait(5)
	l.worked(105, 40, under, nil, lap("a", running, 0, 105), lap("b", well, 0, 10))
}

// TestRestart holds that a new run has nothing of the last.
func TestRestart(t *testing.T) {
	t.Parallel()
	l := born(t, "a").run(1).wait(10).do(ann, progress.Restart{}).wait(40).worked(0, 0, under, nil, estimate.Lap{Name: "a"})
	l.run(1).wait(3).worked(3, 0, under, nil, lap("a", running, 0, 3))
	if got := trace.Of(&l.task, l.at, nil); got.ID != "t1/2" {
		t.Errorf("it is run %s", got.ID)
	}
}

// TestNumber holds that the whole has a curve by the reporter's own number only.
func TestNumber(t *testing.T) {
	t.Parallel()
	l := born(t).wait(9).say(0, 10).wait(20).say(0, 40).wait(5).worked(25, 0, under, curve(40, 20))
	l.do(ann, progress.Pause{}).wait(50).worked(25, 50, under, curve(40, 25))
	born(t).end(progress.Running).wait(4).end(progress.Completed).worked(4, 0, estimate.Success, nil)
	l = born(t, "a", "b").run(1).wait(5).say(1, 50).worked(5, 0, under, nil, lap("a", running, 0, 5, 50, 5), lap("b", "", 0, 0))
	l.wait(1).do(worker, progress.Report{Step: progress.StepRef{Order: 2}, Substep: "x", SubstepDone: new(true)})
	l.wait(8).worked(14, 0, under, nil, lap("a", running, 0, 14, 50, 5), lap("b", running, 6, 8)) // counted from substeps: nobody said it
}

// TestOutcomes holds what is partly well.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b").run(1).wait(2).report(1, progress.StepSkipped).run(2).wait(3).done(2).end(progress.Completed)
	l.worked(5, 0, estimate.Success, nil, lap("a", estimate.Skipped, 0, 2), lap("b", well, 2, 3)) // its worker's own choice
	l = born(t, "a", "b").run(1).wait(2).do(ann, progress.Skip{}).run(2).wait(3).done(2).end(progress.Completed)
	l.worked(5, 0, estimate.Partial, nil, lap("a", estimate.Skipped, 0, 2), lap("b", well, 2, 3))
	l = born(t, "a", "b").run(1).wait(2)
	l.do(worker, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepFailed, Status: progress.Running})
	l.end(progress.Completed).worked(2, 0, estimate.Partial, nil, lap("a", estimate.Fell, 0, 2), estimate.Lap{Name: "b"})
}

// TestGrace holds that a session that ends by itself was not worked on while it
// waited for another word.
func TestGrace(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]func(l *life){
		"left at 100":       func(l *life) { l.wait(10).say(1, 100) },
		"completed":         func(l *life) { l.wait(10).done(1) },
		"paused after that": func(l *life) { l.wait(10).say(1, 100).do(ann, progress.Pause{}).wait(500).do(ann, progress.Resume{}) },
		"paused in the step": func(l *life) {
			l.wait(5).do(ann, progress.Pause{}).wait(500).do(ann, progress.Resume{}).wait(5).say(1, 100)
		},
	} {
		l := &life{TB: t, task: progress.Task{ID: "t1"}, at: epoch}
		l.do(worker, progress.Create{Spec: progress.Spec{Title: "s", Kind: "crm", Session: "s", Grace: time.Minute, Open: true}, Steps: []progress.Plan{{Name: "a"}}})
		last(l.run(1))
		l.wait(60).do(progress.Timer(), progress.Lapse{}).wait(1000)
		got := trace.Of(&l.task, l.at, nil)
		if got.Outcome != estimate.Success || got.Elapsed != 10 || text(got.Laps) != text([]estimate.Lap{lap("a", well, 0, 10)}) {
			t.Errorf("%s: %s %v s %s", name, got.Outcome, got.Elapsed, text(got.Laps))
		}
	}
}
