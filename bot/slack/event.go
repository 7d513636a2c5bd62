package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/taskherald/herald/bot/chat"
)

// event reads an event; nil is one that nothing is to be done about.
func (e *ear) event(payload json.RawMessage) (*chat.Arrival, error) {
	var o outer
	if err := chat.Lax(payload, &o); err != nil {
		return nil, err
	}
	if o.Type == "app_rate_limited" {
		e.Log.Error("Slack keeps events back: in this workspace there are more than 30,000 an hour")
	}
	if o.Type != "event_callback" {
		return nil, nil
	}
	var i inner
	if err := chat.Lax(o.Event, &i); err != nil {
		return nil, err
	}
	a := e.happened(&o, &i)
	if a != nil && o.ID != "" {
		a.Key = "event " + o.ID
	}
	return a, nil
}

// happened is what an event comes to.
func (e *ear) happened(o *outer, i *inner) *chat.Arrival {
	switch i.Type {
	case "app_mention", "message":
		return e.spoken(o, i)
	case "app_home_opened":
		if i.User == "" || i.Tab != "" && i.Tab != "home" {
			return nil
		}
		at := spot{team: o.Team, user: i.User}
		return &chat.Arrival{Who: at.user, Lane: at.lane(), Work: chat.Bounded(func(ctx context.Context) { e.homes.publish(ctx, at) })}
	case "tokens_revoked":
		if len(i.Tokens.Bot) > 0 {
			e.Log.Error("Slack has revoked the bot token", "do", hopeless("app_uninstalled"))
		}
	case "app_uninstalled":
		e.Log.Error("the app was removed from the Slack workspace", "do", hopeless("app_uninstalled"))
	}
	return nil
}

// spoken is what somebody has said. What we say ourselves and what other bots say is not
// answered: two of them would go on for ever.
func (e *ear) spoken(o *outer, i *inner) *chat.Arrival {
	if i.User == "" || i.Bot != "" || i.Hidden || i.Channel == "" || i.TS == "" || !slices.Contains(subtypes, i.Subtype) {
		return nil
	}
	at := spot{team: o.Team, channel: i.Channel, user: i.User}
	if i.Thread != i.TS { // else it is the root of one
		at.thread, at.near = i.Thread, i.Thread
	}
	if self := o.self(); self != "" && i.Type == "message" && !at.direct() && at.thread == "" && !strings.Contains(i.Text, "<@"+self) {
		return nil // what people say in a room all day takes no place in line
	}
	return &chat.Arrival{Who: at.user, Lane: at.lane(), Work: chat.Bounded(func(ctx context.Context) { e.listen(ctx, o, i, at) })}
}

// subtypes are those of messages that people write; others tell that somebody has joined,
// that a message was changed, and so on.
var subtypes = []string{"", "thread_broadcast", "file_share", "me_message"}
