package chat

import (
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// Lax reads JSON as far as it is what it should be. A field of another kind is as if it were
// not there: platforms add kinds, and a field may be a text in one event and an object in
// another.
func Lax(text []byte, v any) error {
	err := json.Unmarshal(text, v)
	if _, other := errors.AsType[*json.UnmarshalTypeError](err); other {
		return nil
	}
	return err
}

// mostBody is how much of a request is read, in bytes.
const mostBody = 1 << 20

// Body is what a platform has sent in a request, at most a megabyte; ok is false if the request
// was refused, and answered so. Who sent it is for the caller to look at.
func Body(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return nil, false
	}
	return body, true
}

// Posted reports whether a request is a POST; any other is answered.
func Posted(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodPost {
		return true
	}
	w.Header().Set("Allow", http.MethodPost)
	http.Error(w, "POST only", http.StatusMethodNotAllowed)
	return false
}

// The bounds of rests between connections.
const (
	firstRest = time.Second
	LongRest  = 5 * time.Minute // the longest, also where only an operator can put things right
	Often     = 16              // failures after which a rest is as long as any
)

// Rest is for how long to rest after so many failures in a row: anything in the upper half of a
// bound that doubles up to LongRest, by a number of 0 to 1.
func Rest(fails int, at float64) time.Duration {
	bound := LongRest
	if fails < Often {
		bound = min(firstRest<<fails, LongRest)
	}
	return bound/2 + time.Duration(at*float64(bound/2))
}

// Jitter is a number of 0 to 1.
func Jitter() float64 { return rand.Float64() } //nolint:gosec // many servers should not come back at once; no secret
