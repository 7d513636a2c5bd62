package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/slackcard"
)

// interaction reads a press, or what somebody has written in a modal; nil is what nothing is
// to be done about.
func (e *ear) interaction(payload json.RawMessage) (*chat.Arrival, error) {
	var i interaction
	if err := chat.Lax(payload, &i); err != nil {
		return nil, err
	}
	if i.User.ID == "" {
		return nil, errNobody
	}
	switch {
	case i.Type == "block_actions" && len(i.Actions) > 0: // there is one
		return e.pressed(&i, &i.Actions[0]), nil
	case i.Type == "view_submission":
		return e.submitted(&i), nil
	}
	return nil, nil
}

// spot is where a button was pressed.
func (i *interaction) spot() spot {
	s := spot{team: i.Team.ID, user: i.User.ID, url: i.URL}
	ts := ""
	s.channel, ts = i.at()
	if s.near = cmp.Or(i.Container.Thread, i.Message.Thread); s.near == ts {
		s.near = "" // a message with answers below it
	}
	if s.thread = s.near; s.thread == "" && !s.direct() && !i.Container.Ephemeral {
		s.thread = ts
	}
	return s
}

// pressed is what a press comes to. What only the bot can tell a forged button from a good
// one by, the bot gets.
func (e *ear) pressed(i *interaction, p *press) *chat.Arrival {
	at, id := i.spot(), cmp.Or(p.TS, i.Trigger)
	_, ts := i.at()
	a := &chat.Arrival{Who: at.user, Lane: at.lane(), Busy: e.Apology(at.in(), id)}
	if id != "" {
		a.Key = "press " + strings.Join([]string{at.channel, ts, i.View.ID, at.user, p.ID, p.Block, id}, "/")
	}
	act, ok := slackcard.ParseAction(p.ID, p.value())
	t := bot.Turn{ID: id, Via: progress.ViaButton, Press: cmp.Or(act.Value, chat.NoButton)}
	switch {
	case !ok:
		t.Press = chat.NoButton
	case act.Kind == slackcard.ActionOpen:
		return nil // the browser opens it
	case act.Kind == slackcard.ActionHome:
		a.Work = chat.Bounded(func(ctx context.Context) { e.homes.publish(ctx, at) })
		return a
	case act.Kind == slackcard.ActionReason:
		a.Soon, a.Lane = true, at.user
		a.Work = e.modal(i, at, act, id)
		return a
	case act.Kind == slackcard.ActionSay && act.Value != "":
		t.Press, t.Text = "", act.Value
	case act.Kind == slackcard.ActionLogs:
		if logs, ok := chat.Logs(id, act.Value); ok {
			t = logs
		}
	case act.Kind == slackcard.ActionDo:
		a.Lane = at.lane() + "/" + at.user // it is about nothing that was said: many may press at once
	}
	a.Work = e.press(at, t, act.Kind == slackcard.ActionLogs)
	return a
}

// press has the bot answer a press. Of the Home, it is drawn anew.
func (e *ear) press(at spot, t bot.Turn, open bool) chat.Job {
	return chat.Bounded(func(ctx context.Context) {
		at := e.settled(ctx, at)
		e.Press(ctx, at.in(), t, open)
		if at.channel == "" {
			e.homes.publish(ctx, at)
		}
	})
}
