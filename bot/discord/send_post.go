package discord

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/templates/discordcard"
)

// mostPlain is how many characters there are at most of a message that is its text alone.
const mostPlain = 1500

// poster posts parcels, and puts them in the place of what is there.
type poster struct {
	client  *Client
	log     *slog.Logger
	threads *threads
}

// place posts a letter. One that may answer no message there stands alone, one whose files are
// too large goes without them, and one whose components are not taken is its text, once each.
func (p *poster) place(ctx context.Context, room string, l parcel) (spot, error) {
	l.draft.Nonce = l.nonce(room)
	said, err := p.client.CreateMessage(ctx, room, l.draft)
	if l.draft.Reply != "" && CodeOf(err) == noHistory {
		l.draft.Reply = ""
		said, err = p.client.CreateMessage(ctx, room, l.draft)
	}
	if p.lighter(&l, err) {
		said, err = p.client.CreateMessage(ctx, room, l.draft)
	}
	if p.plainer(&l, err) {
		said, err = p.client.CreateMessage(ctx, room, l.draft)
	}
	return spot{said.Channel, said.ID}, err
}

// replace puts a letter in the place of the message that is there, likewise. In a thread that
// was put away nothing can be changed before it is brought back.
func (p *poster) replace(ctx context.Context, at spot, l parcel) error {
	_, err := p.client.EditMessage(ctx, at.channel, at.message, l.draft)
	if CodeOf(err) == archived && p.client.ReopenThread(ctx, at.channel) == nil {
		_, err = p.client.EditMessage(ctx, at.channel, at.message, l.draft)
	}
	if p.lighter(&l, err) {
		_, err = p.client.EditMessage(ctx, at.channel, at.message, l.draft)
	}
	if p.plainer(&l, err) {
		_, err = p.client.EditMessage(ctx, at.channel, at.message, l.draft)
	}
	return err
}

// lighter takes the files out of a letter, and reports whether it may be taken without them.
func (p *poster) lighter(l *parcel, err error) bool {
	if len(l.draft.Files) == 0 || !slices.Contains(large, CodeOf(err)) && statusOf(err) != http.StatusRequestEntityTooLarge {
		return false
	}
	p.log.Warn("Discord does not take the files of a message, so it goes without them", "error", err)
	l.draft.Files, l.draft.Components = nil, fileless(l.draft.Components)
	return true
}

// plainer makes a letter its text alone, and reports whether it may be taken so. That its
// components are not taken is a defect, so the log says where.
func (p *poster) plainer(l *parcel, err error) bool {
	if !slices.Contains(unfit, CodeOf(err)) {
		return false
	}
	p.log.Warn("Discord does not take the components of a message, so it gets the text alone", "error", err)
	text := []rune(l.text)
	text = text[:min(len(text), mostPlain)]
	l.draft.Files = nil
	l.draft.Components = []discordgo.MessageComponent{discordgo.Container{
		ID: discordcard.Mark(l.id), Components: []discordgo.MessageComponent{discordgo.TextDisplay{Content: discordcard.Plain(string(text))}},
	}}
	return true
}

// fileless are components without those that show files.
func fileless(all []discordgo.MessageComponent) (out []discordgo.MessageComponent) {
	for _, c := range all {
		switch c := c.(type) {
		case discordgo.FileComponent, *discordgo.FileComponent:
		case discordgo.Container:
			c.Components = fileless(c.Components)
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out
}
