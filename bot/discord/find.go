package discord

import (
	"context"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates/discordcard"
)

const lookBack = 100 // messages of a channel

// blind is what Discord says to a bot that may not look. What it cannot see is taken for not
// there: that a message comes twice is better than that it never comes.
var blind = []int{noAccess, noPermission}

// Find looks for a message by its ID, in its thread and among the newest of its channel. The
// error is a [notify.Failure].
func (c *Channel) Find(ctx context.Context, to notify.Address, m notify.Message) (r notify.Receipt, ok bool, err error) {
	room, err := c.names.room(ctx, to.To)
	if err != nil {
		return r, false, failureOf(err)
	}
	mark := discordcard.Mark(m.ID)
	root, threaded := spotOf(m.Thread)
	begins := threaded && root.begins()
	switch {
	case begins:
		root.channel = room
	case threaded && m.Reply != nil:
		room = root.channel
	}
	if begins || threaded && root.channel == room && (&parcel{of: &m}).below() && !isPerson(to.To) {
		if at, err := c.seeker.within(ctx, root, mark); err != nil || at.message != "" {
			return notify.Receipt{Far: at.far()}, err == nil, failureOf(err)
		}
	}
	id, err := c.seeker.among(ctx, room, mark)
	if err != nil {
		return r, false, c.failed(to, err)
	}
	return notify.Receipt{Far: room + "/" + id}, id != "", nil
}

// seeker looks for messages that are there.
type seeker struct {
	client  *Client
	threads *threads
	self    *self
}

// within looks in the thread of a card, wherever that is.
func (s *seeker) within(ctx context.Context, root spot, mark int) (at spot, err error) {
	id, known := s.threads.get(root.message)
	if !known {
		id = root.message
	}
	if id == "" {
		return at, nil
	}
	at.channel = id
	if at.message, err = s.among(ctx, id, mark); CodeOf(err) != unknownChannel {
		return at, err
	}
	first, err := s.threads.first(ctx, root)
	if err != nil || first.message == id {
		return spot{}, unlessGone(err)
	}
	at.channel = first.message
	if at.message, err = s.among(ctx, at.channel, mark); CodeOf(err) == unknownChannel {
		return spot{}, nil
	}
	return at, err
}

// among is the message with a mark among the newest of a channel that the bot has posted, ""
// if there is none.
func (s *seeker) among(ctx context.Context, room string, mark int) (id string, err error) {
	us, err := s.self.id(ctx)
	if err != nil {
		return "", err
	}
	said, err := s.client.Messages(ctx, room, lookBack)
	if slices.Contains(blind, CodeOf(err)) {
		return "", nil
	}
	for _, m := range said {
		if m.Author.ID == us && len(m.Components) > 0 && m.Components[0].ID == mark {
			return m.ID, nil
		}
	}
	return "", err
}
