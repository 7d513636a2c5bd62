package slackfake

import (
	"slices"
	"time"
)

// hours counts what was sent in the last hour: Slack gives up on an app that hardly ever
// answers, and holds back events of a workspace where too much happens.
type hours struct {
	tries    []time.Time // to deliver
	taken    []time.Time // of them, acknowledged in time
	events   []time.Time
	minute   int64 // in which it was last said that there are too many
	disabled bool  // events are no longer sent
}

const (
	fewTries   = 1000   // an hour below which nobody is given up on
	mostEvents = 30_000 // of a workspace in an hour
)

// count counts a try.
func (h *hours) count(taken bool) {
	now := time.Now()
	h.tries = append(lately(h.tries, now), now)
	if taken {
		h.taken = append(lately(h.taken, now), now)
	}
	if n := len(h.tries); n >= fewTries && len(lately(h.taken, now))*20 < n {
		h.disabled = true
	}
}

// lately are those of the last hour.
func lately(all []time.Time, now time.Time) []time.Time {
	since := now.Add(-time.Hour)
	i, _ := slices.BinarySearchFunc(all, since, func(at, since time.Time) int {
		if at.After(since) {
			return 1
		}
		return -1
	})
	return all[i:]
}

// admits tells whether one more event may be sent. In each minute in which it may not, the
// app is told so once: warn is that minute then, else 0.
func (h *hours) admits() (ok bool, warn int64) {
	now := time.Now()
	h.events = lately(h.events, now)
	if len(h.events) < mostEvents {
		h.events = append(h.events, now)
		return true, 0
	}
	if minute := now.Truncate(time.Minute).Unix(); minute != h.minute {
		h.minute = minute
		return false, minute
	}
	return false, 0
}
