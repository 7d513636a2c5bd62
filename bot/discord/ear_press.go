package discord

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/discordcard"
)

// pressed is what a press comes to, or a form that somebody has filled in after it.
func (e *ear) pressed(i *interaction) *chat.Arrival {
	act := actionOf(i.Data.CustomID)
	e.people.saw(i.far(), i.Message.Components)
	switch {
	case i.Type == typeForm:
	case act.Kind == discordcard.Reason, act.Kind == discordcard.KeptReason:
		return e.form(i, act)
	case act.Kind == discordcard.Logs && !i.direct() && !i.private():
		return e.first(i, quiet(), e.press(i, i.at().public(), act))
	}
	return e.first(i, deferral(i), e.press(i, i.at(), act))
}

// press has the bot answer a press. What only the bot can tell a forged button from a good one
// by, the bot gets.
func (e *ear) press(i *interaction, at station, act discordcard.Action) chat.Arrival {
	a := chat.Arrival{Who: at.User, Lane: at.Lane(), Busy: e.Apology(at.Spot, i.ID)}
	if !slices.Contains([]byte{discordcard.Say, discordcard.Logs, discordcard.Press}, act.Kind) {
		a.Lane = at.Lane() + "/" + at.User // it is about nothing that was said: many may press at once
	}
	a.Work = chat.Bounded(func(ctx context.Context) {
		act, err := e.meant(ctx, act)
		if err != nil {
			e.Log.Error("what a button in Discord says was not found", "error", err)
			e.Apologize(ctx, at.Spot, i.ID)
			return
		}
		t := turnOf(i.ID, act)
		t.Reason = strings.TrimSpace(i.input(discordcard.InputReason))
		e.Press(ctx, at.Spot, t, at.open)
	})
	return a
}

// actionOf is what a button does, nothing for one that was never made.
func actionOf(customID string) discordcard.Action {
	act, ok := discordcard.ParseAction(customID)
	if !ok {
		return discordcard.Action{Kind: discordcard.Press, Value: chat.NoButton}
	}
	return act
}

// meant is the action of a button that was kept.
func (e *ear) meant(ctx context.Context, act discordcard.Action) (discordcard.Action, error) {
	if act.Kind != discordcard.Kept && act.Kind != discordcard.KeptReason {
		return act, nil
	}
	full, err := e.o.Kept(ctx, act.Value)
	return actionOf(full), err
}

// turnOf is what a press means to the bot.
func turnOf(id string, act discordcard.Action) bot.Turn {
	t := bot.Turn{ID: id, Via: progress.ViaButton}
	switch act.Kind {
	case discordcard.Say:
		t.Text = act.Value
	case discordcard.Logs:
		if logs, ok := chat.Logs(id, act.Value); ok {
			return logs
		}
	case discordcard.Kept, discordcard.KeptReason: // that stands for another one: none of ours
	default:
		t.Press = act.Value
	}
	if t.Text == "" {
		t.Press = cmp.Or(t.Press, chat.NoButton)
	}
	return t
}
