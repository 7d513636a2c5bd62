package pipeline

// State is what has become of a step.
type State int

// The states. A step with an approval goes from Pending to Waiting and from
// there to Approved, or as the approval's on_reject says; others begin with
// Running.
const (
	Pending  State = iota // nothing yet
	Waiting               // its approval was asked for, and nobody has decided
	Approved              // its approval was given; its command, if it has one, may run
	Running               // its command runs, or waits to be tried again
	Done                  // it ended well
	Failed                // it failed, and what needs it cannot run
	Allowed               // it failed, as it may: what needs it goes on
	Skipped               // it was left out, and counts as done
)

// over tells whether what needs the step may go on.
func (s State) over() bool { return s == Done || s == Allowed || s == Skipped }

// gated tells whether a step in this state has an approval that nobody has
// given. Nothing behind it may start.
func (s State) gated() bool { return s == Pending || s == Waiting }

// Next is what to do now.
type Next struct {
	Ask   []int // the approval to ask for: none or one
	Start []int // the steps whose commands to start, in order; an Approved one without a command is then done
	Over  bool  // every step is Done, Allowed or Skipped
	Stuck bool  // a step has Failed and none runs: nothing goes on by itself
}

// Next says what to do when each step i stands as state(i) says. It asks once
// for each step, in order, and changes nothing: told the same it says the same.
//
// A step may start when all that it needs is over and every approval before it
// in order is decided, as long as fewer than Parallel steps run; a step that
// waits for its approval does not count as one. Approvals are asked for in
// order, one after the other. Once a step has Failed nothing new starts and
// nothing is asked, and those that run go on to their end.
//
// A step that is made Pending again, to be retried, is offered again.
func (p *Pipeline) Next(state func(i int) State) Next {
	states := make([]State, len(p.Steps))
	running, failed, left := 0, false, false
	for i := range states {
		states[i] = state(i)
		failed = failed || states[i] == Failed
		left = left || !states[i].over()
		if states[i] == Running {
			running++
		}
	}
	if failed {
		return Next{Stuck: running == 0}
	}
	next := p.offers(states, p.Parallel-running)
	next.Over = !left
	return next
}

// offers finds what may begin, at most so many commands at once.
func (p *Pipeline) offers(states []State, free int) Next {
	var next Next
	gate := false
	for i, s := range p.Steps {
		if gate {
			break // the server holds what comes behind it
		}
		gate = s.Approval != nil && states[i].gated()
		able := (states[i] == Pending || states[i] == Approved) && p.fed(i, states)
		switch {
		case gate && able:
			next.Ask = append(next.Ask, i)
		case !gate && able && (free > 0 || s.Args == nil):
			next.Start = append(next.Start, i)
			if s.Args != nil {
				free--
			}
		}
	}
	return next
}

// fed tells whether all that a step needs is over.
func (p *Pipeline) fed(i int, states []State) bool {
	for _, before := range p.Steps[i].Needs {
		if !states[before].over() {
			return false
		}
	}
	return true
}
