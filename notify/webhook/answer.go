package webhook

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

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
		return callout.Answered(notify.Gone, host, s, "")
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && wait > 0:
		f := callout.Answered(notify.Limited, host, s, "")
		f.After = wait
		return f
	case slices.Contains(redirects, s):
		return callout.Answered(notify.Rejected, host, s, "redirects are not followed, give the address that it leads to")
	case s >= 300 && s < 400, callout.Refuses(s):
		return callout.Answered(notify.Rejected, host, s, "")
	default:
		return callout.Answered(notify.Transient, host, s, "")
	}
}

// waitOf is how long a receiver wants to be left alone, 0 if it does not say.
func waitOf(h http.Header, said []byte, now time.Time) time.Duration {
	if n, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		return seconds(n)
	}
	if d, ok := callout.Until(h, now); ok {
		return d
	}
	var body struct {
		RetryAfter float64 `json:"retry_after"`
	}
	if json.Unmarshal(said, &body) != nil {
		return 0
	}
	return seconds(body.RetryAfter)
}

// seconds is a number of them, from none to the most.
func seconds(n float64) time.Duration {
	if !(n > 0) || math.IsInf(n, 0) { // what is no number is not above 0 either
		return 0
	}
	return time.Duration(min(n, callout.MaxWait.Seconds()) * float64(time.Second))
}
