package notify

import "time"

const day = 24 * time.Hour

// timeOfDay is what a clock shows, as the time since 00:00.
func timeOfDay(wall time.Time) time.Duration {
	h, m, s := wall.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(wall.Nanosecond())
}

// ahead is how far the clocks of a zone are ahead of UTC at a moment.
func ahead(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// stride is the moment that is d later, or the first before it at which the clocks of a
// zone are set. Until then they go on as they go. (In the last hours of a leap year
// ZoneBounds names a bound that is past.)
func stride(t time.Time, d time.Duration, zone *time.Location) time.Time {
	_, set := t.In(zone).ZoneBounds()
	if set.After(t) && set.Before(t.Add(d)) {
		return t.Add(set.Sub(t))
	}
	return t.Add(d)
}

// earlier is how long before a time in UTC it is earlier than that everywhere on earth.
const earlier = 26 * time.Hour

// showing is the first moment at which clocks in a zone show a date and a time of day, given
// as one in UTC, or a later one: what they skip they have reached once they are set.
func showing(shown time.Time, zone *time.Location) time.Time {
	t := shown.Add(-earlier)
	for {
		wait := shown.Sub(t) - ahead(t, zone)
		if wait <= 0 {
			return t
		}
		t = stride(t, wait, zone)
	}
}
