package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

func subscriptionCommand(p Process) *cobra.Command {
	all := subscriptions()
	return group(&cobra.Command{
		Use: "subscription", Aliases: []string{"subscriptions", "sub"}, Short: "Be told of tasks by mail, and in your browsers",
		Long: `A subscription is a mail address, or a browser, that is told of what happens to tasks
that you may see. Browsers subscribe themselves, on the page Notifications.

A subscription is named by its id, by the first characters of it, by its name, or by
its address.`,
	}, addSubscriptionCommand(p), listSubscriptionsCommand(p), showSubscriptionCommand(p), confirmSubscriptionCommand(p), all.testCommand(p),
		all.switchCommand(p, true), all.switchCommand(p, false), all.removeCommand(p), rotatePushKeyCommand(p))
}

func addSubscriptionCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "add ADDRESS", Short: "Have a mail address told of tasks", Args: cobra.ExactArgs(1),
		Long: `Has a mail address told of tasks. A mail is sent there first that asks for a
confirmation: nothing else is sent before its link was opened and the button pressed.

Without --event it is told of what matters: approvals, ends, tasks that do not move,
and what could not be delivered; --event '*' is everything. With several of --task,
--kind, --owner and --label, all must hold.`,
		Example: `  herald subscription add ada@example.com
  herald subscription add ada@example.com --kind deploy --event 'approval.*' --event task.failed
  herald subscription add ops@example.com --label env=prod --longer-than 0s --name ops`,
	}
	addScope(cmd)
	cmd.Flags().String("longer-than", "", "tell that a task is done or was cancelled only if its run took as long, such as 10m; 0s for all")
	addJSON(cmd, "print the subscription as the API gives it")
	callsHooks(cmd, p, addSubscription)
	return cmd
}

func addSubscription(ctx context.Context, s hooks, args []string) error {
	longer, err := s.longer()
	if err != nil {
		return err
	}
	of, err := s.scope(ctx)
	if err != nil {
		return err
	}
	made, err := s.people.Add(ctx, client.NewSubscription{
		Channel: "email", To: args[0], Name: s.text("name"), Events: of.events, Longer: longer, Task: of.task, Kind: of.kind, Owner: of.owner, Labels: of.labels,
	})
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(made)
	}
	fmt.Fprintf(s.Stderr, "A mail is on its way to %s that asks for a confirmation: open its link, and press the\nbutton. Before that nothing else is sent.\n", s.screen().Clean(made.To))
	return s.print(s.screen().Clean(fmt.Sprintf("Subscription %s tells %s of %s.", made.ID, made.To, heard(made))) + "\n")
}

// longer is how many seconds a run has to take, nil if nobody says.
func (s options) longer() (*int64, error) {
	text := s.text("longer-than")
	if !s.cmd.Flags().Changed("longer-than") {
		return nil, nil
	}
	d, err := duration(text)
	if err != nil || d < 0 {
		return nil, misused("--longer-than must be a time such as 30s, 10m or 2h, not %q", text)
	}
	return new(int64(d / time.Second)), nil
}

// heard says in words what a subscription is told.
func heard(o client.Subscription) string {
	return scope{o.Events, o.Task, o.Kind, o.Owner, o.Labels}.words("")
}

func listSubscriptionsCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List subscriptions, and why one is off", Args: cobra.NoArgs}
	cmd.Flags().Bool("all", false, "everybody's, which admins may see")
	addJSON(cmd, "print them as the API gives them")
	callsHooks(cmd, p, func(ctx context.Context, s hooks, _ []string) error {
		all, err := s.people.List(ctx, s.on("all"))
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(map[string]any{"subscriptions": all})
		}
		if len(all) == 0 {
			fmt.Fprintln(s.Stderr, "No subscriptions.")
			return nil
		}
		return s.print(s.roll(all))
	})
	return cmd
}

// roll are subscriptions as a list.
func (s hooks) roll(all []client.Subscription) string {
	rows := make([][]string, len(all))
	for i, o := range all {
		state := "on"
		if !o.On {
			state = "off: " + o.Off
		}
		rows[i] = []string{o.ID, o.Name, string(o.Person), o.Channel, o.To, heard(o), state}
	}
	return s.screen().Grid([]textcard.Column{
		{Title: "ID"}, {Title: "NAME", Want: 12, Min: 6, Drop: 2}, {Title: "PERSON", Want: 8, Min: 6, Drop: 5}, {Title: "CHANNEL", Drop: 4},
		{Title: "TO", Want: 30, Min: 12}, {Title: "OF", Want: 16, Min: 8, Drop: 3}, {Title: "STATE", Want: 20, Min: 6},
	}, rows)
}

func showSubscriptionCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "show ID", Short: "Show a subscription, and what was sent to it last", Args: cobra.ExactArgs(1)}
	addJSON(cmd, "print the subscription as the API gives it")
	onSubscription(cmd, p, func(ctx context.Context, s hooks, o client.Subscription) error {
		if s.on(jsonFlag) {
			return s.printJSON(o)
		}
		page, err := s.api.Deliveries(ctx, client.DeliveryQuery{Sub: o.ID, Limit: lastDeliveries})
		if err != nil {
			return err
		}
		return s.print(s.inFull(o) + s.sent(page.Deliveries))
	})
	return cmd
}

// inFull is a subscription with all that there is to say.
func (s hooks) inFull(o client.Subscription) string {
	state, runs := "on", ""
	if !o.On {
		state = "off since " + day(o.OffAt) + ": " + o.Off
	}
	if o.Longer > 0 {
		runs = "of " + textcard.Duration(time.Duration(o.Longer)*time.Second) + " or longer, unless they failed"
	}
	return lines(s.screen(), [][2]string{
		{"Subscription", o.ID}, {"Name", o.Name}, {"Person", string(o.Person)}, {"Channel", o.Channel}, {"To", o.To}, {"Of", heard(o)},
		{"Ends of runs", runs}, {"State", state}, {"Made", day(o.CreatedAt)},
	})
}

// onSubscription makes a command of one that is about a subscription.
func onSubscription(cmd *cobra.Command, p Process, do func(context.Context, hooks, client.Subscription) error) {
	completesIDs(cmd, p, func(ctx context.Context, c *client.Client) (out [][2]string, err error) {
		all, err := client.SubscriptionsOf(c).List(ctx, false)
		for _, o := range all {
			out = append(out, [2]string{o.ID, o.Name + " " + o.To})
		}
		return out, err
	})
	callsHooks(cmd, p, func(ctx context.Context, s hooks, args []string) error {
		o, err := s.subscription(ctx, args[0])
		if err != nil {
			return err
		}
		return do(ctx, s, o)
	})
}

// subscription is the one that a word names: by its id, else its name, else its address,
// else the beginning of its id.
func (s hooks) subscription(ctx context.Context, name string) (client.Subscription, error) {
	if blank(name) {
		return client.Subscription{}, misused("%q names no subscription; \"herald subscription list\" lists them", name)
	}
	all, err := s.people.List(ctx, false)
	if err != nil {
		return client.Subscription{}, err
	}
	fit := fitting(all, func(o client.Subscription) bool { return o.ID == name }, func(o client.Subscription) bool { return o.Name == name },
		func(o client.Subscription) bool { return strings.EqualFold(o.To, name) }, func(o client.Subscription) bool { return begins(o.ID, name) })
	switch len(fit) {
	case 0:
		return s.people.Subscription(ctx, name) // somebody else's, for admins
	case 1:
		return fit[0], nil
	}
	return client.Subscription{}, misused("%q may mean %d subscriptions; give the id of one:\n%s", name, len(fit), s.roll(fit))
}
