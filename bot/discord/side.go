package discord

import (
	"context"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/notify"
)

// side is what only Discord can do for the desk.
type side struct {
	o      Options
	people *people
}

// Account is whose account it is: ids are the same in all servers.
func (s side) Account(_ context.Context, at chat.Spot) (bot.Account, error) {
	return bot.Account{Platform: Name, ID: at.User}, nil
}

// Name is what somebody is called in Discord.
func (s side) Name(ctx context.Context, at chat.Spot) (string, error) {
	p, err := s.o.Client.Person(ctx, at.User)
	return p.called(), err
}

// Groups are those of Herald that somebody is in for their roles. In direct messages nobody has
// any, so Discord is asked for those in the server.
func (s side) Groups(ctx context.Context, at chat.Spot) []string {
	if len(s.o.Groups) == 0 {
		return nil
	}
	roles := at.Roles
	if at.Direct {
		roles = s.people.rolesOf(ctx, at.User)
	}
	return groupsOf(s.o.Groups, roles)
}

// Rooms are a channel's id and its name, and the thread's id. Names are of channels of one server:
// in another one the same name is another place.
func (s side) Rooms(ctx context.Context, at chat.Spot) []notify.Address {
	to := []notify.Address{{Channel: Name, To: at.Channel}}
	if r := s.people.room(ctx, at.Channel); r.Name != "" && s.people.home(ctx, r.Guild) {
		to = append(to, notify.Address{Channel: Name, To: "#" + r.Name})
	}
	if at.Thread != "" {
		to = append(to, notify.Address{Channel: Name, To: at.Thread})
	}
	return to
}

// Whisper shows something to who has pressed or commanded, and nobody else. To what was said
// in a message nothing can be shown so.
func (s side) Whisper(ctx context.Context, at chat.Spot, what notify.Speech) (all bool, err error) {
	w, ok := wayOf(at.Way)
	if !ok {
		return false, chat.ErrNoPlace
	}
	post := s.o.Cards.Reply(what.ID, what.Reply, what.For.Reader)
	for key, full := range post.Kept {
		if err := s.o.Keep(ctx, key, full, s.o.Now().Add(keptWhisper)); err != nil {
			return false, err
		}
	}
	d := Draft{Components: post.Components, Files: filesOf(post)}
	if w.after {
		return true, s.o.Client.Follow(ctx, w.app, w.token, d)
	}
	_, err = s.o.Client.EditOriginal(ctx, w.app, w.token, d)
	return true, err
}

// keptWhisper is for how long the long buttons of an answer are kept: they are good for less.
const keptWhisper = 24 * time.Hour
