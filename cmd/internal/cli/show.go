package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func showCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show one task: its steps, times, inputs, result and error", Args: cobra.MaximumNArgs(1),
		Example: `  herald show 01k5m3
  herald show --last
  herald show 01k5m3 --json | jq .result`,
	}
	addLast(cmd)
	addJSON(cmd, "print the task as the API gives it")
	completes(cmd, p, nil, nil)
	calls(cmd, p, show)
	return cmd
}

func show(ctx context.Context, s session, args []string) error {
	t, rest, err := s.target(ctx, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return misused("--%s takes the place of the id; leave out %q", lastFlag, rest[0])
	}
	if s.on(jsonFlag) {
		return s.printJSON(t)
	}
	screen := s.screen()
	return s.print(screen.Task(t.Wire) + "\n" + screen.Facts(t.Wire))
}
