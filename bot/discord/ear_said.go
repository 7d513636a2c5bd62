package discord

import (
	"context"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// spoken is what somebody has said, if they say it to us: Discord tells us of all messages, and
// what stands in those alone that are for us.
func (e *ear) spoken(s *said) *chat.Arrival {
	us, _ := e.self() // as long as nobody tells, only direct messages are for us
	text, named := s.plain(us.user, nil)
	if s.Author.ID == us.user || !named && !s.direct() {
		return nil
	}
	busy := e.Unheard(s.spot(), s.ID)
	return &chat.Arrival{Key: "message " + s.ID, Who: s.Author.ID, Lane: s.Channel, Busy: busy, Work: chat.Bounded(func(ctx context.Context) {
		t := bot.Turn{ID: s.ID, Via: progress.ViaChat, Text: text}
		if h, ok := e.Said(ctx, e.place(ctx, s), t); ok {
			e.Answer(ctx, h)
		}
	})}
}

// place is where something was said. What is said in a channel is remembered for who says it; in
// a thread all say it together.
func (e *ear) place(ctx context.Context, s *said) chat.Spot {
	at := s.spot()
	if us, _ := e.self(); s.below() != "" && (s.Answers.Author.ID == us.user || s.Answers.Author.ID == "") {
		at.About = append(at.About, s.below())
	}
	if at.Direct {
		return at
	}
	if r := e.people.room(ctx, s.Channel); isThread(r.Kind) && r.Parent != "" {
		at = within(at, r.Parent)
	}
	at.Here, at.Far = notify.Address{Channel: Name, To: at.Channel}, s.far()
	return at
}

// spot is where it was said, as far as the message tells.
func (s *said) spot() chat.Spot {
	alone := direct(s.Author.ID)
	return chat.Spot{
		Channel: s.Channel, User: s.Author.ID, Direct: s.direct(), Roles: s.roles(), About: []string{}, Here: alone, Alone: alone,
	}
}
