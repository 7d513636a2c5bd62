package discord

import (
	"encoding/json"
	"strings"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/notify"
)

// ear reads what comes in, and knows what it comes to.
type ear struct {
	*chat.Desk
	o      Options
	line   *chat.Inbox
	people *people
	self   func() (identity, bool) // who we are
}

func newEar(o Options, in *chat.Inbox) *ear {
	p := newPeople(o)
	o.Rooms = trail{o.Rooms, p}
	nobody := func() (identity, bool) { return identity{}, false }
	return &ear{Desk: chat.NewDesk(Name, o.Options, side{o, p}, in), o: o, line: in, people: p, self: nobody}
}

// take takes what Discord has sent, and puts it in line; ok is false if there is no room for it.
// It never waits.
func (e *ear) take(kind string, _ int64, data json.RawMessage) (ok bool) {
	i, s, err := readEvent(kind, data)
	var a *chat.Arrival
	switch {
	case err != nil:
		e.Log.Warn("Discord has sent what cannot be read", "kind", kind, "bytes", len(data), "error", err)
	case i != nil:
		a = e.acted(i)
	case s != nil:
		a = e.spoken(s)
	}
	return a == nil || e.line.Put(*a)
}

// acted is what an interaction comes to; nil is what nothing is to be done about.
func (e *ear) acted(i *interaction) *chat.Arrival {
	switch i.Type {
	case typeCommand:
		return e.commanded(i)
	case typeTyping:
		return e.typing(i)
	case typePress, typeForm:
		return e.pressed(i)
	}
	return nil
}

// station is where an interaction is.
type station struct {
	chat.Spot
	open bool // what comes of it may be said where others read
}

// at is where an interaction is. In a channel it is remembered for who acts, as what they say there:
// the button may be of an answer to that.
func (i *interaction) at() station {
	at := chat.Spot{
		Channel: i.channel(), User: i.user().ID, Direct: i.direct(), Roles: i.roles(), Way: way{app: i.App, token: i.Token}.text(),
		Alone: direct(i.user().ID), About: []string{},
	}
	if at.Here = at.Alone; at.Direct {
		return station{Spot: at}
	}
	if i.far() != "" && !i.private() {
		at.About, at.Far = []string{i.far()}, i.far()
	}
	if i.Room.threaded() {
		at = within(at, i.Room.Parent)
	}
	at.Here = notify.Address{Channel: Name, To: at.Channel}
	return station{Spot: at}
}

// public is a station from which an answer goes into the thread of the message that was pressed in,
// where all may read it. The thread of a message has its id.
func (s station) public() station {
	w, _ := wayOf(s.Way)
	w.after = true
	s.Way, s.open = w.text(), true
	if channel, message, ok := strings.Cut(s.Far, "/"); ok && channel == s.Channel {
		s.Far = message + "/" + message
	}
	return s
}

// within is a spot in a thread, of the channel that the thread is in.
func within(at chat.Spot, parent string) chat.Spot {
	at.About = append(at.About, parent+"/"+at.Channel)
	at.Thread, at.Channel = at.Channel, parent
	return at
}

// threaded reports whether a room is a thread.
func (r room) threaded() bool { return isThread(r.Type) && r.Parent != "" }

// isThread reports whether channels of a kind are threads: of announcements, public, private.
func isThread(kind int) bool { return kind >= 10 && kind <= 12 }

// direct is the address of somebody's direct messages.
func direct(user string) notify.Address { return notify.Address{Channel: Name, To: "@" + user} }
