package client_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// A worker takes tasks of a kind, one after the other.
func ExampleWork_Claim() {
	_, c, stop := start()
	defer stop()
	ctx, w := context.Background(), c.Work()
	_, err := w.Create(ctx, client.Draft{Title: "Thumbnails", Kind: "images", Inputs: json.RawMessage(`{"album": 7}`)})
	check(err)

	for {
		worker := "painter-" + rand.Text()                           // its reports are numbered, so each claim has a name of its own
		task, ok, err := w.Claim(ctx, []string{"images"}, worker, 0) // a real worker waits up to a minute for one
		check(err)
		if !ok {
			break
		}
		fmt.Println(task.Title, "of", string(task.Inputs))
		r := c.Reporter(client.ReporterOptions{ // its heartbeats keep the lease
			Task: task.ID, Worker: worker, Lease: task.Lease, Run: task.Run, Attempt: task.Attempt,
		})
		r.Report(progress.Report{Status: progress.Completed})
		_, err = r.Close(ctx)
		check(err)
	}
	// Output: Thumbnails of {"album":7}
}

// A worker asks before it does something that cannot be undone, and waits.
func ExampleWork_Approval() {
	_, c, stop := start()
	defer stop()
	ctx, w := context.Background(), c.Work()
	r := c.Reporter(client.ReporterOptions{Draft: &client.Draft{Title: "Clean up", Steps: []client.DraftStep{{Name: "Delete"}}}})
	r.Report(progress.Report{Step: progress.StepRef{Name: "Delete"}, StepStatus: progress.StepRunning})
	check(r.Flush(ctx)) // the server has to know the step that is asked about

	asked, err := w.Ask(ctx, r.Task(), 1, progress.Gate{
		Prompt: "Delete the old backups?", Effects: []string{"frees 40 GB", "cannot be undone"}, Risk: "high",
		ExpiresIn: 3600, Default: progress.DefaultReject, OnReject: progress.RejectSkips,
	})
	check(err)
	fmt.Println(asked.Status, "- the worker is told to", asked.Control)
	var somebody sync.WaitGroup
	somebody.Go(func() {
		_, err := c.Command(ctx, r.Task(), progress.VerbApprove, client.CommandOptions{Reason: "they are copied"})
		check(err)
	})

	decision := asked
	for decision.Control == progress.ControlWait {
		decision, err = w.Approval(ctx, r.Task(), 1, client.ApprovalQuery{Wait: time.Minute, Worker: r.Worker()})
		if _, away := errors.AsType[*client.Away](err); away {
			time.Sleep(time.Second) // only the server can say yes
			continue
		}
		check(err)
	}
	fmt.Println(decision.Status, "-", decision.Reason, "- the worker is told to", decision.Control)
	somebody.Wait()
	_, err = r.Close(ctx)
	check(err)
	// Output:
	// pending - the worker is told to wait
	// approved - they are copied - the worker is told to proceed
}
