package app

import (
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates/slackcard"
)

// slackSide is what this server has of Slack: nothing where it is not there.
type slackSide struct {
	client *slack.Client
	cards  *slackcard.Layout
	road   *slack.Channel
	ears   ears
	signed *slack.Platform // that requests come to; nil where none do
	plain  *slack.Client   // of that; without an app token
}

// slackChannel is the road out to Slack; nil where this server is not in it.
func (a paver) slackChannel() *slack.Channel {
	s := a.config.Slack
	if s.BotToken.Reveal() == "" {
		return nil
	}
	a.slack.client = a.slackClient(s.AppToken.Reveal())
	a.slack.cards = slackcard.New(a.book)
	a.slack.road = slack.NewChannel(slack.ChannelOptions{Client: a.slack.client, Cards: a.slack.cards, Sealer: a.sealer, Log: a.log})
	return a.slack.road
}

// slackClient calls Slack, with an app token to listen by Socket Mode.
func (a paver) slackClient(appToken string) *slack.Client {
	s := a.config.Slack
	return slack.NewClient(slack.ClientOptions{BotToken: s.BotToken.Reveal(), AppToken: appToken, API: s.APIURL})
}

// slackPlatform is the road in from Slack, on what the road out stands on too.
func (a host) slackPlatform(index *store.Index) (err error) {
	if a.slack.client == nil {
		return nil
	}
	o := slack.Options{
		Options: a.talking(slack.Name, index), Client: a.slack.client, Cards: a.slack.cards, Seal: a.slack.road.Seal,
		SigningSecret: a.config.Slack.SigningSecret.Reveal(), Groups: a.config.Slack.Groups, Spoke: a.spoke,
	}
	if _, err = slack.New(o); err != nil {
		return err
	}
	a.slack.ears = ears{name: "Slack", log: a.log}
	if a.config.Slack.AppToken.Reveal() != "" {
		a.slack.ears.listen = func() (listener, error) { return slack.New(o) }
	}
	if o.SigningSecret == "" {
		return nil
	}
	a.slack.plain = a.slackClient("")
	signs := o
	signs.Client = a.slack.plain
	a.slack.signed, err = slack.New(signs)
	a.slack.ears.signed = a.slack.signed
	return err
}

// close lets go of connections to Slack.
func (s *slackSide) close() {
	for _, c := range []*slack.Client{s.client, s.plain} {
		if c != nil {
			c.Close()
		}
	}
}

// slackGuests are the routes that Slack calls where it does not keep a connection. Each call
// is signed.
func (a host) slackGuests() []kit.Guest {
	signed := a.slack.signed
	if signed == nil {
		return nil
	}
	return []kit.Guest{{Routes: []kit.Route{
		signedRoute("/slack/events", "slackEvents", signed.Events()), signedRoute("/slack/interactions", "slackInteractions", signed.Interactions()),
		signedRoute("/slack/commands", "slackCommands", signed.Commands()),
	}}}
}
