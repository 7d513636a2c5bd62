package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

// weekdays are the days as preferences have them, in the order of a week.
var weekdays = [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func quietCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "quiet FROM-TO... | off", Short: "Set the hours in which you want peace", Args: cobra.MinimumNArgs(1),
		Long: `Sets the hours in which you want peace, as clocks show them where you live: what comes
meanwhile is told once, when they end, as it stands then. Hours that end before they
begin end on the next day. Approvals and ends pass them all the same, unless you say
otherwise with --hold.

What is set takes the place of what was there; --add adds to it.`,
		Example: `  herald preferences quiet 22:00-07:00 --zone Europe/Lisbon
  herald preferences quiet 22:00-07:00 --days mon-fri
  herald preferences quiet --add 23:00-10:00 --days sat,sun --let alarm
  herald preferences quiet off`,
	}
	f := cmd.Flags()
	f.StringSlice("days", nil, "the days on which they begin, such as mon-fri or sat,sun; every day without")
	f.String("zone", "", "the time zone that you live in, such as Europe/Lisbon")
	f.StringSlice("let", nil, "let this pass too: "+strings.Join(classes[:], ", ")+"; may be repeated")
	f.StringSlice("hold", nil, "hold this too until they end, such as end; may be repeated")
	f.Bool("add", false, "keep the hours that are set")
	completesFlag(cmd, "days", weekdays[:])
	completesFlag(cmd, "let", classes[:])
	completesFlag(cmd, "hold", classes[:])
	changesPreferences(cmd, p, setQuiet)
	return cmd
}

func setQuiet(_ context.Context, s routing, args []string, now *client.Preferences) error {
	hours, err := s.hours(args)
	if err != nil {
		return err
	}
	if s.on("add") {
		hours = append(slices.Clone(now.Quiet), hours...)
	}
	now.Quiet = hours
	if s.cmd.Flags().Changed("zone") {
		if err := prefer(&now.Zone, s.text("zone"), someZone); err != nil {
			return err
		}
	}
	return letThrough(now, s.list("let"), s.list("hold"))
}

// letThrough lets some classes through quiet hours too, and holds others.
func letThrough(now *client.Preferences, let, hold []string) error {
	for _, class := range slices.Concat(let, hold) {
		switch {
		case !slices.Contains(classes[:], class):
			return misused("%q cannot be let through or held; say %s", class, strings.Join(classes[:], ", "))
		case slices.Contains(let, class) && slices.Contains(hold, class):
			return misused("let %s through or hold it, not both", class)
		}
	}
	if len(let)+len(hold) == 0 {
		return nil
	}
	through := slices.Concat([]string{}, passesOf(*now), let)
	slices.Sort(through)
	now.Through = slices.DeleteFunc(slices.Compact(through), func(class string) bool { return slices.Contains(hold, class) })
	return nil
}

// hours are those that arguments and flags say.
func (s routing) hours(args []string) ([]client.Quiet, error) {
	if len(args) == 1 && args[0] == "off" {
		if s.on("add") || s.cmd.Flags().Changed("days") {
			return nil, misused("off takes all quiet hours away; leave out --add and --days")
		}
		return nil, nil
	}
	days, err := daysOf(s.list("days"))
	if err != nil {
		return nil, err
	}
	var all []client.Quiet
	for _, arg := range args {
		from, to, ok := strings.Cut(arg, "-")
		if !ok {
			return nil, misused("%q are no quiet hours; write them such as 22:00-07:00, or off for none", arg)
		}
		all = append(all, client.Quiet{Days: days, From: from, To: to})
	}
	return all, nil
}

// daysOf reads days such as mon-fri and sat, in the order of a week; none is every day.
func daysOf(words []string) ([]string, error) {
	var on [len(weekdays)]bool
	for _, word := range words {
		first, last, ok := strings.Cut(strings.ToLower(word), "-")
		if !ok {
			last = first
		}
		from, to := slices.Index(weekdays[:], first), slices.Index(weekdays[:], last)
		if from < 0 || to < 0 {
			return nil, misused("--days must be days such as mon-fri or sat,sun, not %q", word)
		}
		for i := from; ; i = (i + 1) % len(weekdays) {
			if on[i] = true; i == to {
				break
			}
		}
	}
	var days []string
	for i, set := range on {
		if set {
			days = append(days, weekdays[i])
		}
	}
	return days, nil
}
