package words

import "time"

// About says a time to come that lies between two, as exactly as people want it:
// about 3 to 5 minutes, about 4 minutes, about 50 minutes to 2 hours, up to 5
// minutes, less than a minute.
func (t *Tongue) About(low, high time.Duration) string {
	from, to := amountOf(low), amountOf(max(low, high))
	switch {
	case high < least && low < least:
		return t.Say("about.less")
	case from == to:
		return t.Say("about.one", A("time", to.in(t)))
	case low < time.Minute/2:
		return t.Say("about.most", A("time", to.in(t)))
	case from.unit == to.unit:
		return t.Say("about."+to.unit+"s", A("low", from.n), A("n", to.n))
	}
	return t.Say("about.range", A("low", from.in(t)), A("high", to.in(t)))
}

// least is the least time that is called a minute.
const least = 55 * time.Second

// amount is a rounded time.
type amount struct {
	n    int
	unit string // the end of its keys
}

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
	return amount{times(d, day), "day"}
}

const day = 24 * time.Hour

// times is how often a unit is in a time, rounded.
func times(d, unit time.Duration) int { return int((d + unit/2) / unit) }

func (a amount) in(t *Tongue) string { return t.Say("unit."+a.unit, A("n", a.n)) }

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
