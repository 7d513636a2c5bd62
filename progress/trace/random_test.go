package trace_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/trace"
)

// walk gives random commands at random times. Those that are refused change
// nothing.
func walk(t *testing.T, d *rand.Rand, check func(l *life, began time.Time)) {
	t.Helper()
	l := born(t, "a", "b?", "c", "d", "e?", "f")
	var began time.Time // of the run, as the first event of it said
	for range 40 {
		l.wait(float64(d.IntN(100)) / 8)
		by, do := random(d)
		after, events, err := progress.Act(l.task, progress.Command{Task: "t1", By: by, Do: do}, l.at)
		if err != nil {
			continue
		}
		for _, e := range events {
			switch {
			case e.Kind == progress.TaskRestarted:
				began = time.Time{}
			case e.Kind == progress.TaskStarted && began.IsZero():
				began = e.At
			}
		}
		l.task = after
		l.wait(float64(d.IntN(16)) / 8)
		check(l, began)
	}
}

// random is what workers and people do.
func random(d *rand.Rand) (progress.Actor, progress.Change) {
	n := progress.StepRef{Order: 1 + d.IntN(6)}
	switch d.IntN(16) {
	case 0, 1, 2:
		return worker, progress.Report{Step: n, StepStatus: progress.StepRunning}
	case 3, 4:
		return worker, progress.Report{Step: n, StepStatus: progress.StepCompleted}
	case 5:
		return worker, progress.Report{Step: n, StepProgress: new(float64(d.IntN(101)))}
	case 6:
		return worker, progress.Report{Progress: new(float64(d.IntN(101)))}
	case 7:
		return worker, progress.Report{Step: n, StepStatus: progress.StepFailed}
	case 8:
		return worker, progress.Report{Step: n, StepStatus: progress.StepSkipped}
	case 9:
		return ann, progress.Pause{}
	case 10:
		return ann, progress.Resume{}
	case 11:
		return worker, progress.Ask{Step: n, Gate: progress.Gate{Prompt: fmt.Sprint(d.IntN(3))}}
	case 12:
		return ann, progress.Approve{}
	case 13:
		return ann, progress.Retry{}
	case 14:
		return ann, progress.Restart{}
	}
	return worker, progress.Report{Status: []progress.Status{progress.Completed, progress.Failed, progress.Running}[d.IntN(3)]}
}

// TestRandomWalks holds what is so of every run.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	looks, begun := 0, 0
	for seed := range uint64(2000) {
		walk(t, rand.New(rand.NewPCG(seed, 1)), func(l *life, began time.Time) {
			r := trace.Of(&l.task, l.at, nil)
			sane(t, &l.task, r)
			end := l.at
			if l.task.Status.Ended() {
				end = l.task.EndedAt
			}
			wall := 0.0
			if looks++; !began.IsZero() {
				wall, begun = end.Sub(began).Seconds(), begun+1
			}
			if r.Elapsed > wall+1e-6 {
				t.Fatalf("seed %d: %v s of work in %v s:\n%s", seed, r.Elapsed, wall, text(r))
			}
		})
	}
	if begun < looks/2 || looks < 20_000 {
		t.Errorf("of %d looks %d were at runs that had begun: nothing was put to the test", looks, begun)
	}
}

// sane holds what is so of a run in itself.
func sane(t *testing.T, task *progress.Task, r estimate.Run) {
	t.Helper()
	sum, last := 0.0, r.Elapsed
	for i, l := range r.Laps {
		sum += l.Active
		said := task.Steps.At(i + 1)
		numbers := []float64{l.From, l.Active}
		for _, p := range l.Curve {
			numbers = append(numbers, p.Percent, p.At)
			if p.At > l.Active+1e-6 {
				t.Fatalf("a percent after %v s of %v s", p.At, l.Active)
			}
		}
		for _, x := range numbers {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				t.Fatalf("%v in\n%s", x, text(r))
			}
		}
		if l.From+l.Active > r.Elapsed+1e-6 || math.Abs(l.Active-said.Active(task.EndedAt).Seconds()) > 1e-6 && !said.EndedAt.IsZero() {
			t.Fatalf("lap %d does not fit into %v s:\n%s", i, last, text(r))
		}
		if l.Name != said.Name || (l.State == estimate.Ahead) != said.StartedAt.IsZero() {
			t.Fatalf("lap %d is %+v of %+v", i, l, said)
		}
	}
	if task.StartedAt.IsZero() != (r.Elapsed == 0) && sum > 0 || r.Elapsed < 0 || math.IsNaN(r.Elapsed) {
		t.Fatalf("%v s, and %v s of its steps", r.Elapsed, sum)
	}
}

