package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
)

var errNobody = errors.New("it does not say who")

// command reads a slash command. Only who gives it sees the answer.
func (e *ear) command(payload json.RawMessage) (*chat.Arrival, error) {
	var c slash
	if err := chat.Lax(payload, &c); err != nil {
		return nil, err
	}
	if c.User == "" {
		return nil, errNobody
	}
	at := spot{team: c.Team, channel: c.Channel, user: c.User, url: c.URL}
	a := &chat.Arrival{Who: at.user, Lane: at.lane(), Busy: e.Apology(at.in(), c.Trigger)}
	if c.Trigger != "" {
		a.Key = "command " + c.Trigger
	}
	text, _ := plain(c.Text, "")
	t := bot.Turn{ID: c.Trigger, Via: progress.ViaChat, Text: cmp.Or(text, chat.AskHelp)}
	a.Work = chat.Bounded(func(ctx context.Context) {
		at := e.settled(ctx, at)
		e.reply(ctx, at, e.Told(ctx, at.in(), t, false))
	})
	return a, nil
}

// formed is a command as HTTP brings it, in the form in which the socket does.
func formed(form url.Values) json.RawMessage {
	fields := map[string]string{}
	for key := range form {
		fields[key] = form.Get(key)
	}
	text, _ := json.Marshal(fields) // of texts: cannot fail
	return text
}
