package config_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/taskherald/herald/config"
)

// TestSlack is what settings of Slack come to, together.
func TestSlack(t *testing.T) {
	t.Parallel()
	env := []string{
		"HERALD_SLACK_BOT_TOKEN=xoxb-1-sesame", "HERALD_SLACK_APP_TOKEN=xapp-1-sesame", "HERALD_SLACK_SIGNING_SECRET=sesame0123456789",
		"HERALD_SLACK_API_URL=http://127.0.0.1:8081/api", "HERALD_SLACK_GROUPS=S0123ABC=deployers, S0456DEF = on call",
	}
	c := load(t, config.Source{Environ: env})
	s := c.Slack
	if s.BotToken.Reveal() != "xoxb-1-sesame" || s.AppToken.Reveal() != "xapp-1-sesame" || s.SigningSecret.Reveal() != "sesame0123456789" || s.APIURL != "http://127.0.0.1:8081/api/" ||
		!maps.Equal(s.Groups, map[string]string{"S0123ABC": "deployers", "S0456DEF": "on call"}) {
		t.Errorf("%+v", s)
	}
	if text := fmt.Sprintf("%+v %#v", c, s) + printed(t, c); strings.Contains(text, "sesame") {
		t.Error("it prints a secret")
	}
	for _, s := range config.Settings() {
		if secret := strings.HasSuffix(s.Key, "_token") || strings.HasSuffix(s.Key, "_secret"); strings.HasPrefix(s.Key, "slack.") && secret != (s.Flag == "") {
			t.Errorf("%s has the flag %q", s.Key, s.Flag)
		}
	}
	if s := load(t, config.Source{}).Slack; s.APIURL != "https://slack.com/api/" || s.Groups == nil || len(s.Groups) > 0 {
		t.Errorf("by default %+v", s)
	}
	file := write(t, "slack:\n  bot_token: xoxb-1\n  signing_secret: sesame0123456789\n  groups: [S0123ABC=deployers, S0456DEF=on call]\n")
	c = load(t, config.Source{File: file})
	if !maps.Equal(c.Slack.Groups, s.Groups) || c.Slack.AppToken.Reveal() != "" {
		t.Errorf("of a file %+v", c.Slack)
	}
	if again := printed(t, load(t, config.Source{File: write(t, strings.NewReplacer("bot_token: ••••••", "bot_token: xoxb-1", "signing_secret: ••••••", "signing_secret: sesame0123456789").Replace(printed(t, c)))})); cut(again) != cut(printed(t, c)) {
		t.Errorf("printed\n%s\nread and printed again\n%s", printed(t, c), again)
	}
}

// TestSlackURL is where the methods may be: the token goes there.
func TestSlackURL(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://slack-gov.com/api/": "https://slack-gov.com/api/", "https://slack.example.com": "https://slack.example.com/",
		"http://localhost:8081/api//": "http://localhost:8081/api/", "http://[::1]:1/": "http://[::1]:1/",
	} {
		if c := load(t, config.Source{Environ: []string{"HERALD_SLACK_API_URL=" + given}}); c.Slack.APIURL != want {
			t.Errorf("%s is %s", given, c.Slack.APIURL)
		}
	}
	for given, want := range map[string]string{
		"http://slack.com/api/": "must be https", "http://10.0.0.7/api/": "must be https", "slack.com": "must be a URL", "https://": "must be a URL", "ftp://slack.com": "must be a URL",
		"https://me:sesame@slack.com/": "write only https://slack.com/", "https://slack.com/api/?token=sesame": "must be a URL", "https://slack.com/#sesame": "must be a URL", "https://a\x7f": "must be a URL",
	} {
		_, err := config.Load(config.Source{Environ: []string{"HERALD_SLACK_API_URL=" + given}})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v, want %q", given, err, want)
		}
	}
}

// TestSlackProblems is what people get wrong, and what is said of it: one thing, and no
// secret.
func TestSlackProblems(t *testing.T) {
	t.Parallel()
	const bot, app, secret = "BOT_TOKEN=xoxb-sesame", "APP_TOKEN=xapp-sesame", "SIGNING_SECRET=sesame0123456789"
	for given, want := range map[string]string{
		bot:                        "HERALD_SLACK_BOT_TOKEN: slack.bot_token: also set slack.app_token (Socket Mode), or slack.signing_secret (HTTP)",
		app:                        "HERALD_SLACK_APP_TOKEN: slack.app_token: also set slack.bot_token",
		secret:                     "HERALD_SLACK_SIGNING_SECRET: slack.signing_secret: also set slack.bot_token",
		"GROUPS=S0123ABC=ops":      "HERALD_SLACK_GROUPS: slack.groups: also set slack.bot_token",
		"BOT_TOKEN=xapp-sesame":    "slack.bot_token: is an app-level token, which belongs in slack.app_token; must be the bot token",
		bot + " APP_TOKEN=xoxb-se": "slack.app_token: is a bot token, which belongs in slack.bot_token; must be an app-level token",
		"BOT_TOKEN=xoxp-sesame":    "a user token, with which Herald would speak as a person",
		"BOT_TOKEN=xoxe.xoxb-sesa": "ends after twelve hours",
		"BOT_TOKEN=xoxc-sesame":    "what a browser is logged in with",
		"BOT_TOKEN=sesame":         "must be the bot token, which begins with xoxb-",
		"BOT_TOKEN=xoxb-":          "must be the bot token, which begins with xoxb-",
		"BOT_TOKEN=xoxb-sésame":    "must be the bot token, which begins with xoxb-",
		"APP_TOKEN=sesame":         "must be an app-level token, which begins with xapp-",
		bot + " SIGNING_SECRET=se": "must be the signing secret, which is under Basic Information",
		bot + " SIGNING_SECRET=xapp-sesame-sesame":              "is an app-level token, which belongs in slack.app_token; must be the signing secret",
		bot + " " + app + " GROUPS=deployers":                   `"deployers" is no pair; write the id of a user group of Slack`,
		bot + " " + app + " GROUPS=@deployers=ops":              "is no pair",
		bot + " " + app + " GROUPS=S0123ABC=":                   "names no group; write its name alone, such as S0123ABC=deployers",
		bot + " " + app + " GROUPS=S0123ABC=group:ops":          "names no group; write its name alone",
		bot + " " + app + " GROUPS=S0123ABC=ops,S0123ABC=other": "S0123ABC is in here twice; it is ops already",
	} {
		var env []string
		for part := range strings.FieldsSeq(given) {
			env = append(env, "HERALD_SLACK_"+part)
		}
		_, err := config.Load(config.Source{Environ: env})
		if problems, ok := errors.AsType[config.Problems](err); !ok || len(problems) != 1 || !strings.Contains(err.Error(), want) || strings.Contains(strings.ReplaceAll(err.Error(), "xoxb-se", ""), "sesa") {
			t.Errorf("%s: %v, want %q", given, problems, want)
		}
	}
	for _, text := range []string{"slack: {groups: {S0123ABC: ops}}", "slack: {bot_tokn: xoxb-sesame}", "slack: xoxb-sesame", "bot_token: xoxb-sesame"} {
		for _, p := range problems(t, config.Source{File: write(t, text)}) {
			if strings.Contains(p, "sesame") || strings.Contains(text, "groups") && p != "herald.yaml:1: slack.groups: must be a list of plain values" {
				t.Errorf("%s: %s", text, p)
			}
		}
	}
}
