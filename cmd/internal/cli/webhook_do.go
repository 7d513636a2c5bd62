package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

func switchWebhookCommand(p Process, on bool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "on ID", Short: "Switch a webhook on again", Args: cobra.ExactArgs(1),
		Long: "Switches a webhook on again that was switched off, by you or because its far side\nwanted nothing more. What still waits for it is sent.",
	}
	done := "on"
	if !on {
		done = "off"
		cmd.Use, cmd.Short, cmd.Long = "off ID", "Switch a webhook off", "Switches a webhook off. What waits for it is dropped."
	}
	addJSON(cmd, "print the webhook as the API gives it")
	onWebhook(cmd, p, func(ctx context.Context, s hooks, w client.Webhook) error {
		w, err := s.api.Change(ctx, w.ID, client.WebhookEdit{On: &on})
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(w)
		}
		return s.print(s.screen().Clean("Webhook "+w.ID+" is "+done+".") + "\n")
	})
	return cmd
}

func removeWebhookCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove ID", Aliases: []string{"rm"}, Short: "Remove a webhook", Args: cobra.ExactArgs(1),
		Long: "Removes a webhook. What waits for it is dropped.",
	}
	onWebhook(cmd, p, func(ctx context.Context, s hooks, w client.Webhook) error {
		if err := s.api.Remove(ctx, w.ID); err != nil {
			return err
		}
		return s.print(s.screen().Clean("Removed webhook "+w.ID+".") + "\n")
	})
	return cmd
}

// testPatience is how long a test may take until nobody waits for it.
const (
	testPatience = 10 * time.Second
	testLook     = 100 * time.Millisecond
)

func testWebhookCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test ID", Short: "Send a test to a webhook, and say what became of it", Args: cobra.ExactArgs(1),
		Long: "Sends a test to a webhook and waits up to ten seconds for what becomes of it. The\nexit code is 1 if it was not taken.",
	}
	addJSON(cmd, "print the delivery as the API gives it")
	onWebhook(cmd, p, func(ctx context.Context, s hooks, w client.Webhook) error {
		d, err := s.api.Test(ctx, w.ID)
		return s.outcome(ctx, d, err)
	})
	return cmd
}

// settled waits until it is known what became of the first try of a delivery.
func (s hooks) settled(ctx context.Context, d client.Delivery) (client.Delivery, error) {
	for until := time.Now().Add(testPatience); d.State == "due" && d.Tries == 0 && time.Now().Before(until); {
		select {
		case <-ctx.Done():
			return d, ctx.Err()
		case <-time.After(testLook):
		}
		var err error
		if d, err = s.api.Delivery(ctx, d.ID); err != nil {
			return d, err
		}
	}
	return d, nil
}

// outcome says what became of a test.
func (s hooks) outcome(ctx context.Context, d client.Delivery, err error) error {
	if err == nil {
		d, err = s.settled(ctx, d)
	}
	switch {
	case err != nil:
		return err
	case s.on(jsonFlag):
		return s.printJSON(d)
	case d.State == "sent" && d.Channel == "email":
		return s.print(s.screen().Clean("The mail server has taken it, for "+d.To+".") + "\n")
	case d.State == "sent":
		return s.print(s.screen().Clean(d.To+" has taken it.") + "\n")
	case d.Why != "":
		return failure{fmt.Errorf("%s has not taken it: %s", d.To, d.Why)}
	}
	return failure{fmt.Errorf("it is not sent yet; \"herald deliveries\" will show what became of %s", d.ID)}
}
