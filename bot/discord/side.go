package discord

import (
	"context"
	"errors"
	"net/http"
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

// Rooms are a channel's id and its name, and the thread's id.
func (s side) Rooms(ctx context.Context, at chat.Spot) []notify.Address {
	to := []notify.Address{{Channel: Name, To: at.Channel}}
	if name := s.people.nameOf(ctx, at.Channel); name != "" {
		to = append(to, notify.Address{Channel: Name, To: "#" + name})
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
	if err = s.tell(ctx, w, d); limitedFor(err) > 0 && limitedFor(err) <= mostRest && rest(ctx, limitedFor(err), nil) == nil {
		err = s.tell(ctx, w, d)
	}
	return true, err
}

// tell shows a draft to who acted.
func (s side) tell(ctx context.Context, w way, d Draft) error {
	if w.after {
		return s.o.Client.Follow(ctx, w.app, w.token, d)
	}
	_, err := s.o.Client.EditOriginal(ctx, w.app, w.token, d)
	return err
}

// mostRest is what Discord may ask for before an answer takes another way.
const mostRest = 10 * time.Second

// limitedFor is for how long Discord wants no such call, 0 for an error of another kind.
func limitedFor(err error) time.Duration {
	if p, ok := errors.AsType[*Problem](err); ok && p.Status == http.StatusTooManyRequests {
		return p.After
	}
	return 0
}

// keptWhisper is for how long the long buttons of an answer are kept: they are good for less.
const keptWhisper = 24 * time.Hour
