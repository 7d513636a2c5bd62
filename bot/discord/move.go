package discord

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates/discordcard"
)

const (
	moveAt   = 55 * time.Minute // the age of a message from which on a card that goes on moves
	mostHops = 8                // from one message of a card to the next, if it was moved and nobody knows
	wrongBy  = 10 * time.Minute // by which a clock is wrong: what is posted again may be some minutes old
)

// mover changes messages, and has those that go on move before they are too old for it.
type mover struct {
	writer *writer
	poster *poster
	seeker *seeker
	names  *names
	now    func() time.Time
	ahead  atomic.Int64 // nanoseconds by which our clock is before Discord's, 0 if it is about right
}

// renew shows a message where it is, or where it goes on.
func (v *mover) renew(ctx context.Context, at spot, m *notify.Message) (spot, error) {
	onward, err := v.mustMove(ctx, at, m)
	if err != nil {
		return at, err
	}
	if onward {
		return v.onward(ctx, at, m)
	}
	l, err := v.writer.write(ctx, m, m.ID)
	if err != nil {
		return at, err
	}
	err = v.poster.replace(ctx, at, l)
	if CodeOf(err) == tooOld {
		return v.onward(ctx, at, m)
	}
	return at, err
}

// mustMove reports whether a message is not changed where it stands: it goes on, and is old; or it
// has come to its end since it began to move, and nobody has heard that the new one is there.
func (v *mover) mustMove(ctx context.Context, at spot, m *notify.Message) (bool, error) {
	if !v.old(at) || goesOn(m) || m.Card == nil {
		return v.old(at) && goesOn(m), nil
	}
	heir, err := v.seeker.among(ctx, at.channel, discordcard.Mark(movedID(at)))
	return heir != "", err
}

// goesOn reports whether a message is one that changes for as long as it takes: the card of
// a task that has not ended, or a board.
func goesOn(m *notify.Message) bool {
	if m.Card != nil {
		return m.Task != nil && !m.Task.Status.Ended()
	}
	return m.Event == nil && m.Note == nil && m.Reply == nil
}

// old reports whether a message is about to be hard to change.
func (v *mover) old(at spot) bool {
	return v.now().Sub(at.made())-time.Duration(v.ahead.Load()) >= moveAt
}

// clock compares our clock with Discord's, by a message that was posted just now: by one that is an
// hour ahead all messages are old, and each change would be a new one.
func (v *mover) clock(at spot) {
	d := v.now().Sub(at.made())
	if d.Abs() < wrongBy {
		d = 0
	}
	v.ahead.Store(int64(d))
}

// onward shows a message below an old one, which it leaves behind. Whoever was stopped
// meanwhile, and has the name of the old one, comes to the new one by that; and from there on,
// should that be old by now.
func (v *mover) onward(ctx context.Context, at spot, m *notify.Message) (spot, error) {
	for range mostHops {
		next, err := v.heir(ctx, at, m)
		if err != nil {
			return at, err
		}
		if err := v.leave(ctx, at, next, m); err != nil {
			return at, err
		}
		if at = next; !goesOn(m) || !v.old(at) {
			break
		}
	}
	return at, nil
}

// movedID is the ID of the message that takes the place of one, stubID that of what is left there.
func movedID(at spot) string { return "moved/" + at.far() }
func stubID(at spot) string  { return movedID(at) + "/stub" }

// heir is the message that takes the place of an old one, as things are now.
func (v *mover) heir(ctx context.Context, at spot, m *notify.Message) (next spot, err error) {
	l, err := v.writer.write(ctx, m, movedID(at))
	if err != nil {
		return next, err
	}
	next.channel = at.channel
	if next.message, err = v.seeker.among(ctx, at.channel, discordcard.Mark(l.id)); err != nil {
		return next, err
	}
	if next.message != "" {
		if goesOn(m) && v.old(next) {
			return next, nil // it goes on from there
		}
		return next, v.poster.replace(ctx, next, l)
	}
	first, err := v.poster.threads.first(ctx, at)
	if err != nil && !slices.Contains(blind, CodeOf(err)) { // who may not look may not reply either, and still has a card
		return next, err
	}
	l.draft.Reply, l.draft.Silent = first.message, true
	if next, err = v.poster.place(ctx, at.channel, l); err == nil {
		v.clock(next)
	}
	return next, err
}

// leave makes of an old message what says where it goes on. What has come to its end stands
// once: there the old one is deleted, as is one that cannot be changed any more.
func (v *mover) leave(ctx context.Context, at, next spot, m *notify.Message) (err error) {
	if goesOn(m) {
		if err = v.point(ctx, at, next, m); CodeOf(err) != tooOld {
			return unlessGone(err)
		}
	}
	return unlessGone(v.poster.client.DeleteMessage(ctx, at.channel, at.message))
}

// point has an old message point to the new one.
func (v *mover) point(ctx context.Context, at, next spot, m *notify.Message) error {
	link, err := v.names.link(ctx, next)
	if err != nil {
		return err
	}
	post := v.writer.cards.Moved(stubID(at), link, titleOf(m), m.For.Reader)
	return v.poster.replace(ctx, at, parcel{of: m, id: stubID(at), text: post.Text, draft: Draft{Components: post.Components}})
}

// titleOf is what a message is about.
func titleOf(m *notify.Message) string {
	switch {
	case m.Task != nil:
		return m.Task.Spec.Title
	case m.Notice != nil:
		return m.Notice.Title
	}
	return ""
}

// unlessGone is an error but that the message is not there any more.
func unlessGone(err error) error {
	if CodeOf(err) == unknownMessage {
		return nil
	}
	return err
}
