package outlook

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// BenchmarkETA is one estimate as a frame or a reply shows it, of a task in the
// middle of its plan, after 40 runs of its kind.
func BenchmarkETA(b *testing.B) {
	for _, steps := range []int{5, 50, 1000, 10_000} {
		b.Run(fmt.Sprint(steps, " steps"), func(b *testing.B) {
			o := Open(Options{})
			s := &student{Outlook: o}
			var past []store.Past
			for i := range 40 {
				past = append(past, store.Past{Run: ran(i, steps), Ended: time.Now()})
			}
			s.begin(past)
			task := halfway(b, steps)
			b.ReportAllocs()
			for b.Loop() {
				if o.ETA(task) == nil {
					b.Fatal("nobody can tell")
				}
			}
		})
	}
}

// ran is a run of a number of steps, a second each.
func ran(i, steps int) estimate.Run {
	r := estimate.Run{ID: fmt.Sprint(i), Kind: "k", Outcome: estimate.Success, Elapsed: float64(steps)}
	for n := range min(steps, 2000) { // the store keeps no more
		r.Laps = append(r.Laps, estimate.Lap{Name: fmt.Sprint("step ", n+1), State: estimate.Done, From: float64(n), Active: 1 + float64(i%3)/10})
	}
	return r
}

// halfway is a task whose first half is done.
func halfway(b *testing.B, steps int) *progress.Task {
	b.Helper()
	now := time.Now()
	list := make([]progress.Step, steps)
	for i := range list {
		s := &list[i]
		s.Order, s.Name, s.Status = i+1, fmt.Sprint("step ", i+1), progress.StepPending
		if i > steps/2 {
			continue
		}
		s.StartedAt, s.EndedAt, s.Status = now.Add(time.Duration(i-steps/2)*time.Second), now.Add(time.Duration(i-steps/2+1)*time.Second), progress.StepCompleted
		if i == steps/2 {
			s.Status, s.EndedAt, s.Percent, s.Given = progress.StepRunning, time.Time{}, 40, true
		}
	}
	return &progress.Task{
		ID: "t", Spec: &progress.Spec{Kind: "k"}, Run: 1, Attempt: 1, Status: progress.Running, Steps: progress.SetSteps(list),
		StartedAt: list[0].StartedAt, UpdatedAt: now,
	}
}
