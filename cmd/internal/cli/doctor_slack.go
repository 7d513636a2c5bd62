package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/bot/slack/setup"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify"
)

// chatPatience is how long a chat is waited for in all.
const chatPatience = 30 * time.Second

// diagnoseSlack looks at the app that a server with these settings would use, if there is
// one. That settings are wrong is said elsewhere.
func diagnoseSlack(ctx context.Context, p Process) []check {
	c, err := config.Load(config.Source{Environ: p.Environ})
	if err != nil || c.Slack.BotToken.Reveal() == "" {
		return nil
	}
	return checkSlack(ctx, c)
}

// checkSlack looks at the app of a configuration, and at the rooms of its rules.
func checkSlack(ctx context.Context, c config.Config) []check {
	ctx, cancel := context.WithTimeout(ctx, chatPatience)
	defer cancel()
	app := setup.App{
		API: c.Slack.APIURL, BotToken: c.Slack.BotToken.Reveal(), AppToken: c.Slack.AppToken.Reveal(),
		SigningSecret: c.Slack.SigningSecret.Reveal(), PublicURL: c.PublicURL,
		Rooms: roomsOf(notify.Slack, c.Rules), Groups: slices.Collect(maps.Keys(c.Slack.Groups)),
	}
	var checks []check
	for _, f := range app.Check(ctx) {
		checks = append(checks, check{notify.Slack, string(f.State), f.Found, f.Advice})
	}
	return checks
}

// roomsOf are the rooms of a chat that rules name, and those inside them.
func roomsOf(chat string, rules []config.Rule) (rooms []string) {
	tell := func(names []string) {
		for _, name := range names {
			if room, ok := strings.CutPrefix(name, chat+":"); ok {
				rooms = append(rooms, room)
			}
		}
	}
	for _, r := range rules {
		tell(r.Tell)
		for _, stage := range r.Escalate {
			tell(stage.Tell)
		}
		rooms = append(rooms, roomsOf(chat, r.Rules)...)
	}
	return rooms
}
