package slack

import (
	"cmp"
	"context"
	"strings"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates"
)

// ear makes turns of what people say and press, and has the bot answer them.
type ear struct {
	Options
	people  *people
	mouth   *mouth
	threads *threads
	homes   *homes
	said    *seen // messages, whichever events they come as
	tempo   *tempo
}

func newEar(o Options, answers *queue) *ear {
	who := newPeople(o)
	m := newMouth(o, who, answers)
	return &ear{Options: o, people: who, mouth: m, threads: m.threads, homes: &homes{o, who}, said: newSeen(), tempo: newTempo()}
}

// spot is where somebody is who says or presses something, and how they are answered there.
type spot struct {
	team    string // the workspace's id
	channel string // its id, "" on the Home
	thread  string // timestamp of the message below which what is said belongs, "" for none
	near    string // the same of the thread that they look at: what they alone are shown is shown there
	user    string // id of who it is
	url     string // the response_url, a secret; "" if there is none
}

// direct reports whether nobody else reads there.
func (s spot) direct() bool { return s.channel == "" || strings.HasPrefix(s.channel, "D") }

// room is the place as the bot remembers it.
func (s spot) room() string { return Name + ":" + s.team + "/" + s.lane() }

// lane is whose order is kept: the bot hears one turn of a room after the other.
func (s spot) lane() string { return cmp.Or(s.channel, s.user) }

// far is what Slack calls the root of the thread, "" for none.
func (s spot) far() string {
	if s.thread == "" || s.channel == "" {
		return ""
	}
	return s.channel + "/" + s.thread
}

// address is where what is said there goes.
func (s spot) address() notify.Address {
	if s.direct() {
		return notify.Address{Channel: Name, To: s.user}
	}
	return notify.Address{Channel: Name, To: s.channel}
}

// heard is what there is to say to somebody.
type heard struct {
	spot
	id    string // of what is said, the same if it is said again
	who   somebody
	reply templates.Reply
	open  bool // it may be said where others read, if those may know of it
	own   bool // it is about their account
	quiet bool // nothing is to be said
}

// hear has the bot answer a turn. There always are words: where it does not work, those say
// so. To what was only overheard nothing is said then.
func (e *ear) hear(ctx context.Context, at spot, t bot.Turn) heard {
	h := heard{spot: at, id: speechID(at, t.ID)}
	var err error
	if h.who, err = e.people.of(ctx, at); err == nil {
		t.Room, t.Thread, t.Who, t.Reader = at.room(), at.thread, h.who.actor, h.who.reader
		t.Stranger, t.Speaker = !h.who.known, at.user
		err = e.look(ctx, at, &t)
	}
	if err == nil {
		h.reply, err = e.Bot.Hear(ctx, t)
	}
	if err != nil {
		e.Log.Error("what somebody in Slack wants was not done", "error", err)
	}
	if h.quiet = t.Overheard && (err != nil || h.reply.About == ""); h.reply.About == "" {
		h.reply = e.mouth.words(templates.Answer{About: templates.TopicTrouble}, at.user)
	}
	return h
}

// look finds what the place tells of: the task that a thread is about, and what they may know
// of who are not known here.
func (e *ear) look(ctx context.Context, at spot, t *bot.Turn) (err error) {
	if far := at.far(); far != "" && t.About == "" {
		if t.About, _, err = e.Rooms.TaskAt(ctx, far); err != nil {
			return err
		}
	}
	if t.Stranger && !at.direct() {
		t.Sight, err = e.mouth.shown(ctx, at)
	}
	return err
}
