package engine

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// follow keeps the trail of the percents that are said. What begins again, does
// so anew.
func (w *work) follow(t *progress.Task, e *progress.Event) {
	switch e.Kind {
	case progress.TaskStarted:
		delete(w.trail, 0)
	case progress.StepStarted:
		delete(w.trail, e.Step)
	case progress.Ticked:
		w.say(t, e)
	}
}

// say adds what a tick says to the trail. Most ticks are too near to the last
// point to cost more than a look at it.
func (w *work) say(t *progress.Task, e *progress.Event) {
	if p := e.Data.Tick.StepPercent; p != nil && w.trail.Wants(e.Step, *p) {
		w.trail.Add(e.Step, estimate.Point{Percent: *p, At: t.Steps.At(e.Step).Active(e.At).Seconds()})
	}
	if p := e.Data.Tick.Percent; p != nil && w.trail.Wants(0, *p) {
		w.trail.Add(0, estimate.Point{Percent: *p, At: t.Worked(e.At).Seconds()})
	}
}

// putAway ends a run that a restart puts away while it was under way: as if it
// had been cancelled. The next run begins a trail of its own.
func (p *plan) putAway(w *work, t *progress.Task, by *progress.Event) {
	if !t.Status.Ended() {
		cancelled := progress.Apply(*t, progress.Event{
			Kind: progress.TaskCancelled, Seq: t.Seq, Version: t.Version, At: by.At, By: by.By, Via: by.Via,
		})
		p.end(w, &cancelled)
	}
	w.trail = trace.Trail{}
}

// end notes a run that has ended, for history. A task without a kind has none,
// nor has a run that never began.
func (p *plan) end(w *work, t *progress.Task) {
	if t.Spec.Kind == "" || t.StartedAt.IsZero() {
		return
	}
	p.pasts = append(p.pasts, store.Past{
		Run: trace.Of(t, t.EndedAt, w.trail), Task: t.ID, Nth: t.Run, Owner: t.Spec.Owner, MadeBy: t.Spec.CreatedBy,
		Ended: t.EndedAt, Idle: t.Idled(t.EndedAt),
	})
}
