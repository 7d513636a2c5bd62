package words

import (
	"strconv"
	"time"
)

// Clock says a time as people in a zone do: today 18:04, tomorrow 09:00, 5 March,
// 18:04, or with its year if that is another. A nil zone is UTC.
func (t *Tongue) Clock(at, now time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	at, now = at.In(zone), now.In(zone)
	hour := A("time", at.Format("15:04"))
	switch dayOf(at).Sub(dayOf(now)) {
	case 0:
		return t.Say("clock.today", hour)
	case day:
		return t.Say("clock.tomorrow", hour)
	case -day:
		return t.Say("clock.yesterday", hour)
	}
	month := A("month", t.Say("month."+strconv.Itoa(int(at.Month()))))
	if at.Year() == now.Year() {
		return t.Say("clock.day", A("n", at.Day()), month, hour)
	}
	return t.Say("clock.year", A("n", at.Day()), month, A("year", strconv.Itoa(at.Year())), hour)
}

// ClockZone is Clock with the zone's name, for readers who may be elsewhere: today
// 18:04 CET, today 18:04 UTC-3.
func (t *Tongue) ClockZone(at, now time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.Say("clock.zone", A("clock", t.Clock(at, now, zone)), A("zone", zoneName(at.In(zone))))
}

// zoneName is the zone's short name, or how far it is from UTC if it has none.
func zoneName(at time.Time) string {
	name, _ := at.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		return "UTC" + at.Format("-07:00")
	}
	return name
}

// dayOf is the day of a time, as a time in UTC, where all days are equally long.
func dayOf(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
