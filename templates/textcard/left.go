package textcard

import (
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// AboutRange says a time to come that lies between two, as exactly as people want
// it: about 3 to 5 minutes, about 4 minutes, about 50 minutes to 2 hours, up to 5
// minutes, less than a minute.
func AboutRange(low, high time.Duration) string {
	from, to := words.Round(low), words.Round(max(low, high))
	switch {
	case high < words.Least && low < words.Least:
		return "less than a minute"
	case from == to:
		return "about " + long(to)
	case low < time.Minute/2:
		return "up to " + long(to)
	case from.Unit == to.Unit:
		return "about " + strconv.Itoa(from.N) + " to " + long(to)
	}
	return "about " + long(from) + " to " + long(to)
}

// shortUnits are the units as tables have them.
var shortUnits = map[string]string{"minute": "min", "hour": "h", "day": "d"}

func long(a words.Amount) string { return counted(a.N, a.Unit) }

func short(a words.Amount) string { return strconv.Itoa(a.N) + " " + shortUnits[a.Unit] }

// counted says how many there are: 1 day, 2 days.
func counted(n int, name string) string {
	if n == 1 {
		return "1 " + name
	}
	return strconv.Itoa(n) + " " + name + "s"
}

// Remaining says how long a task still takes, and who has to act before: "about 3
// to 5 minutes left, plus 1 approval". It is "" when nobody can tell, or
// the task has ended.
func Remaining(w progress.Wire) string {
	low, high, ok := bounds(w)
	if !ok {
		return ""
	}
	said := AboutRange(low, high)
	if w.Status == progress.Pending && w.StartedAt.IsZero() {
		said = "takes " + said
	} else {
		said += " left"
	}
	if w.Left == nil {
		return said
	}
	approvals := w.Left.Waits
	if w.Status == progress.Paused {
		approvals--
		said += " once it goes on"
	}
	if approvals > 0 {
		said += ", plus " + counted(approvals, "approval")
	}
	return said
}

// bounds are how long a task still takes, at least and at most. ok is false when
// nobody can tell, or it has ended.
func bounds(w progress.Wire) (low, high time.Duration, ok bool) {
	switch {
	case w.Status.Ended():
	case w.Left != nil:
		return time.Duration(w.Left.Low) * time.Second, time.Duration(w.Left.High) * time.Second, true
	case w.ETA != nil: // of a server that says no more
		low = time.Duration(*w.ETA) * time.Second
		return low, low, true
	}
	return 0, 0, false
}

// left is the time left of a task in a table, "" when nobody can tell.
func (s dial) left(w progress.Wire) string {
	low, high, ok := bounds(w)
	if !ok {
		return ""
	}
	from, to := words.Round(low), words.Round(high)
	switch {
	case high < words.Least:
		return "<1 min"
	case from == to:
		return short(to)
	case low < time.Minute/2:
		return "<" + short(to)
	case from.Unit == to.Unit:
		return strconv.Itoa(from.N) + s.pick("–", "-") + short(to)
	}
	return short(from) + s.pick("–", "-") + short(to)
}
