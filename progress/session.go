package progress

import "time"

// quiets reports whether the task is a session that ends if nothing follows:
// its last step stands at 100.
func quiets(t *Task) bool {
	if t.Status != Running || t.Spec.Grace <= 0 || t.Steps.Len() == 0 {
		return false
	}
	last := t.Steps.at(t.Steps.Len())
	return last.Status == StepCompleted || last.Status == StepRunning && last.Percent >= 100
}

// Quiet is the reason of a session that has ended by itself.
const Quiet = "the last step was done, and nothing followed"

// lapsed reports whether the task has ended by going quiet.
func lapsed(t *Task) bool { return t.End != nil && t.End.Lapsed }

// decideLapse completes a session, unless something has followed meanwhile.
func decideLapse(d *draft) {
	if !quiets(&d.t) || d.now.Before(d.t.Wake()) {
		return
	}
	d.completeSteps()
	d.emit(TaskCompleted, 0, Data{Result: d.t.Result, Lapsed: true, Reason: Quiet})
}

// reopen lets a report go on with a session that had gone quiet. One that only
// says what is so already changes nothing; reopen then reports false.
func reopen(d *draft, r Report) bool {
	if d.t.Status != Completed {
		return true
	}
	if r.Status == Completed && r.Step.None() && given(r.Result) == nil {
		return false
	}
	d.emit(TaskReopened, 0, Data{})
	return true
}

func applyReopened(t *Task, _ *Event) {
	t.Status, t.EndedAt, t.End = Running, time.Time{}, nil
	t.Percent = t.counted()
}

// rest lets a worker pause its own task, and go on with it.
func rest(d *reporting) {
	if d.r.Status == Paused && d.t.Status == Running {
		d.emit(TaskPaused, 0, Data{Own: true})
	}
}

// goOn ends a pause that the worker itself made, when it works again and does not
// say that it still pauses.
func goOn(d *reporting) {
	if d.t.Status == Paused && d.t.Resting && (d.r.Status == Running || d.r.Status != Paused && d.r.touches()) {
		d.emit(TaskResumed, 0, Data{})
	}
}
