package notify

import (
	"fmt"
	"slices"
	"time"
)

// Quiet is a time of the week in which somebody wants peace: every day from one time to
// another, as clocks show it where they live. One that ends before it begins ends on the
// next day.
type Quiet struct {
	Days []string `json:"days,omitempty"` // on which it begins: mon, tue, wed, thu, fri, sat, sun; none: every day
	From Clock    `json:"from"`
	To   Clock    `json:"to"`
}

// weekdays are the names of days, by time.Weekday.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// mostSilence is how far Silence looks ahead, within a day: beyond a week only where the
// only minutes of it that are not quiet are skipped by clocks that are set.
const mostSilence = 8 * day

// Silence is until when it is quiet, if it is at a moment: until the first moment at
// which a clock in the zone shows a time that is not quiet. It is pure.
func Silence(hours []Quiet, zone *time.Location, at time.Time) (until time.Time, quiet bool) {
	for until = at; until.Sub(at) < mostSilence; {
		left := quietFor(hours, until.In(zone))
		if left == 0 {
			break
		}
		until = stride(until, left, zone)
	}
	return until, until.After(at)
}

// quietFor is how long it stays quiet while no clock is set, 0 if it is not quiet.
func quietFor(hours []Quiet, wall time.Time) (left time.Duration) {
	for i := range hours {
		left = max(left, hours[i].left(wall))
	}
	return left
}

// left is how much of it is left when a clock shows a time, 0 if it is not quiet then. It
// may have begun on the day before.
func (q *Quiet) left(wall time.Time) time.Duration {
	begun := timeOfDay(wall) - q.From.since()
	for _, on := range [...]time.Weekday{wall.Weekday(), (wall.Weekday() + 6) % 7} {
		if begun >= 0 && begun < q.lasts() && q.begins(on) {
			return q.lasts() - begun
		}
		begun += day
	}
	return 0
}

// lasts is how long it is on a day on which no clock is set.
func (q *Quiet) lasts() time.Duration {
	if q.To > q.From {
		return (q.To - q.From).since()
	}
	return (q.To - q.From + endOfDay).since()
}

// begins reports whether it begins on a day of the week.
func (q *Quiet) begins(on time.Weekday) bool {
	return len(q.Days) == 0 || slices.Contains(q.Days, weekdays[on])
}

// checkQuiet says what is wrong with quiet hours.
func checkQuiet(field string, hours []Quiet) error {
	if len(hours) > MostQuiet {
		return wrong(field, "are %d; at most %d are taken", len(hours), MostQuiet)
	}
	for i := range hours {
		if err := hours[i].check(fmt.Sprintf("%s[%d]", field, i)); err != nil {
			return err
		}
	}
	week := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	if until, _ := Silence(hours, time.UTC, week); until.Sub(week) >= 7*day {
		return wrong(field, "leave no minute of the week in which anything could be told; switch ways off, or mute, instead")
	}
	return nil
}

func (q *Quiet) check(field string) error {
	switch {
	case !q.From.within():
		return wrong(field+".from", "must be 00:00 to 23:59")
	case q.To < 0 || q.To > endOfDay:
		return wrong(field+".to", "must be 00:00 to 24:00")
	case q.From == q.To:
		return wrong(field+".to", "is when it begins; a whole day is from 00:00 to 24:00")
	}
	for i, name := range q.Days {
		here := fmt.Sprintf("%s.days[%d]", field, i)
		if !slices.Contains(weekdays[:], name) {
			return wrong(here, "%.50q is no day; days are mon, tue, wed, thu, fri, sat and sun", name)
		}
		if slices.Contains(q.Days[:i], name) {
			return wrong(here, "%s is there twice", name)
		}
	}
	return nil
}
