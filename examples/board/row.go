package main

import (
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// row is what is known of one task.
type row struct {
	id      progress.TaskID
	title   string
	status  progress.Status
	step    string // that is under way, "" for none
	percent float64
	said    string // what a file was told of it last
}

// take brings the row up to a frame.
func (r *row) take(f client.Frame) {
	if f.Task != nil { // a snapshot, or a task that was created just now
		r.whole(f.Task)
		return
	}
	if s, ok := becomes(f.Type); ok {
		r.status = s
	}
	if f.Type == "progress" || f.Ended() {
		r.percent = f.Percent
	}
	switch {
	case f.Approval != nil:
		r.step = f.Approval.StepName
	case f.Step != nil && f.Step.Status == progress.StepRunning:
		r.step = f.Step.Name
	}
}

// whole takes over a task as the server has it.
func (r *row) whole(t *progress.Wire) {
	r.title, r.status, r.percent = t.Title, t.Status, t.Progress
	if n := t.CurrentStep; n >= 1 && n <= len(t.Steps) {
		r.step = t.Steps[n-1].Name
	}
}

// becomes is the status of a task after a milestone, if that changes it.
func becomes(frame string) (s progress.Status, changes bool) {
	switch frame {
	case "task_started", "task_resumed", "approval_decided":
		return progress.Running, true
	case "task_paused":
		return progress.Paused, true
	case "approval_needed":
		return progress.Waiting, true
	case "task_restarted", "task_retried":
		return progress.Pending, true
	case "task_complete":
		return progress.Completed, true
	case "task_failed":
		return progress.Failed, true
	case "task_cancelled":
		return progress.Cancelled, true
	}
	return "", false
}

// barWidth is the columns between the brackets.
const barWidth = 20

// words are the row's columns: how it is, how far, and what it is about.
func (r *row) words() (status, bar, about string) {
	status = fmt.Sprintf("%-9s", r.status)
	full := int(r.percent / 100 * barWidth)
	bar = fmt.Sprintf("[%s%s] %3.0f %%", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), r.percent)
	about = clean(r.title)
	if r.step != "" && !r.status.Ended() {
		about += ": " + clean(r.step)
	}
	return status, bar, about
}
