package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

// listener is who is told of tasks, a webhook or a subscription, for the commands that
// both have.
type listener struct {
	noun   string // such as Webhook
	again  string // what switching on again does
	about  func(cmd *cobra.Command, p Process, do func(ctx context.Context, s hooks, id string) error)
	change func(ctx context.Context, s hooks, id string, on bool) (any, error)
	remove func(ctx context.Context, s hooks, id string) error
	test   func(ctx context.Context, s hooks, id string) (client.Delivery, error)
}

// name is the noun within a sentence.
func (l listener) name() string { return strings.ToLower(l.noun) }

func (l listener) switchCommand(p Process, on bool) *cobra.Command {
	cmd := &cobra.Command{Use: "on ID", Short: "Switch a " + l.name() + " on again", Args: cobra.ExactArgs(1), Long: l.again}
	done := "on"
	if !on {
		done = "off"
		cmd.Use, cmd.Short = "off ID", "Switch a "+l.name()+" off"
		cmd.Long = "Switches a " + l.name() + " off. What waits for it is dropped."
	}
	addJSON(cmd, "print the "+l.name()+" as the API gives it")
	l.about(cmd, p, func(ctx context.Context, s hooks, id string) error {
		now, err := l.change(ctx, s, id, on)
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(now)
		}
		return s.print(s.screen().Clean(l.noun+" "+id+" is "+done+".") + "\n")
	})
	return cmd
}

func (l listener) removeCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove ID", Aliases: []string{"rm"}, Short: "Remove a " + l.name(), Args: cobra.ExactArgs(1),
		Long: "Removes a " + l.name() + ". What waits for it is dropped.",
	}
	l.about(cmd, p, func(ctx context.Context, s hooks, id string) error {
		if err := l.remove(ctx, s, id); err != nil {
			return err
		}
		return s.print(s.screen().Clean("Removed "+l.name()+" "+id+".") + "\n")
	})
	return cmd
}

func (l listener) testCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test ID", Short: "Send a test to a " + l.name() + ", and say what became of it", Args: cobra.ExactArgs(1),
		Long: "Sends a test to a " + l.name() + " and waits up to ten seconds for what becomes of it. The\nexit code is 1 if it was not taken.",
	}
	addJSON(cmd, "print the delivery as the API gives it")
	l.about(cmd, p, func(ctx context.Context, s hooks, id string) error {
		d, err := l.test(ctx, s, id)
		return s.outcome(ctx, d, err)
	})
	return cmd
}
