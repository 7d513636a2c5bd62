package textcard

import (
	"fmt"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
)

// Duration says how long something took, in the two units that matter: 0.4 s,
// 12 s, 1 min 5 s, 2 h 3 min, 3 d 4 h.
func Duration(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 9950*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return whole(d, time.Second) + " s"
	case d < time.Hour:
		return pair(d, time.Minute, "min", time.Second, "s")
	case d < 24*time.Hour:
		return pair(d, time.Hour, "h", time.Minute, "min")
	}
	return pair(d, 24*time.Hour, "d", time.Hour, "h")
}

func whole(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }

func pair(d, unit time.Duration, name string, part time.Duration, partName string) string {
	text := whole(d, unit) + " " + name
	if rest := d % unit; rest >= part {
		text += " " + whole(rest, part) + " " + partName
	}
	return text
}

// About says a time to come in one rounded unit: about 3 minutes.
func About(d time.Duration) string {
	for _, u := range []struct {
		most time.Duration
		unit time.Duration
		name string
	}{
		{50 * time.Second, time.Second, "second"},
		{50 * time.Minute, time.Minute, "minute"},
		{36 * time.Hour, time.Hour, "hour"},
	} {
		if d < u.most {
			return "about " + counted(max(int((d+u.unit/2)/u.unit), 1), u.name)
		}
	}
	return "about " + counted(int((d+12*time.Hour)/(24*time.Hour)), "day")
}

// clock says a time: its hour, and its day if that is not today.
func (s dial) clock(i progress.Instant) string {
	at := time.Time(i).In(s.Now.Location())
	if at.Format(time.DateOnly) == s.Now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// ago says how long ago a time was, roughly.
func (s dial) ago(i progress.Instant) string {
	if i.IsZero() {
		return s.pick("–", "-")
	}
	d := s.since(i)
	switch {
	case d < 10*time.Second:
		return "now"
	case d < time.Minute:
		return whole(d, time.Second) + " s ago"
	case d < time.Hour:
		return whole(d, time.Minute) + " min ago"
	case d < 48*time.Hour:
		return whole(d, time.Hour) + " h ago"
	}
	return whole(d, 24*time.Hour) + " d ago"
}

// since is the time since then, at least 0: clocks of two machines differ.
func (s dial) since(i progress.Instant) time.Duration {
	return max(s.Now.Sub(time.Time(i)), 0)
}

// percent says a percent. Only what is done is 100%.
func percent(p float64) string { return fmt.Sprintf("%d%%", int(min(max(p, 0), 100))) }
