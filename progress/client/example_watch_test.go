package client_test

import (
	"context"
	"fmt"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// Somebody watches a task until it has ended.
func ExampleClient_Watch() {
	_, c, stop := start()
	defer stop()
	r := c.Reporter(client.ReporterOptions{Draft: &client.Draft{Title: "Build"}})
	check(r.Flush(context.Background())) // so that there is something to watch

	for f, err := range c.Watch(context.Background(), client.Watch{Task: r.Task()}) {
		if err != nil {
			fmt.Println("for now:", err) // it comes back by itself
			continue
		}
		switch f.Type {
		case "snapshot":
			fmt.Println(f.Task.Title)
			r.Report(progress.Report{Step: progress.StepRef{Name: "Compile"}, StepStatus: progress.StepRunning})
			r.Report(progress.Report{Status: progress.Completed})
		case "step_complete":
			fmt.Println(f.Step.Name, "is done")
		case "task_complete":
			fmt.Println("all is done:", f.Percent)
		}
	}
	_, err := r.Close(context.Background())
	check(err)
	// Output:
	// Build
	// Compile is done
	// all is done: 100
}

// Somebody has seen the beginning before, and wants to hear of the rest only.
func ExampleClient_Watch_since() {
	_, c, stop := start()
	defer stop()
	ctx := context.Background()
	r := c.Reporter(client.ReporterOptions{Draft: &client.Draft{Title: "Build"}})
	r.Report(progress.Report{Step: progress.StepRef{Name: "Compile"}, StepStatus: progress.StepCompleted})
	check(r.Flush(ctx))
	seen, err := c.Task(ctx, r.Task())
	check(err)
	r.Report(progress.Report{Step: progress.StepRef{Name: "Link"}, StepStatus: progress.StepCompleted})
	r.Report(progress.Report{Status: progress.Completed})
	_, err = r.Close(ctx)
	check(err)

	for f, err := range c.Watch(ctx, client.Watch{Task: r.Task(), Since: &seen.Seq}) {
		check(err)
		if f.Type == "step_complete" || f.Ended() {
			fmt.Println(f.Type)
		}
	}
	// Output:
	// step_complete
	// task_complete
}
