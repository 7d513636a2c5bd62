package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	o := client.Options{URL: os.Getenv("HERALD_URL"), Token: os.Getenv("HERALD_TOKEN")}
	err := run(ctx, o, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bar:", err)
		os.Exit(1)
	}
}

// run watches the task that args names. The error says why it has not completed.
func run(ctx context.Context, o client.Options, args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return errors.New("name one task: bar TASK")
	}
	c, err := client.New(o)
	if err != nil {
		return err
	}
	now, s := picture{}, newScreen(stdout)
	for f, err := range c.Watch(ctx, client.Watch{Task: progress.TaskID(args[0])}) {
		if now.away, err = away(err); err != nil {
			s.close()
			return err
		}
		now.take(f)
		s.show(now)
	}
	s.close()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return now.verdict()
}

// away tells the server's absence, which the watch mends by itself, from what
// waiting cannot mend.
func away(err error) (bool, error) {
	if _, ok := errors.AsType[*client.Away](err); ok {
		return true, nil
	}
	return false, err
}
