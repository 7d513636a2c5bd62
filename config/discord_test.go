package config_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/taskherald/herald/config"
)

// What Discord's pages show, in the forms that it has there. None is real.
const (
	discordToken  = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GsesaM.sesame-sesame-sesame-sesame-sesame_12"
	discordKey    = "5e5a3e0000000000000000000000000000000000000000000000000000000001"
	discordSecret = "sesame-sesame-sesame-sesame_1234"
)

// TestDiscord is what settings of Discord come to, together.
func TestDiscord(t *testing.T) {
	t.Parallel()
	c := load(t, config.Source{Environ: []string{
		"HERALD_DISCORD_TOKEN=" + discordToken, "HERALD_DISCORD_SERVER=123456789012345678", "HERALD_DISCORD_PUBLIC_KEY=" + strings.ToUpper(discordKey),
		"HERALD_DISCORD_API_URL=http://127.0.0.1:8081/api/v10", "HERALD_DISCORD_GROUPS=123456789012345678=deployers, 12345678901234567890 = on call",
	}})
	d, groups := c.Discord, map[string]string{"123456789012345678": "deployers", "12345678901234567890": "on call"}
	if d.Token.Reveal() != discordToken || d.Server != "123456789012345678" || d.PublicKey != discordKey || d.APIURL != "http://127.0.0.1:8081/api/v10/" || !maps.Equal(d.Groups, groups) {
		t.Errorf("%+v", d)
	}
	if text := fmt.Sprintf("%+v %#v", c, d) + printed(t, c); strings.Contains(text, "sesame") {
		t.Error("it prints a secret")
	}
	for _, s := range config.Settings() {
		if strings.HasPrefix(s.Key, "discord.") && (s.Key == "discord.token") != (s.Flag == "") {
			t.Errorf("%s has the flag %q", s.Key, s.Flag)
		}
	}
	if d := load(t, config.Source{}).Discord; d.APIURL != "https://discord.com/api/v10/" || d.Groups == nil || len(d.Groups) > 0 || d.Server != "" || d.PublicKey != "" {
		t.Errorf("by default %+v", d)
	}
	c = load(t, config.Source{File: write(t, "discord:\n  token: "+discordToken+"\n  server: 123456789012345678\n  groups: [123456789012345678=deployers, 12345678901234567890=on call]\n")})
	if d := c.Discord; d.Token.Reveal() != discordToken || d.Server != "123456789012345678" || !maps.Equal(d.Groups, groups) {
		t.Errorf("of a file %+v", d)
	}
	for _, token := range []string{"test", "token.of.another-server", "abc"} { // other servers can stand in
		if d := load(t, config.Source{Environ: []string{"HERALD_DISCORD_TOKEN=" + token}}).Discord; d.Token.Reveal() != token {
			t.Errorf("%q is read as %q", token, d.Token.Reveal())
		}
	}
}

// TestDiscordProblems is what people paste, and what is said of it: one thing, and no
// secret.
func TestDiscordProblems(t *testing.T) {
	t.Parallel()
	const token = "TOKEN=" + discordToken
	for _, c := range []struct{ given, want string }{
		{"TOKEN=Bot " + discordToken, `HERALD_DISCORD_TOKEN: discord.token: begins with a word before the token: write the token alone, without "Bot "`},
		{"TOKEN=" + discordSecret, "discord.token: is a client secret, with which applications sign people in; must be the bot token, which is under Bot, Reset Token"},
		{"TOKEN=" + discordKey, "discord.token: is the public key of an application, which belongs in discord.public_key; must be the bot token"},
		{"TOKEN=123456789012345678", "discord.token: is an id, such as that of the application"},
		{"TOKEN=https://discord.com/oauth2/authorize?client_id=12&scope=bot", "is the link that invites the bot, and opens in a browser"},
		{"TOKEN=https://discord.com/api/webhooks/12/sesame", "is the address of a webhook"},
		{"TOKEN=https://discord.com/developers/applications/12/sesame", "is the address of a page"},
		{"TOKEN=mfa.sesame", "is the token of a person"},
		{"TOKEN=xoxb-sesame", "is a token of Slack"},
		{"TOKEN=sesame sesame", "must be the bot token"},
		{"TOKEN=" + strings.Repeat("sesame", 40), "must be the bot token"},
		{token + "|SERVER=https://discord.com/channels/123456789012345678/2", "discord.server: is a link; write the server's id alone, 123456789012345678"},
		{token + "|SERVER=Acme", "discord.server: must be the id of a server, 17 to 20 digits: with Developer Mode on"},
		{token + "|SERVER=" + discordToken, "discord.server: is a bot token, which belongs in discord.token; must be the id of a server"},
		{token + "|PUBLIC_KEY=" + discordKey[1:], "discord.public_key: must be the public key, 64 digits and letters from a to f, which is under General Information"},
		{token + "|PUBLIC_KEY=" + discordSecret, "discord.public_key: is a client secret"},
		{"PUBLIC_KEY=" + discordKey, "HERALD_DISCORD_PUBLIC_KEY: discord.public_key: also set discord.token, with which Herald speaks"},
		{"SERVER=123456789012345678", "discord.server: also set discord.token"},
		{"GROUPS=123456789012345678=ops", "discord.groups: also set discord.token"},
		{"TOKEN=" + discordSecret + "|SERVER=123456789012345678", "discord.token: is a client secret"},
		{token + "|GROUPS=deployers", `"deployers" is no pair; write the id of a role of Discord (Server Settings, Roles, Copy Role ID), and a group, such as 123456789012345678=deployers`},
		{token + "|GROUPS=@deployers=ops", "is no pair"},
		{token + "|GROUPS=123456789012345678=", "names no group"},
		{token + "|GROUPS=123456789012345678=ops,123456789012345678=other", "123456789012345678 is in here twice; it is ops already"},
		{"API_URL=http://discord.com/api/v10/", "must be https"},
		{"API_URL=discord.com", "must be a URL such as https://discord.com/api/v10/"},
	} {
		var env []string
		for part := range strings.SplitSeq(c.given, "|") {
			env = append(env, "HERALD_DISCORD_"+part)
		}
		_, err := config.Load(config.Source{Environ: env})
		if problems, ok := errors.AsType[config.Problems](err); !ok || len(problems) != 1 || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v, want %q", c.given, problems, c.want)
		}
	}
}
