package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func watchCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "watch [ID]", Short: "Watch one task, or all, live", Args: cobra.MaximumNArgs(1),
		Long: `Watches a task until it ends, and says by its exit code how: 0 completed, 3 failed,
4 cancelled. Without a task it watches all that you may see, until Ctrl-C.

At a terminal the view is redrawn in place; elsewhere there is a line for each
milestone, and for every ten percent or half minute. While the server is away it
says so and connects again by itself.`,
		Example: `  herald watch 01k5m3
  herald watch --last
  herald watch --kind import
  herald watch 01k5m3 --json | jq -c 'select(.type == "progress") | .percent'`,
	}
	addFilter(cmd)
	addLast(cmd)
	addJSON(cmd, "print the frames as the server sends them, one a line")
	completes(cmd, p, []progress.Status{progress.Pending, progress.Running, progress.Paused, progress.Waiting}, nil)
	calls(cmd, p, watch)
	return cmd
}

func watch(ctx context.Context, s session, args []string) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	q, err := s.query()
	if err != nil {
		return err
	}
	what := client.Watch{Kind: q.Kind, Owner: q.Owner, Labels: q.Labels}
	if len(args) > 0 || s.on(lastFlag) {
		t, rest, err := s.target(ctx, args)
		if err != nil {
			return interrupted(ctx, err)
		}
		if len(rest) > 0 {
			return misused("--%s takes the place of the id; leave out %q", lastFlag, rest[0])
		}
		what = client.Watch{Task: t.ID}
	}
	w := &watching{session: s, what: what, tasks: map[progress.TaskID]*progress.Wire{}, stale: map[progress.TaskID]bool{}}
	w.view = s.view(what.Task != "")
	return interrupted(ctx, w.run(ctx))
}

// interrupted gives a command that Ctrl-C has stopped its exit code.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return exit(exitInterrupted)
	}
	return err
}

// view shows tasks.
type view interface {
	// frame shows what came, at once.
	frame(client.Frame) error
	// show shows the tasks as they are; away is why the server cannot be
	// reached, nil if it can. It is called often.
	show(tasks []*progress.Wire, away error) error
	// close shows nothing more.
	close()
}

// beat is how often a view is asked to show what has changed.
const beat = 100 * time.Millisecond

// watching is a watch that goes on.
type watching struct {
	session
	what  client.Watch
	view  view
	tasks map[progress.TaskID]*progress.Wire
	order []progress.TaskID // as they came
	stale map[progress.TaskID]bool
	heard time.Time // when a frame came last, or a task was read
	away  error
}

// sight is what a watch yields.
type sight struct {
	frame client.Frame
	err   error
}

// sights are what a watch yields, as a channel that ends with it.
func (s session) sights(ctx context.Context, what client.Watch) <-chan sight {
	out := make(chan sight)
	go func() {
		defer close(out)
		for f, err := range s.Watch(ctx, what) {
			select {
			case out <- sight{f, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// run watches until the task ends, or ctx does.
func (w *watching) run(ctx context.Context) error {
	defer w.view.close()
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	seen := w.sights(ctx, w.what)
	for {
		select {
		case x, ok := <-seen:
			if !ok {
				return w.over(ctx)
			}
			if err := w.take(x); err != nil {
				return err
			}
		case <-ticks.C:
			if err := w.draw(ctx); err != nil {
				return err
			}
		}
	}
}

// take takes a frame, or the news that the server is away. Any other error ends
// the watch.
func (w *watching) take(x sight) error {
	if x.err != nil {
		if _, ok := errors.AsType[*client.Away](x.err); !ok {
			return x.err
		}
		w.away = x.err
		return nil
	}
	if w.away != nil {
		w.back()
	}
	f := x.frame
	w.heard = time.Now()
	t := w.tasks[f.ID]
	if t == nil {
		t = &progress.Wire{ID: f.ID}
		w.tasks[f.ID] = t
		w.order = append(w.order, f.ID)
		w.stale[f.ID] = f.Task == nil
	}
	if fold(t, f) {
		w.stale[f.ID] = true
	}
	return w.view.frame(f)
}

// back is called when the server is there again. Of all tasks it shows those that
// have not ended, so those that ended meanwhile have to be read.
func (w *watching) back() {
	w.away = nil
	if w.what.Task != "" {
		return
	}
	for id, t := range w.tasks {
		if !t.Status.Ended() {
			w.stale[id] = true
		}
	}
}

// readPatience is how long the view may stand still while a task is read.
const readPatience = 2 * time.Second

// draw reads what is stale, and shows everything.
func (w *watching) draw(ctx context.Context) error {
	if t := w.tasks[w.what.Task]; t != nil && passed(*t, w.heard, time.Now()) {
		w.stale[t.ID] = true
	}
	for id := range w.stale {
		if w.away != nil {
			break
		}
		delete(w.stale, id)
		w.read(ctx, id)
	}
	shown := make([]*progress.Wire, len(w.order))
	for i, id := range w.order {
		shown[i] = w.tasks[id]
	}
	return w.view.show(shown, w.away)
}

// silence is how long a task may say nothing before the time that it still takes
// is asked for again.
const silence = 20 * time.Second

// passed reports whether the time that a task still takes has to be asked for
// again, as nothing was heard since.
func passed(t progress.Wire, heard, now time.Time) bool {
	return t.Left != nil && !t.Status.Ended() && now.Sub(heard) >= silence
}

// read reads a task again. If that fails the picture stays as the frames made it.
func (w *watching) read(ctx context.Context, id progress.TaskID) {
	ctx, cancel := context.WithTimeout(ctx, readPatience)
	defer cancel()
	w.heard = time.Now()
	if t, err := w.Task(ctx, id); err == nil && t.Version >= w.tasks[id].Version {
		*w.tasks[id] = t.Wire
	}
}

// over shows the last picture, and says by the exit code how the task ended.
func (w *watching) over(ctx context.Context) error {
	if err := w.draw(ctx); err != nil {
		return err
	}
	t := w.tasks[w.what.Task]
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case t == nil || !t.Status.Ended():
		return failure{errors.New("the server ended the watch")}
	case t.Status == progress.Failed:
		return exit(exitTaskFailed)
	case t.Status == progress.Cancelled:
		return exit(exitCancelled)
	}
	return nil
}
