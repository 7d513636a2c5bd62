package webpush

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
)

// maxWait is the longest that a service may ask for.
const maxWait = 24 * time.Hour

// tooFast are the answers to who sends too much. The second is that of Windows' service.
var tooFast = []int{http.StatusTooManyRequests, http.StatusNotAcceptable}

// refusals are the answers that no other try would change.
var refusals = []int{
	http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
	http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
}

// errTooLarge is what a service says that takes no message of that size.
var errTooLarge = errors.New("the message is too large")

// verdict is what an answer means, nil for a yes. known says that some service has
// taken our key and contact of late.
func verdict(host string, r *http.Response, known bool, now time.Time) error {
	wait := waitOf(r.Header, now)
	switch s := r.StatusCode; {
	case s/100 == 2:
		return nil
	case s == http.StatusNotFound, s == http.StatusGone:
		return answered(notify.Gone, host, s, "the subscription is over; subscribe again in that browser")
	case slices.Contains(tooFast, s), s == http.StatusServiceUnavailable && wait > 0:
		f := answered(notify.Limited, host, s, "")
		f.After = wait
		return f
	case refused(s) && known:
		return answered(notify.Transient, host, s, "other messages of this server are taken; subscribe again in that browser")
	case refused(s):
		return answered(notify.Unauthorized, host, s, "it does not take this server's key or contact")
	case s == http.StatusRequestEntityTooLarge:
		f := answered(notify.Rejected, host, s, "")
		f.Err = &trouble{f.Err.Error(), errTooLarge}
		return f
	case s/100 == 3:
		return answered(notify.Rejected, host, s, "redirects are not followed")
	case slices.Contains(refusals, s):
		return answered(notify.Rejected, host, s, "")
	default:
		return answered(notify.Transient, host, s, "")
	}
}

// answered is the failure that an answer is. The words for its status are ours: a
// service could write anything there.
func answered(f notify.Fate, host string, status int, more string) *notify.Failure {
	text := strconv.Itoa(status)
	if word := http.StatusText(status); word != "" {
		text += " " + word
	}
	if more != "" {
		text += ": " + more
	}
	return notify.Fail(f, "%s answered %s", host, text)
}

// waitOf is how long a service wants to be left alone, 0 if it does not say.
func waitOf(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, maxWait)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs // its clock may be wrong
	}
	return min(max(at.Sub(now), 0), maxWait)
}
