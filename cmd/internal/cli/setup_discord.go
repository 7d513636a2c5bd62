package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/config"
)

// dryFlag has herald setup discord change nothing.
const dryFlag = "dry-run"

func setupDiscordCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "discord", Short: "Print the link that invites the Discord bot, or check the bot", Args: cobra.NoArgs,
		Long: `Prints the link that brings the bot into a server, with the rights that Herald needs
and no others, and has Discord know its command /task. What Discord knows already is
left alone, and so are commands of others. With --dry-run it only says what it would
register.

Before there is a token (HERALD_DISCORD_TOKEN) it says how to get one, step by step;
docs/discord.md has the whole way.

With --check it looks at the bot that the settings name (discord.*): the token, the
application, the server, the gateway, the clock, the commands, the roles of groups,
and the rooms that rules name with what the bot may do there. It changes nothing and
posts nothing. Exits with 1 if something is broken. "herald doctor" does the same
beside all else that it looks at.`,
		Example: `  herald setup discord
  herald setup discord --dry-run --json
  herald setup discord --check --config herald.yaml`,
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Bool(dryFlag, false, "register nothing, and say what would be")
	f.Bool(checkFlag, false, "check the bot that the settings name")
	f.String(fileFlag, "", "YAML file of settings (HERALD_CONFIG)")
	addJSON(cmd, `print {"invite": …, "application": …, "changed": […]}; with --check {"healthy": …, "checks": [{name, state, found, advice}]}`)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s := discordSetup{results{p}, options{cmd}}
		c, err := config.Load(config.Source{File: s.text(fileFlag), Environ: s.Environ})
		switch {
		case s.on(checkFlag) && s.on(dryFlag):
			return misused("--%s means nothing with --%s", dryFlag, checkFlag)
		case err != nil:
			return err
		case s.on(checkFlag):
			return s.checkBot(cmd.Context(), c)
		}
		return s.invite(cmd.Context(), c)
	}
	return cmd
}

// discordSetup is herald setup discord.
type discordSetup struct {
	results
	options
}

// errNoBot is said where none is set up.
var errNoBot = errors.New(`no bot is set up: set HERALD_DISCORD_TOKEN; "herald setup discord" says how to get a token`)

// checkBot looks at the bot that the settings name.
func (s discordSetup) checkBot(ctx context.Context, c config.Config) error {
	if c.Discord.Token.Reveal() == "" {
		return failure{errNoBot}
	}
	return verdict(session{results: s.results, options: s.options}, checkDiscord(ctx, c))
}

// invite has Discord know the commands, and prints the link that invites the bot; without a
// token, how to get one.
func (s discordSetup) invite(ctx context.Context, c config.Config) error {
	if c.Discord.Token.Reveal() == "" {
		if s.on(jsonFlag) {
			return failure{errNoBot}
		}
		return s.print(applicationSteps)
	}
	ctx, cancel := context.WithTimeout(ctx, chatPatience)
	defer cancel()
	bot := discordApp(c)
	application, err := bot.Application(ctx)
	if err != nil {
		return failure{err}
	}
	changed, err := bot.Register(ctx, s.on(dryFlag))
	if err != nil {
		return failure{err}
	}
	link := setup.Invite(application, c.Discord.Server)
	if s.on(jsonFlag) {
		return s.printJSON(map[string]any{"invite": link, "application": application, "changed": append([]string{}, changed...)})
	}
	s.registered(changed)
	if err := s.print(link + "\n"); err != nil {
		return err
	}
	if _, _, terminal := s.size(s.Stderr); terminal {
		fmt.Fprint(s.Stderr, inviteSteps)
	}
	return nil
}

// registered says which commands Discord did not know as they are.
func (s discordSetup) registered(changed []string) {
	what := strings.Join(changed, ", ")
	switch {
	case len(changed) == 0:
		fmt.Fprintf(s.Stderr, "Discord knows /%s as it is.\n", setup.CommandName)
	case s.on(dryFlag):
		fmt.Fprintf(s.Stderr, "It would register %s.\n", what)
	default:
		fmt.Fprintf(s.Stderr, "Registered %s.\n", what)
	}
}

const applicationSteps = `How to get a bot, and its token:

  1. Open ` + setup.Pages + `, New Application, and call it Herald.
  2. Installation: Install Link None, Save Changes. Then Bot: switch Public Bot off, so that
     nobody else can invite it. It needs none of the Privileged Gateway Intents.
  3. Bot, Reset Token, Copy. Discord shows it once.
     export HERALD_DISCORD_TOKEN=...
  4. herald setup discord
     prints the link that invites the bot into your server, and registers /` + setup.CommandName + `.

docs/discord.md goes on from there.
`

const inviteSteps = `
What to do with it:

  1. Open the link, choose your server, Authorize.
  2. herald setup discord --check
  3. Say in the settings which channel is told of what: tell: ["discord:#deploys"]
  4. herald serve
  5. In Discord, in that channel: @Herald help

docs/discord.md goes on from there.
`
