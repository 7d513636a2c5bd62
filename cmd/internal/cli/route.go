package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func routeCommand(p Process) *cobra.Command {
	return group(&cobra.Command{
		Use: "route", Short: "Who would be told of an event",
		Long: "The way from events to people: subscriptions, the rules of the settings, and what people\nprefer. docs/routing.md has all of it.",
	}, testRouteCommand(p))
}

func testRouteCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test", Short: "Say who would be told of an event, where and why; nothing is sent", Args: cobra.NoArgs,
		Long: `Says who would be told of an event, who would not, and why: of a task that there is, or of
one that you describe. Nothing is sent. Admins see everybody, others themselves.`,
		Example: `  herald route test --kind deploy --label env=prod
  herald route test --task 01k5m3 --event task.completed --running-for 20m
  herald route test --kind deploy --approver group:ops --at 03:00`,
	}
	f := cmd.Flags()
	f.String("task", "", "a task that there is")
	f.String("kind", "", "else: of what kind it would be")
	f.String("owner", "", "whose it would be: a person, or group:NAME")
	f.StringSlice("label", nil, "a label that it would have, NAME=VALUE; may be repeated")
	f.String("event", "", "what would happen (task.failed, with --approver approval.needed)")
	f.StringSlice("approver", nil, "who would be named to decide: a person, or group:NAME; may be repeated")
	f.Int64("step", 0, "the step of the task that it would be about")
	f.String("at", "", "when, such as 03:00 or \"2027-01-31 03:00\"; now without")
	f.String("running-for", "", "how long the run would have taken by then, such as 20m")
	for _, described := range []string{"kind", "owner", "label", "approver"} {
		cmd.MarkFlagsMutuallyExclusive("task", described)
	}
	addJSON(cmd, "print it as the API gives it")
	completesFlag(cmd, "event", milestones())
	callsRouting(cmd, p, testRoute)
	return cmd
}

func testRoute(ctx context.Context, s routing, _ []string) error {
	ask, err := s.supposed(ctx)
	if err != nil {
		return err
	}
	got, err := s.api.TestRoute(ctx, ask)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(got)
	}
	return s.previewed(string(ask.Event), got)
}

// supposed is the event that the flags describe.
func (s routing) supposed(ctx context.Context) (ask client.RouteTest, err error) {
	q, err := s.query()
	if err != nil {
		return ask, err
	}
	ask = client.RouteTest{
		Event: progress.Kind(s.text("event")), Step: int(s.number("step")), Kind: q.Kind, Owner: q.Owner, Labels: q.Labels, Approvers: s.list("approver"),
	}
	if ask.Event == "" {
		ask.Event = progress.TaskFailed
		if len(ask.Approvers) > 0 {
			ask.Event = progress.ApprovalNeeded
		}
	}
	if ask.At, err = s.momentFlag("at", time.Now()); err != nil {
		return ask, err
	}
	if ask.Running, err = s.runningFor(); err != nil {
		return ask, err
	}
	ask.Task, err = hooks{session: s.session}.taskFlag(ctx)
	return ask, err
}

// runningFor is how many seconds the run would have taken, nil if nobody says.
func (s routing) runningFor() (*int64, error) {
	if !s.cmd.Flags().Changed("running-for") {
		return nil, nil
	}
	d, err := duration(s.text("running-for"))
	if err != nil || d < 0 {
		return nil, misused("--running-for must be a time such as 30s, 20m or 2h, not %q", s.text("running-for"))
	}
	return new(int64(d / time.Second)), nil
}

// previewed prints who would be told.
func (s routing) previewed(event string, got client.RoutePreview) error {
	pg := page{screen: s.screen()}
	pg.line("", "Who would be told of "+event+" at "+pg.at(got.At)+":")
	if len(got.Decisions) == 0 {
		pg.line("  ", "nobody whom you may see (admins see everybody): no subscription and no rule is about it")
	} else {
		pg.decisions(got.Decisions, "")
	}
	if got.More > 0 {
		pg.line("  ", fmt.Sprintf("and %d more", got.More))
	}
	if c := got.Escalation; c != nil {
		pg.text.WriteString("\nIf nobody decides:\n")
		pg.stages(*c)
	}
	return s.print(pg.text.String())
}
