package discord

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

// Discord shuts out an address from which 10,000 requests came within ten minutes that it
// refused: with 401, 403 or 429.
const (
	mostRefused = 5000 // of ours, as others may call from there
	refusedFor  = 10   // minutes
)

// A token that is refused twice in a row is no good: it is tried again a while later, as
// somebody may have put that right.
const (
	mostStrikes = 2
	strikeRest  = time.Minute
)

// record is how often we were refused of late.
type record struct {
	mu      sync.Mutex
	refused []tally // by minutes, the oldest first
	strikes int     // of the token, in a row
	until   time.Time
}

// tally is how many requests were refused in a minute.
type tally struct {
	minute time.Time
	count  int
}

// bars is why a request must not be made now, nil if it may.
func (r *record) bars(q *request) *Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	count := 0
	for _, t := range r.recent(now) {
		count += t.count
	}
	switch {
	case count >= mostRefused:
		return &Problem{
			Status: http.StatusTooManyRequests, After: r.refused[0].minute.Add(refusedFor * time.Minute).Sub(now),
			Err: errors.New("so much was refused of late that Discord is not called: it would shut this server out"),
		}
	case !q.open && now.Before(r.until):
		return &Problem{Status: http.StatusUnauthorized, Err: errors.New("the token was refused just now: Discord is asked again a minute later")}
	}
	return nil
}

// recent are the tallies that count. It is locked.
func (r *record) recent(now time.Time) []tally {
	for len(r.refused) > 0 && now.Sub(r.refused[0].minute) >= refusedFor*time.Minute {
		r.refused = r.refused[1:]
	}
	return r.refused
}

// note notes an answer.
func (r *record) note(q *request, a *callout.Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		if a.Status != http.StatusTooManyRequests || a.Header.Get("X-RateLimit-Scope") != "shared" {
			r.count(now)
		}
	}
	switch {
	case q.open:
	case a.Status == http.StatusUnauthorized:
		if r.strikes++; r.strikes >= mostStrikes {
			r.until = now.Add(strikeRest)
		}
	case a.Status < http.StatusMultipleChoices:
		r.strikes = 0
	}
}

// count counts a request that was refused. It is locked.
func (r *record) count(now time.Time) {
	minute := now.Truncate(time.Minute)
	if n := len(r.refused); n > 0 && r.refused[n-1].minute.Equal(minute) {
		r.refused[n-1].count++
		return
	}
	r.refused = append(r.recent(now), tally{minute, 1})
}
