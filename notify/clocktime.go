package notify

import (
	"fmt"
	"time"
)

// Clock is a time of day, as clocks on the wall show it: minutes since midnight, 0 to
// 1440, which is the midnight that ends a day. As a text it is 00:00 to 24:00.
type Clock int

const endOfDay Clock = 24 * 60

// ParseClock reads a time of day such as 07:30.
func ParseClock(text string) (Clock, error) {
	if len(text) == len("07:30") && text[2] == ':' {
		h, ok := twoDigits(text[:2])
		m, also := twoDigits(text[3:])
		if c := Clock(h*60 + m); ok && also && m < 60 && c <= endOfDay {
			return c, nil
		}
	}
	return 0, fmt.Errorf("%.50q is no time of day; write one such as 07:30", text)
}

// twoDigits reads a number of two digits.
func twoDigits(text string) (n int, ok bool) {
	tens, ones := text[0], text[1]
	if tens < '0' || tens > '9' || ones < '0' || ones > '9' {
		return 0, false
	}
	return int(tens-'0')*10 + int(ones-'0'), true
}

// String is the time of day as a text.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText is String.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is ParseClock.
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}

// since is how much of a day has gone by then.
func (c Clock) since() time.Duration { return time.Duration(c) * time.Minute }

// within reports whether it is a time at which something can begin: 24:00 only ends.
func (c Clock) within() bool { return c >= 0 && c < endOfDay }
