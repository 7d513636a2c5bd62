package replay

import (
	"cmp"

	"github.com/taskherald/herald/progress/estimate"
)

// stage is where the runs of a trace play.
type stage struct {
	book *estimate.Book
	runs map[string]*actor   // under way
	over map[string]struct{} // runs that have ended
	now  float64             // the time of the newest line that had one
}

func newStage() *stage {
	return &stage{book: estimate.NewBook(), runs: map[string]*actor{}, over: map[string]struct{}{}}
}

// tick reads the time of a line; one that has none is of the time of the last.
func (s *stage) tick(l line) float64 {
	if t, ok := l.time(); ok {
		s.now = t
	}
	return s.now
}

// act does what a line says that is no question. What it cannot be about, such
// as a run that has not started or has ended, it leaves out.
func (s *stage) act(op string, l line) {
	t, id := s.tick(l), l.text("run")
	a := s.runs[id]
	if op == "start" {
		if a != nil {
			s.end(id, a, estimate.Cancelled)
		}
		s.runs[id] = begin(l, t)
		return
	}
	if a == nil {
		return
	}
	a.until(t)
	if op == "end" {
		s.end(id, a, outcomeOf(l.word("status")))
		return
	}
	a.act(op, l)
}

// end ends a run and learns it.
func (s *stage) end(id string, a *actor, o estimate.Outcome) {
	a.end(o)
	s.book.Learn(&a.run)
	delete(s.runs, id)
	s.over[id] = struct{}{}
}

// ask answers a question, and changes nothing. One about a run that has not
// started may bring what a start would; of one that has ended nothing is left.
func (s *stage) ask(l line) estimate.Guess {
	t, id := s.tick(l), l.text("run")
	a := s.runs[id]
	if a == nil {
		if _, over := s.over[id]; over && l["workflow"] == nil {
			return estimate.Guess{}
		}
		a = begin(l, t)
	}
	r := a.at(t)
	return s.book.Estimate(&r)
}

// The words that statuses are told by, beside those of the contract.
var (
	outcomes = map[string]estimate.Outcome{
		"": estimate.Success, "success": estimate.Success, "succeeded": estimate.Success, "successful": estimate.Success,
		"completed": estimate.Success, "complete": estimate.Success, "done": estimate.Success, "ok": estimate.Success,
		"passed": estimate.Success, "finished": estimate.Success,
		"partial": estimate.Partial, "partially": estimate.Partial, "partial_success": estimate.Partial, "warning": estimate.Partial, "unstable": estimate.Partial,
		"failed": estimate.Failed, "failure": estimate.Failed, "fail": estimate.Failed, "error": estimate.Failed,
		"errored": estimate.Failed, "crashed": estimate.Failed, "timeout": estimate.Failed, "timed_out": estimate.Failed,
	}
	states = map[string]estimate.State{
		"skipped": estimate.Skipped, "skip": estimate.Skipped, "not_run": estimate.Skipped,
		"failed": estimate.Fell, "failure": estimate.Fell, "fail": estimate.Fell, "error": estimate.Fell, "errored": estimate.Fell,
		"crashed": estimate.Fell, "timeout": estimate.Fell, "timed_out": estimate.Fell,
		"cancelled": estimate.Fell, "canceled": estimate.Fell, "aborted": estimate.Fell, "killed": estimate.Fell,
	}
)

// outcomeOf is how a run ended that ended with a status. One that nobody knows
// teaches only the steps that were completed, as one that was cancelled does.
func outcomeOf(status string) estimate.Outcome {
	return cmp.Or(outcomes[status], estimate.Cancelled)
}

// stateOf is the state of a step that ended with a status.
func stateOf(status string) estimate.State { return cmp.Or(states[status], estimate.Done) }
