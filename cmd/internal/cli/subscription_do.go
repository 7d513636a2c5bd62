package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

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

func testSubscriptionCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test ID", Short: "Send a test to a subscription, and say what became of it", Args: cobra.ExactArgs(1),
		Long: "Sends a test to a subscription and waits up to ten seconds for what becomes of it. The\nexit code is 1 if it was not taken.",
	}
	addJSON(cmd, "print the delivery as the API gives it")
	onSubscription(cmd, p, func(ctx context.Context, s hooks, o client.Subscription) error {
		d, err := s.people.Test(ctx, o.ID)
		return s.outcome(ctx, d, err)
	})
	return cmd
}

func switchSubscriptionCommand(p Process, on bool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "on ID", Short: "Switch a subscription on again", Args: cobra.ExactArgs(1),
		Long: "Switches a subscription on again that was switched off, by you, by its reader, or because\nits far side is gone. One that waits to be confirmed is switched on by that alone.",
	}
	done := "on"
	if !on {
		done = "off"
		cmd.Use, cmd.Short, cmd.Long = "off ID", "Switch a subscription off", "Switches a subscription off. What waits for it is dropped."
	}
	addJSON(cmd, "print the subscription as the API gives it")
	onSubscription(cmd, p, func(ctx context.Context, s hooks, o client.Subscription) error {
		o, err := s.people.Change(ctx, o.ID, client.SubscriptionEdit{On: &on})
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(o)
		}
		return s.print(s.screen().Clean("Subscription "+o.ID+" is "+done+".") + "\n")
	})
	return cmd
}

func removeSubscriptionCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove ID", Aliases: []string{"rm"}, Short: "Remove a subscription", Args: cobra.ExactArgs(1),
		Long: "Removes a subscription. What waits for it is dropped.",
	}
	onSubscription(cmd, p, func(ctx context.Context, s hooks, o client.Subscription) error {
		if err := s.people.Remove(ctx, o.ID); err != nil {
			return err
		}
		return s.print(s.screen().Clean("Removed subscription "+o.ID+".") + "\n")
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
