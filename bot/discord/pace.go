package discord

import (
	"time"

	"github.com/taskherald/herald/notify"
)

// crowd is how many tasks may be at work in a channel with a card each.
const crowd = 8

// beside is how many calls are made at a time.
const beside = 16

// Pace is how a lane may call. Discord takes five messages in five seconds in a channel, and
// about as many edits; so a lane leaves a little more than a second between its calls, and
// seldom has to wait for a bucket. Beyond that it counts 50 requests a second of a bot, not
// what goes on in a server: the cards of all lanes leave half of that to all else, as one that
// moves takes four or five.
func (c *Channel) Pace(notify.Address) notify.Pace {
	return notify.Pace{
		Gap: 1100 * time.Millisecond, Edit: 2 * time.Second, Lag: time.Second, Call: 20 * time.Second, Threads: true, Crowd: crowd,
		Account: Name, Budget: notify.Allowance{Calls: 20, Window: time.Second, Reserve: 4},
	}
}

// Calls is how many calls are made at a time, whatever their addresses.
func (c *Channel) Calls() int { return beside }
