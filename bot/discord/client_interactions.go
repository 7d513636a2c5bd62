package discord

import (
	"context"
	"net/http"

	"github.com/bwmarrin/discordgo"
)

// interactions are answered with the token that came with them, which is good for a quarter
// of an hour. It is a secret, and in no error.
type interactions struct{ *wire }

// Response is the first answer to an interaction, which has to be there within three seconds.
type Response struct {
	Type    discordgo.InteractionResponseType
	Private bool // who acted sees what follows, and nobody else

	Choices []*discordgo.ApplicationCommandOptionChoice // of an autocomplete

	Title, CustomID string // of a modal
	Components      []discordgo.MessageComponent
}

// Callback gives the first answer to an interaction.
func (i interactions) Callback(ctx context.Context, interaction, token string, a Response) error {
	r := to(http.MethodPost, "interactions/{interaction}/{token}/callback", interaction, token)
	r.body, r.open = a.body(), true
	return i.ask(ctx, r, nil)
}

// EditOriginal puts a message in the place of the first answer to an interaction.
func (i interactions) EditOriginal(ctx context.Context, app, token string, d Draft) (Said, error) {
	r := to(http.MethodPatch, "webhooks/{app}/{token}/messages/@original", app, token)
	r.body, r.files, r.open = d.changed(), d.Files, true
	return i.said(ctx, r)
}

// body is what Discord reads.
func (a *Response) body() map[string]any {
	data := map[string]any{}
	if a.Private {
		data["flags"] = discordgo.MessageFlagsEphemeral
	}
	switch a.Type {
	case discordgo.InteractionApplicationCommandAutocompleteResult:
		data["choices"] = append([]*discordgo.ApplicationCommandOptionChoice{}, a.Choices...)
	case discordgo.InteractionResponseModal:
		data["title"], data["custom_id"], data["components"] = a.Title, a.CustomID, a.Components
	}
	return map[string]any{"type": a.Type, "data": data}
}
