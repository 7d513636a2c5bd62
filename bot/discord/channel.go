package discord

import (
	"context"
	"log/slog"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/discordcard"
)

// Name is that of the channel in addresses.
const Name = notify.Discord

// ChannelOptions are what a channel needs.
type ChannelOptions struct {
	Client *Client
	Cards  *discordcard.Layout
	Sealer *ticket.Sealer   // of the buttons
	Server string           // the id of the server whose channels names are of, "" for the only one that the bot is in
	Log    *slog.Logger     // nil is slog.Default
	Now    func() time.Time // nil is time.Now

	// Keep keeps what a button stands for until a time, by its key; nil if such buttons may
	// be dead.
	Keep func(ctx context.Context, key, full string, until time.Time) error
}

// Channel sends messages to the channels and the people of a Discord server, and changes
// them. It may be used from any goroutine.
type Channel struct {
	o      ChannelOptions
	names  *names
	writer *writer
	poster *poster
	seeker *seeker
	mover  *mover
	stuck  *callout.Anew
}

// NewChannel makes the channel. It calls nobody.
func NewChannel(o ChannelOptions) *Channel {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Channel{o: o, names: newNames(o.Client, o.Server, o.Now), stuck: callout.NewAnew(o.Now)}
	threads := newThreads(o.Client, o.Now)
	c.writer = &writer{o.Cards, o.Sealer, o.Keep, o.Now}
	c.poster = &poster{o.Client, o.Log, threads}
	c.seeker = &seeker{o.Client, threads, &self{client: o.Client}}
	c.mover = &mover{writer: c.writer, poster: c.poster, seeker: c.seeker, names: c.names, now: o.Now}
	return c
}

// Send posts a message with the files that belong to it. Every error is a [notify.Failure].
func (c *Channel) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	room, err := c.names.room(ctx, to.To)
	if err != nil {
		return notify.Receipt{}, failureOf(err)
	}
	l, err := c.writer.write(ctx, &m, m.ID)
	if err != nil {
		return notify.Receipt{}, err
	}
	at, err := c.put(ctx, to, room, l)
	if err != nil {
		return notify.Receipt{}, c.failed(to, err)
	}
	return notify.Receipt{Far: at.far()}, nil
}

// Edit puts a message in the place of one that stands there, or of an old one below it: the
// receipt says where. Every error is a [notify.Failure].
func (c *Channel) Edit(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
	at, ok := spotOf(far)
	if !ok {
		return notify.Receipt{}, notify.Fail(notify.Gone, "%.50q is the name of no message in Discord", far)
	}
	next, err := c.mover.renew(ctx, at, &m)
	if err != nil {
		return notify.Receipt{}, c.unchanged(ctx, to, at, &m, err)
	}
	return notify.Receipt{Far: next.far()}, nil
}

// put posts a letter where it belongs.
func (c *Channel) put(ctx context.Context, to notify.Address, room string, l parcel) (spot, error) {
	root, ok := spotOf(l.of.Thread)
	switch {
	case ok && root.begins():
		return c.poster.under(ctx, spot{room, root.message}, l)
	case ok && l.of.Reply != nil:
		room = root.channel // what the bot says stands where it was asked
	case !ok || root.channel != room:
		return c.poster.place(ctx, room, l)
	case l.below() && !isPerson(to.To):
		return c.poster.under(ctx, root, l)
	}
	l.draft.Reply = root.message
	return c.poster.place(ctx, room, l)
}

// failed is why a message was not posted. What a name stands for is looked up anew if it is
// not there.
func (c *Channel) failed(to notify.Address, err error) error {
	if CodeOf(err) == unknownChannel {
		c.names.forget(to.To)
	}
	return failureOf(err)
}

// unchanged is why a message was not changed. One that cannot be is sent anew, but no more
// than once in a while.
func (c *Channel) unchanged(ctx context.Context, to notify.Address, at spot, m *notify.Message, err error) error {
	switch CodeOf(err) {
	case unknownMessage, foreignMessage:
		if !c.stuck.Again(at.channel, m) {
			return notify.Fail(notify.Rejected, "%s, and it was sent anew just now", problemOf(err).said())
		}
		return notify.Fail(notify.Gone, "%s", problemOf(err).said())
	case unknownChannel:
		if c.names.moved(ctx, to.To, at.channel) {
			return notify.Fail(notify.Gone, "%s", problemOf(err).said())
		}
	}
	return failureOf(err)
}

// Seal makes the buttons of a task: they are good for as long as it is as it is now, in the
// hands of whoever may do what they say.
func (c *Channel) Seal(t *progress.Task) discordcard.Seal { return c.writer.seal(t) }
