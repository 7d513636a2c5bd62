package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// A job tells of its steps while it works. It would go on if the server were
// away.
func ExampleReporter() {
	_, c, stop := start()
	defer stop()
	ctx := context.Background()

	r := c.Reporter(client.ReporterOptions{
		Draft: &client.Draft{Title: "Import customers", Steps: []client.DraftStep{{Name: "Download"}, {Name: "Load"}}},
	})
	for _, name := range []string{"Download", "Load"} {
		step := progress.StepRef{Name: name}
		r.Report(progress.Report{Step: step, StepStatus: progress.StepRunning})
		for done := 0.0; done <= 100; done += 10 {
			r.Report(progress.Report{Step: step, StepProgress: &done}) // never waits for the network
		}
		r.Report(progress.Report{Step: step, StepStatus: progress.StepCompleted})
	}
	r.Log(progress.LogLine{Line: "4,000 rows"})
	r.Report(progress.Report{Status: progress.Completed, Result: json.RawMessage(`{"rows": 4000}`)})
	left, err := r.Close(ctx)
	check(err)

	task, err := c.Task(ctx, r.Task())
	check(err)
	fmt.Println(task.Title, "is", task.Status, "with", string(task.Result), "and", left, "left to send")
	// Output: Import customers is completed with {"rows":4000} and 0 left to send
}

// A job works while nobody can be reached. What it has said is kept in a folder
// and sent when the server is back, by the next job or by "herald sync".
func ExampleClient_Sync() {
	s, c, stop := start()
	defer stop()
	spool, err := os.MkdirTemp("", "spool-")
	check(err)
	defer func() { check(os.RemoveAll(spool)) }()

	s.Stop() // the server is away
	r := c.Reporter(client.ReporterOptions{
		Draft: &client.Draft{Title: "Nightly backup"}, Spool: spool,
		Trouble: func(err error) {
			if _, away := errors.AsType[*client.Away](err); away {
				fmt.Println("the server is away; the backup goes on")
			}
		},
	})
	r.Report(progress.Report{Step: progress.StepRef{Name: "Copy"}, StepProgress: new(100.0)})
	r.Report(progress.Report{Status: progress.Completed})
	soon, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond) // how long the end may wait for it
	defer cancel()
	left, err := r.Close(soon)
	check(err) // nil: what is left is on disk
	fmt.Println(left, "things are kept")

	s.Start() // the server is back
	sent, left, err := c.Sync(context.Background(), spool)
	check(err)
	fmt.Println(sent, "are sent,", left, "are left")
	task, err := c.Task(context.Background(), r.Task())
	check(err)
	fmt.Println(task.Title, "is", task.Status)
	// Output:
	// the server is away; the backup goes on
	// 3 things are kept
	// 3 are sent, 0 are left
	// Nightly backup is completed
}
