package discord

import (
	"context"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"
)

// application is what belongs to the application and its bot.
type application struct{ *wire }

// Me is the bot as a person.
func (a application) Me(ctx context.Context) (p Person, err error) {
	r := to(http.MethodGet, "users/@me")
	if err = a.ask(ctx, r, &p); err == nil && p.ID == "" {
		err = a.garbled(r)
	}
	return p, err
}

// App is an application.
type App struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Key      string `json:"verify_key"`                // of what it is sent, in hexadecimal digits
	Endpoint string `json:"interactions_endpoint_url"` // where it is sent interactions, "" if over the gateway
	Public   bool   `json:"bot_public"`                // anybody may bring the bot into a server
	Flags    int    `json:"flags"`
}

// Application is the one that the bot belongs to.
func (a application) Application(ctx context.Context) (app App, err error) {
	r := to(http.MethodGet, "applications/@me")
	if err = a.ask(ctx, r, &app); err == nil && app.ID == "" {
		err = a.garbled(r)
	}
	return app, err
}

// Entrance is where the gateway is, and how many sessions may be begun.
type Entrance struct {
	URL   string
	Total int           // sessions of a day
	Left  int           // of them
	Reset time.Duration // until there are all of them again
}

// GatewayBot tells where the gateway is.
func (a application) GatewayBot(ctx context.Context) (Entrance, error) {
	var e struct {
		URL   string `json:"url"`
		Start struct {
			Total     int   `json:"total"`
			Remaining int   `json:"remaining"`
			After     int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	r := to(http.MethodGet, "gateway/bot")
	err := a.ask(ctx, r, &e)
	if err == nil && e.URL == "" {
		err = a.garbled(r)
	}
	return Entrance{e.URL, e.Start.Total, e.Start.Remaining, time.Duration(e.Start.After) * time.Millisecond}, err
}

// Commands are those that are registered for all servers.
func (a application) Commands(ctx context.Context, app string) (all []*discordgo.ApplicationCommand, err error) {
	return all, a.ask(ctx, to(http.MethodGet, "applications/{app}/commands", app), &all)
}

// PutCommands registers commands for all servers, in the place of those that are.
func (a application) PutCommands(ctx context.Context, app string, all []*discordgo.ApplicationCommand) error {
	r := to(http.MethodPut, "applications/{app}/commands", app)
	r.body = all
	return a.ask(ctx, r, nil)
}
