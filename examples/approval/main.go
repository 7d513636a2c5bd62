package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	o := client.Options{URL: os.Getenv("HERALD_URL"), Token: os.Getenv("HERALD_TOKEN")}
	err := run(ctx, o, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "approval:", err)
		os.Exit(1)
	}
}

// worker claims tasks and does them.
type worker struct {
	*client.Client
	out     io.Writer
	kind    string
	spool   string        // what could not be reported is kept here
	unit    time.Duration // that a unit of the pretended work takes
	expires time.Duration // how long its questions stand
}

// run works until ctx ends, with --once until one task is done.
func run(ctx context.Context, o client.Options, args []string, stdout io.Writer) error {
	w := &worker{out: stdout}
	flags := flag.NewFlagSet("approval", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.StringVar(&w.kind, "kind", "deploy", "kind of the tasks to claim")
	flags.StringVar(&w.spool, "spool", "", "folder for reports that could not be sent")
	flags.DurationVar(&w.unit, "unit", 500*time.Millisecond, "how long a tenth of a step takes")
	flags.DurationVar(&w.expires, "expires", time.Hour, "how long a question stands")
	makeOne := flags.Bool("make", false, "make a task to work on first")
	once := flags.Bool("once", false, "end after one task")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if w.Client, err = client.New(o); err != nil {
		return err
	}
	if *makeOne {
		if err := w.make(ctx); err != nil {
			return err
		}
	}
	return w.claims(ctx, *once)
}

// make makes a task, as anybody could with one request.
func (w *worker) make(ctx context.Context) error {
	t, err := w.Work().Create(ctx, client.Draft{
		Title: "Deploy the shop", Kind: w.kind, Inputs: []byte(`{"version": "1.4.0"}`),
		Steps:    []client.DraftStep{{Name: prepare}, {Name: deploy, Weight: 2}},
		Controls: []progress.Verb{progress.VerbPause, progress.VerbResume, progress.VerbRestart, progress.VerbRetry}, // what job.go obeys
	})
	w.say("made task %s", t.ID)
	return err
}

// claims claims and does one task after the other.
func (w *worker) claims(ctx context.Context, once bool) error {
	for ctx.Err() == nil {
		if w.spool != "" {
			_, _, _ = w.Sync(ctx, w.spool) // what was left when the server was away; what still is waits on
		}
		name := "deployer-" + rand.Text() // its reports are numbered, so each claim has a name of its own
		t, ok, err := w.Work().Claim(ctx, []string{w.kind}, name, time.Minute)
		switch _, away := errors.AsType[*client.Away](err); {
		case ctx.Err() != nil:
		case away:
			sleep(ctx, time.Second)
		case err != nil:
			return err
		case ok:
			if again := w.do(ctx, name, t); once && !again {
				return nil
			}
		}
	}
	return nil
}

func (w *worker) say(format string, args ...any) { fmt.Fprintf(w.out, format+"\n", args...) }

// sleep waits, and reports false when ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
