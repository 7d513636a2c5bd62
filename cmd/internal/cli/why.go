package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func whyCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "why TASK", Short: "Why you were told of what happened to a task, or were not", Args: cobra.MaximumNArgs(1),
		Long: `Says for each event of a task what it came to for you at each of your addresses: told,
and whether it arrived, or held back, and why; with --all for everybody. Of an approval
it says too who was told while nobody decided, and who will be next.`,
		Example: `  herald why 01k5m3
  herald why --last --all --event 'approval.*'
  herald why 01k5m3 --all --person ann`,
	}
	f := cmd.Flags()
	f.Bool("all", false, "what it came to for everybody, which admins may see")
	f.StringSlice("event", nil, "only events of this kind, such as task.failed or 'approval.*'; may be repeated")
	f.String(whoseFlag, "", "only what it came to for this person, which admins may see")
	addLast(cmd)
	addJSON(cmd, `print {"events": […], "escalation": […]} as the API gives it`)
	completesFlag(cmd, "event", milestones())
	completes(cmd, p, nil, nil)
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		return why(ctx, routing{s, client.RoutingOf(s.Client)}, args)
	})
	return cmd
}

// milestones are the kinds of events that people are told of.
func milestones() (out []string) {
	for _, k := range progress.Kinds() {
		if k.Milestone {
			out = append(out, string(k.Kind))
		}
	}
	return out
}

func why(ctx context.Context, s routing, args []string) error {
	person, err := s.named(whoseFlag)
	if err != nil {
		return err
	}
	t, rest, err := s.target(ctx, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return misused("--%s takes the place of the id; leave out %q", lastFlag, rest[0])
	}
	all, err := s.reasons(ctx, t.ID, s.on("all") || person != "")
	if err != nil {
		return err
	}
	all = narrowed(all, s.list("event"), progress.Person(person))
	if s.on(jsonFlag) {
		return s.printJSON(map[string]any{"events": all.Events, "escalation": all.Escalation})
	}
	return s.explained(t, all)
}

// reasons are all pages of why.
func (s routing) reasons(ctx context.Context, task progress.TaskID, everybody bool) (all client.Reasons, err error) {
	all = client.Reasons{Events: []client.EventReasons{}, Escalation: []client.Escalation{}}
	q := client.WhyQuery{Limit: pageSize, All: everybody}
	for range maxPages {
		page, err := s.api.Why(ctx, task, q)
		if err != nil {
			return all, err
		}
		all.Events, all.Escalation = append(all.Events, page.Events...), append(all.Escalation, page.Escalation...)
		if page.Next <= q.Since {
			break
		}
		q.Since = page.Next
	}
	return all, nil
}

// narrowed are those of some kinds of events, and of them what they came to for a person.
func narrowed(all client.Reasons, kinds []string, person progress.Person) client.Reasons {
	asked := notify.Subscription{Events: kinds} // which has the same patterns
	events := []client.EventReasons{}
	for _, e := range all.Events {
		if person != "" {
			e.Decisions = slices.DeleteFunc(e.Decisions, func(d client.RouteDecision) bool { return d.Person != person })
		}
		if asked.Wants(string(e.Type)) && (person == "" || len(e.Decisions) > 0) {
			events = append(events, e)
		}
	}
	if all.Events = events; !asked.Wants(string(progress.ApprovalNeeded)) {
		all.Escalation = []client.Escalation{}
	}
	return all
}

// explained prints why.
func (s routing) explained(t client.Task, all client.Reasons) error {
	if len(all.Events)+len(all.Escalation) == 0 {
		fmt.Fprintf(s.Stderr, "Nothing such is known of %s.\n", s.screen().Clean(t.Title))
		return nil
	}
	idle := "nothing for you (--all: for others)"
	if s.on("all") || s.text(whoseFlag) != "" {
		idle = "for nobody"
	}
	pg := page{screen: s.screen()}
	pg.line("", t.Title+" ("+string(t.ID)+")")
	pg.events(all.Events, idle)
	for _, c := range all.Escalation {
		pg.line("", "")
		pg.chain(c, stepNamed(t, c.Step))
	}
	return s.print(pg.text.String())
}

// stepNamed names a step.
func stepNamed(t client.Task, order int) string {
	for _, st := range t.Steps {
		if st.Order == order {
			return fmt.Sprintf("step %d (%s)", order, st.Name)
		}
	}
	return fmt.Sprintf("step %d", order)
}
