package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/runner"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

func workerCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "worker --kind K -f HANDLERS.yaml", Short: "Claim tasks and run what they name", Args: cobra.NoArgs,
		Long: `Claims pending tasks of the given kinds, one after the other, and runs the command
or pipeline that the task's target (metadata.target_id) names in the file. The
command gets the task's inputs as JSON on standard input. Its result is the JSON of
a line "::result …", or all that it writes to standard output if that is one JSON
object or list. Everything that "herald run" finds in output is found here too.

The first Ctrl-C or SIGTERM ends the claims and lets the work end; the second ends
the work, which another worker can claim when the lease has lapsed.`,
		Example: `  herald worker --kind agent -f handlers.yaml

  # handlers.yaml
  parallel: 2
  handlers:
    summarize:
      run: python3 summarize.py
      timeout: 10m
    release:
      pipeline: release.yaml`,
	}
	addConnection(cmd)
	cmd.Flags().StringSlice("kind", nil, "kind of tasks to claim; may be repeated")
	cmd.Flags().StringP("file", "f", "", "file of handlers")
	cmd.Flags().Duration("grace", 0, "between asking a command to stop and stopping it (default 10s)")
	_ = cmd.MarkFlagRequired("kind") // the flag exists
	_ = cmd.MarkFlagRequired("file")
	_ = cmd.MarkFlagFilename("file", "yaml", "yml")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := connect(cmd, p)
		if err != nil {
			return err
		}
		kinds, err := cmd.Flags().GetStringSlice("kind")
		if err != nil {
			return err
		}
		h, err := pipeline.LoadHandlers(flag(cmd, "file"))
		if err != nil {
			return err
		}
		o, done := runOptions(cmd, p, c)
		defer done()
		fmt.Fprintf(p.Stderr, "herald: claims tasks of kind %v at %s\n", kinds, c.URL())
		return trouble(c, runner.Worker(cmd.Context(), o, kinds, h))
	}
	return cmd
}
