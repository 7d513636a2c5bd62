package setup

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
	Found  string // what is the case; it may hold names from Slack
	Advice string // what to do, "" if there is nothing to do
}

// report is what was found so far.
type report struct{ found []Finding }

func (r *report) good(format string, args ...any) {
	r.found = append(r.found, Finding{Good, fmt.Sprintf(format, args...), ""})
}

func (r *report) odd(advice, format string, args ...any) {
	r.found = append(r.found, Finding{Odd, fmt.Sprintf(format, args...), advice})
}

func (r *report) broken(advice, format string, args ...any) {
	r.found = append(r.found, Finding{Broken, fmt.Sprintf(format, args...), advice})
}

// failed adds what a trouble with a token means for something.
func (r *report) failed(what string, t *trouble, of token) {
	say, advice := t.explain(of)
	f := Finding{Broken, what + ": " + say, advice}
	if t.passing() {
		f.State = Odd
	}
	r.found = append(r.found, f)
}
