package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// wish is a command of a person: a verb on a task, or on one of its steps.
type wish struct {
	verb    progress.Verb
	short   string
	long    string
	status  []progress.Status     // of tasks that it is for
	steps   []progress.StepStatus // of steps that it is for, the likeliest first; nil for a verb on the task
	inputs  bool                  // new inputs may come with it
	options bool                  // one of the offered options may be chosen
	destroy bool                  // work is lost: somebody at a terminal is asked first
}

func wishes() []wish {
	open := []progress.Status{progress.Pending, progress.Running, progress.Paused, progress.Waiting}
	waits := []progress.Status{progress.Waiting, progress.Paused}
	return []wish{
		{
			verb: progress.VerbApprove, short: "Approve a step that waits for a decision", status: waits, steps: []progress.StepStatus{progress.StepWaiting}, options: true,
			long: "Approves a step. Without a step it is the one that waits; without a task, what\nwaits is listed.",
		}, {
			verb: progress.VerbReject, short: "Reject a step that waits for a decision", status: waits, steps: []progress.StepStatus{progress.StepWaiting},
			long: "Rejects a step. What follows is up to the step: it fails, it is skipped, or the\ntask is cancelled.",
		}, {
			verb: progress.VerbPause, short: "Hold a running task", status: []progress.Status{progress.Running},
			long: "Holds a running task, if its worker can.",
		}, {
			verb: progress.VerbResume, short: "Let a paused task go on", status: []progress.Status{progress.Paused},
			long: "Lets a paused task go on where it was.",
		}, {
			verb: progress.VerbCancel, short: "End a task", status: open, destroy: true,
			long: "Ends a task. Its worker stops gently, then hard.",
		}, {
			verb: progress.VerbRestart, short: "Start a task over", inputs: true, destroy: true,
			long: "Starts a task over as a new run, in whatever state it is. A task that has not\nended is cancelled and started over in one act.",
		}, {
			verb: progress.VerbRetry, short: "Try a failed step again", status: []progress.Status{progress.Failed}, steps: []progress.StepStatus{progress.StepFailed}, inputs: true,
			long: "Tries a failed step again in a new attempt; what was done before it stays.",
		}, {
			verb: progress.VerbSkip, short: "Go on without a step", status: append(open, progress.Failed), destroy: true,
			steps: []progress.StepStatus{progress.StepFailed, progress.StepRunning, progress.StepPaused, progress.StepPending, progress.StepWaiting},
			long:  "Goes on without a step: the failed one, else the one that is under way.",
		},
	}
}

func wishCommands(p Process) []*cobra.Command {
	var all []*cobra.Command
	for _, w := range wishes() {
		all = append(all, wishCommand(p, w))
	}
	return all
}

const stepWords = " [STEP]"

func wishCommand(p Process, w wish) *cobra.Command {
	cmd := &cobra.Command{Use: string(w.verb) + " ID", Short: w.short, Long: w.long, Args: cobra.MaximumNArgs(1)}
	cmd.Example = fmt.Sprintf("  herald %s 01k5m3\n  herald %[1]s --last --reason \"looks good\"", w.verb)
	if w.steps != nil {
		cmd.Use += stepWords
		cmd.Long += "\nA step is named by its number or its name."
		cmd.Args = cobra.MaximumNArgs(2)
		cmd.Example = fmt.Sprintf("  herald %s 01k5m3\n  herald %[1]s 01k5m3 3 --reason \"checked\"", w.verb)
	}
	f := cmd.Flags()
	f.String("reason", "", "why; people see it")
	if w.options {
		f.String("option", "", "which of the options that the approval offers")
	}
	if w.inputs {
		f.String("inputs", "", "new inputs of the task: JSON, or @FILE")
	}
	if w.destroy {
		cmd.Long += "\n\nAt a terminal it asks first, unless --yes is given."
		f.BoolP("yes", "y", false, "do not ask")
	}
	addLast(cmd)
	addJSON(cmd, "print the task as the API gives it")
	completes(cmd, p, w.status, w.steps)
	calls(cmd, p, func(ctx context.Context, s session, args []string) error { return giveWish(ctx, s, w, args) })
	return cmd
}

// giveWish finds out what is meant, asks where work would be lost, and says what
// was done.
func giveWish(ctx context.Context, s session, w wish, args []string) error {
	o := client.CommandOptions{Reason: s.text("reason")}
	if w.options {
		o.Option = s.text("option")
	}
	var err error
	if o.Inputs, err = inputs(s.text("inputs")); err != nil {
		return err
	}
	t, rest, err := s.wanted(ctx, w, args)
	if err != nil {
		return err
	}
	var step progress.WireStep
	if w.steps != nil {
		if step, err = stepOf(t.Wire, w, rest); err != nil {
			return err
		}
		o.Step = step.Order
		if a := step.Approval; a != nil && step.Status == progress.StepWaiting {
			o.Digest = a.Digest // what somebody decides on is what they could see
		}
	} else if len(rest) > 0 {
		return misused("%s is about a whole task; leave out %q", w.verb, rest[0])
	}
	if w.destroy && !s.on("yes") && s.asks() {
		if err := s.confirm(s.question(w, t.Wire, step)); err != nil {
			return err
		}
	}
	after, err := s.Command(ctx, t.ID, w.verb, o)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(after)
	}
	return s.print(s.screen().Clean(s.done(w, after.Wire, step)) + "\n")
}

// wanted is the task that the arguments name. Without one, and where that can be
// told, the error lists those that wait.
func (s session) wanted(ctx context.Context, w wish, args []string) (client.Task, []string, error) {
	if len(args) > 0 || s.on(lastFlag) || !w.decides() {
		return s.target(ctx, args)
	}
	page, err := s.Tasks(ctx, client.Query{Status: []progress.Status{progress.Waiting}, Limit: pageSize})
	if err != nil {
		return client.Task{}, nil, err
	}
	if len(page.Tasks) == 0 {
		return client.Task{}, nil, failure{fmt.Errorf("nothing waits for a decision")}
	}
	var list strings.Builder
	for _, t := range page.Tasks {
		fmt.Fprintf(&list, "\n  herald %s %s  %s", w.verb, t.ID, s.screen().Brief(t))
	}
	return client.Task{}, nil, misused("which task? These wait for a decision:%s", list.String())
}

// decides reports whether the wish is a decision.
func (w wish) decides() bool { return w.verb == progress.VerbApprove || w.verb == progress.VerbReject }

// inputs reads the value of --inputs.
func inputs(text string) (json.RawMessage, error) {
	if text == "" {
		return nil, nil
	}
	b := []byte(text)
	if path, ok := strings.CutPrefix(text, "@"); ok {
		var err error
		if b, err = os.ReadFile(path); err != nil {
			return nil, failure{fmt.Errorf("cannot read the inputs: %w", err)}
		}
	}
	if !json.Valid(b) {
		return nil, misused("--inputs must be JSON, or @ and the name of a file with it")
	}
	return b, nil
}
