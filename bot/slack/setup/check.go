package setup

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

// App is an app as the settings have it, and what they expect of it.
type App struct {
	API           string            // where the methods are, with a slash at its end
	BotToken      string            // xoxb-…
	AppToken      string            // xapp-…, "" where there is no Socket Mode
	SigningSecret string            // "" where Slack does not call
	PublicURL     string            // where people reach the server, or ""
	Rooms         []string          // that rules name: #name, or an id of a channel or a person
	Groups        []string          // ids of user groups that are mapped
	Through       http.RoundTripper // nil for the usual one
}

// identity is who a bot token speaks as.
type identity struct {
	Team string `json:"team"`
	User string `json:"user"`
	URL  string `json:"url"`
	Bot  string `json:"bot_id"`
	Org  bool   `json:"is_enterprise_install"`
}

// visit is a check under way.
type visit struct {
	App
	caller
	checkup.Report
}

// Check looks at an app, and says what works and what does not. What makes no sense
// after something else is broken is left out. It changes nothing, and takes as long as
// ctx lets it.
func (a App) Check(ctx context.Context) []checkup.Finding {
	v := &visit{App: a, caller: newCaller(a.API, a.Through)}
	me, headers, ok := v.whoami(ctx)
	if headers == nil {
		return v.Found // there is no way to Slack
	}
	v.Clock("Slack", headers, time.Now(), v.SigningSecret != "")
	v.socket(ctx, me)
	v.signing(ctx)
	if ok {
		v.scopes(headers)
		rooms{v, me}.look(ctx)
		v.groups(ctx)
		v.Good("Slack does not tell which events an app hears: to see it, write \"@%s help\" in a channel that it is in, or \"help\" to it in a direct message", me.User)
	}
	return v.Found
}

// whoami asks who the bot token speaks as. The headers are nil if there was no answer.
func (v *visit) whoami(ctx context.Context) (me identity, headers http.Header, ok bool) {
	headers, t := v.call(ctx, v.BotToken, "auth.test", url.Values{}, &me)
	switch {
	case t != nil && t.code == "":
		headers = nil
		v.failed("Slack cannot be asked", t, botToken)
	case t != nil:
		v.failed("the bot cannot speak", t, botToken)
	case me.Org:
		v.Broken("install it in one workspace, and take the token of that", "the app is installed in a whole organisation, %s, and Herald is for one workspace", me.Team)
	case me.Bot == "":
		v.Broken("copy the bot token from "+botToken.where, "slack.bot_token is not that of a bot: it speaks as %s", me.User)
	default:
		v.Good("the bot is @%s in the workspace %s (%s)", me.User, me.Team, me.URL)
		return me, headers, true
	}
	return me, headers, false
}

// scopes compares what the bot may with what it needs.
func (v *visit) scopes(h http.Header) {
	if len(h.Values("X-Oauth-Scopes")) == 0 {
		v.Odd("look for what changes answers on the way", "Slack does not say which scopes the bot has")
		return
	}
	has := strings.FieldsFunc(h.Get("X-Oauth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	const advice = `add it under OAuth & Permissions, or put in the whole manifest that "herald setup slack" prints, and install the app again: Slack gives new scopes only then`
	all := true
	for _, s := range Scopes(len(v.Groups) > 0) {
		switch {
		case slices.Contains(has, s.Name):
			continue
		case s.Name == sayScope, s.Name == groupScope:
			v.Broken(advice, "the scope %s is missing: %s", s.Name, s.Without)
		default:
			v.Odd(advice, "the scope %s is missing: %s", s.Name, s.Without)
		}
		all = false
	}
	if all {
		v.Good("the bot has all scopes that it needs%s", v.unneeded(has))
	}
}

// unneeded names the scopes that the bot has beyond its needs.
func (v *visit) unneeded(has []string) string {
	var more []string
	for _, name := range has {
		needed := slices.ContainsFunc(Scopes(true), func(s Scope) bool { return s.Name == name })
		if !needed && codeForm.MatchString(name) {
			more = append(more, name)
		}
	}
	if len(more) == 0 {
		return ""
	}
	return ", and more than Herald uses: " + strings.Join(more, ", ")
}
