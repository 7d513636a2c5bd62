package setup_test

import (
	"slices"
	"testing"

	"github.com/taskherald/herald/bot/checkup"
	"github.com/taskherald/herald/bot/slack/setup"
	"github.com/taskherald/herald/bot/slack/slackfake"
)

// installed is an app in a workspace of the fake, which is as strict as Slack.
func installed(t *testing.T, o slackfake.Options) (*slackfake.Slack, setup.App) {
	t.Helper()
	s := slackfake.New(o)
	return s, setup.App{API: s.Start(t), BotToken: slackfake.BotToken, AppToken: slackfake.AppToken}
}

// TestInWorkspace is an app of the manifest in a workspace, with every kind of room.
func TestInWorkspace(t *testing.T) {
	t.Parallel()
	var scopes []string
	for _, s := range setup.Scopes(true) {
		scopes = append(scopes, s.Name)
	}
	s, a := installed(t, slackfake.Options{Scopes: scopes})
	a.Rooms = []string{"#deploys", slackfake.General, "#random", "#secret", slackfake.Secret, "#old-room", slackfake.Ana, "U0NOBODY01"}
	a.Groups = []string{slackfake.Engineers, "S0NOBODY01"}
	all := check(t, a)
	for want, state := range map[string]checkup.State{
		"the bot is @herald in the workspace":                 checkup.Good,
		"the bot has all scopes that it needs":                checkup.Good,
		"Socket Mode is on":                                   checkup.Good,
		"the bot is in slack:#deploys":                        checkup.Good,
		"the bot is in slack:C0GENERAL1 (#general)":           checkup.Good,
		"slack:U0ANA00001 is @ana":                            checkup.Good,
		"slack.groups: S0ENGINEER is @engineers":              checkup.Good,
		"the bot is not in slack:#random":                     checkup.Broken,
		"slack:#secret is no public channel of the workspace": checkup.Broken,
		"slack:C0SECRET01 is no channel of the workspace":     checkup.Broken,
		"slack:#old-room is archived":                         checkup.Broken,
		"slack:U0NOBODY01 is nobody of this workspace":        checkup.Broken,
		"there is no user group S0NOBODY01":                   checkup.Broken,
	} {
		if !has(all, state, want) {
			t.Errorf("does not say %q as %s", want, state)
		}
	}
	if has(all, checkup.Good, "more than Herald uses") || len(all) != 14 {
		t.Errorf("found %+v", all)
	}
	for _, c := range s.Calls("") {
		if reads := []string{"auth.test", "apps.connections.open", "bots.info", "conversations.list", "conversations.info", "users.info", "usergroups.list"}; !slices.Contains(reads, c.Method) {
			t.Errorf("a check calls %s", c.Method)
		}
	}
	if s.Feed().Connections() != 0 {
		t.Error("a check opens a socket")
	}
}

// TestEndOfApp is what a check says of an app that works no more.
func TestEndOfApp(t *testing.T) {
	t.Parallel()
	for want, end := range map[string]func(*slackfake.Token){
		"slack.bot_token was revoked (token_revoked)": (*slackfake.Token).Revoke,
		"(account_inactive)":                          (*slackfake.Token).Uninstall,
	} {
		s, a := installed(t, slackfake.Options{})
		end(s.Token(slackfake.BotToken))
		if all := check(t, a); !has(all, checkup.Broken, want) {
			t.Errorf("does not say %q: %+v", want, all)
		}
	}
	_, a := installed(t, slackfake.Options{AppScopes: []string{"authorizations:read"}})
	if all := check(t, a); !has(all, checkup.Broken, "make another app-level token with the scope connections:write") {
		t.Errorf("found %+v", all)
	}
	a.BotToken, a.AppToken = a.AppToken, a.BotToken
	if all := check(t, a); !has(all, checkup.Broken, "mixed up") {
		t.Errorf("of swapped tokens %+v", all)
	}
}
