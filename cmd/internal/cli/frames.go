package cli

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// fold brings a picture of a task up to a frame. It reports whether the frame
// tells of more than it shows, so that the task has to be read again.
func fold(w *progress.Wire, f client.Frame) (stale bool) {
	if f.Task != nil {
		*w = *f.Task
		return false
	}
	if f.Version < w.Version || f.Type == "log" || f.Type == "control" {
		return false
	}
	if f.Version > w.Version {
		w.Stalled, w.StallCause = "", "" // it moves
	}
	w.Seq, w.Version, w.UpdatedAt = max(w.Seq, f.Seq), f.Version, progress.Instant(f.At)
	switch f.Type {
	case "progress":
		w.Progress, w.ETA, w.Left, w.Message = f.Percent, f.ETA, f.Left, f.Message
		foldSteps(w, f)
		return false
	case "step_started", "step_complete", "step_skipped", "step_failed", "plan_changed":
		return foldSteps(w, f)
	}
	foldTask(w, f)
	return true
}

// foldSteps takes over the steps that a frame shows.
func foldSteps(w *progress.Wire, f client.Frame) (stale bool) {
	lines := f.Steps
	if f.Step != nil {
		lines = append(slices.Clip(lines), *f.Step)
	}
	for _, line := range lines {
		switch n := line.Order; {
		case n >= 1 && n <= len(w.Steps):
			foldStep(&w.Steps[n-1], line, f)
		case n == len(w.Steps)+1:
			w.Steps = append(w.Steps, progress.WireStep{StepLine: line})
		default:
			stale = true
		}
	}
	w.TotalSteps = len(w.Steps)
	if s := f.Substep; s != nil && len(f.Steps) == 1 && !stale {
		foldSubstep(&w.Steps[f.Steps[0].Order-1], *s)
		stale = true // the next one may run now, which only the server says
	}
	w.CurrentStep = current(w.Steps)
	return stale
}

func foldStep(st *progress.WireStep, line progress.StepLine, f client.Frame) {
	st.StepLine = line
	switch f.Type {
	case "step_started":
		st.StartedAt, st.EndedAt, st.Error = progress.Instant(f.At), progress.Instant{}, nil
	case "step_failed":
		if f.Error != nil {
			st.Error = &f.Error.Fault
		}
	}
}

// foldSubstep takes over a substep.
func foldSubstep(st *progress.WireStep, s progress.WireSubstep) {
	for i := range st.Substeps {
		if st.Substeps[i].Name == s.Name {
			st.Substeps[i] = s
			return
		}
	}
	st.Substeps = append(st.Substeps, s)
}

// current is the step that a task is at: the running one, else one that waits or
// is held, else a failed one, else the next, else the last.
func current(steps []progress.WireStep) int {
	rank := func(status progress.StepStatus) int {
		switch status {
		case progress.StepRunning:
			return 0
		case progress.StepWaiting, progress.StepPaused:
			return 1
		case progress.StepFailed:
			return 2
		case progress.StepPending:
			return 3
		}
		return 4
	}
	best, at := 4, len(steps)
	for i, st := range steps {
		if r := rank(st.Status); r < best {
			best, at = r, i+1
		}
	}
	return at
}

// foldTask takes over what a frame says of the task itself.
func foldTask(w *progress.Wire, f client.Frame) {
	switch f.Type {
	case "task_started":
		w.Status, w.StartedAt = progress.Running, progress.Instant(f.At)
	case "task_paused":
		w.Status = progress.Paused
	case "task_resumed", "task_reopened":
		w.Status, w.EndedAt = progress.Running, progress.Instant{}
	case "task_stalled":
		w.Stalled, w.StallCause = f.Reason, f.Cause
	case "task_complete":
		w.Status, w.Result = progress.Completed, f.Result
	case "task_failed":
		w.Status, w.Error = progress.Failed, f.Error
	case "task_cancelled":
		w.Status, w.EndedBy, w.EndedVia, w.Reason = progress.Cancelled, f.By, f.Via, f.Reason
	}
	if f.Ended() {
		w.Progress, w.EndedAt = f.Percent, progress.Instant(f.At)
	}
}

// later reports whether a time is after another.
func later(a, b progress.Instant) bool { return time.Time(a).After(time.Time(b)) }
