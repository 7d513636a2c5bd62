package setup

import (
	"context"
	"net/http"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

// App is an application as the settings have it, and what they expect of it.
type App struct {
	API       string            // where the methods are, with a slash at its end
	Token     string            // of the bot
	Server    string            // the server's id, "" for the only one that the bot is in
	PublicKey string            // "" where what is pressed comes over the gateway
	PublicURL string            // where people reach the server, or ""
	Rooms     []string          // that rules name: #name, an id, or @ and the id of a person
	Roles     []string          // ids of roles that are mapped
	Through   http.RoundTripper // nil for the usual one
}

// application is what Discord knows of it.
type application struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Public    *bool   `json:"bot_public"`
	CodeGrant bool    `json:"bot_require_code_grant"`
	Key       string  `json:"verify_key"`
	Endpoint  *string `json:"interactions_endpoint_url"`
	Flags     int64   `json:"flags"`
}

// person is somebody, or a bot.
type person struct {
	ID   string `json:"id"`
	Name string `json:"username"`
	Bot  bool   `json:"bot"`
}

// visit is a check under way.
type visit struct {
	App
	caller
	checkup.Report

	app application
	me  person
}

// Check looks at an application, and says what works and what does not. What makes no sense
// after something else is broken is left out. It changes nothing, and takes as long as
// ctx lets it.
func (a App) Check(ctx context.Context) []checkup.Finding {
	v := &visit{App: a, caller: a.caller()}
	headers, ok := v.whoami(ctx)
	if headers == nil {
		return v.Found // there is no way to Discord
	}
	v.Clock("Discord", headers, time.Now(), v.PublicKey != "")
	if !ok {
		return v.Found
	}
	v.application()
	v.endpoint(ctx)
	v.gateway(ctx)
	v.commands(ctx)
	if in, ok := v.server(ctx); ok {
		in.rooms(ctx)
		in.roles()
		v.Good("to see whether the bot hears you, write \"@%s help\" in a channel, or \"/%s help\"", v.me.Name, CommandName)
	}
	return v.Found
}

// whoami asks who the token speaks as. The headers are nil if there was no answer.
func (v *visit) whoami(ctx context.Context) (headers http.Header, ok bool) {
	headers, t := v.get(ctx, "users/@me", &v.me)
	if t == nil {
		headers, t = v.get(ctx, "applications/@me", &v.app)
	}
	switch {
	case t == nil:
		v.Good("the bot is @%s, of the application %s (%s)", v.me.Name, v.app.Name, v.app.ID)
		return headers, true
	case t.status == 0:
		v.failed("Discord cannot be asked", t)
		return nil, false
	}
	v.failed("the bot cannot speak", t)
	return headers, false
}

// The privileged intents that an application may have, by their flags: those of bots that
// are in many servers, and of others.
var intents = []struct {
	name  string
	flags int64
}{
	{"Presence", 1<<12 | 1<<13},
	{"Server Members", 1<<14 | 1<<15},
	{"Message Content", 1<<18 | 1<<19},
}

// application looks at how it is set up on its pages.
func (v *visit) application() {
	if v.app.Public != nil && *v.app.Public {
		v.Odd("switch Public Bot off under Bot; where that is refused, choose None under Installation, Install Link first",
			"anybody can invite the bot into a server of theirs")
	}
	if v.app.CodeGrant {
		v.Broken("switch it off under Bot", "Requires OAuth2 Code Grant is on, so the link that invites the bot does nothing")
	}
	for _, i := range intents {
		if v.app.Flags&i.flags != 0 {
			v.Odd("switch it off under Bot, Privileged Gateway Intents", "the bot has the privileged intent %s, and Herald needs none of those", i.name)
		}
	}
}

// fewSessions is so few left of a day that a restart or two may use them up.
const fewSessions = 50

// gateway looks at the gateway as far as that works without beginning a session.
func (v *visit) gateway(ctx context.Context) {
	var said struct {
		URL   string `json:"url"`
		Limit *struct {
			Total     int   `json:"total"`
			Remaining int   `json:"remaining"`
			After     int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	if _, t := v.get(ctx, "gateway/bot", &said); t != nil {
		v.failed("the gateway cannot be asked for", t)
		return
	}
	host, say, advice := checkup.Socket(ctx, v.http, said.URL)
	if say != "" {
		v.Broken(advice, "Discord gives a gateway, and there is no way to it: %s", say)
		return
	}
	if said.Limit == nil {
		v.Good("there is a way to the gateway at %s", host)
		return
	}
	const enough = "is something starting Herald again and again, or does another program use the same token?"
	again := (time.Duration(said.Limit.After) * time.Millisecond).Round(time.Minute)
	switch left := said.Limit.Remaining; {
	case left <= 0:
		v.Broken(enough, "the bot has begun as many sessions as it may in a day; the next one may begin in %s", again)
	case left < fewSessions:
		v.Odd(enough, "the bot may begin only %d more sessions (of %d) in the next %s; Discord resets its token if it tries more", left, said.Limit.Total, again)
	default:
		v.Good("there is a way to the gateway at %s, and %d of %d sessions are left today", host, left, said.Limit.Total)
	}
}

// commands looks at whether Discord knows the commands as they are.
func (v *visit) commands(ctx context.Context) {
	differences, t := v.compare(ctx, v.app.ID)
	if t != nil {
		v.failed("the commands cannot be looked at", t)
		return
	}
	const advice = "\"herald setup discord\" registers it; so does the server when it starts"
	for _, d := range differences {
		if d.id == "" {
			v.Odd(advice, "/%s is not registered", d.command.Name)
		} else {
			v.Odd(advice, "/%s is registered in another form", d.command.Name)
		}
	}
	if len(differences) == 0 {
		v.Good("/%s is registered", CommandName)
	}
}
