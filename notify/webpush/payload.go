package webpush

import (
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/pushcard"
)

// input is what the payload of a message is made of.
func (c *Channel) input(m *notify.Message) pushcard.Input {
	in := pushcard.Input{Notice: notice(m), Reader: m.For.Reader, Tag: tag(m), Open: m.Link, Urgent: len(m.Asks) > 0}
	if m.Task != nil {
		in.Subject = &templates.Subject{Task: m.Task, ETA: m.ETA, Now: c.o.Now(), Link: m.Link}
	}
	if c.o.Invite == nil {
		return in
	}
	if i := c.o.Invite(m, progress.ViaPush); i != nil {
		in.Open, in.Step = i.Page, i.Step
		in.Approve = &pushcard.Action{URL: i.Approve, Ticket: i.Approves}
		in.Reject = &pushcard.Action{URL: i.Reject, Ticket: i.Rejects}
	}
	return in
}

// less is a payload without what can be read on the page that it opens.
func less(in pushcard.Input) pushcard.Input {
	brief := *in.Notice
	brief.Details = nil
	in.Notice = &brief
	return in
}

// notice is what a message says. Of a picture that is how the task stands.
func notice(m *notify.Message) *templates.Notice {
	if m.Notice != nil || m.Card == nil {
		return m.Notice
	}
	return &templates.Notice{Task: m.Card.Task, Lang: m.Card.Lang, Symbol: m.Card.Symbol, Title: m.Card.Title, Text: m.Card.Head, Link: m.Card.Link}
}

// tag is that of what a message is about: its task, or nothing else if it has none.
func tag(m *notify.Message) string {
	if m.Task != nil {
		return Tag(string(m.Task.ID))
	}
	return Tag(m.ID)
}
