package slack

import (
	"cmp"
	"strings"

	"github.com/taskherald/herald/notify"
)

// ear reads what comes in: what was said or pressed, by whom and where.
type ear struct {
	Options
	talk  *talk
	mouth *mouth
	homes *homes
}

func newEar(o Options, answers *queue) *ear {
	m := newMouth(o, newPeople(o), answers)
	h := &homes{o, m.people}
	return &ear{Options: o, talk: newTalk(o, m, h), mouth: m, homes: h}
}

// spot is where somebody is who says or presses something, and how they are answered there.
type spot struct {
	team    string // the workspace's id
	channel string // its id, "" on the Home
	thread  string // timestamp of the message below which what is said belongs, "" for none
	near    string // the same of the thread that they look at: what they alone are shown is shown there
	user    string // id of who it is
	url     string // the response_url, a secret; "" if there is none
}

// direct reports whether nobody else reads there.
func (s spot) direct() bool { return s.channel == "" || strings.HasPrefix(s.channel, "D") }

// room is the place as the bot remembers it.
func (s spot) room() string { return Name + ":" + s.team + "/" + s.lane() }

// lane is whose order is kept: the bot hears one turn of a room after the other.
func (s spot) lane() string { return cmp.Or(s.channel, s.user) }

// far is what Slack calls the root of the thread, "" for none.
func (s spot) far() string {
	if s.thread == "" || s.channel == "" {
		return ""
	}
	return s.channel + "/" + s.thread
}

// address is where what is said there goes.
func (s spot) address() notify.Address {
	if s.direct() {
		return notify.Address{Channel: Name, To: s.user}
	}
	return notify.Address{Channel: Name, To: s.channel}
}
