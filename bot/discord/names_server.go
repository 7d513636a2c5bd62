package discord

import (
	"context"
	"slices"
	"strings"

	"github.com/taskherald/herald/notify"
)

// server is the server whose channels names are of.
func (n *names) server(ctx context.Context) (Guild, error) {
	n.mu.Lock()
	g := n.found
	n.mu.Unlock()
	if g.ID != "" {
		return g, nil
	}
	g, err := n.client.guild(ctx, n.home)
	if err == nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.found = g
	}
	return g, err
}

// leave has the server be looked for anew.
func (n *names) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.found = Guild{}
}

// guild is the server with an id, "" for the only one that the bot is in.
func (p places) guild(ctx context.Context, id string) (Guild, error) {
	all, err := p.Guilds(ctx)
	if err != nil {
		return Guild{}, err
	}
	at := slices.IndexFunc(all, func(g Guild) bool { return g.ID == id })
	switch {
	case at >= 0:
		return all[at], nil
	case id != "" && len(all) < mostGuilds:
		return Guild{}, notify.Fail(notify.Transient, "the bot is not in the server that discord.server names: bring it there by its invite link")
	case id != "":
		return Guild{ID: id}, nil // it is in more than were told
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return Guild{}, notify.Fail(notify.Transient, "the bot is in no server: bring it into one by its invite link")
	}
	return Guild{}, notify.Fail(notify.Transient, "the bot is in %d servers: say by discord.server which one is meant", len(all))
}

// link is the address of a message for people.
func (n *names) link(ctx context.Context, at spot) (string, error) {
	n.mu.Lock()
	guild, ok := n.guilds[at.channel]
	n.mu.Unlock()
	if !ok {
		r, err := n.client.Channel(ctx, at.channel)
		if err != nil {
			return "", err
		}
		if guild = r.Guild; guild == "" {
			guild = "@me"
		}
		n.mu.Lock()
		note(n.guilds, at.channel, guild)
		n.mu.Unlock()
	}
	return strings.Join([]string{"https://discord.com/channels", guild, at.channel, at.message}, "/"), nil
}
