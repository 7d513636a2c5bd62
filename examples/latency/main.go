package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"sync"
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
		fmt.Fprintln(os.Stderr, "latency:", err)
		os.Exit(1)
	}
}

// settings are what to measure.
type settings struct {
	reports int
	every   time.Duration
	polls   []time.Duration
	json    bool
}

// run measures as args say, and prints a table.
func run(ctx context.Context, o client.Options, args []string, stdout io.Writer) error {
	s, err := parse(args, stdout)
	if err != nil {
		return err
	}
	c, err := client.New(o)
	if err != nil {
		return err
	}
	task, err := c.Work().Create(ctx, client.Draft{Title: "Latency", Labels: map[string]string{"example": "latency"}})
	if err != nil {
		return err
	}
	readers := readersOf(o, task.ID, s.polls)
	sent, err := measure(ctx, c, task.ID, s, readers)
	if err != nil {
		return err
	}
	return show(stdout, s, rowsOf(sent, readers))
}

func parse(args []string, stdout io.Writer) (s settings, err error) {
	flags := flag.NewFlagSet("latency", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.IntVar(&s.reports, "reports", 200, "how many reports to send")
	flags.DurationVar(&s.every, "every", 100*time.Millisecond, "time from one report to the next, on average")
	flags.BoolVar(&s.json, "json", false, "print JSON")
	polls := flags.String("poll", "1s,250ms", "how often to poll, with commas between")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.reports < 1 {
		return s, fmt.Errorf("--reports must be 1 or more, not %d", s.reports)
	}
	for text := range strings.SplitSeq(*polls, ",") {
		every, err := time.ParseDuration(text)
		if err != nil || every <= 0 {
			return s, fmt.Errorf("--poll must be times such as 250ms, not %q", text)
		}
		s.polls = append(s.polls, every)
	}
	return s, nil
}

// sending is a report, and the version of the task that has it.
type sending struct {
	at      time.Time
	version int64
}

// measure sends the reports while the readers read.
func measure(ctx context.Context, c *client.Client, id progress.TaskID, s settings, readers []*reader) ([]sending, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var reading sync.WaitGroup
	for _, r := range readers {
		reading.Go(func() {
			if err := r.read(ctx); err != nil {
				stop(fmt.Errorf("%s: %w", r.how, err))
			}
		})
	}
	sent, err := report(ctx, c, id, s, readers)
	if err != nil {
		stop(err)
	}
	reading.Wait()
	return sent, context.Cause(ctx)
}

// report sends the reports once every reader has seen the task, and ends it.
func report(ctx context.Context, c *client.Client, id progress.TaskID, s settings, readers []*reader) (sent []sending, err error) {
	for _, r := range readers {
		select {
		case <-r.ready:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	for n := range s.reports {
		pause := time.Duration(2 * rand.Float64() * float64(s.every)) //nolint:gosec // a moment to report at is no secret
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		at, percent := time.Now(), 100*float64(n+1)/float64(s.reports+1)
		a, err := c.Work().Report(ctx, id, progress.Fence{}, progress.Report{Progress: &percent})
		if err != nil {
			return nil, err
		}
		sent = append(sent, sending{at, a.Version})
	}
	_, err = c.Work().Report(ctx, id, progress.Fence{}, progress.Report{Status: progress.Completed})
	return sent, err
}
