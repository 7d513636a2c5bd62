package slackfake

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is how a call goes wrong. The zero value is a call that goes well.
type Fault struct {
	Status     int           // the answer's; 0 for 200
	Error      string        // it is refused with that code
	RetryAfter time.Duration // in the answer, in whole seconds; 0 for none
	Slow       time.Duration // how long the answer takes
	Hang       bool          // there is no answer until the caller gives up
	Drop       bool          // the connection ends without an answer
	Body       string        // what is answered, whatever it is
	Huge       int           // so many bytes of white space stand before the answer
	Keep       bool          // it is done all the same, before any of that

	Channel string // only calls about that channel; "" for any
	Times   int    // so many calls; 0 for one, less for all until Fail without faults
}

// Broken is the fault of a far side that answers with that status and does nothing.
func Broken(status int) Fault {
	return Fault{Status: status, Body: "<html>It is not you, it is us.</html>"}
}

// Limited is the fault of a call that came too soon. The header is left out if after is 0.
func Limited(after time.Duration) Fault {
	return Fault{Status: http.StatusTooManyRequests, Error: "ratelimited", RetryAfter: after}
}

// Refused is the fault of a call that is refused with that code.
func Refused(code string) Fault { return Fault{Error: code} }

// Away is the fault of a connection that ends before the far side has the call.
func Away() Fault { return Fault{Drop: true} }

// Lost is the fault of a far side that does what is asked and never says so.
func Lost() Fault { return Fault{Drop: true, Keep: true} }

// Garbled is the fault of an answer that is no JSON, though the call was good.
func Garbled() Fault { return Fault{Body: `{"ok":tru`, Keep: true} }

// The names that [Slack.Fail] has for what is no method.
const (
	ResponseURL = "response_url" // a call of any response_url
	Upload      = "upload"       // the sending of a file
)

// Fail gives the next calls of a method a fault each, in that order; of any method if
// it is "". Without faults it ends what was given before.
func (s *Slack) Fail(method string, next ...Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	if len(next) == 0 {
		delete(s.faults.next, method)
		return
	}
	for _, f := range next {
		f.Times = cmp.Or(f.Times, 1)
		s.faults.next[method] = append(s.faults.next[method], &f)
	}
}

// faults are those that wait for their calls.
type faults struct {
	mu   sync.Mutex
	next map[string][]*Fault
}

func newFaults() *faults { return &faults{next: map[string][]*Fault{}} }

// meet is what the next call of a method meets.
func (f *faults) meet(method string, a args) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range []string{method, ""} {
		for i, fault := range f.next[name] {
			if fault.Channel != "" && fault.Channel != a["channel"] && fault.Channel != a["channel_id"] {
				continue
			}
			if fault.Times--; fault.Times == 0 {
				f.next[name] = append(f.next[name][:i:i], f.next[name][i+1:]...)
			}
			return *fault
		}
	}
	return Fault{}
}

// stops tells whether the call is not to be done.
func (f Fault) stops() bool {
	return !f.Keep && (f.Status != 0 || f.Error != "" || f.Hang || f.Drop || f.Body != "")
}

// wait lasts as long as the fault does; then it hangs up, if that is the fault. It tells
// whether the caller is still there.
func (f Fault) wait(r *http.Request) bool {
	over := make(<-chan time.Time)
	if !f.Hang {
		timer := time.NewTimer(f.Slow)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-r.Context().Done():
		return false
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	return true
}

// write answers as the fault says, with what the call came to where it says nothing.
func (f Fault) write(w http.ResponseWriter, code int, body answer) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(f.RetryAfter))
	}
	if f.Error != "" {
		body = no(f.Error).body()
	}
	code = cmp.Or(f.Status, code)
	if f.Body != "" {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(f.Body)) // who asked may be gone
		return
	}
	write(w, code, body, strings.Repeat(" ", f.Huge))
}

// seconds is a duration as the header Retry-After has it, rounded up.
func seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}
