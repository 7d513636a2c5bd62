package discordfake

import (
	"fmt"
	"slices"
)

// Channel is a channel, a thread or a direct message, as an administrator sees it.
type Channel struct {
	fake *Discord
	room *room
}

// Channel is the one with that id or name; with the id of a person, the direct messages
// between them and the app. It panics if there is none: the test is wrong.
func (d *Discord) Channel(id string) *Channel {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.world.room(id)
	if r == nil {
		r = d.world.named(id)
	}
	if r == nil && d.world.person(id) != nil {
		r = d.world.direct(id)
	}
	if r == nil {
		panic(fmt.Sprintf("discordfake: there is no channel %q", id))
	}
	return &Channel{fake: d, room: r}
}

// Found makes a channel in the server.
func Found(d *Discord, r Room) *Channel {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &Channel{fake: d, room: d.world.open(&room{Room: r})}
}

// Join makes somebody known, as a member of the server unless they are away.
func Join(d *Discord, p Person) *User {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.world.people = append(d.world.people, &p)
	return &User{Member{fake: d, id: p.ID}}
}

// ID is the channel's.
func (c *Channel) ID() string { return c.room.ID }

// Name is the channel's, or the thread's.
func (c *Channel) Name() string {
	defer locked(c.fake)()
	return c.room.Name
}

// Messages are all that stand there now, oldest first, those for one person too.
func (c *Channel) Messages() []Message {
	defer locked(c.fake)()
	var all []Message
	for _, p := range c.room.posts {
		if p.kind == 0 {
			all = append(all, p.message(c.fake.world, c.room))
		}
	}
	return all
}

// Message is the one with that id; ok is false if it is not there, or not any more.
func (c *Channel) Message(id string) (m Message, ok bool) {
	defer locked(c.fake)()
	p := c.room.any(id)
	if p == nil {
		return Message{}, false
	}
	return p.message(c.fake.world, c.room), true
}

// Threads are those that began in the channel, the oldest first.
func (c *Channel) Threads() []*Channel {
	defer locked(c.fake)()
	var all []*Channel
	for _, r := range c.fake.world.rooms {
		if r.parent == c.room {
			all = append(all, &Channel{fake: c.fake, room: r})
		}
	}
	return all
}

// Delete takes a message away, as an administrator may.
func (c *Channel) Delete(id string) {
	defer locked(c.fake)()
	if p := c.room.any(id); p != nil {
		c.fake.world.remove(c.room, p)
	}
}

// Archive closes a thread, or opens it again.
func (c *Channel) Archive(yes bool) {
	defer locked(c.fake)()
	c.room.archived = yes
}

// Archived tells whether a thread is closed, by somebody or by time.
func (c *Channel) Archived() bool {
	defer locked(c.fake)()
	return c.room.closed()
}

// Lock locks a thread, so that only who may manage threads writes there, or unlocks it.
func (c *Channel) Lock(yes bool) {
	defer locked(c.fake)()
	c.room.locked = yes
}

// Rename gives it another name.
func (c *Channel) Rename(name string) {
	defer locked(c.fake)()
	c.room.Name = name
}

// Deny takes permissions from the app there, all those that are named and no others: with
// [ViewChannel] it does not see the channel any more.
func (c *Channel) Deny(permissions int64) {
	defer locked(c.fake)()
	c.room.Deny = permissions
}

// Remove deletes the channel, with its threads.
func (c *Channel) Remove() {
	defer locked(c.fake)()
	w := c.fake.world
	w.rooms = slices.DeleteFunc(w.rooms, func(r *room) bool {
		gone := r == c.room || r.parent == c.room
		if gone {
			delete(w.byID, r.ID)
		}
		return gone
	})
}
