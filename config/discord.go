package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Discord is how Herald takes part in a server of Discord. Without a Token it does not.
type Discord struct {
	Token     Secret            // of the bot, without "Bot " before it; empty for none
	Server    string            // the server's id, "" for the only one that the bot is in
	PublicKey string            // 64 digits and letters from a to f, where Discord calls with what is pressed; "" where the gateway brings it
	APIURL    string            // ends in a slash; https, or http on this machine
	Groups    map[string]string // groups of Herald by the ids of Discord's roles; never nil
}

// discordAPI is where Discord is, unless somebody says otherwise.
const discordAPI = "https://discord.com/api/v10/"

// discord are the settings of Discord.
func discord() []Setting {
	return []Setting{
		{
			Key: "discord.token", field: one(func(c *Config) *Secret { return &c.Discord.Token }, parseDiscordToken, Secret.String),
			Usage: "token of the Discord bot; without it Herald is not in Discord, and docs/discord.md says how to get one",
		}, {
			Key: "discord.server", field: one(func(c *Config) *string { return &c.Discord.Server }, parseServer, plain),
			Usage: "id of the Discord server, such as 123456789012345678, where the bot is in several; without it the only one counts",
		}, {
			Key: "discord.public_key", field: one(func(c *Config) *string { return &c.Discord.PublicKey }, parsePublicKey, plain),
			Usage: "public key of the Discord application, 64 digits and letters, where Discord calls public_url with what is pressed; without it that comes over Herald's own connection",
		}, {
			Key: "discord.api_url", Default: discordAPI, field: one(func(c *Config) *string { return &c.Discord.APIURL }, parseAPI(discordAPI), plain),
			Usage: "where the methods of Discord are; http only on this machine",
		}, {
			Key: "discord.groups", field: pairs(func(c *Config) *map[string]string { return &c.Discord.Groups }, roles),
			Usage: "roles of Discord whose members are in groups of Herald, each as ID=GROUP, such as 123456789012345678=deployers",
		},
	}
}

// snowflake is how Discord writes ids.
const snowflake = `[0-9]{17,20}`

// roles are the groups of Herald by Discord's roles.
var roles = pairForm{regexp.MustCompile(`^` + snowflake + `$`), "the id of a role of Discord (Server Settings, Roles, Copy Role ID)", "123456789012345678"}

// discordForms are what people paste from Discord's pages, and what each is. A token has no
// form of its own that would be safe to ask for, but none of these is one.
var discordForms = []struct {
	form    *regexp.Regexp
	is      string
	belongs string // the setting that it is for, "" for none
}{
	{regexp.MustCompile(`^(?i:bot|bearer)\s`), `begins with a word before the token: write the token alone, without "Bot "`, ""},
	{regexp.MustCompile(`(?i)/webhooks/`), "is the address of a webhook, which hears nothing: Herald needs a bot", ""},
	{regexp.MustCompile(`(?i)(?:^|/)oauth2/`), `is the link that invites the bot, and opens in a browser`, ""},
	{regexp.MustCompile(`(?i)^https?:`), "is the address of a page", ""},
	{regexp.MustCompile(`^[0-9a-fA-F]{64}$`), "is the public key of an application", "discord.public_key"},
	{regexp.MustCompile(`^` + snowflake + `$`), "is an id, such as that of the application or of a server", ""},
	{regexp.MustCompile(`^mfa\.`), "is the token of a person, whose account Discord closes if a program uses it", ""},
	{regexp.MustCompile(`^[\w-]{32}$`), "is a client secret, with which applications sign people in", ""},
	{regexp.MustCompile(`^[\w-]{23,30}\.[\w-]{5,8}\.[\w-]{27,50}$`), "is a bot token", "discord.token"},
	{regexp.MustCompile(`^(?:xox[a-z]|xapp)[-.]`), "is a token of Slack", ""},
}

// pasted says of a text what it is to Discord, if it is not for a setting; "" if nothing that
// is known. It is never repeated.
func pasted(s, setting string) string {
	for _, f := range discordForms {
		switch {
		case !f.form.MatchString(s):
		case f.belongs == setting:
			return ""
		case f.belongs != "":
			return f.is + ", which belongs in " + f.belongs + "; "
		default:
			return f.is + "; "
		}
	}
	return ""
}

// maxDiscordToken is more than any token of Discord has, in characters.
const maxDiscordToken = 200

func parseDiscordToken(s string) (Secret, error) {
	const where = "must be the bot token, which is under Bot, Reset Token on the application's pages"
	if is := pasted(s, "discord.token"); is != "" {
		return Secret{}, errors.New(is + where)
	}
	if len(s) > maxDiscordToken || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Secret{}, errors.New(where)
	}
	return Hide(s), nil
}

var (
	serverForm = regexp.MustCompile(`^` + snowflake + `$`)
	serverLink = regexp.MustCompile(`/channels/(` + snowflake + `)(?:/|$)`)
	keyForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func parseServer(s string) (string, error) {
	const where = "must be the id of a server, 17 to 20 digits: with Developer Mode on (User Settings, Advanced), right-click the server, Copy Server ID"
	if m := serverLink.FindStringSubmatch(s); m != nil {
		return "", fmt.Errorf("is a link; write the server's id alone, %s", m[1])
	}
	if !serverForm.MatchString(s) {
		return "", errors.New(pasted(s, "discord.server") + where)
	}
	return s, nil
}

func parsePublicKey(s string) (string, error) {
	const where = "must be the public key, 64 digits and letters from a to f, which is under General Information of the application"
	key := strings.ToLower(s)
	if !keyForm.MatchString(key) {
		return "", errors.New(pasted(s, "discord.public_key") + where)
	}
	return key, nil
}

// settleDiscord does what needs more than one of the settings of Discord.
func (l *loader) settleDiscord() {
	d := l.config.Discord
	if d.Token.Reveal() != "" || l.wrong("discord.token") {
		return
	}
	for _, alone := range []struct {
		key string
		set bool
		why string
	}{
		{"discord.public_key", d.PublicKey != "", "with which Herald speaks"},
		{"discord.server", d.Server != "", "with which Herald is in it"},
		{"discord.groups", len(d.Groups) > 0, "with which Herald sees who is in them"},
	} {
		if alone.set {
			l.problem(l.config.Place(alone.key), "%s: also set discord.token, %s", alone.key, alone.why)
			return
		}
	}
}
