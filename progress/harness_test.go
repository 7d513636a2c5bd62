package progress

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// life drives one task through commands, one second apart, and keeps its
// events.
type life struct {
	t      testing.TB
	task   Task
	events []Event
	at     time.Time
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var (
	worker = Actor{Person: "ci", Rights: MayReport, All: true}
	ann    = Actor{Person: "ann", Rights: MayRead | MayOperate | MayApprove, Groups: []string{"ops"}}
	bob    = Actor{Person: "bob", Rights: MayRead | MayOperate | MayApprove}
	cy     = Actor{Person: "cy", Rights: MayRead | MayOperate | MayApprove}
)

func begin(t testing.TB, plans ...Plan) *life {
	t.Helper()
	l := &life{t: t, at: epoch}
	l.must(Create{Spec: Spec{Title: "CRM"}, Steps: plans}, worker)
	return l
}

func (l *life) try(do Change, by Actor) ([]Event, error) {
	l.at = l.at.Add(time.Second)
	return l.command(Command{Task: "t1", By: by, Via: ViaREST, Do: do})
}

func (l *life) command(c Command) ([]Event, error) {
	events, err := Decide(l.task, c, l.at)
	if l.task.ID == "" {
		l.task.ID = c.Task
	}
	for _, e := range events {
		l.task = Apply(l.task, e)
		if e.Seq > 0 {
			l.events = append(l.events, e)
		}
	}
	return events, err
}

func (l *life) must(do Change, by Actor) []Event {
	l.t.Helper()
	events, err := l.try(do, by)
	if err != nil {
		l.t.Fatalf("%s: %v", do.Verb(), err)
	}
	return events
}

func (l *life) refused(want Code, do Change, by Actor) {
	l.t.Helper()
	_ = l.refusal(want, do, by)
}

// refusal is refused, and what was said.
func (l *life) refusal(want Code, do Change, by Actor) *Error {
	l.t.Helper()
	before := fmt.Sprintf("%+v", l.task)
	events, err := l.try(do, by)
	if CodeOf(err) != want || len(events) > 0 {
		l.t.Fatalf("%s: got %d events and %v, want %s", do.Verb(), len(events), err, want)
	}
	if after := fmt.Sprintf("%+v", l.task); after != before {
		l.t.Fatalf("%s was refused but changed the task", do.Verb())
	}
	refused, _ := errors.AsType[*Error](err)
	return refused
}

func (l *life) status(want Status) {
	l.t.Helper()
	if l.task.Status != want {
		l.t.Fatalf("the task is %s, want %s", l.task.Status, want)
	}
}

func (l *life) step(n int, want StepStatus) {
	l.t.Helper()
	if got := l.task.Steps.At(n).Status; got != want {
		l.t.Fatalf("step %d is %s, want %s", n, got, want)
	}
}

func (l *life) percent(want float64) {
	l.t.Helper()
	if l.task.Percent != want {
		l.t.Fatalf("percent is %v, want %v", l.task.Percent, want)
	}
}

func kindsOf(events []Event) string {
	out := ""
	for _, e := range events {
		if e.Seq > 0 {
			out += string(e.Kind) + " "
		}
	}
	return out
}

func ref(n int) StepRef { return StepRef{Order: n} }

// at is a report of a step.
func at(n int, status StepStatus) Report { return Report{Step: ref(n), StepStatus: status} }

// tick is a report of a step's percent.
func tick(n int, p float64) Report { return Report{Step: ref(n), StepProgress: &p} }

func plan(names ...string) []Plan {
	var out []Plan
	for _, n := range names {
		out = append(out, Plan{Name: n})
	}
	return out
}
