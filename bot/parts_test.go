package bot

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

func TestIDsIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]progress.TaskID{
		"cancel it please":                     nil,
		"cancel 01K5M3Q8.":                     {"01K5M3Q8", "01k5m3q8"},
		"status of wf_3k9, now":                {"wf_3k9"},
		"is build:nightly done?":               {"build:nightly"},
		"cancel #crm":                          {"crm"},
		"1 2 3 4 5 6 7 8 9 10":                 {"1", "2", "3", "4", "5", "6", "7", "8"},
		"see https://example.com/tasks/abc-1!": {"example.com", "abc-1"},
	} {
		if got := idsIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestLikeness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, title string
		like        bool
	}{
		{"Warehose", "Warehouse ERP", true}, {"crm", "Cellphone Store CRM", true}, {"house", "Warehouse ERP", true},
		{"spaceship", "Warehouse ERP", false}, {"", "Warehouse ERP", false}, {"é", "é", false}, {"tâches", "Les TÂCHES", true},
	} {
		if got := likeness(c.name, c.title); got >= leastLike != c.like || got > 1 {
			t.Errorf("%q is like %q: %v", c.name, c.title, got)
		}
	}
}

func TestOurs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"status 01k5m3q8x9abcdefgh": true, "approve step 2 01k5m3q8x9abcdefgh": true, "unsubscribe t-1": true,
		"status crm": false, "help 1": false, "status": false, "how is 01k5m3q8x9abcdefgh": false, "status of the 1": false,
	} {
		if ours(text) != want {
			t.Errorf("%q", text)
		}
	}
}

// TestLapse holds what is forgotten when.
func TestLapse(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	q := &Question{Until: at.Add(patience)}
	m := Memory{Task: "t", Offered: []progress.TaskID{"a", "b"}, Asked: q, Lang: "de", At: at}
	if got := m.lately(at.Add(lapse - time.Second)); got.Task != "t" || got.Lang != "de" || len(got.Offered) != 2 {
		t.Errorf("%+v", got)
	}
	if got := m.lately(at.Add(lapse)); got.Task != "" || got.Lang != "" || got.Offered != nil || got.Asked != q {
		t.Errorf("%+v", got)
	}
	for after, want := range map[time.Duration][2]bool{
		0: {true, false}, patience - 1: {true, false}, patience: {false, true}, patience + lapse - 1: {false, true}, patience + lapse: {false, false},
	} {
		if open, late := q.open(at.Add(after)), q.late(at.Add(after)); open != want[0] || late != want[1] {
			t.Errorf("%s: %v, %v", after, open, late)
		}
	}
	var none *Question
	if none.open(at) || none.late(at) || none.wait("") != 0 {
		t.Error("no question waits")
	}
}

// TestRooms holds that one speaks at a time in a room, that others do not wait, and that
// nobody is remembered who has gone.
func TestRooms(t *testing.T) {
	t.Parallel()
	r := rooms{inside: map[string]*room{}}
	ctx := context.Background()
	leave, err := r.enter(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	other, err := r.enter(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	other()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.enter(gone, "a"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	in := make(chan func())
	go func() {
		leave, _ := r.enter(ctx, "a")
		in <- leave
	}()
	select {
	case <-in:
		t.Fatal("two speak in one room")
	case <-time.After(10 * time.Millisecond):
	}
	leave()
	(<-in)()
	if len(r.inside) != 0 {
		t.Errorf("%d are inside", len(r.inside))
	}
}

// TestDecisions holds what of a task's past was decided by somebody, and in which run.
func TestDecisions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	n := 0
	event := func(k progress.Kind, by progress.Person, d progress.Data) progress.Event {
		n++
		return progress.Event{Kind: k, By: by, At: at.Add(time.Duration(n) * time.Minute), Step: 2, Data: d}
	}
	rejected := &progress.Approval{Status: progress.ApprovalRejected, Reason: "no"}
	voted := &progress.Approval{Status: progress.ApprovalPending, Votes: []progress.Vote{{By: "ann", Reason: "fine"}}}
	events := []progress.Event{
		event(progress.TaskPaused, "builder", progress.Data{Own: true}),
		event(progress.TaskPaused, "ann", progress.Data{Reason: "lunch"}),
		event(progress.TaskResumed, "builder", progress.Data{}),
		event(progress.TaskRestarted, "bob", progress.Data{Run: 2}),
		event(progress.ApprovalVoted, "ann", progress.Data{Approval: voted}),
		event(progress.ApprovalDecided, "bob", progress.Data{Approval: &progress.Approval{Status: progress.ApprovalVoid}}),
		event(progress.ApprovalDecided, "eve", progress.Data{Approval: rejected}),
	}
	skipped := event(progress.StepPassed, "eve", progress.Data{Tell: progress.ControlSkip})
	skipped.At = events[len(events)-1].At
	events = append(events, skipped, event(progress.StepPassed, "ann", progress.Data{Tell: progress.ControlSkip}), event(progress.StepPassed, "builder", progress.Data{}))
	type line struct {
		verb   progress.Verb
		by     progress.Person
		run    int
		reason string
	}
	var got []line
	for _, d := range decisions(events, 2) {
		got = append(got, line{d.Verb, d.By, d.Run, d.Reason})
	}
	want := []line{
		{progress.VerbSkip, "ann", 2, ""}, {progress.VerbReject, "eve", 2, "no"}, {progress.VerbApprove, "ann", 2, "fine"},
		{progress.VerbRestart, "bob", 2, ""}, {progress.VerbPause, "ann", 1, "lunch"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
