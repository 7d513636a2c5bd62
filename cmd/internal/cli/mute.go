package cli

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func muteCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "mute [TASK]", Short: "Be told no more of a task, or of all of a kind", Args: cobra.MaximumNArgs(1),
		Long: `Keeps back what you would be told of a task, or of those that --kind, --owner and --label
mean together. Approvals and ends are told all the same, unless you say --all. It is for
ever without --for or --until, which --everything needs. A mute takes the place of one of
the same tasks.

Webhooks are told as before, and so is everybody else.`,
		Example: `  herald mute 01k5m3 --for 2h
  herald mute --kind backup --label env=test
  herald mute --everything --all --until 08:00`,
	}
	addMuted(cmd)
	f := cmd.Flags()
	f.String("for", "", "how long, such as 2h or 7d")
	f.String("until", "", "until when, such as 08:00 or 2027-01-31")
	f.Bool("all", false, "keep back approvals and ends too")
	cmd.MarkFlagsMutuallyExclusive("for", "until")
	addJSON(cmd, "print the mute as the API gives it")
	completes(cmd, p, nil, nil)
	callsRouting(cmd, p, mute)
	return cmd
}

// addMuted gives a command the flags that say which tasks are muted.
func addMuted(cmd *cobra.Command) {
	addFilter(cmd)
	cmd.Flags().Bool("everything", false, "all tasks")
	addLast(cmd)
	addWhose(cmd)
}

func mute(ctx context.Context, s routing, args []string) error {
	n, err := s.quietened(ctx, args)
	if err != nil {
		return err
	}
	if n.Until, err = s.until(time.Now()); err != nil {
		return err
	}
	if s.on("everything") && n.Until.IsZero() {
		return misused("say how long, with --for or --until: what is told of everything cannot be kept back for ever")
	}
	n.All = s.on("all")
	m, err := s.api.Mute(ctx, n)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(m)
	}
	said := fmt.Sprintf("Muted %s %s: %s.\n\"herald unmute %s\" ends it.", mutedWords(m), untilWords(m), keptWords(m), m.ID)
	return s.print(printable(said) + "\n")
}

// quietened are the tasks that arguments and flags mean.
func (s routing) quietened(ctx context.Context, args []string) (n client.NewMute, err error) {
	for _, name := range []string{"kind", "owner"} {
		if _, err := s.named(name); err != nil {
			return n, err
		}
	}
	q, err := s.query()
	if err != nil {
		return n, err
	}
	filters := q.Kind != "" || q.Owner != "" || len(q.Labels) > 0
	ways := 0
	for _, given := range []bool{len(args) > 0, s.on(lastFlag), filters, s.on("everything")} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return n, misused("say what: a task, --%s, --kind, --owner, --label or --everything", lastFlag)
	case ways > 1:
		return n, misused("name a task, or describe some, or say --everything: one of them")
	case filters:
		return client.NewMute{Kind: q.Kind, Owner: q.Owner, Labels: q.Labels}, nil
	case s.on("everything"):
		return n, nil
	}
	t, _, err := s.target(ctx, args)
	return client.NewMute{Task: t.ID}, err
}

// until is when a mute ends, zero for never.
func (s routing) until(now time.Time) (time.Time, error) {
	if !s.cmd.Flags().Changed("for") {
		return s.momentFlag("until", now)
	}
	d, err := duration(s.text("for"))
	if err != nil || d <= 0 {
		return time.Time{}, misused("--for must be a time such as 30m, 2h or 7d, not %q", s.text("for"))
	}
	return now.Add(d), nil
}

func unmuteCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "unmute [TASK | ID]", Short: "Be told again of what you have muted", Args: cobra.MaximumNArgs(1),
		Long: `Ends a mute: that of a task, one that is named by its id, or with --kind, --owner, --label
or --everything the one of just those tasks. "herald preferences" lists them.`,
		Example: `  herald unmute 01k5m3
  herald unmute --kind backup --label env=test
  herald unmute --everything`,
	}
	addMuted(cmd)
	addJSON(cmd, "print the mute that has ended as the API gave it")
	completesIDs(cmd, p, func(ctx context.Context, c *client.Client) (out [][2]string, err error) {
		now, err := client.RoutingOf(c).Preferences(ctx)
		for _, m := range now.Mutes {
			out = append(out, [2]string{m.ID, mutedWords(m)})
		}
		return out, err
	})
	callsRouting(cmd, p, unmute)
	return cmd
}

func unmute(ctx context.Context, s routing, args []string) error {
	now, err := s.api.Preferences(ctx)
	if err != nil {
		return err
	}
	m, err := s.muteOf(ctx, now.Mutes, args)
	if err != nil {
		return err
	}
	if err := s.api.Unmute(ctx, m.ID); err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(m)
	}
	return s.print(s.screen().Clean("Not muted any more: "+mutedWords(m)+".") + "\n")
}

// muteOf is the mute that arguments and flags mean.
func (s routing) muteOf(ctx context.Context, all []client.Mute, args []string) (client.Mute, error) {
	if len(args) > 0 && !blank(args[0]) {
		id, task := args[0], progress.TaskID(args[0])
		if fit := fitting(all, func(m client.Mute) bool { return m.ID == id }, func(m client.Mute) bool { return m.Task == task }); len(fit) > 0 {
			return fit[0], nil // of a task that is gone, too
		}
		if strings.HasPrefix(id, mutePrefix) {
			return client.Mute{}, failure{fmt.Errorf("there is no mute %s; \"herald preferences\" lists them", id)}
		}
	}
	want, err := s.quietened(ctx, args)
	if err != nil {
		return client.Mute{}, err
	}
	for _, m := range all {
		if m.Task == want.Task && m.Kind == want.Kind && m.Owner == want.Owner && maps.Equal(m.Labels, want.Labels) {
			return m, nil
		}
	}
	what := mutedWords(client.Mute{Task: want.Task, Kind: want.Kind, Owner: want.Owner, Labels: want.Labels})
	return client.Mute{}, failure{fmt.Errorf("there is no mute of just %s; \"herald preferences\" lists them", what)}
}

// mutePrefix begins the id of every mute.
const mutePrefix = "mut_"

// mutedWords says what is muted.
func mutedWords(m client.Mute) string {
	if of := (scope{task: m.Task, kind: m.Kind, owner: m.Owner, labels: m.Labels}).tasks(); of != "" {
		return of
	}
	return "everything"
}

// untilWords says until when.
func untilWords(m client.Mute) string {
	if m.Until.IsZero() {
		return "for ever"
	}
	return "until " + day(m.Until)
}

// keptBack says what is kept back, for a list.
func keptBack(m client.Mute) string {
	if m.All {
		return "all"
	}
	return "all but approvals and ends"
}

// keptWords says it in a sentence.
func keptWords(m client.Mute) string {
	if m.All {
		return "nothing of it is told, approvals and ends neither"
	}
	return "only approvals and ends are told"
}
