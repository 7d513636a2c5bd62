package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

// subscriptions are who is told by mail or by a browser.
func subscriptions() listener {
	return listener{
		noun:  "Subscription",
		again: "Switches a subscription on again that was switched off, by you, by its reader, or because\nits far side is gone. One that waits to be confirmed is switched on by that alone.",
		about: func(cmd *cobra.Command, p Process, do func(context.Context, hooks, string) error) {
			onSubscription(cmd, p, func(ctx context.Context, s hooks, o client.Subscription) error { return do(ctx, s, o.ID) })
		},
		change: func(ctx context.Context, s hooks, id string, on bool) (any, error) {
			return s.people.Change(ctx, id, client.SubscriptionEdit{On: &on})
		},
		remove: func(ctx context.Context, s hooks, id string) error { return s.people.Remove(ctx, id) },
		test: func(ctx context.Context, s hooks, id string) (client.Delivery, error) {
			return s.people.Test(ctx, id)
		},
	}
}

func confirmSubscriptionCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "confirm ID", Short: "Send the mail again that asks for the confirmation", Args: cobra.ExactArgs(1),
		Long: "Sends the mail again that asks whoever reads at a new address whether it may be told\nof tasks. It confirms nothing itself: that is for the link in the mail.",
	}
	addJSON(cmd, "print the delivery as the API gives it")
	onSubscription(cmd, p, func(ctx context.Context, s hooks, o client.Subscription) error {
		d, err := s.people.Confirm(ctx, o.ID)
		return s.outcome(ctx, d, err)
	})
	return cmd
}

func rotatePushKeyCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "rotate-push-key", Short: "Make another key by which push services know this server", Args: cobra.NoArgs,
		Long: `Makes another key by which push services know this server, and prints its public half;
for admins. Browsers change over when a page of Herald is next opened in them. Until
then, for as long as --overlap says, they are told under the old one.`,
	}
	addOverlap(cmd, "30d")
	addJSON(cmd, "print the key as the API gives it")
	callsHooks(cmd, p, func(ctx context.Context, s hooks, _ []string) error {
		seconds, err := s.overlap()
		if err != nil {
			return err
		}
		k, err := s.people.RotatePushKey(ctx, seconds)
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(k)
		}
		if !k.Previous.IsZero() {
			fmt.Fprintf(s.Stderr, "The one before is good until %s.\n", day(k.Previous))
		}
		return s.print(s.screen().Clean(k.Key) + "\n")
	})
	return cmd
}
