package checkup

import "fmt"

// State says how things are.
type State string

// The states of what was looked at.
const (
	Good   State = "good"
	Odd    State = "odd"    // it works, but somebody should look at it
	Broken State = "broken" // it does not work
)

// Finding is what was found out about one thing, in words for operators.
type Finding struct {
	State  State
	Found  string // what is the case; it may hold names from the chat
	Advice string // what to do, "" if there is nothing to do
}

// Report is what was found so far. Its zero value is empty.
type Report struct{ Found []Finding }

// Good notes what works.
func (r *Report) Good(format string, args ...any) {
	r.Found = append(r.Found, Finding{Good, fmt.Sprintf(format, args...), ""})
}

// Odd notes what works, but is hardly meant, and what to do about it.
func (r *Report) Odd(advice, format string, args ...any) {
	r.Found = append(r.Found, Finding{Odd, fmt.Sprintf(format, args...), advice})
}

// Broken notes what does not work, and what to do about it.
func (r *Report) Broken(advice, format string, args ...any) {
	r.Found = append(r.Found, Finding{Broken, fmt.Sprintf(format, args...), advice})
}
