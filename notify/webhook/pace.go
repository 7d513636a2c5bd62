package webhook

import (
	"time"

	"github.com/taskherald/herald/notify"
)

// apart is the least time between two pictures of a task's progress, and how long one
// waits after it moved: so what happened is told before how far it has come.
const apart = time.Second

// Pace thins progress. Everything else goes out as it comes.
func (c *Channel) Pace(notify.Address) notify.Pace { return notify.Pace{Edit: apart, Lag: apart} }
