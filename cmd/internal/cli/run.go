package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

func runCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [--title T] -- COMMAND [ARGUMENT…]\n  herald run PIPELINE.yaml",
		Short: "Run a command or a pipeline as a task",
		Long: `Runs a command as a task that people can watch, pause, resume, cancel and restart.
Its output passes through untouched and is logged; percents in it (tqdm, pip, curl,
wget, rsync, ffmpeg, git, 45 %, 3/7 …) become progress. A command can say more by
lines of its own:

  ::progress 45            ::step Load tables        ::metric rows=1200
  ::message half way       ::substep users done      ::result {"rows": 1200}

Its exit code is that of the command. While the server is away the command goes on;
reports wait, and are sent when it is back.

With a file it runs the steps of a pipeline (docs/pipelines.md). What is done is
saved, so that after a crash the same command goes on from the exact step.`,
		Example: `  herald run --title "Nightly backup" -- rsync -a --info=progress2 /home backup:
  herald run -- make test
  herald run release.yaml
  herald run --retry release.yaml`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	addConnection(cmd)
	f := cmd.Flags()
	f.SortFlags = false
	f.String("title", "", "title of the task (default: the program, or the file's title)")
	f.String("id", "", "id of the task (default: a new one)")
	f.String("kind", "", "kind of the task, for filters and estimates (default: the program and its first word, or the file's)")
	f.Float64("complexity", 0, "size of the job: files, tables, items; estimates learn what it tells")
	f.String("owner", "", "person or group:NAME whose task it is (default: everyone's)")
	f.StringToString("label", nil, "label of the task, key=value; may be repeated")
	f.String("inputs", "", "inputs of the task, JSON; commands find them in HERALD_INPUTS")
	f.Duration("grace", 10*time.Second, "between asking a command to stop and stopping it")
	f.Duration("stay", 0, "after a failure, wait so long for a retry, skip or restart")
	f.Bool("no-logs", false, "keep the output out of the task's log")
	f.Bool("fresh", false, "pipeline: begin anew, whatever an interrupted run has left")
	f.Bool("retry", false, "pipeline: retry what failed in the newest run, and go on from there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return run(cmd, p, args) }
	return cmd
}

// run tells a command from a pipeline, and runs it.
func run(cmd *cobra.Command, p Process, args []string) error {
	dash := cmd.ArgsLenAtDash()
	c, err := connect(cmd, p)
	if err != nil {
		return err
	}
	d, err := draftOf(cmd)
	if err != nil {
		return err
	}
	o, done := runOptions(cmd, p, c)
	defer done()
	switch {
	case dash == 0 && len(args) > 0:
		return runOne(cmd, p, o, d, args)
	case dash < 0 && len(args) == 1 && isPipeline(args[0]):
		return runPipeline(cmd, o, d, args[0])
	case dash < 0 && len(args) > 0:
		return fmt.Errorf("write -- before the command: herald run -- %s", strings.Join(args, " "))
	}
	return errors.New("say what to run: herald run -- COMMAND, or herald run PIPELINE.yaml")
}

func isPipeline(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// draftOf is the task as the flags describe it.
func draftOf(cmd *cobra.Command) (d client.Draft, err error) {
	d.ID = progress.TaskID(flag(cmd, "id"))
	if d.ID != "" && !d.ID.Valid() {
		return d, errors.New("--id: must be 1 to 128 letters, digits and . _ : -, beginning with a letter or digit")
	}
	d.Title, d.Kind, d.Owner = flag(cmd, "title"), flag(cmd, "kind"), flag(cmd, "owner")
	if cmd.Flags().Changed("complexity") {
		size, err := cmd.Flags().GetFloat64("complexity")
		if err != nil || !(size >= 0 && size <= 1e18) {
			return d, errors.New("--complexity: must be a number from 0 to 1e18")
		}
		d.Complexity = &size
	}
	if d.Labels, err = cmd.Flags().GetStringToString("label"); err != nil {
		return d, err
	}
	if text := flag(cmd, "inputs"); text != "" {
		if d.Inputs = json.RawMessage(text); !json.Valid(d.Inputs) {
			return d, errors.New("--inputs: must be JSON")
		}
	}
	return d, nil
}

// runOptions are what every run needs. Done ends what they have begun.
func runOptions(cmd *cobra.Command, p Process, c *client.Client) (o runner.Options, done func()) {
	signals := make(chan os.Signal, 4)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // nohup wants no hangup to be heard of
			signal.Notify(signals, s)
		}
	}
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE) // a closed output is the command's to hear of, not ours to die of
	o = runner.Options{
		Client: c, Version: version(), Environ: p.Environ, Say: p.Stderr, Signals: signals,
		Spool: p.spool(c), State: p.folder("runs"),
	}
	o.Stdin, _ = p.Stdin.(*os.File)
	o.Stdout, _ = p.Stdout.(*os.File)
	o.Stderr, _ = p.Stderr.(*os.File)
	o.Grace, _ = cmd.Flags().GetDuration("grace")
	o.Quiet, _ = cmd.Flags().GetBool("no-logs")
	o.Stay, _ = cmd.Flags().GetDuration("stay")
	if o.State == "" {
		fmt.Fprintln(p.Stderr, "herald: HOME is not set, so nothing can be kept for later: set HOME or XDG_STATE_HOME to a folder that can be written")
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	go func() { _, _, _ = c.Sync(ctx, o.Spool) }() // what waits from before; herald sync says how it goes
	return o, func() {
		cancel()
		signal.Stop(signals)
		signal.Stop(pipes)
	}
}

