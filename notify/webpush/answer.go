package webpush

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

// tooFast are the answers to who sends too much. The second is that of Windows' service.
var tooFast = []int{http.StatusTooManyRequests, http.StatusNotAcceptable}

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
		return callout.Answered(notify.Gone, host, s, "the subscription is over; subscribe again in that browser")
	case slices.Contains(tooFast, s), s == http.StatusServiceUnavailable && wait > 0:
		f := callout.Answered(notify.Limited, host, s, "")
		f.After = wait
		return f
	case refused(s) && known:
		return callout.Answered(notify.Transient, host, s, "other messages of this server are taken; subscribe again in that browser")
	case refused(s):
		return callout.Answered(notify.Unauthorized, host, s, "it does not take this server's key or contact")
	case s == http.StatusRequestEntityTooLarge:
		f := callout.Answered(notify.Rejected, host, s, "")
		f.Err = callout.Veil(f.Err.Error(), errTooLarge)
		return f
	case s/100 == 3:
		return callout.Answered(notify.Rejected, host, s, "redirects are not followed")
	case callout.Refuses(s):
		return callout.Answered(notify.Rejected, host, s, "")
	default:
		return callout.Answered(notify.Transient, host, s, "")
	}
}

// waitOf is how long a service wants to be left alone, 0 if it does not say.
func waitOf(h http.Header, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, callout.MaxWait)
	}
	d, _ := callout.Until(h, now)
	return d
}
