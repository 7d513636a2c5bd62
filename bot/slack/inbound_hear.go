package slack

import (
	"context"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/templates"
)

// talk has the bot answer what people say and press.
type talk struct {
	Options
	people  *people
	mouth   *mouth
	threads *threads
	homes   *homes
	clerk   clerk
	said    *seen // messages, whichever events they come as
	tempo   *tempo
}

func newTalk(o Options, m *mouth, h *homes) *talk {
	return &talk{o, m.people, m, m.threads, h, clerk{o, m.people}, newSeen(), newTempo()}
}

// heard is what there is to say to somebody.
type heard struct {
	spot
	id    string // of what is said, the same if it is said again
	who   somebody
	reply templates.Reply
	open  bool // it may be said where others read, if those may know of it
	own   bool // it is about their account
	moved bool // whose the account is may have changed
	quiet bool // nothing is to be said
}

// hear has the bot answer a turn. There always are words: where it does not work, those say
// so. To what was only overheard nothing is said then.
func (t *talk) hear(ctx context.Context, at spot, turn bot.Turn) heard {
	at = t.people.settled(ctx, at)
	h := heard{spot: at, id: speechID(at, turn.ID)}
	var err error
	if h.who, err = t.people.of(ctx, at); err == nil {
		turn.Room, turn.Thread, turn.Who, turn.Reader = at.room(), at.thread, h.who.actor, h.who.reader
		turn.Stranger, turn.Speaker = !h.who.known, at.user
		err = t.look(ctx, at, &turn)
	}
	if err == nil {
		h.reply, err = t.Bot.Hear(ctx, turn)
	}
	if err != nil {
		t.Log.Error("what somebody in Slack wants was not done", "error", err)
	}
	if h.reply.About == "" {
		h.quiet = turn.Overheard
		h.reply = t.mouth.words(templates.Answer{About: templates.TopicTrouble}, at.user)
	}
	return h
}

// look finds what the place tells of: the task that a thread is about, and what they may know
// of who are not known here.
func (t *talk) look(ctx context.Context, at spot, turn *bot.Turn) (err error) {
	if far := at.far(); far != "" && turn.About == "" {
		if turn.About, _, err = t.Rooms.TaskAt(ctx, far); err != nil {
			return err
		}
	}
	if turn.Stranger && !at.direct() {
		turn.Sight, err = t.mouth.shown(ctx, at)
	}
	return err
}
