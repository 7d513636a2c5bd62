package notify

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Cadence is when digests are sent: every so often, on the clock (every 15 minutes is at
// 0, 15, 30 and 45 past), or at times of day. The zero value is none.
type Cadence struct {
	Every time.Duration // 1 minute to 24 hours, dividing the day
	At    []Clock       // of every day, ascending
}

// MostTimes is how many times of day a cadence may have.
const MostTimes = 24

// ParseCadence reads "15m", "1h", "08:00" or "08:00 17:30"; "" is none.
func ParseCadence(text string) (Cadence, error) {
	c, err := readCadence(strings.Fields(text))
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return Cadence{}, err
	}
	return c, nil
}

func readCadence(words []string) (c Cadence, err error) {
	if len(words) == 1 && !strings.Contains(words[0], ":") {
		if c.Every, err = time.ParseDuration(words[0]); err != nil || c.Every == 0 {
			err = fmt.Errorf("%.50q is no cadence; write one such as 15m, 1h or 08:00 17:30", words[0])
		}
		return c, err
	}
	for _, word := range words {
		at, err := ParseClock(word)
		if err != nil {
			return c, err
		}
		c.At = append(c.At, at)
	}
	return c, nil
}

// check says what is wrong with a cadence.
func (c Cadence) check() error {
	switch every := c.Every; {
	case every != 0 && len(c.At) > 0:
		return errors.New("is either every so often, or at times of day")
	case every != 0 && (every < time.Minute || every > day || every%time.Minute != 0 || day%every != 0):
		return errors.New("must be whole minutes, 1m to 24h, and go into a day without a rest: such as 5m, 15m, 1h or 6h")
	case len(c.At) > MostTimes:
		return fmt.Errorf("has %d times of day; at most %d are taken", len(c.At), MostTimes)
	}
	for i, at := range c.At {
		if !at.within() {
			return fmt.Errorf("%s must be 00:00 to 23:59", at)
		}
		if i > 0 && at <= c.At[i-1] {
			return errors.New("must name times of day in their order, each once")
		}
	}
	return nil
}

// String is the cadence as ParseCadence reads it, "" for none.
func (c Cadence) String() string {
	if c.Every > 0 && c.Every%time.Hour == 0 {
		return fmt.Sprintf("%dh", c.Every/time.Hour)
	}
	if c.Every > 0 {
		return fmt.Sprintf("%dm", c.Every/time.Minute)
	}
	words := make([]string, len(c.At))
	for i, at := range c.At {
		words[i] = at.String()
	}
	return strings.Join(words, " ")
}

// MarshalText is String.
func (c Cadence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is ParseCadence; "" is none.
func (c *Cadence) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCadence(string(text))
	return err
}

// None reports whether there are no digests.
func (c Cadence) None() bool { return c.Every == 0 && len(c.At) == 0 }

// Next is the first of its moments after at, as clocks in the zone show it; the zero time
// if it has none. What clocks skip when they are set is at the moment at which they are. A
// time of day that they show twice counts once, the first time; every so often goes on
// meanwhile. It is pure.
func (c Cadence) Next(at time.Time, zone *time.Location) time.Time {
	switch {
	case c.Every > 0:
		return c.nextOfEvery(at, zone)
	case len(c.At) > 0:
		return c.nextOfDay(at, zone)
	}
	return time.Time{}
}

func (c Cadence) nextOfEvery(at time.Time, zone *time.Location) time.Time {
	for {
		wait := c.Every - timeOfDay(at.In(zone))%c.Every
		next := stride(at, wait, zone)
		moved := next.Sub(at) + ahead(next, zone) - ahead(at, zone)
		if moved >= wait || timeOfDay(next.In(zone))%c.Every == 0 {
			return next
		}
		at = next
	}
}

func (c Cadence) nextOfDay(at time.Time, zone *time.Location) time.Time {
	year, month, today := at.In(zone).Date()
	for date := today; ; date++ {
		for _, t := range c.At {
			next := showing(time.Date(year, month, date, 0, int(t), 0, 0, time.UTC), zone)
			if next.After(at) {
				return next.In(at.Location())
			}
		}
	}
}
