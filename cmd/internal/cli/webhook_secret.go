package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

func rotateWebhookCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "rotate ID", Short: "Give a webhook another secret, and print it once", Args: cobra.ExactArgs(1),
		Long: "Gives a webhook another secret. It is printed alone on stdout. The old one signs\nbeside it for a while, so that receivers have time to learn the new one.",
	}
	addOverlap(cmd, "24h")
	addJSON(cmd, "print the secret as the API gives it")
	onWebhook(cmd, p, func(ctx context.Context, s hooks, w client.Webhook) error {
		seconds, err := s.overlap()
		if err != nil {
			return err
		}
		k, err := s.api.Rotate(ctx, w.ID, seconds)
		if err != nil {
			return err
		}
		return s.secret(k)
	})
	return cmd
}

func callbackSecretCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "secret", Short: "Print the secret that signs the callbacks of your tasks", Args: cobra.NoArgs,
		Long: "Prints the secret that signs what is sent to the callback_url of the tasks that you\nmake, alone on stdout; with --rotate another one.",
	}
	cmd.Flags().Bool("rotate", false, "make another one")
	addOverlap(cmd, "24h")
	addJSON(cmd, "print it as the API gives it")
	callsHooks(cmd, p, func(ctx context.Context, s hooks, _ []string) error {
		seconds, err := s.overlap()
		if err != nil {
			return err
		}
		ask := s.api.Callback
		if s.on("rotate") {
			ask = func(ctx context.Context) (client.SigningSecret, error) {
				return s.api.RotateCallback(ctx, seconds)
			}
		}
		k, err := ask(ctx)
		if err != nil {
			return err
		}
		return s.secret(k)
	})
	return cmd
}

// addOverlap gives a command the flag for how long what is replaced is good.
func addOverlap(cmd *cobra.Command, usual string) {
	cmd.Flags().String("overlap", usual, "for how long the old one is good too, such as 10m, 24h or 7d; 0s ends it at once")
}

// overlap is that in seconds.
func (s options) overlap() (int64, error) {
	d, err := duration(s.text("overlap"))
	if err != nil || d < 0 {
		return 0, misused("--overlap must be a time such as 10m, 24h or 7d, not %q", s.text("overlap"))
	}
	return int64(d / time.Second), nil
}

// secret prints a secret.
func (s hooks) secret(k client.SigningSecret) error {
	if s.on(jsonFlag) {
		return s.printJSON(k)
	}
	if !k.Previous.IsZero() {
		fmt.Fprintf(s.Stderr, "The one before signs too until %s.\n", day(k.Previous))
	}
	return s.print(s.screen().Clean(k.Secret) + "\n")
}
