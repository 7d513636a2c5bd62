package setup

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
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
	host, t := v.reach(ctx, given.URL)
	if t != nil {
		v.failed("Slack gives a socket, and there is no way to it", t, appToken)
		return
	}
	v.good("Socket Mode is on, and there is a way to %s", host)
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
		v.broken("take both from one app", "slack.bot_token is of the app %s and slack.app_token of the app %s, so nothing that is said to the bot is heard", of, app[1])
	}
}

// reach asks the host of a socket for anything, without the ticket that would open one.
func (v *visit) reach(ctx context.Context, socket string) (host string, t *trouble) {
	u, err := url.Parse(socket)
	if err != nil || u.Host == "" {
		return "", &trouble{say: "its address is no URL", advice: "look for what changes answers on the way"}
	}
	plain := "https://" + u.Host + "/"
	if u.Scheme == "ws" { // a far side on this machine
		plain = "http://" + u.Host + "/"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, plain, nil)
	if err != nil {
		return "", &trouble{say: "its address is no URL", advice: "look for what changes answers on the way"}
	}
	res, err := v.http.Do(r)
	if err != nil {
		return "", unreached(u.Hostname(), err)
	}
	res.Body.Close()
	return u.Hostname(), nil
}
