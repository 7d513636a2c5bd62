package discord

import (
	"context"
	"net/http"

	"github.com/bwmarrin/discordgo"
)

// Follow shows somebody who acted a message that nobody else sees.
func (i interactions) Follow(ctx context.Context, app, token string, d Draft) error {
	r := to(http.MethodPost, "webhooks/{app}/{token}", app, token)
	r.body, r.files, r.open = d.private(), d.Files, true
	_, err := i.said(ctx, r)
	return err
}

// private is a draft as Discord reads it to show it to one person.
func (d *Draft) private() map[string]any {
	body := d.body()
	body["flags"] = discordgo.MessageFlagsIsComponentsV2 | discordgo.MessageFlagsEphemeral
	return body
}

// Person is somebody by their id.
func (p places) Person(ctx context.Context, id string) (who Person, err error) {
	return who, p.ask(ctx, to(http.MethodGet, "users/{user}", id), &who)
}

// called is what somebody wants to be called.
func (p Person) called() string {
	if p.Global != "" {
		return p.Global
	}
	return p.Name
}
