package client_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// Somebody pauses a task, and its worker hears of it in the next answer.
func ExampleClient_Command() {
	_, c, stop := start()
	defer stop()
	ctx, w := context.Background(), c.Work()
	task, err := w.Create(ctx, client.Draft{Title: "Backup", Steps: []client.DraftStep{{Name: "Copy"}}})
	check(err)
	_, err = w.Report(ctx, task.ID, progress.Fence{}, progress.Report{Step: progress.StepRef{Name: "Copy"}, StepStatus: progress.StepRunning})
	check(err)

	task, err = c.Command(ctx, task.ID, progress.VerbPause, client.CommandOptions{Reason: "the disk is needed"})
	check(err)
	fmt.Println(task.Status, "and may be told to", task.Offers)
	answer, err := w.Heartbeat(ctx, task.ID, progress.Fence{}, progress.Heartbeat{})
	check(err)
	fmt.Println("its worker is told to", answer.Control)

	_, err = c.Command(ctx, task.ID, progress.VerbCancel, client.CommandOptions{Reason: "tomorrow is soon enough"})
	check(err)
	answer, err = w.Report(ctx, task.ID, progress.Fence{}, progress.Report{Step: progress.StepRef{Name: "Copy"}, StepProgress: new(50.0)})
	if p, refused := errors.AsType[*client.Problem](err); refused {
		fmt.Println("its worker is refused, and told to", p.State.Control)
	}
	// Output:
	// paused and may be told to [resume cancel restart skip]
	// its worker is told to pause
	// its worker is refused, and told to cancel
}

// Somebody approves what a step is about to do. One decision counts.
func ExampleClient_Command_approve() {
	_, c, stop := start()
	defer stop()
	ctx, w := context.Background(), c.Work()
	task, err := w.Create(ctx, client.Draft{Title: "Release", Steps: []client.DraftStep{
		{Name: "Deploy", Approval: &progress.Gate{Prompt: "Deploy to production?"}},
	}})
	check(err)
	_, err = c.Command(ctx, task.ID, progress.VerbApprove, client.CommandOptions{})
	fmt.Println("too early:", err)
	_, err = w.Report(ctx, task.ID, progress.Fence{}, progress.Report{Step: progress.StepRef{Name: "Deploy"}, StepStatus: progress.StepRunning})
	check(err)

	asked, err := c.Task(ctx, task.ID)
	check(err)
	fmt.Println(asked.Approval.Prompt)
	_, err = c.Command(ctx, task.ID, progress.VerbApprove, client.CommandOptions{
		Step: asked.Approval.Step, Reason: "the tests are green", Digest: asked.Approval.Digest, // of what was shown
	})
	check(err)
	decided, err := c.Task(ctx, task.ID)
	check(err)
	a := decided.Steps[0].Approval
	fmt.Printf("%s by %s: %s\n", a.Status, a.DecidedBy, a.Reason)
	// Output:
	// too early: no step waits for a decision: the task is pending
	// Deploy to production?
	// approved by admin: the tests are green
}
