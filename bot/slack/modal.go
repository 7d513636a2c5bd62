package slack

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/slackcard"
)

// The bounds of a modal.
const (
	modalWithin = 2500 * time.Millisecond // its trigger is good for three seconds
	mostMeta    = 3000                    // characters that Slack keeps with it
)

// meta is what a modal brings back: the button that it was opened for, and where that is.
type meta struct {
	Button  string `json:"b"`
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	Near    string `json:"n,omitempty"`
}

// modal asks for a reason. It looks nothing up: what is shown follows from the press alone,
// in the language that the person read last.
func (e *ear) modal(i *interaction, at spot, act slackcard.Action, id string) chat.Job {
	text, _ := json.Marshal(meta{act.Value, at.channel, at.thread, at.near}) // of texts: cannot fail
	if act.Value == "" || len(text) > mostMeta || i.Trigger == "" {
		return e.press(at, bot.Turn{ID: id, Via: progress.ViaButton, Press: chat.NoButton}, false)
	}
	return func(ctx context.Context) {
		open, stop := context.WithTimeout(ctx, modalWithin)
		defer stop()
		view := e.o.Cards.Reason(act.Verb, i.title(), string(text), e.ReaderOf(at.user))
		if _, err := e.o.Client.OpenView(open, i.Trigger, view); err != nil {
			e.Log.Warn("the form for a reason did not open in Slack", "error", err)
			e.Apologize(ctx, at.in(), id)
		}
	}
}

// submitted is what a modal comes to that somebody has filled in. Slack closes it.
func (e *ear) submitted(i *interaction) *chat.Arrival {
	at := spot{team: i.Team.ID, user: i.User.ID}
	t := bot.Turn{ID: i.View.ID, Via: progress.ViaButton, Press: chat.NoButton}
	var m meta
	if i.View.Callback == slackcard.CallbackReason && json.Unmarshal([]byte(i.View.Meta), &m) == nil && m.Button != "" {
		at.channel, at.thread, at.near, t.Press = m.Channel, m.Thread, m.Near, m.Button
		t.Reason = strings.TrimSpace(i.View.State.Values[slackcard.BlockReason][slackcard.InputReason].Value)
	}
	a := &chat.Arrival{Who: at.user, Lane: at.lane() + "/" + at.user, Work: e.press(at, t, false), Busy: e.Apology(at.in(), i.View.ID)}
	if i.View.ID != "" {
		a.Key = "submit " + i.View.ID
	}
	return a
}
