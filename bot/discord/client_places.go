package discord

import (
	"context"
	"net/http"
	"slices"
)

// places is what is known of servers and their channels.
type places struct{ *wire }

// Room is a channel or a thread of Discord.
type Room struct {
	ID    string `json:"id"`
	Guild string `json:"guild_id"` // its server, "" of direct messages
	Name  string `json:"name"`
	Kind  int    `json:"type"`

	Parent string `json:"parent_id"` // of a thread the channel that it is in
}

// textual are the kinds of channels in which messages stand: of text, of voice, of
// announcements, of a stage.
var textual = []int{0, 2, 5, 13}

// Textual reports whether messages stand in a channel of a server.
func (r Room) Textual() bool { return slices.Contains(textual, r.Kind) }

// Channel is a channel or a thread by its id.
func (p places) Channel(ctx context.Context, id string) (r Room, err error) {
	return r, p.ask(ctx, to(http.MethodGet, "channels/{channel}", id), &r)
}

// Channels are those of a server that the bot is in, of all kinds; threads aside, and whether
// or not the bot can see them.
func (p places) Channels(ctx context.Context, guild string) (all []Room, err error) {
	return all, p.ask(ctx, to(http.MethodGet, "guilds/{guild}/channels", guild), &all)
}

// Guild is a server that the bot is in.
type Guild struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// mostGuilds is how many servers are told at once.
const mostGuilds = 200

// Guilds are the servers that the bot is in, at most 200.
func (p places) Guilds(ctx context.Context) (all []Guild, err error) {
	return all, p.ask(ctx, to(http.MethodGet, "users/@me/guilds"), &all)
}

// Person is somebody on Discord.
type Person struct {
	ID     string `json:"id"`
	Name   string `json:"username"`
	Global string `json:"global_name"` // as they want to be called, "" if they have not said
	Bot    bool   `json:"bot"`
}

// Member is a person in a server.
type Member struct {
	User  Person   `json:"user"`
	Nick  string   `json:"nick"`  // as they are called there, "" for no other name
	Roles []string `json:"roles"` // by their ids
}

// Member is a person in a server; an error with the code 10007 says that they are in it no
// more.
func (p places) Member(ctx context.Context, guild, user string) (m Member, err error) {
	return m, p.ask(ctx, to(http.MethodGet, "guilds/{guild}/members/{user}", guild, user), &m)
}
