package discord

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskherald/herald/bot/chat"
)

// For how long it is known what a channel is and which roles somebody has: the latter of each
// where Discord does not tell.
const (
	roomFresh, roomStale = 10 * time.Minute, time.Hour
	roleFresh, roleStale = time.Minute, 10 * time.Minute
	mostKnown            = 4096 // channels, people, and messages
)

// people finds out of Discord where and who somebody is.
type people struct {
	o     Options
	names *names // of the server
	self  *self

	mu    sync.Mutex
	rooms map[string]*chat.Fact[Room]     // by their ids
	roles map[string]*chat.Fact[[]string] // of people by their ids
	steps map[string]*chat.Fact[string]   // from messages to those in which their cards went on
}

func newPeople(o Options) *people {
	return &people{
		o: o, names: newNames(o.Client, o.Server, o.Now), self: &self{client: o.Client},
		rooms: map[string]*chat.Fact[Room]{}, roles: map[string]*chat.Fact[[]string]{}, steps: map[string]*chat.Fact[string]{},
	}
}

// room is what is known of a channel: nothing but its id where Discord does not tell.
func (p *people) room(ctx context.Context, id string) Room {
	r, err := known(&p.mu, p.rooms, id, func() *chat.Fact[Room] {
		return chat.NewFact(p.o.Now, roomFresh, roomStale, func(ctx context.Context) (Room, error) { return p.o.Client.Channel(ctx, id) })
	}).Get(ctx)
	if err != nil {
		p.o.Log.Warn("Discord does not tell what a channel is", "channel", id, "error", err)
	}
	r.ID = cmp.Or(r.ID, id)
	return r
}

// nameOf is the name by which rules may mean a channel, in small letters; "" where they mean another
// one by it, or none. Names are of channels of one server, and anybody who may make channels can
// give one a name that there is.
func (p *people) nameOf(ctx context.Context, id string) string {
	r := p.room(ctx, id)
	if r.Name == "" || !r.Textual() || !p.home(ctx, r.Guild) {
		return ""
	}
	name := strings.ToLower(r.Name)
	if is, err := p.names.find(ctx, name); err != nil || is != id {
		return ""
	}
	return name
}

// home reports whether a server is the one whose channels rules name.
func (p *people) home(ctx context.Context, guild string) bool {
	g, err := p.names.server(ctx)
	if err != nil {
		p.o.Log.Warn("it is not known which server the names of channels are of", "error", err)
	}
	return err == nil && g.ID == guild
}

// rolesOf are the roles of somebody in the server; none as long as Discord does not tell.
func (p *people) rolesOf(ctx context.Context, user string) []string {
	roles, err := known(&p.mu, p.roles, user, func() *chat.Fact[[]string] {
		return chat.NewFact(p.o.Now, roleFresh, roleStale, func(ctx context.Context) ([]string, error) { return p.askRoles(ctx, user) })
	}).Get(ctx)
	if err != nil {
		p.o.Log.Warn("Discord does not tell which roles somebody has, so they count as having none", "user", user, "error", err)
	}
	return roles
}

func (p *people) askRoles(ctx context.Context, user string) ([]string, error) {
	server, err := p.names.server(ctx)
	if err != nil {
		return nil, err
	}
	m, err := p.o.Client.Member(ctx, server.ID, user)
	switch {
	case CodeOf(err) == codeNoMember:
		return nil, nil
	case err != nil:
		p.names.leave() // the bot may be in another server by now
	}
	return m.Roles, err
}

// codeNoMember is what Discord says of somebody who is not in a server.
const codeNoMember = 10007

// known is a fact of many, made when it is first wanted.
func known[T any](mu *sync.Mutex, all map[string]*chat.Fact[T], id string, fresh func() *chat.Fact[T]) *chat.Fact[T] {
	mu.Lock()
	defer mu.Unlock()
	f := all[id]
	if f == nil {
		if len(all) >= mostKnown {
			clear(all)
		}
		f = fresh()
		all[id] = f
	}
	return f
}

// groupsOf are the groups of Herald that somebody is in who has roles, each once.
func groupsOf(groups map[string]string, roles []string) (in []string) {
	for _, r := range roles {
		if g, ok := groups[r]; ok {
			in = append(in, g)
		}
	}
	slices.Sort(in)
	return slices.Compact(in)
}
