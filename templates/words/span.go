package words

import "time"

// About says a time to come that lies between two, as exactly as people want it:
// about 3 to 5 minutes, about 4 minutes, about 50 minutes to 2 hours, up to 5
// minutes, less than a minute.
func (t *Tongue) About(low, high time.Duration) string {
	from, to := Round(low), Round(max(low, high))
	switch {
	case high < Least && low < Least:
		return t.Say("about.less")
	case from == to:
		return t.Say("about.one", A("time", to.in(t)))
	case low < time.Minute/2:
		return t.Say("about.most", A("time", to.in(t)))
	case from.Unit == to.Unit:
		return t.Say("about."+to.Unit+"s", A("low", from.N), A("n", to.N))
	}
	return t.Say("about.range", A("low", from.in(t)), A("high", to.in(t)))
}

// Least is the least time that is called a minute.
const Least = 55 * time.Second

// Amount is a rounded time.
type Amount struct {
	N    int
	Unit string // "minute", "hour" or "day"
}

// Round rounds a time as people say it: what is longer is said more coarsely.
func Round(d time.Duration) Amount {
	switch {
	case d < 20*time.Minute:
		return Amount{max(times(d, time.Minute), 1), "minute"}
	case d < 57*time.Minute:
		return Amount{5 * times(d, 5*time.Minute), "minute"}
	case d < 115*time.Minute:
		return Amount{10 * times(d, 10*time.Minute), "minute"}
	case d < 36*time.Hour:
		return Amount{times(d, time.Hour), "hour"}
	}
	return Amount{times(d, day), "day"}
}

const day = 24 * time.Hour

// times is how often a unit is in a time, rounded.
func times(d, unit time.Duration) int { return int((d + unit/2) / unit) }

func (a Amount) in(t *Tongue) string { return t.Say("unit."+a.Unit, A("n", a.N)) }

// Took says how long something lasted, in the two units that matter: 0.4 s, 12 s,
// 1 min 5 s, 2 h 3 min, 3 d 4 h.
func (t *Tongue) Took(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 9950*time.Millisecond:
		return t.Say("took.second", A("n", t.Number(d.Seconds(), 1)))
	case d < time.Minute:
		return t.Say("took.second", A("n", int(d/time.Second)))
	case d < time.Hour:
		return t.took(d, time.Minute, "took.minute", time.Second, "took.second")
	case d < day:
		return t.took(d, time.Hour, "took.hour", time.Minute, "took.minute")
	}
	return t.took(d, day, "took.day", time.Hour, "took.hour")
}

func (t *Tongue) took(d, unit time.Duration, key string, part time.Duration, partKey string) string {
	said := t.Say(key, A("n", int(d/unit)))
	if rest := d % unit; rest >= part {
		return t.Say("took.both", A("long", said), A("short", t.Say(partKey, A("n", int(rest/part)))))
	}
	return said
}

// Ago says how long ago something was, roughly: just now, 3 minutes ago.
func (t *Tongue) Ago(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return t.Say("ago.now")
	case d < time.Minute:
		return t.Say("ago.second", A("n", int(d/time.Second)))
	case d < time.Hour:
		return t.Say("ago.minute", A("n", int(d/time.Minute)))
	case d < 2*day:
		return t.Say("ago.hour", A("n", int(d/time.Hour)))
	}
	return t.Say("ago.day", A("n", int(d/day)))
}
