package slack

import (
	"cmp"
	"context"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// mostSaid is how long a message may be that is read, in bytes. Of a longer one the end may
// say the opposite of its beginning.
const mostSaid = 8000

// askHelp is what is said for somebody who says nothing but our name. It tells no language.
const askHelp = "help"

// listen takes what somebody has said, if it is to us or in a thread of ours.
func (t *talk) listen(ctx context.Context, o *outer, i *inner, at spot) {
	at = t.people.settled(ctx, at)
	self := t.self(ctx, o)
	if i.User == self || self == "" && i.Type == "message" && !at.direct() {
		return // as long as we do not know our name, only a mention says that we are meant
	}
	turn := bot.Turn{ID: i.TS, Via: progress.ViaChat}
	var named bool
	turn.Text, named = plain(i.Text, self)
	if !named && !at.direct() && i.Type == "message" {
		if turn.Overheard = t.ours(ctx, i, at, self); !turn.Overheard {
			return
		}
	}
	if !t.said.first(at.channel+"/"+i.TS, t.Now()) { // a mention comes as two events
		return
	}
	if !t.tempo.allow(at.lane()+"/"+at.user, t.Now()) {
		t.Log.Warn("somebody in Slack says more than is answered: are two bots talking?", "user", at.user, "channel", at.channel)
		return
	}
	if !at.direct() {
		at.thread = cmp.Or(at.thread, i.TS) // the answer begins a thread
	}
	t.say(ctx, at, turn)
}

// self is who we are in a workspace, "" as long as nobody tells.
func (t *talk) self(ctx context.Context, o *outer) string {
	is, err := t.people.self.get(ctx)
	if err != nil {
		return o.self()
	}
	return is.User
}

// ours reports whether something was said in a thread of ours.
func (t *talk) ours(ctx context.Context, i *inner, at spot, self string) bool {
	if at.thread == "" {
		return false
	}
	if i.Parent == self {
		return true
	}
	ok, err := t.threads.are(ctx, at)
	if err != nil {
		t.Log.Error("whether a thread in Slack is one of ours is not known, so what is said there is not heard", "error", err)
	}
	return ok
}

// say answers what somebody has said: where they have, if who reads there may know of it.
func (t *talk) say(ctx context.Context, at spot, turn bot.Turn) {
	if turn.Text == "" && !turn.Overheard {
		turn.Text = askHelp
	}
	h := t.told(ctx, at, turn)
	h.open = at.direct() || !h.own && h.reply.About != templates.TopicStranger
	t.mouth.answer(ctx, h)
}

// told is what there is to say to something said: by ourselves to what is about the account
// that says it, by the bot to all else.
func (t *talk) told(ctx context.Context, at spot, turn bot.Turn) heard {
	h := heard{spot: at, id: speechID(at, turn.ID), quiet: turn.Overheard}
	if len(turn.Text) > mostSaid {
		h.reply = t.mouth.words(templates.Answer{About: templates.TopicUnknown}, at.user)
		return h
	}
	if turn.Overheard {
		return t.hear(ctx, at, turn)
	}
	a, ok := t.clerk.answer(ctx, at, turn.Text)
	if !ok {
		return t.hear(ctx, at, turn)
	}
	h.reply, h.own = t.mouth.words(a, at.user), true
	return h
}
