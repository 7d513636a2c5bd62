package cli

import (
	"context"
	"crypto/rand"
	_ "embed" // for the tour
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

//go:embed tour.yaml
var tour []byte

func demoCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "demo", Short: "See it work: a server, a page and a real pipeline, for as long as you like", Args: cobra.NoArgs,
		Long: `Starts a server with a database of its own, runs a pipeline on it that vets, builds,
tests and packages Herald's own repository (elsewhere: a small one that needs only a
shell), and says what to try meanwhile. Ctrl-C ends it and leaves nothing behind.`,
	}
	cmd.Flags().String("listen", "127.0.0.1:8080", "address of the server; if it is taken, any that is free")
	cmd.Flags().Bool("browser", false, "open the page")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := demonstrate(cmd, p); err != nil {
			return failure{err}
		}
		return nil
	}
	return cmd
}

// demo is what a demonstration consists of.
type demo struct {
	Process
	dir    string // of everything that it makes
	token  string
	app    *app.App
	client *client.Client
	herald string // how to call this program
}

func demonstrate(cmd *cobra.Command, p Process) error {
	dir, err := os.MkdirTemp("", "herald-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system clears it at the latest
	d := &demo{Process: p, dir: dir, token: "demo-" + rand.Text(), herald: herald()}
	file, err := d.pipeline()
	if err != nil {
		return err
	}
	if err := d.open(cmd.Context(), flag(cmd, "listen")); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	served := make(chan error, 1)
	go func() { served <- d.app.Run(ctx) }()
	browser, _ := cmd.Flags().GetBool("browser")
	err = d.run(cmd, file, browser)
	stop()
	fmt.Fprintln(p.Stderr, "\nThe demonstration is over; nothing is left of it.")
	return errors.Join(err, <-served)
}

// herald is how to call this program: "go run" keeps it where nobody looks.
func herald() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/herald"
	}
	return "herald"
}

// pipeline is the one to run: that of this repository, or a tour.
func (d *demo) pipeline() (runner.File, error) {
	if root := repository(); root != "" {
		path := filepath.Join(root, example)
		p, err := pipeline.Load(path)
		return runner.File{Pipeline: p, Path: path, Fresh: true}, err
	}
	p, err := pipeline.Parse("tour.yaml", tour)
	if err != nil {
		return runner.File{}, err
	}
	for i := range p.Steps {
		p.Steps[i].Dir = d.dir
	}
	return runner.File{Pipeline: p, Path: filepath.Join(d.dir, "tour.yaml"), Fresh: true}, nil
}

// example is the pipeline that works on this repository.
const example = "examples/release.yaml"

// repository is the checkout of Herald that this is started in, "" for none, or
// if there is no Go to work on it.
func repository() string {
	dir, err := os.Getwd()
	if _, missing := exec.LookPath("go"); err != nil || missing != nil {
		return ""
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		_, none := os.Stat(filepath.Join(dir, example))
		if err == nil && none == nil && strings.HasPrefix(string(text), "module github.com/taskherald/herald\n") {
			return dir
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// open opens the server, on another address if the one that is asked for is taken.
func (d *demo) open(ctx context.Context, listen string) (err error) {
	for _, at := range []string{listen, "127.0.0.1:0"} {
		var c config.Config
		c, err = config.Load(config.Source{Environ: []string{
			"HERALD_LISTEN=" + at, "HERALD_DATABASE=" + filepath.Join(d.dir, "herald.db"), "HERALD_ADMIN_TOKEN=" + d.token,
		}})
		if err != nil {
			return err
		}
		if d.app, err = app.Open(ctx, c, slog.New(slog.NewTextHandler(d.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	d.client, err = client.New(client.Options{URL: "http://" + d.app.Addr(), Token: d.token})
	return err
}

// run runs the pipeline, again and again if that is asked for, until a signal.
func (d *demo) run(cmd *cobra.Command, file runner.File, browser bool) error {
	o, done := runOptions(cmd, d.Process, d.client)
	defer done()
	o.Environ = append(withoutHerald(d.Environ), "OUT="+filepath.Join(d.dir, "dist"))
	o.Stay, o.Linger, o.State, o.Spool = 30*24*time.Hour, true, "", ""
	file.Draft.ID = "demo"
	page := d.app.LoginURL("/tasks/demo")
	d.welcome(page)
	if browser {
		browse(cmd.Context(), page)
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	go d.explain(ctx)
	_, err := runner.Pipeline(cmd.Context(), o, file)
	return err
}

// withoutHerald are variables that do not speak of another server.
func withoutHerald(environ []string) (out []string) {
	for _, e := range environ {
		if !strings.HasPrefix(e, "HERALD_") {
			out = append(out, e)
		}
	}
	return out
}

// browse opens a page, if the system knows how.
func browse(ctx context.Context, url string) {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	_ = exec.CommandContext(ctx, name, url).Start() //nolint:gosec // a link of our own; it is printed, too
}
