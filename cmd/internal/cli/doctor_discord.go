package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify"
)

// diagnoseDiscord looks at the bot that a server with these settings would use, if there is
// one. That settings are wrong is said elsewhere.
func diagnoseDiscord(ctx context.Context, p Process) []check {
	c, err := config.Load(config.Source{Environ: p.Environ})
	if err != nil || c.Discord.Token.Reveal() == "" {
		return nil
	}
	return checkDiscord(ctx, c)
}

// checkDiscord looks at the bot of a configuration, and at the rooms of its rules.
func checkDiscord(ctx context.Context, c config.Config) []check {
	ctx, cancel := context.WithTimeout(ctx, chatPatience)
	defer cancel()
	var checks []check
	for _, f := range discordApp(c).Check(ctx) {
		checks = append(checks, check{notify.Discord, string(f.State), f.Found, f.Advice})
	}
	return checks
}

// discordApp is the application of a configuration.
func discordApp(c config.Config) setup.App {
	d := c.Discord
	return setup.App{
		API: d.APIURL, Token: d.Token.Reveal(), Server: d.Server, PublicKey: d.PublicKey, PublicURL: c.PublicURL,
		Rooms: roomsOf(notify.Discord, c.Rules), Roles: slices.Collect(maps.Keys(d.Groups)),
	}
}
