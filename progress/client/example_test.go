package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// server stands in for a Herald that runs somewhere: in these examples it runs
// in the same program.
func server() (url, token string, stop func()) {
	folder, err := os.MkdirTemp("", "herald")
	check(err)
	d, err := db.Open(context.Background(), filepath.Join(folder, "herald.db"))
	check(err)
	bell, token := bus.NewLocal(), "the-admin-of-the-examples"
	o := api.Options{Store: store.New(d), Index: store.NewIndex(d), Bus: bell}
	o.Engine = engine.New(o.Store, engine.Options{Ring: bell.Ring})
	o.Access, err = access.New(store.NewAccess(d), access.Options{AdminToken: token})
	check(err)
	_, err = o.Access.Bootstrap(context.Background())
	check(err)
	o.Hub = api.NewHub(o.Engine, o.Store, o.Index, bell, slog.Default())
	h, err := api.New(o)
	check(err)
	web := httptest.NewServer(h)
	return web.URL, token, func() {
		o.Hub.Close()
		web.Close()
		_ = o.Access.Close(context.Background())
		o.Engine.Close()
		_ = d.Close()
		_ = os.RemoveAll(folder)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// A job says how far it is. It would go on if the server were away.
func Example_report() {
	url, token, stop := server()
	defer stop()
	c, err := client.New(client.Options{URL: url, Token: token})
	check(err)

	r := c.Reporter(client.ReporterOptions{
		Draft: &client.Draft{Title: "Import customers", Steps: []client.DraftStep{{Name: "Download"}, {Name: "Load"}}},
		Spool: filepath.Join(os.TempDir(), "herald-spool"), // for what is left when the server stays away
	})
	for _, step := range []string{"Download", "Load"} {
		for percent := 25.0; percent <= 100; percent += 25 {
			r.Report(progress.Report{Step: progress.StepRef{Name: step}, StepProgress: &percent})
		}
	}
	r.Log(progress.LogLine{Line: "4,000 rows"})
	r.Report(progress.Report{Status: progress.Completed, Result: json.RawMessage(`{"rows": 4000}`)})
	left, err := r.Close(context.Background())
	check(err)

	task, err := c.Task(context.Background(), r.Task())
	check(err)
	fmt.Println(task.Title, "is", task.Status, "with", string(task.Result), "and", left, "left to send")
	// Output: Import customers is completed with {"rows":4000} and 0 left to send
}

// Somebody watches a task until it has ended.
func ExampleClient_Watch() {
	url, token, stop := server()
	defer stop()
	c, err := client.New(client.Options{URL: url, Token: token})
	check(err)
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
	_, err = r.Close(context.Background())
	check(err)
	// Output:
	// Build
	// Compile is done
	// all is done: 100
}

// Somebody pauses a task, and its worker hears of it in the next answer.
func ExampleClient_Command() {
	url, token, stop := server()
	defer stop()
	c, err := client.New(client.Options{URL: url, Token: token})
	check(err)
	ctx, w := context.Background(), c.Work()
	task, err := w.Create(ctx, client.Draft{Title: "Backup", Steps: []client.DraftStep{{Name: "Copy"}}})
	check(err)
	running := progress.Report{Step: progress.StepRef{Name: "Copy"}, StepStatus: progress.StepRunning}
	_, err = w.Report(ctx, task.ID, progress.Fence{}, running)
	check(err)

	task, err = c.Command(ctx, task.ID, progress.VerbPause, client.CommandOptions{Reason: "the disk is needed"})
	check(err)
	fmt.Println(task.Status)
	answer, err := w.Heartbeat(ctx, task.ID, progress.Fence{}, progress.Heartbeat{})
	check(err)
	fmt.Println("its worker is told to", answer.Control)

	_, err = c.Command(ctx, task.ID, progress.VerbApprove, client.CommandOptions{})
	fmt.Println(err)
	// Output:
	// paused
	// its worker is told to pause
	// no step waits for a decision: the task is paused
}

// A worker takes tasks of a kind, one after the other.
func ExampleWork_Claim() {
	url, token, stop := server()
	defer stop()
	c, err := client.New(client.Options{URL: url, Token: token})
	check(err)
	ctx, w := context.Background(), c.Work()
	_, err = w.Create(ctx, client.Draft{Title: "Thumbnails", Kind: "images", Inputs: json.RawMessage(`{"album": 7}`)})
	check(err)

	const worker = "painter-1"
	for {
		task, ok, err := w.Claim(ctx, []string{"images"}, worker, time.Second) // a real worker waits up to a minute
		check(err)
		if !ok {
			break
		}
		fmt.Println(task.Title, "of", string(task.Inputs))
		r := c.Reporter(client.ReporterOptions{Task: task.ID, Worker: worker, Lease: task.Lease, Run: task.Run, Attempt: task.Attempt})
		r.Report(progress.Report{Status: progress.Completed})
		_, err = r.Close(ctx)
		check(err)
	}
	// Output: Thumbnails of {"album":7}
}
