package slack

import (
	"cmp"
	"context"
	"regexp"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
)

// listen takes what somebody has said, if it is to us or in a thread of ours.
func (e *ear) listen(ctx context.Context, o *outer, i *inner, at spot) {
	at = e.settled(ctx, at)
	self := e.self(ctx, o)
	if i.User == self || self == "" && i.Type == "message" && !at.direct() {
		return // as long as we do not know our name, only a mention says that we are meant
	}
	turn := bot.Turn{ID: i.TS, Via: progress.ViaChat}
	var named bool
	turn.Text, named = plain(i.Text, self)
	if !named && !at.direct() && i.Type == "message" {
		if turn.Overheard = !toOther(i.Text) && e.ours(ctx, i, at, self); !turn.Overheard {
			return
		}
	}
	if !at.direct() {
		at.thread = cmp.Or(at.thread, i.TS) // the answer begins a thread
	}
	if h, ok := e.Said(ctx, at.in(), turn); ok { // a mention comes as two events
		e.reply(ctx, at, h)
	}
}

// reply puts in line what there is to say to something said; behind it, if whose the account
// is has changed, their Home as it is now.
func (e *ear) reply(ctx context.Context, at spot, h chat.Heard) {
	e.Answer(ctx, h)
	if h.Moved {
		e.Line(ctx, at.user, func(ctx context.Context) { e.homes.publish(ctx, at) })
	}
}

// toOther reports whether a message calls others by their tags, anywhere in it: one person,
// a user group, or all who are here. Then it is for them, as far as anybody can tell who only
// overhears it.
func toOther(text string) bool { return calls.MatchString(text) }

var calls = regexp.MustCompile(`<(?:@|!(?:here|channel|everyone|group|subteam)\b)`)

// self is who we are in a workspace, "" as long as nobody tells.
func (e *ear) self(ctx context.Context, o *outer) string {
	is, err := e.people.self.Get(ctx)
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
