package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
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
		fmt.Fprintln(os.Stderr, "board:", err)
		os.Exit(1)
	}
}

// run shows the tasks that args name, or all, until they or ctx have ended.
func run(ctx context.Context, o client.Options, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("board", flag.ContinueOnError)
	flags.SetOutput(stdout)
	kind := flags.String("kind", "", "only tasks of this kind")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := client.New(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b := &board{client: c, screen: newScreen(stdout), rows: map[progress.TaskID]*row{}, away: map[progress.TaskID]bool{}}
	for _, id := range flags.Args() {
		b.row(progress.TaskID(id)) // so that they stand in this order
	}
	return b.run(ctx, watchAll(ctx, c, *kind, flags.Args()))
}

// news is what one watch yields; about is its task, "" for all tasks.
type news struct {
	about progress.TaskID
	frame client.Frame
	err   error
}

// watchAll merges the watches of some tasks, or has one of all tasks of a kind.
func watchAll(ctx context.Context, c *client.Client, kind string, ids []string) <-chan news {
	wanted := []client.Watch{{Kind: kind}}
	if len(ids) > 0 {
		wanted = nil
		for _, id := range ids {
			wanted = append(wanted, client.Watch{Task: progress.TaskID(id)})
		}
	}
	out := make(chan news)
	var watches sync.WaitGroup
	for _, w := range wanted {
		watches.Go(func() {
			for f, err := range c.Watch(ctx, w) {
				select {
				case out <- news{w.Task, f, err}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() {
		watches.Wait()
		close(out)
	}()
	return out
}

// beat is how often a terminal is drawn at most.
const beat = 100 * time.Millisecond

// board is what is known of the tasks.
type board struct {
	client *client.Client
	screen *screen
	rows   map[progress.TaskID]*row
	order  []*row                   // as they came
	away   map[progress.TaskID]bool // the watches that have lost the server
}

func (b *board) run(ctx context.Context, all <-chan news) error {
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	for {
		select {
		case n, more := <-all:
			if !more {
				b.screen.draw(b.order, len(b.away) > 0)
				return nil
			}
			if err := b.take(ctx, n); err != nil {
				return err
			}
		case <-ticks.C:
			b.screen.draw(b.order, len(b.away) > 0)
		}
	}
}

// take takes what a watch has yielded. A server that is away is waited for by the
// watch; any other error is its end, and the board's.
func (b *board) take(ctx context.Context, n news) error {
	if n.err != nil {
		if _, ok := errors.AsType[*client.Away](n.err); !ok {
			return fmt.Errorf("%s: %w", n.about, n.err)
		}
		b.away[n.about] = true
		b.screen.tell(len(b.away) == 1, "the server is away; waiting for it")
		return nil
	}
	if b.away[n.about] {
		delete(b.away, n.about)
		if n.about == "" {
			b.refresh(ctx)
		}
	}
	r := b.row(n.frame.ID)
	r.take(n.frame)
	b.screen.line(r)
	return nil
}

// row is that of a task, a new one for a new task.
func (b *board) row(id progress.TaskID) *row {
	r := b.rows[id]
	if r == nil {
		r = &row{id: id}
		b.rows[id] = r
		b.order = append(b.order, r)
	}
	return r
}

// refresh reads the tasks that may have ended while nobody looked.
func (b *board) refresh(ctx context.Context) {
	for _, r := range b.order {
		if r.status.Ended() {
			continue
		}
		if t, err := b.client.Task(ctx, r.id); err == nil { // else it stays as it was
			r.whole(&t.Wire)
			b.screen.line(r)
		}
	}
}
