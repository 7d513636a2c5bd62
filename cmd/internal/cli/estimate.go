package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/templates/textcard"
)

func estimateCommand(p Process) *cobra.Command {
	return group(&cobra.Command{
		Use: "estimate", Short: "How good estimates are",
		Long: `Estimates of the time that is left come from past runs of the same kind, and from
how the present one goes. These commands say how far they can be trusted.`,
	}, accuracyCommand(p), replayCommand(p))
}

func accuracyCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "accuracy [KIND]", Short: "How good estimates would have been on your past runs", Args: cobra.MaximumNArgs(1),
		Long: `Replays the newest 40 past runs of each kind, of tasks that you may see. Each run
that ended well is asked about at 10, 30, 50, 70 and 90% of its way, by what was
known before it; then it is learned.

A total is near enough within 20% for runs of 1 or 2 steps, 30% for 3 to 5, and
50% for more. Where there are fewer than 20 questions nothing is claimed.`,
		Example: `  herald estimate accuracy
  herald estimate accuracy backup --json`,
	}
	addJSON(cmd, "print the report as the API gives it")
	completesKinds(cmd, p)
	calls(cmd, p, accuracy)
	return cmd
}

func accuracy(ctx context.Context, s session, args []string) error {
	kind := ""
	if len(args) > 0 {
		kind = args[0]
	}
	a, err := s.Past().Accuracy(ctx, kind)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(a)
	}
	if a.Runs == 0 {
		fmt.Fprintln(s.Stderr, noPast)
		return nil
	}
	return s.print(textcard.Past{Screen: s.screen()}.Accuracy(a))
}
