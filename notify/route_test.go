package notify

import (
	"testing"

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
		d := Route(&progress.Event{Kind: c.kind}, []*Subscription{c.sub}, sees)[0]
		if d != (Decision{c.sub, c.letter, c.mark, c.why}) {
			t.Errorf("%s for %+v: %+v", c.kind, c.sub, d)
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
