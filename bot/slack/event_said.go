package slack

import (
	"cmp"
	"context"
	"regexp"
	"slices"

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
		if turn.Overheard = !toOther(i.Text) && t.ours(ctx, i, at, self); !turn.Overheard {
			return
		}
	}
	if !t.said.first(at.channel+"/"+i.TS, t.Now()) { // a mention comes as two events
		return
	}
	if !at.direct() {
		at.thread = cmp.Or(at.thread, i.TS) // the answer begins a thread
	}
	if ok, first := t.tempo.allow(at.lane()+"/"+at.user, t.Now()); !ok {
		t.slow(ctx, at, turn, first)
		return
	}
	t.say(ctx, at, turn)
}

// slow says to somebody that they say too much, once in a while: if it is a bot that nobody
// knows for one, it may answer that too.
func (t *talk) slow(ctx context.Context, at spot, turn bot.Turn, first bool) {
	if !first || turn.Overheard {
		return
	}
	t.Log.Warn("somebody in Slack says more than is answered: are two bots talking?", "user", at.user, "channel", at.channel)
	limited := &progress.Error{Code: progress.Limited, Say: "too many messages"}
	t.mouth.say(ctx, heard{
		spot: at, id: speechID(at, turn.ID), open: at.direct(),
		reply: t.mouth.words(templates.Answer{About: templates.TopicRefused, Refusal: limited}, at.user),
	})
}

// toOther reports whether a message calls others by their tags, anywhere in it: one person,
// a user group, or all who are here. Then it is for them, as far as anybody can tell who only
// overhears it.
func toOther(text string) bool { return calls.MatchString(text) }

var calls = regexp.MustCompile(`<(?:@|!(?:here|channel|everyone|group|subteam)\b)`)

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
	h := t.told(ctx, at, turn, !at.direct())
	h.open = at.direct() || !h.own && !slices.Contains(personal, h.reply.About)
	t.reply(ctx, h)
}

// reply puts in line what there is to say to something said; behind it, if whose the account
// is has changed, their Home as it is now.
func (t *talk) reply(ctx context.Context, h heard) {
	t.mouth.answer(ctx, h)
	if h.moved {
		t.mouth.line(ctx, h.user, func(ctx context.Context) { t.homes.publish(ctx, h.spot) })
	}
}

// personal are answers about who asks, and not about a task: what they may not do, and by
// which ways they are told. They are nothing for others in a room.
var personal = []templates.Topic{
	templates.TopicStranger, templates.TopicLinked, templates.TopicUnlinked, templates.TopicRefused, templates.TopicFollow, templates.TopicHush,
}

// told is what there is to say to something said: by ourselves to what is about the account
// that says it, by the bot to all else. Aloud says that others read what was said.
func (t *talk) told(ctx context.Context, at spot, turn bot.Turn, aloud bool) heard {
	h := heard{spot: at, id: speechID(at, turn.ID), quiet: turn.Overheard}
	if len(turn.Text) > mostSaid {
		h.reply = t.mouth.words(templates.Answer{About: templates.TopicUnknown}, at.user)
		return h
	}
	if turn.Overheard {
		return t.hear(ctx, at, turn)
	}
	a, ok := t.clerk.answer(ctx, at, turn.Text, aloud)
	if !ok {
		return t.hear(ctx, at, turn)
	}
	h.reply, h.own = t.mouth.words(a, at.user), true
	h.moved = a.About == templates.TopicLinked || a.About == templates.TopicUnlinked && !a.Stranger
	return h
}
