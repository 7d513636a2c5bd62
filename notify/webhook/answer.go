package webhook

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
)

// maxWait is the longest that a receiver may ask for.
const maxWait = 24 * time.Hour

// refusals are the answers that no other try would change.
var refusals = []int{
	http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
	http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
}

// redirects are the answers that lead elsewhere.
var redirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// verdict is what an answer means, nil for a yes.
func verdict(host string, r *http.Response, said []byte, now time.Time) error {
	var wait time.Duration
	if s := r.StatusCode; s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable {
		wait = waitOf(r.Header, said, now)
	}
	switch s := r.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s == http.StatusGone:
		return answered(notify.Gone, host, s, "")
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && wait > 0:
		f := answered(notify.Limited, host, s, "")
		f.After = wait
		return f
	case slices.Contains(redirects, s):
		return answered(notify.Rejected, host, s, ": redirects are not followed, give the address that it leads to")
	case s >= 300 && s < 400, slices.Contains(refusals, s):
		return answered(notify.Rejected, host, s, "")
	default:
		return answered(notify.Transient, host, s, "")
	}
}

// answered is the failure that an answer is. The words for its status are ours: a
// receiver could write anything there.
func answered(f notify.Fate, host string, status int, more string) *notify.Failure {
	text := strconv.Itoa(status)
	if word := http.StatusText(status); word != "" {
		text += " " + word
	}
	return notify.Fail(f, "%s answered %s%s", host, text, more)
}

// waitOf is how long a receiver wants to be left alone, 0 if it does not say.
func waitOf(h http.Header, said []byte, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return seconds(n)
	}
	if at, err := http.ParseTime(text); err == nil {
		if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
			now = theirs // its clock may be wrong
		}
		return min(max(at.Sub(now), 0), maxWait)
	}
	var body struct {
		RetryAfter float64 `json:"retry_after"`
	}
	if json.Unmarshal(said, &body) != nil {
		return 0
	}
	return seconds(body.RetryAfter)
}

// seconds is a number of them, from none to maxWait.
func seconds(n float64) time.Duration {
	if !(n > 0) || math.IsInf(n, 0) { // what is no number is not above 0 either
		return 0
	}
	return time.Duration(min(n, maxWait.Seconds()) * float64(time.Second))
}
