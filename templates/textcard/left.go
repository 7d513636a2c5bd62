package textcard

import (
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
)

// AboutRange says a time to come that lies between two, as exactly as people want
// it: about 3 to 5 minutes, about 4 minutes, about 50 minutes to 2 hours, up to 5
// minutes, less than a minute.
func AboutRange(low, high time.Duration) string {
	from, to := amountOf(low), amountOf(max(low, high))
	switch {
	case high < least && low < least:
		return "less than a minute"
	case from == to:
		return "about " + to.words()
	case low < time.Minute/2:
		return "up to " + to.words()
	case from.unit == to.unit:
		return "about " + strconv.Itoa(from.n) + " to " + to.words()
	}
	return "about " + from.words() + " to " + to.words()
}

// least is the least time that is called a minute.
const least = 55 * time.Second

// amount is a rounded time.
type amount struct {
	n    int
	unit string // as a word; its short form is in shortUnits
}

// shortUnits are the units as tables have them.
var shortUnits = map[string]string{"minute": "min", "hour": "h", "day": "d"}

// amountOf rounds a time: what is longer is said more coarsely.
func amountOf(d time.Duration) amount {
	switch {
	case d < 20*time.Minute:
		return amount{max(times(d, time.Minute), 1), "minute"}
	case d < 57*time.Minute:
		return amount{5 * times(d, 5*time.Minute), "minute"}
	case d < 115*time.Minute:
		return amount{10 * times(d, 10*time.Minute), "minute"}
	case d < 36*time.Hour:
		return amount{times(d, time.Hour), "hour"}
	}
	return amount{times(d, 24*time.Hour), "day"}
}

// times is how often a unit is in a time, rounded.
func times(d, unit time.Duration) int { return int((d + unit/2) / unit) }

func (a amount) words() string { return counted(a.n, a.unit) }

func (a amount) short() string { return strconv.Itoa(a.n) + " " + shortUnits[a.unit] }

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
	from, to := amountOf(low), amountOf(high)
	switch {
	case high < least:
		return "<1 min"
	case from == to:
		return to.short()
	case low < time.Minute/2:
		return "<" + to.short()
	case from.unit == to.unit:
		return strconv.Itoa(from.n) + s.pick("–", "-") + to.short()
	}
	return from.short() + s.pick("–", "-") + to.short()
}
