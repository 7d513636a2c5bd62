package slack

import (
	"cmp"
	"context"
	"strings"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/notify"
)

// ear reads what comes in: what was said or pressed, by whom and where.
type ear struct {
	*chat.Desk
	o       Options
	people  *people
	threads *threads
	homes   *homes
}

func newEar(o Options, in *chat.Inbox) *ear {
	p, t := newPeople(o), newThreads(o)
	say := o.Say
	o.Say = func(to notify.Address, s notify.Speech) error { t.note(s.Thread); return say(to, s) }
	desk := chat.NewDesk(Name, o.Options, side{o, p}, in)
	return &ear{Desk: desk, o: o, people: p, threads: t, homes: &homes{o, desk}}
}

// spot is where somebody is who says or presses something.
type spot struct {
	team    string // the workspace's id
	channel string // its id, "" on the Home
	thread  string // timestamp of the message below which what is said belongs, "" for none
	near    string // the same of the thread that they look at: what they alone are shown is shown there
	user    string // id of who it is
	url     string // the response_url, a secret; "" if there is none
}

// in is the spot for the desk.
func (s spot) in() chat.Spot {
	return chat.Spot{
		Team: s.team, Channel: s.channel, Thread: s.thread, Near: s.near, User: s.user, Way: s.url, Direct: s.direct(),
		Far: s.far(), Here: s.address(), Alone: notify.Address{Channel: Name, To: s.user},
	}
}

// direct reports whether nobody else reads there.
func (s spot) direct() bool { return s.channel == "" || strings.HasPrefix(s.channel, "D") }

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

// settled is a place in the workspace that the app is installed in. The team that comes with a
// press is now that, now the one where the person is at home; and among all whom one workspace
// can see, neither people nor channels share an id.
func (e *ear) settled(ctx context.Context, at spot) spot {
	if self, err := e.people.self.Get(ctx); err == nil {
		at.team = self.Team
	}
	return at
}
