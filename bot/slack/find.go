package slack

import (
	"context"
	"slices"
	"strings"

	"github.com/taskherald/herald/notify"
)

const (
	lookBack  = 100 // messages of a channel
	lookPage  = 200 // messages of a thread at a time
	lookPages = 10
)

// blind is what Slack says to an app that may not look. What it cannot see is taken for not
// there: that a message comes twice is better than that it never comes.
var blind = []string{"missing_scope", "not_allowed_token_type", "no_permission", "method_deprecated"}

// Find looks for a message by its ID, in its thread and among the newest of its channel. The
// error is a [notify.Failure].
func (c *Channel) Find(ctx context.Context, to notify.Address, m notify.Message) (r notify.Receipt, ok bool, err error) {
	room, err := c.names.room(ctx, to.To)
	if err != nil {
		return r, false, failureOf(err)
	}
	l := look{client: c.o.Client, room: room, id: m.ID}
	if l.bot, err = c.self.bot(ctx); err != nil {
		return r, false, failureOf(err)
	}
	ts, err := l.find(ctx, m.Thread)
	switch {
	case err != nil && !slices.Contains(blind, CodeOf(err)):
		return r, false, c.failed(to, room, err)
	case ts == "":
		return r, false, nil
	}
	return notify.Receipt{Far: l.room + "/" + ts}, true, nil
}

// look is a search for a message.
type look struct {
	client *Client
	room   string // its channel, or the person whose direct message it is
	bot    string // who has posted it
	id     string
}

// enter goes to the channel in which the messages of a person are.
func (l *look) enter(ctx context.Context, thread string) (err error) {
	in, _, ok := strings.Cut(thread, "/")
	switch {
	case !strings.ContainsAny(l.room[:1], "UW"):
	case ok && direct(in):
		l.room = in
	default:
		l.room, err = l.client.OpenDM(ctx, l.room)
	}
	return err
}

// find is the timestamp of the message, "" if it is not there.
func (l *look) find(ctx context.Context, thread string) (ts string, err error) {
	if err := l.enter(ctx, thread); err != nil {
		return "", err
	}
	if in, root, ok := strings.Cut(thread, "/"); ok && in == l.room {
		ts, err = l.below(ctx, root)
		if ts != "" || err != nil && !slices.Contains(rootless, CodeOf(err)) {
			return ts, err
		}
	}
	said, err := l.client.History(ctx, l.room, lookBack)
	return l.among(said), err
}

// below looks in a thread.
func (l *look) below(ctx context.Context, root string) (ts string, err error) {
	cursor := ""
	for range lookPages {
		var said []Said
		if said, cursor, err = l.client.Replies(ctx, l.room, root, cursor, lookPage); err != nil {
			return "", err
		}
		if ts = l.among(said); ts != "" || cursor == "" {
			return ts, nil
		}
	}
	return "", nil
}

// among is the timestamp of the message if it is one of those.
func (l *look) among(said []Said) string {
	for _, s := range said {
		if s.Bot == l.bot && len(s.Blocks) > 0 && s.Blocks[0].ID == l.id {
			return s.TS
		}
	}
	return ""
}
