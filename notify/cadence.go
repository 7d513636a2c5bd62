package notify

import "time"

// Cadence is when digests are sent: every so often, on the clock (every 15 minutes is at
// 0, 15, 30 and 45 past), or at times of day. The zero value is none.
type Cadence struct {
	Every time.Duration // 1 minute to 24 hours, dividing the day
	At    []Clock       // of every day, ascending
}

// ParseCadence reads "15m", "1h", "08:00" or "08:00 17:30".
func ParseCadence(text string) (Cadence, error) {
	return Cadence{}, nil
}

// String is the cadence as ParseCadence reads it, "" for none.
func (c Cadence) String() string { return "" }

// MarshalText is String.
func (c Cadence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is ParseCadence; "" is none.
func (c *Cadence) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCadence(string(text))
	return err
}

// None reports whether there are no digests.
func (c Cadence) None() bool { return c.Every == 0 && len(c.At) == 0 }

// Next is the first of its moments after at, as clocks in the zone show it. It is pure.
func (c Cadence) Next(at time.Time, zone *time.Location) time.Time { return at }
