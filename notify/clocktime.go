package notify

import "fmt"

// Clock is a time of day, as clocks on the wall show it: minutes since midnight, 0 to
// 1440, which is the midnight that ends a day. As a text it is 00:00 to 24:00.
type Clock int

// ParseClock reads a time of day such as 07:30.
func ParseClock(text string) (Clock, error) {
	var h, m int
	var rest string
	if n, _ := fmt.Sscanf(text, "%2d:%2d%s", &h, &m, &rest); n != 2 || len(text) != len("07:30") || h < 0 || m < 0 || m > 59 || h*60+m > int(endOfDay) {
		return 0, fmt.Errorf("%q is no time of day; write one such as 07:30", text)
	}
	return Clock(h*60 + m), nil
}

const endOfDay Clock = 24 * 60

// String is the time of day as a text.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText is String.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is ParseClock.
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}
