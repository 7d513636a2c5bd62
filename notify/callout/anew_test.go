package callout_test

import (
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestAnew holds that a picture is sent anew once an hour, whichever it is of its task, and
// that of another task, or in another room, is another.
func TestAnew(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	a := callout.NewAnew(func() time.Time { return now })
	card := func(id string, task string) *notify.Message {
		return &notify.Message{ID: id, Card: &templates.Card{Task: progress.TaskID(task)}}
	}
	for _, c := range []struct {
		room string
		m    *notify.Message
		want bool
	}{
		{"r", card("1", "a"), true}, {"r", card("2", "a"), false}, {"r", card("3", "b"), true}, {"s", card("4", "a"), true},
		{"r", &notify.Message{ID: "5"}, true}, {"r", &notify.Message{ID: "5"}, false}, {"r", &notify.Message{ID: "6"}, true},
	} {
		if got := a.Again(c.room, c.m); got != c.want {
			t.Errorf("%s in %s: %t", c.m.ID, c.room, got)
		}
	}
	now = now.Add(time.Hour)
	if !a.Again("r", card("7", "a")) {
		t.Error("not after an hour")
	}
}
