package notify

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
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
	return Route(&Case{Task: t, Event: e, At: e.At, about: about(t, roll.all), roll: roll, sees: func(*Subscription) bool { return sees }})[0]
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

// shared is what a question comes to at an address that two people share, of whom bob may
// decide. ann's subscription is the older.
func shared(wishes []Preferences, a *progress.Approval, rules ...Rule) []Decision {
	to := Address{Channel: "hook", To: "room"}
	roll := newRoll([]Subscription{{ID: "sub_a", Owner: "ann", Address: to}, {ID: "sub_b", Owner: "bob", Address: to}}, wishes, templates.Reader{})
	e := &progress.Event{Kind: progress.TaskStalled, At: time.Date(2026, 11, 21, 9, 5, 0, 0, time.UTC)}
	if a != nil {
		e.Kind, e.Data.Approval = progress.ApprovalNeeded, a
	}
	return Route(&Case{
		Task: &progress.Task{Spec: &progress.Spec{}}, Event: e, At: e.At, Rules: rules, about: roll.all, roll: roll, sees: func(*Subscription) bool { return true },
		crowd: crowdOf([]progress.Actor{
			{Person: "ann", Rights: progress.MayRead, All: true}, {Person: "bob", Rights: progress.MayRead | progress.MayApprove, All: true},
		}),
	})
}

// TestSharedAddress is that what one person wishes does not keep another from being told at
// an address that both have, and that a question comes to who may answer it.
func TestSharedAddress(t *testing.T) {
	t.Parallel()
	all := []Mute{{ID: "mut_a", All: true}}
	gathers := map[string]map[Class]Way{"hook": {ClassAlarm: WayDigest}}
	asks := &progress.Approval{ID: "ap_1", Gate: progress.Gate{Approvers: []string{"bob"}}}
	for name, c := range map[string]struct {
		wishes []Preferences
		asks   *progress.Approval
		want   []string
	}{
		"like":                  {nil, nil, []string{"ann told", "bob silent"}},
		"muted by the first":    {[]Preferences{{Person: "ann", Mutes: all}}, nil, []string{"ann silent", "bob told"}},
		"muted by the other":    {[]Preferences{{Person: "bob", Mutes: all}}, nil, []string{"ann told", "bob silent"}},
		"gathered by the first": {[]Preferences{{Person: "ann", Ways: gathers}}, nil, []string{"ann silent", "bob told"}},
		"gathered by both":      {[]Preferences{{Person: "ann", Ways: gathers}, {Person: "bob", Ways: gathers}}, nil, []string{"ann digest", "bob silent"}},
		"asked":                 {nil, asks, []string{"ann silent", "bob told"}},
		"asked, and muted":      {[]Preferences{{Person: "bob", Mutes: all}}, asks, []string{"ann told", "bob silent"}},
	} {
		var got []string
		for _, d := range shared(c.wishes, c.asks) {
			got = append(got, string(d.Person)+" "+string(d.Outcome))
			if d.Outcome == Silent && !d.Until.IsZero() {
				t.Errorf("%s: nothing is told, and at a time: %+v", name, d)
			}
			if strings.Contains(d.Why, "sub_") {
				t.Errorf("%s: %s reads the id of the other's subscription: %s", name, d.Person, d.Why)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSharedCard is that a card is raised whoever else tells its address.
func TestSharedCard(t *testing.T) {
	t.Parallel()
	to := Address{Channel: "hook", To: "room"}
	roll := newRoll([]Subscription{{ID: "sub_a", Address: to}, {ID: "sub_b", Address: to, Live: true, Events: []string{"task.failed"}}}, nil, templates.Reader{})
	got := Route(&Case{
		Task: &progress.Task{Spec: &progress.Spec{}}, Event: &progress.Event{Kind: progress.TaskCompleted}, about: roll.all, roll: roll,
		sees: func(*Subscription) bool { return true },
	})
	if len(got) != 2 || got[0].Outcome != Tells || got[0].Mark || got[1].Outcome != Shows || !got[1].Mark {
		t.Errorf("%+v", got)
	}
}

// TestEarly is which events of a rule about long runs come too early.
func TestEarly(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		kind  progress.Kind
		after time.Duration
		ended time.Duration // 0: it goes on, perhaps in another run
		early bool
	}{
		{"a step", progress.StepDone, time.Minute, 0, true},
		{"a late step", progress.StepDone, time.Hour, 0, false},
		{"a short run", progress.TaskCompleted, time.Minute, time.Minute, true},
		{"a long run", progress.TaskCompleted, time.Hour, time.Hour, false},
		{"the run before", progress.TaskCompleted, -time.Minute, 0, false},
		{"a failure", progress.TaskFailed, time.Minute, time.Minute, false},
		{"a question", progress.ApprovalNeeded, time.Minute, 0, false},
	} {
		task := &progress.Task{StartedAt: began}
		if c.ended > 0 {
			task.EndedAt = began.Add(c.ended)
		}
		r := routing{Case: &Case{Task: task, Event: &progress.Event{Kind: c.kind, At: began.Add(c.after)}}}
		if got := r.early(10 * time.Minute); got != c.early {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// TestItemsOf is that of what was held each task stands where its newest event is.
func TestItemsOf(t *testing.T) {
	t.Parallel()
	h := func(task progress.TaskID, seq int64, k progress.Kind) Held {
		return Held{Task: task, Seq: seq, Kind: k}
	}
	got := itemsOf([]Held{
		h("a", 1, progress.TaskCreated), h("a", 2, progress.TaskStarted), h("b", 1, progress.TaskCreated), h("a", 3, progress.TaskCreated), h("c", 7, progress.TaskFailed),
	})
	want := []Item{
		{Task: "b", First: 1, Last: 1, Kinds: []progress.Kind{progress.TaskCreated}},
		{Task: "a", First: 1, Last: 3, Kinds: []progress.Kind{progress.TaskCreated, progress.TaskStarted}},
		{Task: "c", First: 7, Last: 7, Kinds: []progress.Kind{progress.TaskFailed}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// TestMostRows is that where a trace has no room for all, those who are told stand in it.
func TestMostRows(t *testing.T) {
	t.Parallel()
	p := newPile(nil, time.Time{})
	r := round{task: &progress.Task{}, event: &progress.Event{}, rows: make([]TraceRow, mostRows+1)}
	for i := range r.rows {
		r.rows[i] = TraceRow{Person: progress.Person(strconv.Itoa(i)), Outcome: Silent}
	}
	r.rows[mostRows].Outcome = Tells
	p.traced(&r)
	if got := p.Traces[0]; len(got.Rows) != mostRows || got.More != 1 || got.Rows[0].Outcome != Tells || got.Rows[1].Person != "0" {
		t.Errorf("%d rows, %d more, first %+v", len(got.Rows), got.More, got.Rows[:2])
	}
}
