package discordfake

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// User is a person of the server, at their client.
type User struct {
	Member
}

// Member is what administrators do to a person, and what people do to their own settings.
type Member struct {
	fake *Discord
	id   string
}

// User is the person with that id or name. It panics if there is none: the test is wrong.
func (d *Discord) User(id string) *User {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.world.people {
		if p.ID == id || p.Name == id {
			return &User{Member{fake: d, id: p.ID}}
		}
	}
	panic(fmt.Sprintf("discordfake: there is no user %q", id))
}

// ID is the person's.
func (u *User) ID() string { return u.id }

// What a person is told who tries what Discord does not let them do.
var (
	ErrNotThere  = errors.New("discordfake: they do not see that channel, or the message is gone")
	ErrNoButton  = errors.New("discordfake: there is no such button for them")
	ErrNoCommand = errors.New("discordfake: there is no such command")
)

// Say writes into a channel or a thread. The app is told of it; of what it says only if
// the app is mentioned, as <@ID>, or in direct messages.
func (u *User) Say(channel, text string) (Message, error) {
	return write(u, channel, &post{content: text, pings: freely()})
}

// Reply answers a message. Ping pings its author, which mentions the app if it is the
// author.
func (u *User) Reply(m Message, text string, ping bool) (Message, error) {
	p := &post{content: text, pings: freely(), ref: m.ID, refRoom: m.Channel}
	p.pings.replied = ping
	return write(u, m.Channel, p)
}

// DM writes to the app.
func (u *User) DM(text string) (Message, error) {
	u.fake.mu.Lock()
	r := u.fake.world.direct(u.id)
	u.fake.mu.Unlock()
	return u.Say(r.ID, text)
}

// write writes a message.
func write(u *User, channel string, p *post) (Message, error) {
	defer locked(u.fake)()
	r, err := u.room(channel)
	if err != nil {
		return Message{}, err
	}
	if r.locked || !u.fake.world.may(u.id, r, SendMessages) {
		return Message{}, ErrNotThere
	}
	p.author = u.id
	u.fake.world.add(r, p)
	u.fake.world.posted(r, p)
	return p.message(u.fake.world, r), nil
}

// Edit changes what they have said.
func (u *User) Edit(m Message, text string) error {
	defer locked(u.fake)()
	r, p, err := u.post(m)
	if err != nil || p.author != u.id {
		return ErrNotThere
	}
	p.content, p.edited = text, time.Now()
	p.edits++
	u.fake.world.told("MESSAGE_UPDATE", r, p)
	return nil
}

// Sees are the messages of a channel, a thread or, with the id of the app, of the direct
// messages with it, oldest first: those too that are for the person alone.
func (u *User) Sees(channel string) []Message {
	defer locked(u.fake)()
	r, err := u.room(channel)
	if err != nil {
		return nil
	}
	var seen []Message
	for _, p := range r.posts {
		if p.kind == 0 && (p.only == "" || p.only == u.id) {
			seen = append(seen, p.message(u.fake.world, r))
		}
	}
	return seen
}

// DeleteMessage takes a message away, of whomever it is. One for the person alone
// vanishes from their screen.
func (u *User) DeleteMessage(m Message) error {
	defer locked(u.fake)()
	r, p, err := u.post(m)
	if err != nil {
		return err
	}
	u.fake.world.remove(r, p)
	return nil
}

// Reload loads the client anew: what was for the person alone is gone.
func (u *User) Reload() {
	defer locked(u.fake)()
	for _, r := range u.fake.world.rooms {
		r.posts = slices.DeleteFunc(r.posts, func(p *post) bool { return p.only == u.id })
	}
	delete(u.fake.world.modals, u.id)
}

// Roles gives the person those roles and no others.
func (u Member) Roles(ids ...string) {
	defer locked(u.fake)()
	u.fake.world.person(u.id).Roles = slices.Clone(ids)
}

// Leave takes the person out of the server, or back in.
func (u Member) Leave(yes bool) {
	defer locked(u.fake)()
	u.fake.world.person(u.id).Away = yes
}

// Block makes the person take no direct messages from the app any more, or again.
func (u Member) Block(yes bool) {
	defer locked(u.fake)()
	u.fake.world.shut[u.id] = yes
}

// room finds a channel that the person sees.
func (u Member) room(channel string) (*room, error) {
	w := u.fake.world
	r := w.room(channel)
	if r == nil {
		r = w.named(channel)
	}
	if r == nil && channel == App {
		r = w.direct(u.id)
	}
	if r == nil || !w.may(u.id, r, ViewChannel) {
		return nil, ErrNotThere
	}
	return r, nil
}

// post finds a message that the person sees, as it is now.
func (u Member) post(m Message) (*room, *post, error) {
	r, err := u.room(m.Channel)
	if err != nil {
		return nil, nil, err
	}
	p := r.any(m.ID)
	if p == nil || p.only != "" && p.only != u.id {
		return nil, nil, ErrNotThere
	}
	return r, p, nil
}
