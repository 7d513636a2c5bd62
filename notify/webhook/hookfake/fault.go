package hookfake

import (
	"net/http"
	"time"
)

// drip is the time between two parts of an answer that trickles.
const drip = 20 * time.Millisecond

// Fault is how a call goes wrong. The zero value is none.
type Fault struct {
	Status     int           // the answer; 0 is 204
	RetryAfter string        // the header
	Location   string        // the header
	Body       string        // of the answer
	Slow       time.Duration // before the answer
	Trickle    time.Duration // for how long Body is followed by a space now and then
	Cut        Cut
}

// Cut is when a receiver hangs up, without an answer.
type Cut int

// The cuts.
const (
	Never         Cut = iota
	BeforeReading     // it has nothing
	AfterReading      // it has read all and kept nothing
	AfterKeeping      // it has the message
)

// Answer is a call that is answered with the status; one that is no 2xx keeps
// nothing.
func Answer(status int) Fault { return Fault{Status: status} }

// Wait is a call that is answered with the status and what the header Retry-After
// then says.
func Wait(status int, retryAfter string) Fault { return Fault{Status: status, RetryAfter: retryAfter} }

// Redirect is a call that is answered with another address.
func Redirect(to string) Fault {
	return Fault{Status: http.StatusPermanentRedirect, Location: to}
}

// keeps reports whether the message of such a call is kept.
func (f Fault) keeps() bool {
	good := f.Status == 0 || f.Status >= 200 && f.Status < 300
	return good && f.Cut == Never || f.Cut == AfterKeeping
}

// answer writes the answer, unless the caller goes away before.
func (f Fault) answer(w http.ResponseWriter, r *http.Request) {
	if f.Slow > 0 {
		select {
		case <-time.After(f.Slow):
		case <-r.Context().Done():
		}
	}
	if f.Cut != Never {
		panic(http.ErrAbortHandler) // the connection ends as if the process had
	}
	for name, value := range map[string]string{"Retry-After": f.RetryAfter, "Location": f.Location} {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
	if f.Status == 0 {
		f.Status = http.StatusNoContent
	}
	w.WriteHeader(f.Status)
	if f.Body != "" {
		_, _ = w.Write([]byte(f.Body)) // whoever has gone needs no answer
	}
	f.trickle(w, r)
}

// trickle goes on with the answer, unless the caller goes away.
func (f Fault) trickle(w http.ResponseWriter, r *http.Request) {
	for end := time.Now().Add(f.Trickle); time.Now().Before(end); {
		_, _ = w.Write([]byte(" "))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(drip):
		case <-r.Context().Done():
			return
		}
	}
}
