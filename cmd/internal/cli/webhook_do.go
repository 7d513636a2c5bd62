package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

// webhooks are who is told by a URL.
func webhooks() listener {
	return listener{
		noun:  "Webhook",
		again: "Switches a webhook on again that was switched off, by you or because its far side\nwanted nothing more. What still waits for it is sent.",
		about: func(cmd *cobra.Command, p Process, do func(context.Context, hooks, string) error) {
			onWebhook(cmd, p, func(ctx context.Context, s hooks, w client.Webhook) error { return do(ctx, s, w.ID) })
		},
		change: func(ctx context.Context, s hooks, id string, on bool) (any, error) {
			return s.api.Change(ctx, id, client.WebhookEdit{On: &on})
		},
		remove: func(ctx context.Context, s hooks, id string) error { return s.api.Remove(ctx, id) },
		test: func(ctx context.Context, s hooks, id string) (client.Delivery, error) {
			return s.api.Test(ctx, id)
		},
	}
}

// testPatience is how long a test may take until nobody waits for it.
const (
	testPatience = 10 * time.Second
	testLook     = 100 * time.Millisecond
)

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
