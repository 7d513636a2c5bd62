package main

import (
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// picture is what is known of the task.
type picture struct {
	title   string
	status  progress.Status
	step    string // that is under way, "" for none
	percent float64
	left    *int64 // seconds, nil if nobody knows
	why     string // it has not completed
	away    bool   // the server is, so the rest is as it was
}

// take brings the picture up to a frame. One without a type says nothing.
func (p *picture) take(f client.Frame) {
	switch f.Type {
	case "snapshot":
		p.whole(f.Task)
	case "progress":
		p.percent, p.left = f.Percent, f.ETA
	case "task_started", "task_resumed", "approval_decided":
		p.status = progress.Running
	case "task_paused":
		p.status = progress.Paused
	case "approval_needed":
		p.status, p.step = progress.Waiting, f.Approval.StepName
	case "task_restarted", "task_retried":
		p.status, p.why = progress.Pending, ""
	case "task_complete":
		p.status, p.percent = progress.Completed, f.Percent
	case "task_failed":
		p.status, p.percent, p.why = progress.Failed, f.Percent, "it failed"
		if f.Error != nil {
			p.why += ": " + f.Error.Message
		}
	case "task_cancelled":
		p.status, p.percent, p.why = progress.Cancelled, f.Percent, fmt.Sprintf("%s cancelled it: %s", f.By, f.Reason)
	}
	if f.Step != nil && f.Step.Status == progress.StepRunning {
		p.step = f.Step.Name
	}
}

// whole takes over a task as the server has it.
func (p *picture) whole(t *progress.Wire) {
	p.title, p.status, p.percent, p.left = t.Title, t.Status, t.Progress, t.ETA
	if n := t.CurrentStep; n >= 1 && n <= len(t.Steps) {
		p.step = t.Steps[n-1].Name
	}
}

// verdict is nil for a task that completed, else why not.
func (p *picture) verdict() error {
	if p.status == progress.Completed {
		return nil
	}
	return fmt.Errorf("%s: %s", clean(p.title), clean(p.why))
}

// words say what stands beside the bar.
func (p *picture) words() string {
	text := clean(p.title)
	switch {
	case p.away:
		return strings.TrimSpace(text + " (the server is away; waiting for it)")
	case p.status == progress.Waiting:
		text += ": " + clean(p.step) + " needs an approval"
	case p.status != progress.Running:
		text += " is " + string(p.status)
	case p.step != "":
		text += ": " + clean(p.step)
	}
	if p.left != nil && p.status == progress.Running {
		text += fmt.Sprintf(", about %d s left", *p.left)
	}
	return text
}
