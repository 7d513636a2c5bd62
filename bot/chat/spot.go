package chat

import (
	"cmp"

	"github.com/taskherald/herald/notify"
)

// Spot is where somebody is who says or presses something, and how they are answered there.
type Spot struct {
	Team    string // the workspace's id, "" where the platform has none
	Channel string // the channel's id, "" on a page that nobody else has
	Thread  string // within which a conversation is remembered, "" for none
	Near    string // the thread that they look at: what they alone are shown is shown there
	User    string // the id of who it is
	Way     string // by which the platform can answer them alone, a secret; "" if there is none
	Direct  bool   // nobody else reads there

	Roles []string // that came with it: what who it is is on the platform; nil if that has to be asked for
	About []string // what the platform calls messages that the place is about, the nearest first; nil for Far

	Far   string         // what the platform calls the message below which what is said belongs, "" for none
	Here  notify.Address // where what is said there goes
	Alone notify.Address // where what is for them alone goes: their direct messages
}

// Lane is whose order is kept: the bot hears one turn of a room after the other.
func (s Spot) Lane() string { return cmp.Or(s.Channel, s.User) }

// Room is the place on a platform as the bot remembers it.
func (s Spot) Room(platform string) string {
	if s.Team == "" {
		return platform + ":" + s.Lane()
	}
	return platform + ":" + s.Team + "/" + s.Lane()
}

// about are the messages that tell what the place is about.
func (s Spot) about() []string {
	if s.About == nil && s.Far != "" {
		return []string{s.Far}
	}
	return s.About
}
