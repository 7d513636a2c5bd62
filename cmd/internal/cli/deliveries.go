package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// deliveryStates are what becomes of what is sent.
var deliveryStates = [...]string{"due", "sent", "dead", "dropped"}

func deliveriesCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "deliveries", Short: "List what was sent, and what could not be", Args: cobra.NoArgs,
		Long: `Lists what was sent to your mail addresses, browsers and webhooks, and to the callbacks
of your tasks, the newest first. It is due until the far side has taken it, and sent
then; dead is what could not be delivered, dropped what was not worth it any more.`,
		Example: `  herald deliveries --state dead
  herald deliveries --task 01k5m3 --json | jq -r '.deliveries[].why'`,
	}
	f := cmd.Flags()
	f.String("state", "", "only those in one state: "+strings.Join(deliveryStates[:], ", "))
	addDeliveryFilter(cmd)
	f.Int64("limit", 50, "at most so many, 1 to 200")
	addJSON(cmd, `print {"deliveries": […], "next": …} as the API gives it`)
	_ = cmd.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(deliveryStates[:], cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	callsHooks(cmd, p, listDeliveries)
	return cmd
}

// addDeliveryFilter gives a command the flags that narrow deliveries.
func addDeliveryFilter(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("task", "", "only those about this task")
	f.String("webhook", "", "only those of this webhook")
	f.String("subscription", "", "only those of this subscription")
	cmd.MarkFlagsMutuallyExclusive("webhook", "subscription")
	f.Bool("all", false, "everybody's, which admins may see")
}

// deliveryList is a list of deliveries as the API gives it.
type deliveryList struct {
	Deliveries []client.Delivery `json:"deliveries"`
	Next       *string           `json:"next"`
}

func listDeliveries(ctx context.Context, s hooks, _ []string) error {
	q := client.DeliveryQuery{State: s.text("state"), All: s.on("all"), Limit: int(s.number("limit"))}
	if q.State != "" && !slices.Contains(deliveryStates[:], q.State) {
		return misused("--state must be one of %s, not %q", strings.Join(deliveryStates[:], ", "), q.State)
	}
	if q.Limit < 1 || q.Limit > 200 {
		return misused("--limit must be 1 to 200, not %d", q.Limit)
	}
	var err error
	if q.Task, q.Webhook, q.Sub, err = s.narrowed(ctx); err != nil {
		return err
	}
	page, err := s.api.Deliveries(ctx, q)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		out := deliveryList{Deliveries: page.Deliveries}
		if page.Next != "" {
			out.Next = &page.Next
		}
		return s.printJSON(out)
	}
	if len(page.Deliveries) == 0 {
		fmt.Fprintln(s.Stderr, "No deliveries.")
		return nil
	}
	if page.Next != "" {
		defer fmt.Fprintln(s.Stderr, "There are more: --limit 200, --json has where they go on.")
	}
	return s.print(s.sent(page.Deliveries))
}

// narrowed are the task, and the webhook or subscription, of which deliveries are meant.
func (s hooks) narrowed(ctx context.Context) (task progress.TaskID, webhook, sub string, err error) {
	if task, err = s.taskFlag(ctx); err != nil {
		return "", "", "", err
	}
	hook, err := s.named("webhook")
	if err != nil {
		return "", "", "", err
	}
	other, err := s.named("subscription")
	switch {
	case err != nil:
		return "", "", "", err
	case hook != "":
		w, err := s.webhook(ctx, hook)
		return task, w.ID, "", err
	case other != "":
		o, err := s.subscription(ctx, other)
		return task, "", o.ID, err
	}
	return task, "", "", nil
}

// sent are deliveries as a list.
func (s hooks) sent(all []client.Delivery) string {
	rows := make([][]string, len(all))
	for i, d := range all {
		why := d.Why
		if d.Doubt {
			why = strings.TrimSpace(why + " (it may have arrived)")
		}
		rows[i] = []string{d.ID, day(d.MadeAt), d.Type, string(d.Task), goesTo(d), d.State, strconv.Itoa(d.Tries), why}
	}
	return s.screen().Grid([]textcard.Column{
		{Title: "ID"}, {Title: "MADE", Drop: 3}, {Title: "TYPE", Want: 14, Min: 8}, {Title: "TASK", Want: 12, Min: 6, Drop: 2}, {Title: "TO", Want: 24, Min: 10, Drop: 1},
		{Title: "STATE"}, {Title: "TRIES", Right: true, Drop: 4}, {Title: "WHY", Want: 24, Min: 8, Drop: 5},
	}, rows)
}

// goesTo is where a delivery goes: a URL, or a channel and an address on it.
func goesTo(d client.Delivery) string {
	if d.Channel == "webhook" {
		return d.To
	}
	return d.Channel + " " + d.To
}

func redriveCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "redrive [ID]...", Short: "Send again what could not be delivered",
		Long: `Sends deliveries again that are dead or dropped: those that are named, or with
--dead all of your own that are dead. They keep their ids, so that a far side that
has one of them knows it, and are tried for 24 hours.`,
		Example: `  herald redrive msg_5qm2vtx6zr3mb7ay4ksd9wq5e3
  herald redrive --dead
  herald redrive --dead --webhook shop --task 01k5m3`,
	}
	cmd.Flags().Bool("dead", false, "all that are dead, instead of ids")
	addDeliveryFilter(cmd)
	addJSON(cmd, "print the deliveries, or how many they are, as the API gives them")
	callsHooks(cmd, p, redrive)
	return cmd
}

func redrive(ctx context.Context, s hooks, args []string) error {
	switch dead := s.on("dead"); {
	case dead && len(args) > 0:
		return misused("give ids, or --dead, not both")
	case dead:
		return s.redriveDead(ctx)
	case len(args) == 0:
		return misused("name a delivery; \"herald deliveries --state dead\" lists them, and --dead is all of them")
	}
	if i := slices.IndexFunc(args, blank); i >= 0 {
		return misused("%q names no delivery; \"herald deliveries\" lists them", args[i])
	}
	sent := make([]client.Delivery, 0, len(args))
	for _, id := range args {
		d, err := s.api.Redrive(ctx, id)
		if err != nil {
			return err
		}
		sent = append(sent, d)
		if !s.on(jsonFlag) {
			if err := s.print(s.screen().Clean(fmt.Sprintf("%s goes to %s again.", d.ID, d.To)) + "\n"); err != nil {
				return err
			}
		}
	}
	if s.on(jsonFlag) {
		return s.printJSON(map[string]any{"deliveries": sent})
	}
	return nil
}

// redriveDead sends all again that are dead and match.
func (s hooks) redriveDead(ctx context.Context) error {
	ask := client.Redrive{State: "dead", All: s.on("all")}
	var err error
	if ask.Task, ask.Webhook, ask.Sub, err = s.narrowed(ctx); err != nil {
		return err
	}
	n, err := s.api.RedriveAll(ctx, ask)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(map[string]int{"redriven": n})
	}
	if n == 1 {
		return s.print("1 delivery is sent again.\n")
	}
	return s.print(fmt.Sprintf("%d deliveries are sent again.\n", n))
}
