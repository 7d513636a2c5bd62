package notify

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// routed is what becomes of an event for a subscription of a task that is about nobody else.
func routed(t *progress.Task, e *progress.Event, s *Subscription, sees bool) Decision {
	if t.Spec == nil {
		t.Spec = &progress.Spec{}
	}
	roll := newRoll([]Subscription{*s}, nil, templates.Reader{})
	return Route(&Case{Task: t, Event: e, At: e.At, roll: roll, sees: func(*Subscription) bool { return sees }})[0]
}

// TestRoute is what becomes of an event for a subscription, and why.
func TestRoute(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sub   Subscription
		blind bool
		kind  progress.Kind
		what  Outcome
		mark  bool
		why   string
	}{
		{Subscription{}, false, progress.StepStarted, Tells, false, "subscribed"},
		{Subscription{Live: true}, false, progress.StepStarted, Tells, true, "subscribed"},
		{Subscription{Events: []string{"task.*"}}, false, progress.TaskFailed, Tells, false, "subscribed"},
		{Subscription{Events: []string{"task.*"}, Live: true}, false, progress.StepStarted, Shows, true, "the card shows it; not subscribed to step.started"},
		{Subscription{Events: []string{"task.*"}}, false, progress.StepStarted, Silent, false, "not subscribed to step.started"},
		{Subscription{Off: "gone", Live: true}, false, progress.TaskFailed, Silent, false, "the subscription is off: gone"},
		{Subscription{Live: true}, true, progress.TaskFailed, Silent, false, "its owner may not see the task"},
	} {
		d := routed(&progress.Task{}, &progress.Event{Kind: c.kind}, &c.sub, !c.blind)
		if d.Outcome != c.what || d.Mark != c.mark || d.Why != c.why {
			t.Errorf("%s for %+v: %+v", c.kind, c.sub, d)
		}
	}
}

// TestRouteOfShortRuns is which ends a subscription is told of that is about long runs.
func TestRouteOfShortRuns(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return began.Add(d) }
	for _, c := range []struct {
		name  string
		kind  progress.Kind
		start time.Time
		end   time.Time // of the task as it is now
		over  time.Duration
		what  Outcome
	}{
		{"long", progress.TaskCompleted, began, after(10 * time.Minute), 10 * time.Minute, Tells},
		{"short", progress.TaskCompleted, began, after(10*time.Minute - 1), 10 * time.Minute, Silent},
		{"short, cancelled", progress.TaskCancelled, began, after(time.Minute), 10 * time.Minute, Silent},
		{"cancelled before it began", progress.TaskCancelled, time.Time{}, after(time.Hour), 10 * time.Minute, Silent},
		{"short, failed", progress.TaskFailed, began, after(time.Second), 10 * time.Minute, Tells},
		{"no end", progress.ApprovalNeeded, began, after(time.Second), 10 * time.Minute, Tells},
		{"any", progress.TaskCancelled, time.Time{}, after(time.Second), 0, Tells},
	} {
		task := &progress.Task{StartedAt: c.start, EndedAt: c.end}
		sub := &Subscription{Over: c.over}
		if d := routed(task, &progress.Event{Kind: c.kind, At: c.end}, sub, true); d.Outcome != c.what {
			t.Errorf("%s: %+v", c.name, d)
		}
		task.EndedAt = time.Time{} // it was started over since
		if d := routed(task, &progress.Event{Kind: c.kind, At: c.end}, sub, true); d.Outcome != Tells {
			t.Errorf("%s, then a new run: %+v", c.name, d)
		}
	}
}

// TestMatch is which tasks a subscription is about.
func TestMatch(t *testing.T) {
	t.Parallel()
	task := &progress.Task{ID: "a", Spec: &progress.Spec{Kind: "k", Owner: "group:ops", Labels: map[string]string{"env": "prod", "n": ""}}}
	for _, c := range []struct {
		match Match
		of    bool
	}{
		{Match{}, true}, {Match{Task: "a"}, true}, {Match{Task: "b"}, false}, {Match{Kind: "k"}, true}, {Match{Kind: "x"}, false},
		{Match{Owner: "group:ops"}, true}, {Match{Owner: "ops"}, false}, {Match{Labels: map[string]string{"env": "prod", "n": ""}}, true},
		{Match{Labels: map[string]string{"env": "test"}}, false}, {Match{Labels: map[string]string{"none": ""}}, false}, {Match{Task: "a", Kind: "x"}, false},
	} {
		if c.match.Of(task) != c.of {
			t.Errorf("%+v: %v", c.match, !c.of)
		}
	}
}

// TestLetterSays is what letters are called in logs and lists.
func TestLetterSays(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]Letter{
		"task.failed":     {Kind: progress.TaskFailed},
		"destination.off": {Note: &Note{Kind: NoteOff}},
	} {
		if got := l.Says(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
