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

// listen takes what somebody has said, if it is to us or in a thread of ours.
func (e *ear) listen(ctx context.Context, o *outer, i *inner, at spot) {
	self := e.self(ctx, o)
	if i.User == self || self == "" && i.Type == "message" && !at.direct() {
		return // as long as we do not know our name, only a mention says that we are meant
	}
	t := bot.Turn{ID: i.TS, Via: progress.ViaChat}
	var named bool
	t.Text, named = plain(i.Text, self)
	if !named && !at.direct() && i.Type == "message" {
		if t.Overheard = e.ours(ctx, i, at, self); !t.Overheard {
			return
		}
	}
	if !e.said.first(at.channel+"/"+i.TS, e.Now()) { // a mention comes as two events
		return
	}
	if !e.tempo.allow(at.lane()+"/"+at.user, e.Now()) {
		e.Log.Warn("somebody in Slack says more than is answered: are two bots talking?", "user", at.user, "channel", at.channel)
		return
	}
	if !at.direct() {
		at.thread = cmp.Or(at.thread, i.TS) // the answer begins a thread
	}
	e.say(ctx, at, t)
}

// self is who we are in a workspace, "" as long as nobody tells.
func (e *ear) self(ctx context.Context, o *outer) string {
	is, err := e.people.self.get(ctx)
	if err != nil {
		return o.self()
	}
	return is.User
}

// ours reports whether something was said in a thread of ours.
func (e *ear) ours(ctx context.Context, i *inner, at spot, self string) bool {
	if at.thread == "" {
		return false
	}
	if i.Parent == self {
		return true
	}
	ok, err := e.threads.are(ctx, at)
	if err != nil {
		e.Log.Error("whether a thread in Slack is one of ours is not known, so what is said there is not heard", "error", err)
	}
	return ok
}

// say answers what somebody has said: where they have, if who reads there may know of it.
func (e *ear) say(ctx context.Context, at spot, t bot.Turn) {
	if t.Text == "" && !t.Overheard {
		t.Text = askHelp
	}
	h := e.told(ctx, at, t)
	h.open = at.direct() || !h.own && h.reply.About != templates.TopicStranger
	e.mouth.answer(ctx, h)
}

// told is what there is to say to something said: by ourselves what is about the account, by
// the bot all else.
func (e *ear) told(ctx context.Context, at spot, t bot.Turn) heard {
	h := heard{spot: at, id: speechID(at, t.ID), quiet: t.Overheard}
	if len(t.Text) > mostSaid {
		h.reply = e.mouth.words(templates.Answer{About: templates.TopicUnknown}, at.user)
		return h
	}
	if !t.Overheard {
		if a, ok := e.account(ctx, at, t.Text); ok {
			h.reply, h.own = e.mouth.words(a, at.user), true
			return h
		}
	}
	return e.hear(ctx, at, t)
}

// askHelp is what is said for somebody who says nothing but our name. It tells no language.
const askHelp = "help"
