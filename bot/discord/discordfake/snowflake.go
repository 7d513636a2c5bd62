package discordfake

import (
	"cmp"
	"strconv"
	"time"
)

// opened is when a fake opens at the earliest: ids cannot tell of a time before Discord.
var opened = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// epoch is when Discord's time begins, in milliseconds of Unix.
const epoch = 1420070400000

// Time is when the thing with that id was made.
func Time(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + epoch)
}

// ID is the first id of a time, which no thing of the fake has: for what is said to have
// been made then.
func ID(at time.Time) string { return strconv.FormatInt((at.UnixMilli()-epoch)<<22, 10) }

// id makes an id that no other thing has, later than all before.
func (w *world) id() string {
	w.last = max(w.last+1, (time.Now().UnixMilli()-epoch)<<22+1)
	return strconv.FormatInt(w.last, 10)
}

// snowflake tells whether a text can be an id.
func snowflake(text string) bool {
	n, err := strconv.ParseUint(text, 10, 63)
	return err == nil && n > 0 && len(text) <= 20
}

// order compares ids by their times.
func order(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
