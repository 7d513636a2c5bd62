package slack

import (
	"time"

	"github.com/taskherald/herald/notify"
)

// crowd is how many tasks may be at work in a room with a card each.
const crowd = 8

// beside is how many calls are made at a time.
const beside = 16

// Pace is how a lane may call. Slack lets an app send a message a second to a channel, and
// change some fifty a minute in a workspace, whatever their channels; a few of those are left
// for what no lane counts. All lanes share one account: the app is in one workspace, and a
// name that came to be known later would split its budget.
func (c *Channel) Pace(notify.Address) notify.Pace {
	return notify.Pace{
		Gap: 1100 * time.Millisecond, Edit: 2 * time.Second, Lag: time.Second, Call: 20 * time.Second, Threads: true, Crowd: crowd,
		Account: Name, Budget: notify.Allowance{Calls: 45, Window: time.Minute, Reserve: 3},
	}
}

// Calls is how many calls are made at a time, whatever their addresses.
func (c *Channel) Calls() int { return beside }
