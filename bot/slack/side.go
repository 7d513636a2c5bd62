package slack

import (
	"context"
	"errors"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/notify"
)

// side is what only Slack can do for the desk.
type side struct {
	Options
	people *people
}

// mostRest is what Slack may ask for before an answer takes another way.
const mostRest = 20 * time.Second

// Account is whose account it is. The error is that our workspace is not known: by the team
// that comes with something an account may look like one that nobody has linked.
func (s side) Account(ctx context.Context, at chat.Spot) (bot.Account, error) {
	self, err := s.people.self.Get(ctx)
	return bot.Account{Platform: Name, Team: self.Team, ID: at.User}, err
}

// Name is what somebody is called in Slack.
func (s side) Name(ctx context.Context, at chat.Spot) (string, error) {
	return s.Client.UserName(ctx, at.User)
}

// Groups are those of Herald that somebody is in for being in user groups.
func (s side) Groups(ctx context.Context, at chat.Spot) []string {
	return s.people.groupsOf(ctx, at.User)
}

// Rooms are a channel's id and its name.
func (s side) Rooms(ctx context.Context, at chat.Spot) []notify.Address {
	to := []notify.Address{{Channel: Name, To: at.Channel}}
	if title := s.people.titleOf(ctx, at.Channel); title != "" {
		to = append(to, notify.Address{Channel: Name, To: "#" + title})
	}
	return to
}

// Whisper shows something to who asked, and nobody else, where they are. Files cannot be shown
// so: those come as a direct message, and where they are in theirs all of it does.
func (s side) Whisper(ctx context.Context, at chat.Spot, what notify.Speech) (all bool, err error) {
	post := s.Cards.Reply(what.ID, what.Reply, what.For.Reader)
	all = len(post.Files) == 0
	if at.Direct && !all {
		return false, chat.ErrNoPlace
	}
	err = chat.ErrNoPlace
	if at.Way != "" {
		err = patiently(ctx, func() error {
			return s.Client.Respond(ctx, at.Way, Response{Text: post.Text, Blocks: post.Blocks, Thread: at.Near})
		})
	}
	if err == nil || at.Direct {
		return all, err
	}
	return all, patiently(ctx, func() error {
		return s.Client.PostEphemeral(ctx, at.User, Draft{Channel: at.Channel, Thread: at.Near, Text: post.Text, Blocks: post.Blocks})
	})
}

// patiently makes a call, and once more if Slack wants it a little later.
func patiently(ctx context.Context, call func() error) error {
	err := call()
	p, ok := errors.AsType[*Problem](err)
	if !ok || p.After <= 0 || p.After > mostRest {
		return err
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(p.After):
		return call()
	}
}
