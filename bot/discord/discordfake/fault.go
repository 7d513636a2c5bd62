package discordfake

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
	Status     int           // the answer's; 0 for 200, or 400 with a code
	Code       int           // Discord's own, of a refusal
	Text       string        // what the refusal says
	RetryAfter time.Duration // in the answer, and in its header in whole seconds; 0 for none
	Global     bool          // of a limit: it is that for all calls
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

// TooSoon is the fault of a call that came too soon. Nothing says how long to wait if
// after is 0.
func TooSoon(after time.Duration) Fault {
	return Fault{Status: http.StatusTooManyRequests, Text: "You are being rate limited.", RetryAfter: after}
}

// Refused is the fault of a call that is refused with that status and code.
func Refused(status, code int) Fault {
	return Fault{Status: status, Code: code, Text: "a fault of discordfake"}
}

// Blocked is the fault of an address that is kept out before Discord has the call.
func Blocked() Fault { return Fault{Status: http.StatusForbidden, Body: "error code: 1015"} }

// Away is the fault of a connection that ends before the far side has the call.
func Away() Fault { return Fault{Drop: true} }

// Lost is the fault of a far side that does what is asked and never says so.
func Lost() Fault { return Fault{Drop: true, Keep: true} }

// Garbled is the fault of an answer that is no JSON, though the call was good.
func Garbled() Fault { return Fault{Body: `{"id":"11`, Keep: true} }

// Fail gives the next calls of a route a fault each, in that order; of any route if it
// is "". Without faults it ends what was given before.
func (d *Discord) Fail(route string, next ...Fault) {
	d.faults.mu.Lock()
	defer d.faults.mu.Unlock()
	if len(next) == 0 {
		delete(d.faults.next, route)
		return
	}
	for _, f := range next {
		f.Times = cmp.Or(f.Times, 1)
		d.faults.next[route] = append(d.faults.next[route], &f)
	}
}

// faults are those that wait for their calls.
type faults struct {
	mu   sync.Mutex
	next map[string][]*Fault
}

func newFaults() *faults { return &faults{next: map[string][]*Fault{}} }

// meet is what the next call of a route meets.
func (f *faults) meet(route string, vars map[string]string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range []string{route, ""} {
		if name == "" && route == Gateway {
			break // that is no call
		}
		for i, fault := range f.next[name] {
			if fault.Channel != "" && fault.Channel != vars["channel"] {
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
	return !f.Keep && (f.Status != 0 || f.Code != 0 || f.Hang || f.Drop || f.Body != "")
}

// wait lasts as long as the fault does; then it hangs up, if that is the fault. It tells
// whether the caller is still there.
func (f Fault) wait(r *http.Request) bool {
	var over <-chan time.Time
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
func (f Fault) write(w http.ResponseWriter, a answer) {
	if f.RetryAfter > 0 {
		a.header.Set("Retry-After", seconds(f.RetryAfter))
	}
	if f.Code != 0 || f.Text != "" {
		a.body = f.body()
		a.status = http.StatusBadRequest
	}
	a.status = cmp.Or(f.Status, a.status)
	if f.Body != "" {
		a.body, a.text = nil, f.Body
		a.header.Set("Content-Type", "text/html")
	}
	a.write(w, strings.Repeat(" ", f.Huge))
}

// body is a refusal as the fault has it.
func (f Fault) body() object {
	body := object{"message": f.Text, "code": f.Code}
	if f.Status == http.StatusTooManyRequests && f.RetryAfter > 0 {
		body["retry_after"], body["global"] = f.RetryAfter.Seconds(), f.Global
	}
	return body
}

// seconds is a duration as the header Retry-After has it, rounded up.
func seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}
