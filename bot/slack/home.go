package slack

import (
	"context"
	"slices"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/slackcard"
)

// homes are the pages that people have of the app in Slack.
type homes struct {
	Options
	desk *chat.Desk
}

// publish draws somebody's Home as things are now.
func (h *homes) publish(ctx context.Context, at spot) {
	who, err := h.desk.Who(ctx, at.in())
	if err != nil {
		h.Log.Error("a Home in Slack could not be drawn", "error", err)
		return
	}
	page := slackcard.Home{Linked: who.Known, Link: h.Link}
	if who.Known {
		page.Person = who.Actor.Person
		if err := h.fill(ctx, &page, who); err != nil {
			h.Log.Error("a Home in Slack could not be drawn", "error", err)
			return
		}
	}
	err = patiently(ctx, func() error {
		_, err := h.Client.PublishView(ctx, at.user, h.Cards.Home(page, who.Reader))
		return err
	})
	if err != nil {
		h.Log.Warn("a Home in Slack was not drawn", "error", err)
	}
}

// fill puts tasks on a Home: what its person has to decide, and what runs.
func (h *homes) fill(ctx context.Context, page *slackcard.Home, who chat.Somebody) error {
	tasks, more, err := h.Running(ctx, who.Actor)
	if err != nil {
		return err
	}
	page.More = more
	for _, s := range tasks {
		offers := progress.Offers(*s.Task, who.Actor)
		card := h.Book.Card(s, who.Reader)
		row := slackcard.Row{Card: &card, Seal: h.seal(s.Task, offers)}
		if slices.Contains(offers, progress.VerbApprove) {
			page.Asks = append(page.Asks, row)
			continue
		}
		page.Tasks = append(page.Tasks, row)
	}
	return nil
}

// seal makes the buttons of a task that its person may press.
func (h *homes) seal(t *progress.Task, offers []progress.Verb) slackcard.Seal {
	if h.Seal == nil {
		return nil
	}
	seal := h.Seal(t)
	return func(v progress.Verb, step int) string {
		if !slices.Contains(offers, v) {
			return ""
		}
		return seal(v, step)
	}
}
