package cli

import "time"

// momentFlag is the time to come that a flag says, zero if it was not given. A time of day
// is the next one.
func (s routing) momentFlag(name string, now time.Time) (at time.Time, err error) {
	text, err := s.named(name)
	if err != nil || text == "" {
		return at, err
	}
	if at, ok := nextTime(text, now); ok {
		return at, nil
	}
	at, ok := moment(text, now.Location())
	if !ok {
		return at, misused("--%s must be a time such as 08:00, 2027-01-31 or \"2027-01-31 08:00\", not %q", name, text)
	}
	return at, nil
}

// nextTime is when clocks show a time of day next, in the zone of now.
func nextTime(text string, now time.Time) (time.Time, bool) {
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, false
	}
	y, m, d := now.Date()
	at := time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(y, m, d+1, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	}
	return at, true
}

// moment reads a time with its day.
func moment(text string, zone *time.Location) (at time.Time, ok bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, true
		}
	}
	return at, false
}
