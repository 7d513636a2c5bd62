package callout

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
)

// MaxWait is the longest that a far side may ask for.
const MaxWait = 24 * time.Hour

const (
	maxAnswer = 4 << 10     // bytes that are read of an answer
	hearing   = time.Second // for how long they are read, once its status is there
)

// refusals are the answers that no other try would change.
var refusals = []int{
	http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
	http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
}

// Refuses reports whether a status is one that no other try would change.
func Refuses(status int) bool { return slices.Contains(refusals, status) }

// Hear reads the beginning of an answer's body, if only to use the connection again.
// One that breaks off, or does not end, has its status all the same; hangUp ends the
// request then.
func Hear(body io.Reader, hangUp context.CancelFunc) []byte {
	defer time.AfterFunc(hearing, hangUp).Stop()
	said, _ := io.ReadAll(io.LimitReader(body, maxAnswer))
	return said
}

// Answered is the failure that an answer is; more says what follows from it, "" if
// there is nothing to say.
func Answered(f notify.Fate, host string, status int, more string) *notify.Failure {
	text := strconv.Itoa(status)
	if word := http.StatusText(status); word != "" {
		text += " " + word
	}
	if more != "" {
		text += ": " + more
	}
	return notify.Fail(f, "%s answered %s", host, text)
}

// Until is how long it is to the date in Retry-After, by the clock of the far side if
// it says what that shows; ok is false if there is no date.
func Until(h http.Header, now time.Time) (d time.Duration, ok bool) {
	at, err := http.ParseTime(h.Get("Retry-After"))
	if err != nil {
		return 0, false
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs
	}
	return min(max(at.Sub(now), 0), MaxWait), true
}
