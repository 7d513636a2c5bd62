package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/estimate/replay"
)

func replayCommand(p Process) *cobra.Command {
	return &cobra.Command{
		Use: "replay FILE|-", Short: "Answer questions about runs that are over, as a server would have", Args: cobra.ExactArgs(1),
		Long: `Reads how runs went, a line of JSON each in the order of their time, and answers
each question on standard output: what was left of the run by what was known at
that moment. It needs no server; it learns from these lines alone, with the code
that a server estimates with. Times are in seconds, t counts from any time on.

  {"op": "start", "run": "7", "workflow": "crm", "plan": ["Export", "Load"],
   "complexity": 120, "t": 0}                         complexity may be null
  {"op": "step", "run": "7", "step": "Export", "t": 1}
  {"op": "progress", "run": "7", "step": "Export", "percent": 40, "t": 20}
  {"op": "query", "run": "7", "t": 21}
  {"op": "step_end", "run": "7", "step": "Export", "status": "completed", "t": 60}
  {"op": "end", "run": "7", "status": "success", "t": 90}

The status of an end is success, partial, failed or cancelled. An answer has the
question's own fields, and eta_seconds, low and high.`,
		Example: `  herald estimate replay runs.ndjson > answers.ndjson
  zcat runs.ndjson.gz | herald estimate replay -`,
		RunE: func(_ *cobra.Command, args []string) error {
			in, err := traceOf(args[0], p.Stdin)
			if err != nil {
				return failure{err}
			}
			defer in.Close()
			if err := replay.Replay(in, p.Stdout); err != nil {
				return failure{fmt.Errorf("%s: %w", args[0], err)}
			}
			return nil
		},
	}
}

// traceOf opens the file of that name; "-" is standard input.
func traceOf(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}
