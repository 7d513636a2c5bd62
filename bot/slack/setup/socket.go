package setup

import (
	"context"
	"net/url"
	"regexp"

	"github.com/taskherald/herald/bot/checkup"
)

// socket looks at Socket Mode as far as that works without opening a socket.
func (v *visit) socket(ctx context.Context, me identity) {
	if v.AppToken == "" {
		return
	}
	var given struct {
		URL string `json:"url"`
	}
	if _, t := v.call(ctx, v.AppToken, "apps.connections.open", url.Values{}, &given); t != nil {
		if t.code == "missing_scope" {
			t.advice = "make another app-level token with the scope connections:write, under " + appToken.where
		}
		v.failed("nothing is heard by Socket Mode", t, appToken)
		return
	}
	v.sameApp(ctx, me)
	host, say, advice := checkup.Socket(ctx, v.http, given.URL)
	if say != "" {
		v.Broken(advice, "Slack gives a socket, and there is no way to it: %s", say)
		return
	}
	v.Good("Socket Mode is on, and there is a way to %s", host)
}

// appOf finds the app's id in an app-level token, which is where Slack puts it.
var appOf = regexp.MustCompile(`^xapp-[0-9]+-(A[A-Z0-9]+)-`)

var appForm = regexp.MustCompile(`^A[A-Z0-9]{1,30}$`)

// sameApp compares the apps that the two tokens are of. With two apps everything looks
// good, and yet nothing that is said to the bot is heard.
func (v *visit) sameApp(ctx context.Context, me identity) {
	app := appOf.FindStringSubmatch(v.AppToken)
	if app == nil || me.Bot == "" {
		return
	}
	var said struct {
		Bot struct {
			App string `json:"app_id"`
		} `json:"bot"`
	}
	_, t := v.call(ctx, v.BotToken, "bots.info", url.Values{"bot": {me.Bot}}, &said)
	if of := said.Bot.App; t == nil && appForm.MatchString(of) && of != app[1] {
		v.Broken("take both from one app", "slack.bot_token is of the app %s and slack.app_token of the app %s, so nothing that is said to the bot is heard", of, app[1])
	}
}