// runOne runs a command.
func runOne(cmd *cobra.Command, p Process, o runner.Options, d client.Draft, args []string) error {
	if d.Title == "" {
		d.Title = titleOf(args)
	}
	if !cmd.Flags().Changed("kind") {
		d.Kind = kindOf(args)
	}
	if d.ID == "" {
		d.ID = client.NewTaskID()
	} else if err := unused(cmd.Context(), o.Client, d.ID); err != nil {
		return err
	}
	if _, _, terminal := p.size(p.Stderr); terminal {
		fmt.Fprintf(p.Stderr, "herald: task %s, %s/tasks/%s\n", d.ID, o.Client.URL(), d.ID)
	}
	return exit(runner.Command(cmd.Context(), o, d, args))
}

// unused refuses an id that a task has already: its reports would go there. A
// server that does not answer soon is not waited for.
func unused(ctx context.Context, c *client.Client, id progress.TaskID) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	t, err := c.Task(ctx, id)
	if err != nil {
		return nil // none, or nobody knows: the command is to run
	}
	return fmt.Errorf("--id: there is a task %s already, %s; choose another, or leave it out", id, t.Status)
}

// kindOf makes a kind of a command: runs of the same one are alike. A shell that
// is given a text may do anything.
func kindOf(args []string) string {
	shells := []string{"sh", "bash", "dash", "zsh", "ksh", "fish"}
	if slices.Contains(shells, filepath.Base(args[0])) && (len(args) == 1 || strings.HasPrefix(args[1], "-")) {
		return ""
	}
	return titleOf(args)
}

// titleOf makes a title of a command: the program, and its first argument if
// that is a plain word, such as "make test". Arguments may be secrets.
func titleOf(args []string) string {
	title := filepath.Base(args[0])
	if len(args) > 1 && plainWord.MatchString(args[1]) {
		title += " " + args[1]
	}
	return strings.ToValidUTF8(title, "?")
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._/-]{0,39}$`)

// runPipeline runs the steps of a file.
func runPipeline(cmd *cobra.Command, o runner.Options, d client.Draft, path string) error {
	file, err := pipeline.Load(path)
	if err != nil {
		return err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return failure{err}
	}
	f := runner.File{Pipeline: file, Path: full, Draft: d}
	f.Fresh, _ = cmd.Flags().GetBool("fresh")
	f.Again, _ = cmd.Flags().GetBool("retry")
	if f.Fresh && f.Again {
		return errors.New("--fresh begins anew, --retry goes on: give one of them")
	}
	if o.Stay == 0 {
		o.Stay = file.Stay
	}
	end, err := runner.Pipeline(cmd.Context(), o, f)
	if err != nil {
		return trouble(o.Client, err)
	}
	return endOf(end)
}

// endOf is how a pipeline's end becomes the exit code.
func endOf(end runner.End) error {
	switch {
	case end.Status == progress.Completed:
		return nil
	case end.Status == progress.Failed:
		return exit(exitTaskFailed)
	case end.Signal != 0:
		return exit(128 + int(end.Signal))
	}
	return exit(exitCancelled)
}