// TestOneAfterTheOther holds that of steps of which one ends when the next
// begins, the times add up to that of the run, whatever they waited.
func TestOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		d := rand.New(rand.NewPCG(seed, 2))
		l := born(t, "a", "b", "c?", "d")
		var worked, waited float64
		work := func() {
			s := float64(d.IntN(100_000)) / 1000
			worked += s
			l.wait(s)
		}
		idle := func() {
			s := float64(d.IntN(100_000)) / 1000
			waited += s
			l.wait(s)
		}
		for n := 1; n <= 4; n++ {
			l.run(n)
			if n == 3 {
				idle()
				l.do(ann, progress.Approve{})
			}
			for range d.IntN(3) {
				work()
				l.do(ann, progress.Pause{})
				idle()
				l.do(ann, progress.Resume{})
			}
			work()
			l.done(n)
		}
		l.end(progress.Completed)
		r := trace.Of(&l.task, l.at, nil)
		sum := 0.0
		for _, lap := range r.Laps {
			if math.Abs(lap.From-sum) > 1e-4 {
				t.Fatalf("seed %d: lap %+v does not begin at %v", seed, lap, sum)
			}
			sum += lap.Active
		}
		idled := l.task.Idled(l.at)
		if math.Abs(r.Elapsed-worked) > 1e-4 || math.Abs(sum-worked) > 1e-4 || math.Abs(idled.Seconds()-waited) > 1e-4 {
			t.Fatalf("seed %d: %v s, %v s of steps, %v s idle; want %v s and %v s", seed, r.Elapsed, sum, idled.Seconds(), worked, waited)
		}
	}
}

// TestTrail holds that a trail is bounded, rises, keeps the newest, and leaves
// what was read as it was.
func TestTrail(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		d := rand.New(rand.NewPCG(seed, 3))
		tr, at, p := trace.Trail{}, 0.0, 0.0
		var before, copied []estimate.Point
		for i := range 500 {
			at += d.Float64()
			if p += d.Float64() * 3; d.IntN(60) == 0 || p > 100 {
				p = d.Float64() * 50 // the plan grew
			}
			if d.IntN(10) == 0 {
				before, copied = tr[1], append([]estimate.Point(nil), tr[1]...)
			}
			if tr.Wants(1, p) {
				tr.Add(1, estimate.Point{Percent: p, At: at})
				if last := tr[1][len(tr[1])-1]; last != (estimate.Point{Percent: p, At: at}) {
					t.Fatalf("seed %d, point %d: the last is %v", seed, i, last)
				}
			}
			for k, q := range tr[1] {
				if len(tr[1]) > 24 || k > 0 && (q.Percent < tr[1][k-1].Percent || q.At <= tr[1][k-1].At) {
					t.Fatalf("seed %d: %v", seed, tr[1])
				}
			}
			if !slices.Equal(before, copied) {
				t.Fatalf("seed %d: what was %v is %v", seed, copied, before)
			}
		}
	}
	tr, said := trace.Trail{}, 0
	for p := range 101 {
		if tr.Wants(0, float64(p)) {
			tr.Add(0, estimate.Point{Percent: float64(p), At: float64(p)})
			said++
		}
	}
	if said != 26 || len(tr[0]) < 12 || tr[0][len(tr[0])-1].Percent != 100 {
		t.Errorf("%d points were taken, left are %v", said, tr[0])
	}
}

// TestTrailOfRun holds that a run has the points of its trail.
func TestTrailOfRun(t *testing.T) {
	t.Parallel()
	l := born(t, "a", "b").run(1).wait(10).say(1, 50).done(1).say(0, 50).run(2).wait(10)
	tr := trace.Trail{0: curve(50, 10), 1: curve(25, 4, 50, 10)}
	r := trace.Of(&l.task, l.at, tr)
	if text(r.Curve) != text(tr[0]) || text(r.Laps[0].Curve) != text(tr[1]) || r.Laps[1].Curve != nil {
		t.Errorf("%s", text(r))
	}
	if r = trace.Of(&l.task, l.at, trace.Trail{}); r.Curve != nil || r.Laps[0].Curve != nil {
		t.Errorf("without points: %s", text(r))
	}
}

// BenchmarkOf is of tasks of 10 and 10,000 steps, half of them done, with a
// pause and a retry behind them.
func BenchmarkOf(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		list := make([]progress.Step, n)
		for i := range list {
			list[i] = progress.Step{Order: i + 1, Status: progress.StepPending}
			list[i].Name = fmt.Sprint("step ", i)
			if i <= n/2 {
				list[i].Status, list[i].StartedAt = progress.StepRunning, epoch.Add(time.Duration(i)*time.Second)
			}
			if i < n/2 {
				list[i].Status, list[i].EndedAt, list[i].Idle = progress.StepCompleted, epoch.Add(time.Duration(i+1)*time.Second), time.Millisecond
			}
		}
		task := progress.Task{
			ID: "t1", Spec: &progress.Spec{Kind: "crm"}, Run: 1, Attempt: 2, Status: progress.Running,
			RunAt: epoch.Add(2 * time.Second), StartedAt: epoch.Add(3 * time.Second), Clock: progress.Clock{BeganAt: epoch}, Steps: progress.SetSteps(list),
		}
		at := epoch.Add(time.Duration(n) * time.Second)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := trace.Of(&task, at, nil); len(r.Laps) != n || r.Elapsed == 0 {
					b.Fatal(r.Elapsed)
				}
			}
		})
	}
}
