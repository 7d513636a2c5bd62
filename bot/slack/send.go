package slack

import (
	"strings"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// post is a message in Slack's blocks. The first of them has its ID, by which it is found.
func (c *Channel) post(m *notify.Message) slackcard.Post {
	switch {
	case m.Reply != nil:
		return c.o.Cards.Reply(m.ID, m.Reply, m.For.Reader)
	case m.Card != nil:
		return c.o.Cards.Card(m.ID, m.Card, m.For.Reader, c.Seal(m.Task))
	case m.Event != nil && m.Event.Kind == progress.ApprovalNeeded:
		s := templates.Subject{Task: m.Task, ETA: m.ETA, Now: c.o.Now(), Link: m.Link, Again: m.Again}
		return c.o.Cards.Ask(m.ID, s, m.Event, m.For.Reader, c.decides(m))
	}
	return c.o.Cards.Notice(m.ID, m.Notice, m.For.Reader)
}

// decides makes the buttons of a question, for whoever may decide it.
func (c *Channel) decides(m *notify.Message) slackcard.Seal {
	at, seal := m.Decides(), c.Seal(m.Task)
	return func(v progress.Verb, step int) string {
		if at == 0 || step != at {
			return ""
		}
		return seal(v, step)
	}
}

// Seal makes the buttons of a task: they are good for as long as it is as it is now, in the
// hands of whoever may do what they say.
func (c *Channel) Seal(t *progress.Task) slackcard.Seal { return c.o.Sealer.ButtonsOf(t) }

// draft is a post as it goes to a room, below the message that it belongs to if that is
// there. How a run ended, and what somebody should look at, the room sees too.
func draft(room string, p *slackcard.Post, m *notify.Message) Draft {
	d := Draft{Channel: room, Text: p.Text, Blocks: p.Blocks}
	in, root, ok := strings.Cut(m.Thread, "/")
	switch {
	case !ok:
		return d
	case direct(room) && direct(in): // Slack calls a person's direct messages by another name
		d.Channel = in
	case in != room:
		return d
	}
	d.Thread = root
	d.Broadcast = m.Class == notify.ClassEnd || m.Class == notify.ClassAlarm
	return d
}
