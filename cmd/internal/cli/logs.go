package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func logsCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "logs ID", Short: "Print the output of a task", Args: cobra.MaximumNArgs(1),
		Long: `Prints what a task's worker has written. Control characters in it are left out, so
that no output can do anything to the terminal; --json has them, escaped.

With -f it goes on until the task ends, and over breaks of the connection without
losing or doubling a line.`,
		Example: `  herald logs 01k5m3 --tail 50
  herald logs 01k5m3 -f --step Load
  herald logs --last --level error,warn`,
	}
	f := cmd.Flags()
	f.BoolP("follow", "f", false, "go on with new lines until the task ends")
	f.Int64("tail", 0, "begin with the newest so many lines, up to 10,000")
	f.Int64("since", 0, "begin after the line of this number")
	f.String("step", "", "only lines of this step, by its number or its name")
	f.StringSlice("level", nil, "only lines of these levels")
	cmd.MarkFlagsMutuallyExclusive("tail", "since")
	addLast(cmd)
	addJSON(cmd, "print each line as the API gives it")
	completes(cmd, p, nil, nil)
	calls(cmd, p, logs)
	return cmd
}

func logs(ctx context.Context, s session, args []string) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	t, rest, err := s.target(ctx, args)
	if err != nil {
		return interrupted(ctx, err)
	}
	if len(rest) > 0 {
		return misused("--%s takes the place of the id; leave out %q", lastFlag, rest[0])
	}
	const mostTail = 10_000
	tail := s.number("tail")
	if tail < 0 || tail > mostTail || s.number("since") < 0 {
		return misused("--tail takes 1 to %d, and --since the number of a line", mostTail)
	}
	r := &reading{session: s, task: t.ID, step: stepName(t.Wire, s.text("step")), levels: s.list("level"), last: s.number("since")}
	if err := r.past(ctx, int(tail)); err != nil {
		return interrupted(ctx, err)
	}
	if s.on("follow") {
		err = r.follow(ctx)
	}
	return interrupted(ctx, err)
}

// stepName is the name of a step that may be named by its number.
func stepName(t progress.Wire, step string) string {
	n, err := strconv.Atoi(step)
	named := slices.ContainsFunc(t.Steps, func(st progress.WireStep) bool { return st.Name == step })
	if err != nil || named || n < 1 || n > len(t.Steps) {
		return step
	}
	return t.Steps[n-1].Name
}

// reading prints a task's output.
type reading struct {
	session
	task   progress.TaskID
	step   string
	levels []string
	last   int64 // the number of the newest line that was seen
}

// past prints what is there: all of it, or with tail above 0 its end.
func (r *reading) past(ctx context.Context, tail int) error {
	for {
		lines, next, err := r.Logs(ctx, r.task, client.LogQuery{Step: r.step, Level: r.levels, Tail: tail, Since: r.last})
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := r.take(l); err != nil {
				return err
			}
		}
		if tail > 0 || next == 0 {
			return nil
		}
	}
}

// follow prints what comes until the task ends.
func (r *reading) follow(ctx context.Context) error {
	away := false
	for f, err := range r.Watch(ctx, client.Watch{Task: r.task, Logs: true, Lines: &r.last}) {
		if err != nil {
			if _, ok := errors.AsType[*client.Away](err); !ok {
				return err
			}
			if !away {
				fmt.Fprintln(r.Stderr, "herald: the server is away, connecting again")
			}
			away = true
			continue
		}
		away = false
		for _, l := range f.Lines {
			if err := r.take(l); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// take prints a line, if it is wanted and new.
func (r *reading) take(l progress.WireLine) error {
	if l.N <= r.last {
		return nil
	}
	r.last = l.N
	if (r.step != "" && l.Step != r.step) || (len(r.levels) > 0 && !slices.Contains(r.levels, l.Level)) {
		return nil
	}
	if r.on(jsonFlag) {
		return r.printLine(l)
	}
	if r.step != "" {
		l.Step = "" // on every line the same
	}
	return r.print(strings.TrimRight(r.screen().Logged(l), "\n") + "\n")
}
