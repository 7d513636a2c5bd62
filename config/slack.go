package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Slack is how Herald takes part in a Slack workspace. Without a BotToken it does not.
type Slack struct {
	BotToken      Secret            // xoxb-…; empty for none
	AppToken      Secret            // xapp-…, for Socket Mode; empty for none
	SigningSecret Secret            // for requests of Slack over HTTP; one of the two is there where BotToken is
	APIURL        string            // ends in a slash; https, or http on this machine
	Groups        map[string]string // groups of Herald by the ids of Slack's user groups; never nil
}

// slackAPI is where Slack is, unless somebody says otherwise.
const slackAPI = "https://slack.com/api/"

// slack are the settings of Slack.
func slack() []Setting {
	return []Setting{
		{
			Key: "slack.bot_token", field: one(func(c *Config) *Secret { return &c.Slack.BotToken }, parseBotToken, Secret.String),
			Usage: "bot token of the Slack app, which begins with xoxb-; without it Herald is not in Slack, and docs/slack.md says how to get one",
		}, {
			Key: "slack.app_token", field: one(func(c *Config) *Secret { return &c.Slack.AppToken }, parseAppToken, Secret.String),
			Usage: "app-level token of the Slack app, which begins with xapp-, for Socket Mode: no public address is needed",
		}, {
			Key: "slack.signing_secret", field: one(func(c *Config) *Secret { return &c.Slack.SigningSecret }, parseSigningSecret, Secret.String),
			Usage: "signing secret of the Slack app, where Slack calls public_url instead of Socket Mode",
		}, {
			Key: "slack.api_url", Default: slackAPI, field: one(func(c *Config) *string { return &c.Slack.APIURL }, parseAPI(slackAPI), plain),
			Usage: "where the methods of Slack are; http only on this machine",
		}, {
			Key: "slack.groups", field: pairs(func(c *Config) *map[string]string { return &c.Slack.Groups }, userGroups),
			Usage: "user groups of Slack whose members are in groups of Herald, each as ID=GROUP, such as S0123ABC=deployers",
		},
	}
}

// slackSecrets says of the beginning of a text what it is to Slack, and where it belongs.
var slackSecrets = []struct{ begins, is string }{
	{"xoxe", "is a token that ends after twelve hours, or renews one: switch token rotation off in the app's settings, or make the app from \"herald setup slack\""},
	{"xoxb-", "is a bot token, which belongs in slack.bot_token"},
	{"xapp-", "is an app-level token, which belongs in slack.app_token"},
	{"xoxp-", "is a user token, with which Herald would speak as a person"},
	{"xoxc-", "is what a browser is logged in with"},
	{"xoxd-", "is what a browser is logged in with"},
}

// slackSecret reads a secret of Slack that begins as it should. No error repeats it.
func slackSecret(s, begins, where string) (Secret, error) {
	for _, other := range slackSecrets {
		if other.begins != begins && strings.HasPrefix(s, other.begins) {
			return Secret{}, fmt.Errorf("%s; %s", other.is, where)
		}
	}
	if len(s) <= len(begins) || !strings.HasPrefix(s, begins) || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Secret{}, errors.New(where)
	}
	return Hide(s), nil
}

func parseBotToken(s string) (Secret, error) {
	return slackSecret(s, "xoxb-", "must be the bot token, which begins with xoxb- and is under OAuth & Permissions of the app once it is installed")
}

func parseAppToken(s string) (Secret, error) {
	return slackSecret(s, "xapp-", "must be an app-level token, which begins with xapp- and is made under Basic Information of the app")
}

// minSigning is less than any signing secret of Slack has, in characters.
const minSigning = 16

func parseSigningSecret(s string) (Secret, error) {
	const where = "must be the signing secret, which is under Basic Information, App Credentials of the app"
	if len(s) < minSigning {
		return Secret{}, errors.New(where)
	}
	return slackSecret(s, "", where)
}

// userGroups are the groups of Herald by Slack's user groups.
var userGroups = pairForm{regexp.MustCompile(`^S[A-Z0-9]{2,30}$`), "the id of a user group of Slack", "S0123ABC"}

// settleSlack does what needs more than one of the settings of Slack.
func (l *loader) settleSlack() {
	c := &l.config
	s := &c.Slack
	if slices.ContainsFunc([]string{"slack.bot_token", "slack.app_token", "slack.signing_secret"}, l.wrong) {
		return // what is missing is there, but wrong
	}
	switch bot, app, signing := s.BotToken.Reveal() != "", s.AppToken.Reveal() != "", s.SigningSecret.Reveal() != ""; {
	case bot && !app && !signing:
		l.problem(c.Place("slack.bot_token"), "slack.bot_token: also set slack.app_token (Socket Mode), or slack.signing_secret (HTTP), or nothing of what people say and press is heard")
	case !bot && app:
		l.problem(c.Place("slack.app_token"), "slack.app_token: also set slack.bot_token, with which Herald speaks; it begins with xoxb-")
	case !bot && signing:
		l.problem(c.Place("slack.signing_secret"), "slack.signing_secret: also set slack.bot_token, with which Herald speaks; it begins with xoxb-")
	case !bot && len(s.Groups) > 0:
		l.problem(c.Place("slack.groups"), "slack.groups: also set slack.bot_token, with which Herald sees who is in them")
	}
}
