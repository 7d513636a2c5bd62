package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// interaction reads a press, or what somebody has written in a modal; nil is what nothing is
// to be done about.
func (e *ear) interaction(payload json.RawMessage) (*arrival, error) {
	var i interaction
	if err := lax(payload, &i); err != nil {
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
func (e *ear) pressed(i *interaction, p *press) *arrival {
	at, id := i.spot(), cmp.Or(p.TS, i.Trigger)
	_, ts := i.at()
	a := &arrival{who: at.user, lane: at.lane(), busy: e.mouth.apology(at, id)}
	if id != "" {
		a.key = "press " + strings.Join([]string{at.channel, ts, i.View.ID, at.user, p.ID, p.Block, id}, "/")
	}
	act, ok := slackcard.ParseAction(p.ID, p.value())
	t := bot.Turn{ID: id, Via: progress.ViaButton, Press: cmp.Or(act.Value, noButton)}
	switch {
	case !ok:
		t.Press = noButton
	case act.Kind == slackcard.ActionOpen:
		return nil // the browser opens it
	case act.Kind == slackcard.ActionHome:
		a.work = bounded(func(ctx context.Context) { e.homes.publish(ctx, at) })
		return a
	case act.Kind == slackcard.ActionReason:
		a.soon, a.lane = true, at.user
		a.work = e.modal(i, at, act, id)
		return a
	case act.Kind == slackcard.ActionSay && act.Value != "":
		t.Press, t.Text = "", act.Value
	case act.Kind == slackcard.ActionLogs && progress.TaskID(act.Value).Valid():
		t.Press, t.Text = "", askLogs+act.Value
	case act.Kind == slackcard.ActionDo:
		a.lane = at.lane() + "/" + at.user // it is about nothing that was said: many may press at once
	}
	a.work = e.press(at, t, act.Kind == slackcard.ActionLogs)
	return a
}

const (
	noButton = "?"     // is no button that was ever made
	askLogs  = "logs " // and an id: what the bot's own buttons say for the output of a task
)

// press has the bot answer a press. Who pressed is told alone, but for the output of a task:
// below its card all may read it who may know of it.
func (e *ear) press(at spot, t bot.Turn, open bool) job {
	return bounded(func(ctx context.Context) {
		h := e.talk.hear(ctx, at, t)
		h.open = open && at.thread != "" && h.reply.About == templates.TopicLogs
		e.mouth.answer(ctx, h)
		if at.channel == "" {
			e.homes.publish(ctx, at)
		}
	})
}
