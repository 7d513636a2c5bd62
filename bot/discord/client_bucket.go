package discord

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

// someWindow is how long a bucket may take to be full again, if that is not known.
const someWindow = 5 * time.Second

// sameWindow is how far apart the ends of one window may seem to be, as answers take their time.
const sameWindow = 250 * time.Millisecond

// bucket is how many requests may be made of some kind, and when.
type bucket struct {
	known  bool      // an answer has told of it
	limit  int       // requests of a window, 0 for no bound
	left   int       // of them
	reset  time.Time // when it is full again; zero from then on, until an answer tells of the next window
	busy   int       // requests under way
	waiter chan struct{}
}

// wait is how long the next request has to wait: for a time, or for turn, until another one
// is answered. Both are zero if it may go.
func (b *bucket) wait(now time.Time) (d time.Duration, turn <-chan struct{}) {
	if b.known && b.limit > 0 && !b.reset.IsZero() && !now.Before(b.reset) {
		b.left, b.reset = b.limit-b.busy, time.Time{}
	}
	switch {
	case !b.reset.IsZero() && b.left <= 0:
		return b.reset.Sub(now), nil
	case b.known && (b.limit == 0 || b.left > 0), b.busy == 0:
		return 0, nil
	}
	if b.waiter == nil {
		b.waiter = make(chan struct{})
	}
	return 0, b.waiter
}

func (b *bucket) enter() {
	b.busy++
	b.left--
}

// leave ends a request. What got no answer may have been counted.
func (b *bucket) leave(now time.Time) {
	b.busy--
	if b.known && b.limit > 0 && b.left <= 0 && b.busy == 0 && b.reset.IsZero() {
		b.reset = now.Add(someWindow)
	}
	if b.waiter != nil {
		close(b.waiter)
		b.waiter = nil
	}
}

// learn reads what an answer tells of a bucket. Those that are under way count as if it did
// not know of them yet; and within a window no answer makes more of what is left, as they may
// come in another order than they were given.
func (b *bucket) learn(a *callout.Answer, now time.Time) {
	limit, err := strconv.Atoi(a.Header.Get("X-RateLimit-Limit"))
	left, err2 := strconv.Atoi(a.Header.Get("X-RateLimit-Remaining"))
	after, ok := seconds(a.Header.Get("X-RateLimit-Reset-After"))
	if a.Status == http.StatusTooManyRequests && codeIn(a) == 0 { // else it is of one message, or of a whole channel
		b.refused(cmp.Or(restOf(a, now), time.Second), now)
		return
	}
	reset := now.Add(after + margin)
	switch {
	case err != nil || err2 != nil || !ok || limit < 1:
		b.known = b.known || a.Status < http.StatusMultipleChoices
	case reset.Before(b.reset.Add(-sameWindow)): // it is of the window before
	case b.known && !b.reset.IsZero() && reset.Before(b.reset.Add(sameWindow)):
		b.limit, b.left = limit, min(b.left, left-b.busy)
	default:
		b.known, b.limit, b.left, b.reset = true, limit, min(left, limit)-b.busy, reset
	}
}

// refused notes that there are no more requests for a while.
func (b *bucket) refused(rest time.Duration, now time.Time) {
	b.known, b.limit, b.left = true, max(b.limit, 1), 0
	b.reset = later(b.reset, now.Add(rest+margin))
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// full reports whether nothing is lost if the bucket is forgotten.
func (b *bucket) full(now time.Time) bool {
	return b.busy == 0 && !now.Before(b.reset)
}
