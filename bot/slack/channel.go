package slack

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/slackcard"
)

// Name is that of the channel in addresses.
const Name = notify.Slack

// ChannelOptions are what a channel needs.
type ChannelOptions struct {
	Client *Client
	Cards  *slackcard.Layout
	Sealer *ticket.Sealer   // of the buttons
	Log    *slog.Logger     // nil is slog.Default
	Now    func() time.Time // nil is time.Now
}

// Channel sends messages to the channels and the people of a Slack workspace, and changes
// them. It may be used from any goroutine.
type Channel struct {
	o     ChannelOptions
	names *names
	stuck *callout.Anew
	self  *self
}

// NewChannel makes the channel. It calls nobody.
func NewChannel(o ChannelOptions) *Channel {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Channel{o: o, names: newNames(o.Client, o.Now), stuck: callout.NewAnew(o.Now), self: &self{client: o.Client}}
}

// Send posts a message, and the files that belong to it. Every error is a [notify.Failure].
func (c *Channel) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	room, err := c.names.room(ctx, to.To)
	if err != nil {
		return notify.Receipt{}, failureOf(err)
	}
	post := c.post(&m)
	at, err := c.place(ctx, draft(room, &post, &m))
	if err != nil {
		return notify.Receipt{}, c.failed(to, room, err)
	}
	c.attach(ctx, at, post.Files)
	return notify.Receipt{Far: at.Channel + "/" + at.TS}, nil
}

// place posts a draft. One whose thread is not there any more stands alone, and one whose
// blocks are not taken is its text, once each.
func (c *Channel) place(ctx context.Context, d Draft) (Placed, error) {
	at, err := c.o.Client.PostMessage(ctx, d)
	if d.Thread != "" && slices.Contains(rootless, CodeOf(err)) {
		d.Thread = ""
		at, err = c.o.Client.PostMessage(ctx, d)
	}
	if c.plainer(&d, err) {
		at, err = c.o.Client.PostMessage(ctx, d)
	}
	return at, err
}

// plainer takes the blocks out of a draft, and reports whether it may be taken without them.
// That they are not taken is a defect, so the log says where.
func (c *Channel) plainer(d *Draft, err error) bool {
	if !slices.Contains(unfit, CodeOf(err)) || len(d.Blocks) == 0 {
		return false
	}
	c.o.Log.Warn("Slack does not take the blocks of a message, so it gets the text alone", "channel", d.Channel, "error", err)
	d.Blocks = nil
	return true
}

// Edit puts a message in the place of one that stands there. Every error is a
// [notify.Failure].
func (c *Channel) Edit(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
	room, ts, ok := strings.Cut(far, "/")
	if !ok {
		return notify.Receipt{}, notify.Fail(notify.Gone, "%.50q is the name of no message in Slack", far)
	}
	post := c.post(&m)
	d := Draft{Channel: room, Text: post.Text, Blocks: post.Blocks}
	_, err := c.o.Client.UpdateMessage(ctx, ts, d)
	if c.plainer(&d, err) {
		_, err = c.o.Client.UpdateMessage(ctx, ts, d)
	}
	if err != nil {
		return notify.Receipt{}, c.unchanged(ctx, to, room, &m, err)
	}
	return notify.Receipt{Far: far}, nil
}

// failed is why a message was not posted. What nobody is invited to is gone.
func (c *Channel) failed(to notify.Address, room string, err error) error {
	if CodeOf(err) != "channel_not_found" {
		return failureOf(err)
	}
	if c.names.forget(to.To); direct(room) {
		return notify.Fail(notify.Gone, "%s: nobody can be written to there", problemOf(err).said())
	}
	return failureOf(err)
}

// unchanged is why a message was not changed. One that cannot be is sent anew, but no more
// than once in a while: where nothing can ever be changed, a room would fill with pictures.
func (c *Channel) unchanged(ctx context.Context, to notify.Address, room string, m *notify.Message, err error) error {
	code := CodeOf(err)
	switch {
	case slices.Contains(fixed, code) && !c.stuck.Again(room, m):
		return notify.Fail(notify.Rejected, "%s, and it was sent anew just now", problemOf(err).said())
	case slices.Contains(fixed, code):
		return notify.Fail(notify.Gone, "%s", problemOf(err).said())
	case code == "channel_not_found" && (direct(room) || c.names.moved(ctx, to.To, room)):
		return notify.Fail(notify.Gone, "%s", problemOf(err).said())
	}
	return failureOf(err)
}

// direct reports whether an id is a person's, or of direct messages with one.
func direct(room string) bool { return room != "" && strings.ContainsAny(room[:1], "DUW") }
