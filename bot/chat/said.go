package chat

import (
	"context"
	"slices"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// mostSaid is how long a message may be that is read, in bytes. Of a longer one the end may
// say the opposite of its beginning.
const mostSaid = 8000

// AskHelp is what is said for somebody who says nothing but our name. It tells no language.
const AskHelp = "help"

// Said is what there is to say to something that somebody has said in a message, the same one
// once; ok is false where that is nothing.
func (d *Desk) Said(ctx context.Context, at Spot, turn bot.Turn) (h Heard, ok bool) {
	if !d.said.first(at.Channel+"/"+turn.ID, d.Now()) { // it came as another event before
		return h, false
	}
	switch ok, first := d.tempo.allow(at.Lane()+"/"+at.User, d.Now()); {
	case ok:
	case !first || turn.Overheard:
		return h, false
	default:
		return d.slow(at, turn), true
	}
	if turn.Text == "" && !turn.Overheard {
		turn.Text = AskHelp
	}
	h = d.Told(ctx, at, turn, !at.Direct)
	h.Open = at.Direct || !h.own && !slices.Contains(personal, h.Reply.About)
	return h, true
}

// Unheard says to somebody, once in a while, that what they said in a message, by its id, is not
// heard: where the platform does not give it again, there would be silence.
func (d *Desk) Unheard(at Spot, id string) Job {
	return func(ctx context.Context) {
		if d.tempo.tell("unheard "+at.User, d.Now()) {
			d.Apology(at, id)(ctx)
		}
	}
}

// slow says to somebody that they say too much, which is said once in a while: if it is a bot
// that nobody knows for one, it may answer that too.
func (d *Desk) slow(at Spot, turn bot.Turn) Heard {
	limited := &progress.Error{Code: progress.Limited, Say: "too many messages"}
	d.Log.Warn("somebody says more than is answered: are two bots talking?", "platform", d.platform, "user", at.User, "channel", at.Channel)
	return Heard{
		Spot: at, id: d.speechID(at, turn.ID), Open: at.Direct,
		Reply: d.words(templates.Answer{About: templates.TopicRefused, Refusal: limited}, at.User),
	}
}

// personal are answers about who asks, and not about a task: what they may not do, and by
// which ways they are told. They are nothing for others in a room.
var personal = []templates.Topic{
	templates.TopicStranger, templates.TopicLinked, templates.TopicUnlinked, templates.TopicRefused, templates.TopicFollow, templates.TopicHush,
}

// Told is what there is to say to something said: by ourselves to what is about the account
// that says it, by the bot to all else. Aloud says that others read what was said.
func (d *Desk) Told(ctx context.Context, at Spot, turn bot.Turn, aloud bool) Heard {
	h := Heard{Spot: at, id: d.speechID(at, turn.ID), quiet: turn.Overheard}
	if len(turn.Text) > mostSaid {
		h.Reply = d.words(templates.Answer{About: templates.TopicUnknown}, at.User)
		return h
	}
	if turn.Overheard {
		return d.Hear(ctx, at, turn)
	}
	a, ok := clerk{d}.answer(ctx, at, turn.Text, aloud)
	if !ok {
		return d.Hear(ctx, at, turn)
	}
	h.Reply, h.own = d.words(a, at.User), true
	h.Moved = a.About == templates.TopicLinked || a.About == templates.TopicUnlinked && !a.Stranger
	return h
}
