package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// The words of preferences. What they mean is said in docs/routing.md. Nothing that reaches
// people has the class progress, which there is too.
var (
	classes = [...]string{"step", "alarm", "approval", "end"}
	ways    = [...]string{"on", "digest", "off"}
)

// usual stands for what the server has, where somebody has no wish of their own.
const usual = "default"

func preferencesCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "preferences", Aliases: []string{"prefs"}, Short: "Show and change how you are told: channels, quiet hours, digests", Args: cobra.NoArgs,
		Long: `Shows how you want to be told, and its parts change it: what comes at once, in a digest
or not at all on each channel, when it is to be quiet, and in which language. It is
about what reaches people: webhooks are told all that they subscribe to.

What you are told of at all is for "herald subscription".`,
		Example: `  herald preferences
  herald preferences set email step digest
  herald preferences set webpush all off
  herald preferences quiet 22:00-07:00 --zone Europe/Lisbon
  herald preferences digest 08:00 17:30`,
	}
	addWhose(cmd)
	addJSON(cmd, "print them as the API gives them")
	callsRouting(cmd, p, func(ctx context.Context, s routing, _ []string) error {
		now, err := s.api.Preferences(ctx)
		if err != nil {
			return err
		}
		return s.preferred(now)
	})
	cmd.AddCommand(setCommand(p), quietCommand(p), digestCommand(p), zoneCommand(p), languageCommand(p))
	return cmd
}

// routing is a command about who is told, and why.
type routing struct {
	session
	api client.Routing
}

// callsRouting is calls for such a command.
func callsRouting(cmd *cobra.Command, p Process, do func(context.Context, routing, []string) error) {
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		who := ""
		if cmd.Flags().Lookup(whoseFlag) != nil {
			var err error
			if who, err = s.named(whoseFlag); err != nil {
				return err
			}
		}
		return do(ctx, routing{s, client.RoutingOf(s.Client).For(progress.Person(who))}, args)
	})
}

// addWhose gives a command about preferences the flag for those of others.
func addWhose(cmd *cobra.Command) {
	cmd.Flags().String(whoseFlag, "", "somebody else's, which admins may see and change")
}

const whoseFlag = "person"

// changesPreferences makes a command of one that changes preferences: it is given those
// that are there, and prints what they are then.
func changesPreferences(cmd *cobra.Command, p Process, change func(context.Context, routing, []string, *client.Preferences) error) {
	addWhose(cmd)
	addJSON(cmd, "print the preferences as the API gives them")
	callsRouting(cmd, p, func(ctx context.Context, s routing, args []string) error {
		now, err := s.changed(ctx, args, change)
		for n := 1; n < mostRereads && refusedWith(err, progress.Conflict); n++ {
			now, err = s.changed(ctx, args, change)
		}
		if err != nil {
			return err
		}
		return s.preferred(now)
	})
}

// mostRereads is how often preferences are read that somebody else changes meanwhile.
const mostRereads = 5

// changed reads preferences, changes them and writes them.
func (s routing) changed(ctx context.Context, args []string, change func(context.Context, routing, []string, *client.Preferences) error) (client.Preferences, error) {
	now, err := s.api.Preferences(ctx)
	if err != nil {
		return now, err
	}
	if err := change(ctx, s, args, &now); err != nil {
		return now, err
	}
	return s.api.SetPreferences(ctx, now)
}

// refusedWith reports whether an error is the server's, of a code.
func refusedWith(err error, code progress.Code) bool {
	p, ok := errors.AsType[*client.Problem](err)
	return ok && p.Code == string(code)
}

func setCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "set CHANNEL CLASS (on | digest | off)", Short: "Say what is told on a channel: at once, in a digest, or not", Args: cobra.ExactArgs(3),
		Long: `Says what is told on a channel, such as email, webpush or browser (the notices of open
pages). CLASS is one of

  step      what goes on between: tasks and steps that start, steps that end
  alarm     somebody should look: a task does not move
  approval  somebody has to decide, or has decided
  end       a task is done, has failed or was cancelled

or all of them. Digests hold no approvals: "all digest" leaves those as they are.`,
		Example: `  herald preferences set email step digest
  herald preferences set browser end off`,
		ValidArgsFunction: completesSet,
	}
	changesPreferences(cmd, p, func(_ context.Context, _ routing, args []string, now *client.Preferences) error {
		return setWay(now, args[0], args[1], args[2])
	})
	return cmd
}

// setWay says how classes are told on a channel.
func setWay(now *client.Preferences, channel, class, way string) error {
	if class != "all" && !slices.Contains(classes[:], class) {
		return misused("CLASS must be %s or all, not %q", strings.Join(classes[:], ", "), class)
	}
	if !slices.Contains(ways[:], way) {
		return misused("say on, digest or off after the class, not %q", way)
	}
	if now.Ways == nil {
		now.Ways = map[string]map[string]string{}
	}
	if now.Ways[channel] == nil {
		now.Ways[channel] = map[string]string{}
	}
	for _, c := range classes {
		if c == class || class == "all" && !(way == "digest" && c == "approval") {
			now.Ways[channel][c] = way
		}
	}
	return nil
}

func digestCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "digest EVERY | TIME...", Short: "Say when your digests come", Args: cobra.MinimumNArgs(1),
		Long: `Says when your digests come: every so often, on the clock (30m is at 0 and 30 past), or
at times of day in your zone; "default" is the server's, every hour. What comes in them
is for "herald preferences set".`,
		Example: "  herald preferences digest 30m\n  herald preferences digest 08:00 17:30",
	}
	changesPreferences(cmd, p, func(_ context.Context, _ routing, args []string, now *client.Preferences) error {
		return prefer(&now.Digest, strings.Join(args, " "), "a time such as 30m or 08:00")
	})
	return cmd
}

func zoneCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "zone ZONE", Short: "Say in which time zone you live", Args: cobra.ExactArgs(1),
		Long:    `Says in which time zone you live, by its IANA name; "default" is the server's.`,
		Example: "  herald preferences zone America/Sao_Paulo",
	}
	changesPreferences(cmd, p, func(_ context.Context, _ routing, args []string, now *client.Preferences) error {
		return prefer(&now.Zone, args[0], someZone)
	})
	return cmd
}

func languageCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "language LANGUAGE", Short: "Say in which language you are told", Args: cobra.ExactArgs(1),
		Long:    `Says in which language you are told, such as en, pt, es, de or fr; "default" is the server's.`,
		Example: "  herald preferences language pt",
	}
	changesPreferences(cmd, p, func(_ context.Context, _ routing, args []string, now *client.Preferences) error {
		return prefer(&now.Language, args[0], "a language such as pt")
	})
	return cmd
}

const someZone = "a time zone such as Europe/Lisbon"

// prefer takes over what somebody wants, "" for the server's.
func prefer(to *string, text, such string) error {
	if blank(text) {
		return misused("%q says nothing; give %s, or %s", text, such, usual)
	}
	if *to = text; text == usual {
		*to = ""
	}
	return nil
}
