package slackfake

import (
	"fmt"
	"slices"
)

// Channel is a channel or a direct message, as an administrator sees it.
type Channel struct {
	slack *Slack
	room  *room
}

// Channel is the conversation with that id or name; with the id of a person, the direct
// messages between them and the app. It panics if there is none: the test is wrong.
func (s *Slack) Channel(id string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.work.room(id)
	if r == nil {
		r = s.work.named(id)
	}
	if r == nil && s.work.people[id] != nil {
		r = s.work.direct(id)
	}
	if r == nil {
		panic(fmt.Sprintf("slackfake: there is no channel %q", id))
	}
	return &Channel{slack: s, room: r}
}

// Found makes a channel in the workspace, of everybody if it does not say of whom.
func Found(s *Slack, r Room) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Channel{slack: s, room: found(s.work, r)}
}

// ID is the channel's.
func (c *Channel) ID() string { return c.room.ID }

// Messages are all that stand there now, oldest first, those in threads and those for one
// person too.
func (c *Channel) Messages() []Message {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	var all []Message
	for _, p := range c.room.messages {
		all = append(all, p.message(c.room))
	}
	return all
}

// Message is the one with that timestamp; ok is false if it is not there, or not any more.
func (c *Channel) Message(ts string) (m Message, ok bool) {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	p := c.room.any(ts)
	if p == nil {
		return Message{}, false
	}
	return p.message(c.room), true
}

// Delete takes a message away, as an administrator may.
func (c *Channel) Delete(ts string) {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	if p := c.room.find(ts); p != nil {
		c.slack.work.deleted(c.room, p)
	}
}

// Archive archives the channel, or brings it back.
func (c *Channel) Archive(yes bool) {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	c.room.Archived = yes
	c.changed(map[bool]string{true: "channel_archive", false: "channel_unarchive"}[yes], answer{"channel": c.room.ID})
}

// Rename gives it another name.
func (c *Channel) Rename(name string) {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	c.room.Name = name
	c.changed("channel_rename", answer{"channel": answer{"id": c.room.ID, "name": name, "created": c.room.created}})
}

// Remove takes somebody out of the channel: a person, or the app as [Bot].
func (c *Channel) Remove(who string) {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	if who == Bot {
		c.room.Bot = false
	}
	c.room.Members = slices.DeleteFunc(c.room.Members, func(id string) bool { return id == who })
}

// Invite brings somebody into the channel: a person, or the app as [Bot].
func (c *Channel) Invite(who string) {
	c.slack.mu.Lock()
	defer c.slack.mu.Unlock()
	if who == Bot {
		c.room.Bot = true
	} else if !slices.Contains(c.room.Members, who) {
		c.room.Members = append(c.room.Members, who)
	}
	c.changed("member_joined_channel", answer{"user": who, "channel": c.room.ID, "channel_type": "C", "team": Team})
}

// changed tells of what happened to the channel, if the app is in it.
func (c *Channel) changed(event string, body answer) {
	if !c.room.Bot || c.room.Private {
		return
	}
	body["type"], body["event_ts"] = event, c.slack.work.ts()
	c.slack.work.tell(happening{event: event, scope: "channels:read", body: body})
}
