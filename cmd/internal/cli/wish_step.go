package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress"
)

// stepOf is the step that a wish is about: the one that is named, else the one
// that the state of the task suggests. Where none does it is one that makes the
// server say why not.
func stepOf(t progress.Wire, w wish, named []string) (progress.WireStep, error) {
	if len(named) > 0 {
		return namedStep(t, named[0])
	}
	for _, status := range w.steps {
		if status == progress.StepPending && w.verb == progress.VerbSkip {
			if n := t.CurrentStep; n > 0 && n <= len(t.Steps) && t.Steps[n-1].Status == status {
				return t.Steps[n-1], nil
			}
			continue
		}
		if i := slices.IndexFunc(t.Steps, func(st progress.WireStep) bool { return st.Status == status }); i >= 0 {
			return t.Steps[i], nil
		}
	}
	if w.decides() {
		if st, ok := lastDecided(t); ok {
			return st, nil
		}
		return progress.WireStep{}, failure{fmt.Errorf("nothing waits for a decision: the task is %s", t.Status)}
	}
	if t.Status == progress.Failed {
		return progress.WireStep{}, failure{fmt.Errorf("no step of the task has failed, only the task itself; \"herald restart %s\" starts it over", t.ID)}
	}
	if w.verb == progress.VerbRetry {
		return progress.WireStep{}, failure{fmt.Errorf("no step has failed: the task is %s", t.Status)}
	}
	return progress.WireStep{}, failure{fmt.Errorf("there is no step to %s: the task is %s", w.verb, t.Status)}
}

// lastDecided is the step that was decided last: the server says by whom.
func lastDecided(t progress.Wire) (last progress.WireStep, ok bool) {
	for _, st := range t.Steps {
		if a := st.Approval; a != nil && !a.DecidedAt.IsZero() && (!ok || later(a.DecidedAt, last.Approval.DecidedAt)) {
			last, ok = st, true
		}
	}
	return last, ok
}

// namedStep finds a step by its number or its name.
func namedStep(t progress.Wire, name string) (progress.WireStep, error) {
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(t.Steps) {
		return t.Steps[n-1], nil
	}
	i := slices.IndexFunc(t.Steps, func(st progress.WireStep) bool { return strings.EqualFold(st.Name, name) })
	if i < 0 {
		return progress.WireStep{}, failure{fmt.Errorf("there is no step %q; the task has %d, \"herald show %s\" lists them", name, len(t.Steps), t.ID)}
	}
	return t.Steps[i], nil
}

// question asks before work is lost: "Cancel CRM at 65%?".
func (s session) question(w wish, t progress.Wire, step progress.WireStep) string {
	screen := s.screen()
	about := screen.Brief(t)
	if w.steps != nil {
		about = screen.Clean(stepWord(step)) + " of " + about
	}
	verb := string(w.verb)
	return fmt.Sprintf("%s%s %s at %d%%?", strings.ToUpper(verb[:1]), verb[1:], about, int(t.Progress))
}

// stepWord names a step: "step 3 (Go live)".
func stepWord(st progress.WireStep) string { return fmt.Sprintf("step %d (%s)", st.Order, st.Name) }

// done says what a wish has done, from the task after it.
func (s session) done(w wish, t progress.Wire, step progress.WireStep) string {
	title := s.screen().Brief(t)
	switch w.verb {
	case progress.VerbApprove:
		if n := step.Order; n >= 1 && n <= len(t.Steps) && t.Steps[n-1].Status == progress.StepWaiting {
			a := t.Steps[n-1].Approval
			return fmt.Sprintf("Your approval of %s of %s counts; it waits for others (%d of %d).", stepWord(step), title, votes(a), a.Needed())
		}
		return fmt.Sprintf("Approved %s of %s.", stepWord(step), title)
	case progress.VerbReject:
		return fmt.Sprintf("Rejected %s of %s; the task is %s.", stepWord(step), title, t.Status)
	case progress.VerbPause:
		return fmt.Sprintf("Paused %s at %d%%.", title, int(t.Progress))
	case progress.VerbResume:
		return fmt.Sprintf("Resumed %s at %d%%.", title, int(t.Progress))
	case progress.VerbCancel:
		return fmt.Sprintf("Cancelled %s at %d%%.", title, int(t.Progress))
	case progress.VerbRestart:
		return fmt.Sprintf("Restarted %s: run %d.", title, t.Run)
	case progress.VerbRetry:
		return fmt.Sprintf("Trying %s of %s again: attempt %d.", stepWord(step), title, t.Attempt)
	}
	return fmt.Sprintf("Skipped %s of %s.", stepWord(step), title)
}

// votes counts those who approve.
func votes(a *progress.WireApproval) int {
	if a == nil {
		return 0
	}
	n := 0
	for _, v := range a.Votes {
		if v.Decision == progress.ApprovalApproved {
			n++
		}
	}
	return n
}
