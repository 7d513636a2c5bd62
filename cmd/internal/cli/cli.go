package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/config"
)

// Process is what a command gets from the system.
type Process struct {
	Args    []string // without the program's name
	Environ []string // NAME=value
	Stdout  io.Writer
	Stderr  io.Writer
}

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // it could not be done
	exitWrong  = 2 // the arguments or the settings are wrong
)

const about = `Herald shows people how their long tasks are going, and lets them decide from
wherever they are. Programs report to it; people watch, approve, pause, cancel,
retry and restart.

Start with "herald serve". No setting is needed; "herald check" prints them all.`

const exitCodes = `
Exit codes:
  0  all went well
  1  it could not be done
  2  the arguments or the settings are wrong
`

// Run runs the command that the arguments name until it is done or ctx ends,
// and returns the exit code.
func Run(ctx context.Context, p Process) int {
	root := &cobra.Command{
		Use: "herald", Short: "A progress server for long tasks", Long: about, Version: version(),
		SilenceErrors: true, SilenceUsage: true, // explain does it
	}
	root.SetVersionTemplate("herald {{.Version}}\n")
	root.SetUsageTemplate(root.UsageTemplate() + exitCodes)
	root.SetArgs(p.Args)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.AddCommand(serveCommand(p), checkCommand(p), versionCommand(p))
	cmd, err := root.ExecuteContextC(ctx)
	return explain(p.Stderr, cmd, err)
}

// A failure is what went wrong although arguments and settings were right.
type failure struct{ error }

// Unwrap returns the cause.
func (f failure) Unwrap() error { return f.error }

// explain writes what is wrong and what to do next, and gives the exit code.
func explain(w io.Writer, cmd *cobra.Command, err error) int {
	if err == nil {
		return exitDone
	}
	if problems, ok := errors.AsType[config.Problems](err); ok {
		fmt.Fprintln(w, "herald: the settings are wrong:")
		for _, p := range problems {
			fmt.Fprintf(w, "  %s\n", p)
		}
		return exitWrong
	}
	fmt.Fprintf(w, "herald: %s\n", err)
	if _, failed := errors.AsType[failure](err); failed {
		return exitFailed
	}
	fmt.Fprintf(w, "See %q.\n", cmd.CommandPath()+" --help")
	return exitWrong
}
