package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/taskherald/herald/templates"
)

// Speech is what the bot says at a place, in answer to somebody. It is kept nowhere: who asked
// asks again if it is lost.
type Speech struct {
	ID     string // the same for what is said twice
	Reply  *templates.Reply
	Thread string // what the far side calls the message below which it stands, "" for none
	For    Recipient
}

// For how long an answer is worth trying, and how many wait in a lane at most: where one goes
// a second, more of them would be too late.
const (
	answerHorizon = 2 * time.Minute
	mostSaid      = 128
)

// Say puts an answer in the lane of an address, before all that can wait. Where another node
// works the lanes it is sent at once. The error is that there is no such channel, that too many
// answers wait there, or that the call failed.
func (n *Notifier) Say(to Address, s Speech) error {
	c := n.Channels[to.Channel]
	if c == nil {
		return fmt.Errorf("this server has no channel %q", to.Channel)
	}
	if here, err := (speaker{n.desk}).say(to, s); here {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendPatience)
	defer cancel()
	_, err := c.Send(ctx, to, s.message())
	return err
}

func (s *Speech) message() Message {
	return Message{ID: s.ID, Class: ClassAnswer, Urgent: true, For: s.For, Thread: s.Thread, Reply: s.Reply, Link: s.Reply.Link}
}

// speaker puts in line what the bot says.
type speaker struct{ *desk }

// say puts an answer in line, whatever the store has; here is false when the lanes are not.
func (d speaker) say(to Address, s Speech) (here bool, err error) {
	d.door.Lock()
	defer d.door.Unlock()
	if d.lanes == nil {
		return false, nil
	}
	now, l := d.now(), d.lane(Lane{ID: to.Lane(), Address: to})
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.said()) >= mostSaid {
		return true, fmt.Errorf("%d answers wait already to be said at %s", mostSaid, to.Shown())
	}
	l.enter(&parcel{
		Letter: Letter{ID: LetterID(s.ID), Lane: to.Lane(), Class: ClassAnswer, State: Due, MadeAt: now, ExpiresAt: now.Add(answerHorizon)},
		speech: &s,
	})
	l.begin()
	return true, nil
}
