package discord

import (
	"context"
	"net/http"
	"time"
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
