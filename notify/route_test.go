package notify

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestRoute is what becomes of an event for each subscription, and why.
func TestRoute(t *testing.T) {
	t.Parallel()
	blind := &Subscription{ID: "blind"}
	sees := func(s *Subscription) bool { return s != blind }
	for _, c := range []struct {
		sub          *Subscription
		kind         progress.Kind
		letter, mark bool
		why          string
	}{
		{&Subscription{}, progress.StepStarted, true, false, "subscribed"},
		{&Subscription{Live: true}, progress.StepStarted, true, true, "subscribed"},
		{&Subscription{Events: []string{"task.*"}}, progress.TaskFailed, true, false, "subscribed"},
		{&Subscription{Events: []string{"task.*"}, Live: true}, progress.StepStarted, false, true, "subscribed"},
		{&Subscription{Events: []string{"task.*"}}, progress.StepStarted, false, false, "not subscribed to step.started"},
		{&Subscription{Off: "gone", Live: true}, progress.TaskFailed, false, false, "the subscription is off: gone"},
		{blind, progress.TaskFailed, false, false, "its owner may not see the task"},
	} {
		d := Route(&progress.Task{}, &progress.Event{Kind: c.kind}, []*Subscription{c.sub}, sees)[0]
		if d != (Decision{c.sub, c.letter, c.mark, c.why}) {
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
		name   string
		kind   progress.Kind
		start  time.Time
		end    time.Time // of the task as it is now
		over   time.Duration
		letter bool
	}{
		{"long", progress.TaskCompleted, began, after(10 * time.Minute), 10 * time.Minute, true},
		{"short", progress.TaskCompleted, began, after(10*time.Minute - 1), 10 * time.Minute, false},
		{"short, cancelled", progress.TaskCancelled, began, after(time.Minute), 10 * time.Minute, false},
		{"cancelled before it began", progress.TaskCancelled, time.Time{}, after(time.Hour), 10 * time.Minute, false},
		{"short, failed", progress.TaskFailed, began, after(time.Second), 10 * time.Minute, true},
		{"no end", progress.ApprovalNeeded, began, after(time.Second), 10 * time.Minute, true},
		{"any", progress.TaskCancelled, time.Time{}, after(time.Second), 0, true},
	} {
		task := &progress.Task{StartedAt: c.start, EndedAt: c.end}
		sub := &Subscription{Over: c.over}
		seen := func(*Subscription) bool { return true }
		if d := Route(task, &progress.Event{Kind: c.kind, At: c.end}, []*Subscription{sub}, seen)[0]; d.Letter != c.letter {
			t.Errorf("%s: %+v", c.name, d)
		}
		task.EndedAt = time.Time{} // it was started over since
		if d := Route(task, &progress.Event{Kind: c.kind, At: c.end}, []*Subscription{sub}, seen)[0]; !d.Letter {
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
