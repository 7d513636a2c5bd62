package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
)

func serveCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the server", Args: cobra.NoArgs,
		Long: `Runs the server until SIGINT or SIGTERM. It then takes no new requests, closes
sockets, and waits up to ten seconds for requests under way; a second signal ends
it at once.

The first start makes the person admin, and prints a token and a link to log in
with, once. A setting is taken from its flag, else its variable, else the file,
else its default.`,
		Example: `  herald serve
  herald serve --listen 0.0.0.0:8080 --database /var/lib/herald/herald.db
  HERALD_DATABASE=postgres://herald@db.example.com/herald herald serve
  herald serve --config herald.yaml`,
	}
	addSettings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := settings(cmd, p)
		if err != nil {
			return err
		}
		if err := serve(cmd.Context(), c, p.Stderr); err != nil {
			return failure{err}
		}
		return nil
	}
	return cmd
}

func serve(ctx context.Context, c config.Config, w io.Writer) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	a, err := app.Open(ctx, c, logger(c, w))
	if err != nil {
		return err
	}
	a.Greet(w)
	return a.Run(ctx)
}

// untilSignal is a context that ends with the first SIGINT or SIGTERM. The
// second does what signals do: before the context ends they are let go, which
// signal.NotifyContext leaves to some later time.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		defer cancel()
		defer signal.Stop(signals)
		select {
		case <-signals:
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// logger writes the log.
func logger(c config.Config, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
