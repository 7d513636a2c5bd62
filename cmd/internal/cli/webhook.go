package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

func webhookCommand(p Process) *cobra.Command {
	all := webhooks()
	return group(&cobra.Command{
		Use: "webhook", Short: "Have URLs told of tasks",
		Long: `A webhook is a URL that is told of what happens to tasks: by a POST of a JSON
event, signed, and tried again until the far side has taken it. Only tasks that
you may see are told of.

A webhook is named by its id, by the first characters of it, or by its name.`,
	}, addWebhookCommand(p), listWebhooksCommand(p), showWebhookCommand(p), all.testCommand(p), all.switchCommand(p, true),
		all.switchCommand(p, false), rotateWebhookCommand(p), all.removeCommand(p), callbackSecretCommand(p))
}

// hooks is a command about webhooks, subscriptions and deliveries.
type hooks struct {
	session
	api    client.Hooks
	people client.Subscriptions
}

// callsHooks is calls for such a command.
func callsHooks(cmd *cobra.Command, p Process, do func(context.Context, hooks, []string) error) {
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		return do(ctx, hooks{s, client.HooksOf(s.Client), client.SubscriptionsOf(s.Client)}, args)
	})
}

func addWebhookCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "add URL", Short: "Make a webhook, and print its secret once", Args: cobra.ExactArgs(1),
		Long: `Makes a webhook. The secret that signs what is sent there is printed alone on
stdout, this once: nobody can show it again. What there is to say goes to stderr.

Without --event it is told of everything but the progress between. With several
of --task, --kind, --owner and --label, all must hold.`,
		Example: `  S=$(herald webhook add https://shop.example/hooks/herald --name shop)
  herald webhook add https://ops.example/h --event task.failed --event 'approval.*' --label env=prod
  herald webhook add https://ops.example/h --task 01k5m3 --progress`,
	}
	addScope(cmd)
	cmd.Flags().Bool("progress", false, "tell it the progress between events too")
	addJSON(cmd, "print the webhook with its secret as the API gives it")
	callsHooks(cmd, p, addWebhook)
	return cmd
}

func addWebhook(ctx context.Context, s hooks, args []string) error {
	of, err := s.scope(ctx)
	if err != nil {
		return err
	}
	n := client.NewWebhook{
		URL: args[0], Name: s.text("name"), Events: of.events, Progress: s.on("progress"), Task: of.task, Kind: of.kind, Owner: of.owner, Labels: of.labels,
	}
	w, err := s.api.Add(ctx, n)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(w)
	}
	fmt.Fprintf(s.Stderr, "Webhook %s tells %s of %s. %s\n", s.screen().Clean(w.ID), s.screen().Clean(w.URL), s.screen().Clean(tells(w.Webhook)), howToCheck)
	return s.print(s.screen().Clean(w.Secret) + "\n")
}

// howToCheck says what to do with a secret.
const howToCheck = `Its secret is shown this once; keep it.
Check each request with it before you believe it: any library for Standard Webhooks
(standardwebhooks.com) does, from the body and the headers webhook-id,
webhook-timestamp and webhook-signature.`

// tells says in words what a webhook is told.
func tells(w client.Webhook) string {
	extra := ""
	if w.Progress {
		extra = " and progress"
	}
	return scope{w.Events, w.Task, w.Kind, w.Owner, w.Labels}.words(extra)
}

func listWebhooksCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List webhooks, and why one is off", Args: cobra.NoArgs}
	cmd.Flags().Bool("all", false, "everybody's, which admins may see")
	addJSON(cmd, "print them as the API gives them")
	callsHooks(cmd, p, func(ctx context.Context, s hooks, _ []string) error {
		all, err := s.api.List(ctx, s.on("all"))
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(map[string]any{"webhooks": all})
		}
		if len(all) == 0 {
			fmt.Fprintln(s.Stderr, "No webhooks.")
			return nil
		}
		return s.print(s.table(all))
	})
	return cmd
}

// table are webhooks as a list.
func (s hooks) table(all []client.Webhook) string {
	rows := make([][]string, len(all))
	for i, w := range all {
		state := "on"
		if !w.On {
			state = "off: " + w.Off
		}
		rows[i] = []string{w.ID, w.Name, string(w.Person), w.URL, tells(w), state}
	}
	return s.screen().Grid([]textcard.Column{
		{Title: "ID"}, {Title: "NAME", Want: 12, Min: 6, Drop: 2}, {Title: "PERSON", Want: 8, Min: 6, Drop: 4}, {Title: "URL", Want: 30, Min: 12},
		{Title: "OF", Want: 16, Min: 8, Drop: 3}, {Title: "STATE", Want: 20, Min: 6},
	}, rows)
}

func showWebhookCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "show ID", Short: "Show a webhook, and what was sent to it last", Args: cobra.ExactArgs(1)}
	addJSON(cmd, "print the webhook as the API gives it")
	onWebhook(cmd, p, func(ctx context.Context, s hooks, w client.Webhook) error {
		if s.on(jsonFlag) {
			return s.printJSON(w)
		}
		page, err := s.api.Deliveries(ctx, client.DeliveryQuery{Webhook: w.ID, Limit: lastDeliveries})
		if err != nil {
			return err
		}
		return s.print(s.whole(w) + s.sent(page.Deliveries))
	})
	return cmd
}

// lastDeliveries is how many are shown beside a webhook.
const lastDeliveries = 10

// whole is a webhook with all that there is to say.
func (s hooks) whole(w client.Webhook) string {
	state := "on"
	if !w.On {
		state = "off since " + day(w.OffAt) + ": " + w.Off
	}
	return lines(s.screen(), [][2]string{
		{"Webhook", w.ID}, {"Name", w.Name}, {"Person", string(w.Person)}, {"URL", w.URL}, {"Of", tells(w)}, {"State", state}, {"Made", day(w.CreatedAt)},
	})
}

// onWebhook makes a command of one that is about a webhook.
func onWebhook(cmd *cobra.Command, p Process, do func(context.Context, hooks, client.Webhook) error) {
	completesWebhooks(cmd, p)
	callsHooks(cmd, p, func(ctx context.Context, s hooks, args []string) error {
		w, err := s.webhook(ctx, args[0])
		if err != nil {
			return err
		}
		return do(ctx, s, w)
	})
}

// webhook is the webhook that a word names: by its id, else its name, else the
// beginning of its id.
func (s hooks) webhook(ctx context.Context, name string) (client.Webhook, error) {
	if blank(name) {
		return client.Webhook{}, misused("%q names no webhook; \"herald webhook list\" lists them", name)
	}
	all, err := s.api.List(ctx, false)
	if err != nil {
		return client.Webhook{}, err
	}
	fit := fitting(all, func(w client.Webhook) bool { return w.ID == name }, func(w client.Webhook) bool { return w.Name == name },
		func(w client.Webhook) bool { return begins(w.ID, name) })
	switch len(fit) {
	case 0:
		return s.api.Webhook(ctx, name) // somebody else's, for admins
	case 1:
		return fit[0], nil
	}
	return client.Webhook{}, misused("%q may mean %d webhooks; give the id of one:\n%s", name, len(fit), s.table(fit))
}

// completesWebhooks makes a command complete the ids of webhooks.
func completesWebhooks(cmd *cobra.Command, p Process) {
	completesIDs(cmd, p, func(ctx context.Context, c *client.Client) (out [][2]string, err error) {
		all, err := client.HooksOf(c).List(ctx, false)
		for _, w := range all {
			out = append(out, [2]string{w.ID, w.Name + " " + w.URL})
		}
		return out, err
	})
}
