package pushfake

import (
	"net/http"
	"strconv"
	"time"
)

// Fault is how a request goes wrong. The zero value is one that goes well.
type Fault struct {
	Status     int           // it is answered with this, and not looked at
	Reason     string        // in the answer's body
	RetryAfter time.Duration // in the answer, in whole seconds; 0 for none
	Date       bool          // RetryAfter is written as a date
	Slow       time.Duration // how long the answer takes
	Hang       bool          // there is no answer until the sender gives up
	Drop       bool          // the connection ends without an answer
	Keep       bool          // the message is taken first, if it is good, and the answer is lost: with Hang or Drop
}

// Fail gives the next requests a fault each, in that order.
func (s *Service) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault is what meets the next request.
func (s *Service) fault() (f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) > 0 {
		f, s.faults = s.faults[0], s.faults[1:]
	}
	return f
}

// blind is whether the request is not looked at.
func (f Fault) blind() bool { return !f.Keep && (f.Status != 0 || f.Hang || f.Drop) }

// wait lasts as long as the fault does, unless the sender gives up.
func (f Fault) wait(r *http.Request) {
	select {
	case <-time.After(f.Slow):
	case <-r.Context().Done():
	}
}

// answer ends a request as the fault says.
func (f Fault) answer(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Drop || f.Keep:
		panic(http.ErrAbortHandler)
	case f.RetryAfter > 0 && f.Date:
		w.Header().Set("Retry-After", time.Now().Add(f.RetryAfter).UTC().Format(http.TimeFormat))
	case f.RetryAfter > 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
	}
	answer(w, f.Status, f.Reason)
}
