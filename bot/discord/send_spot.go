package discord

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// anID is how Discord writes ids.
var anID = regexp.MustCompile(`^[1-9][0-9]{14,19}$`)

// isID reports whether a text is an id: it has 63 bits.
func isID(text string) bool {
	_, err := strconv.ParseUint(text, 10, 63)
	return err == nil && anID.MatchString(text)
}

// spot is where a message stands.
type spot struct{ channel, message string }

// spotOf reads the name of a message in receipts; ok is false for what is none.
func spotOf(far string) (s spot, ok bool) {
	s.channel, s.message, ok = strings.Cut(far, "/")
	return s, ok && isID(s.channel) && isID(s.message)
}

func (s spot) far() string { return s.channel + "/" + s.message }

// begins reports whether it is the thread of a message that is meant, which may not be there yet.
func (s spot) begins() bool { return s.channel == s.message }

// epoch is when the time of Discord's ids begins, in milliseconds of Unix.
const epoch = 1420070400000

// made is when a message was posted: its id says it.
func (s spot) made() time.Time {
	n, err := strconv.ParseUint(s.message, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch)
}
