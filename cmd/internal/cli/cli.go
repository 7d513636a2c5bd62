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
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer

	// Size is the size of the terminal that one of the streams is, and whether it
	// is one. Nil means that none is.
	Size func(stream any) (columns, rows int, ok bool)
}

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1   // it could not be done
	exitWrong       = 2   // the arguments or the settings are wrong
	exitTaskFailed  = 3   // the task that was watched has failed
	exitCancelled   = 4   // the task that was watched was cancelled
	exitInterrupted = 130 // by Ctrl-C, as shells say it
)

const about = `Herald shows people how their long tasks are going, and lets them decide from
wherever they are. Programs report to it; people watch, approve, pause, cancel,
retry and restart.

Start with "herald serve". No setting is needed; "herald check" prints them all.
The other commands talk to the server at HERALD_URL (http://127.0.0.1:8080 where
it is not set), with the token in HERALD_TOKEN. If something does not work, ask
"herald doctor".

A task is named by its id, or by the first characters of it: at least four, and
enough to be the only one.`

const exitCodes = `
Exit codes:
  0    all went well
  1    it could not be done
  2    the arguments or the settings are wrong
  3    the task that was watched has failed
  4    the task that was watched was cancelled
  130  stopped by Ctrl-C
`

// The groups of commands in the help.
const (
	groupServer = "server"
	groupWork   = "work"
	groupWatch  = "watch"
	groupDecide = "decide"
	groupTalk   = "talk"
	groupTold   = "told"
	groupAccess = "access"
)

func groups() []*cobra.Group {
	return []*cobra.Group{
		{ID: groupServer, Title: "Server:"},
		{ID: groupWork, Title: "Work:"},
		{ID: groupWatch, Title: "Watch:"},
		{ID: groupDecide, Title: "Decide and control:"},
		{ID: groupTalk, Title: "Talk:"},
		{ID: groupTold, Title: "Be told:"},
		{ID: groupAccess, Title: "People and tokens:"},
	}
}

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
	root.AddGroup(groups()...)
	for group, commands := range map[string][]*cobra.Command{
		groupServer: {serveCommand(p), demoCommand(p), checkCommand(p), setupCommand(p), doctorCommand(p)},
		groupWork:   {runCommand(p), workerCommand(p), syncCommand(p)},
		groupWatch:  {tasksCommand(p), showCommand(p), watchCommand(p), logsCommand(p), statsCommand(p), estimateCommand(p)},
		groupDecide: wishCommands(p),
		groupTalk:   {askCommand(p), chatCommand(p), linkCommand(p), intentsCommand(p)},
		groupTold: {
			subscriptionCommand(p), preferencesCommand(p), muteCommand(p), unmuteCommand(p), whyCommand(p), routeCommand(p),
			webhookCommand(p), deliveriesCommand(p), redriveCommand(p),
		},
		groupAccess: {tokenCommand(p), userCommand(p)},
	} {
		for _, cmd := range commands {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	root.AddCommand(versionCommand(p))
	cmd, err := root.ExecuteContextC(ctx)
	return explain(p.Stderr, cmd, err)
}

// A failure is what went wrong although arguments and settings were right.
type failure struct{ error }

// Unwrap returns the cause.
func (f failure) Unwrap() error { return f.error }

// A misuse is an argument that only the command itself could tell to be wrong.
type misuse struct{ error }

func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// exit ends a command with a code of its own; what there is to say was said.
type exit int

// Error is there because a command ends with an error.
func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// explain writes what is wrong and what to do next, and gives the exit code.
func explain(w io.Writer, cmd *cobra.Command, err error) int {
	if err == nil {
		return exitDone
	}
	if code, ok := errors.AsType[exit](err); ok {
		return int(code)
	}
	if problems, ok := errors.AsType[config.Problems](err); ok {
		fmt.Fprintln(w, "herald: the settings are wrong:")
		for _, p := range problems {
			fmt.Fprintf(w, "  %s\n", printable(p.String()))
		}
		return exitWrong
	}
	fmt.Fprintf(w, "herald: %s\n", printable(err.Error()))
	if _, failed := errors.AsType[failure](err); failed {
		return exitFailed
	}
	fmt.Fprintf(w, "See %q.\n", cmd.CommandPath()+" --help")
	return exitWrong
}
