package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates"
)

func (w *world) talker(token string) client.Chat {
	w.t.Helper()
	c, err := client.New(client.Options{URL: w.URL, Token: token})
	if err != nil {
		w.t.Fatal(err)
	}
	return client.ChatOf(c)
}

// TestClient talks and presses with the Go client, and holds that it loses nothing.
func TestClient(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	c := w.talker(w.Person("ann", access.RoleViewer))
	full := templates.Reply{
		About: templates.TopicList, Lang: "en", Text: "Two tasks:", Card: &templates.Card{Task: "t1", Title: "CRM", Head: "It runs.", Run: 1, Attempt: 1, Version: 7},
		Details: []string{"a"}, Items: []templates.Item{{Task: "t1", Number: 1, Symbol: "◐", Title: "CRM", Text: "running", Link: "http://x/1"}},
		More: 3, Plus: "+3 more", Output: []string{"l1", "l2"}, After: []string{"b"}, Hint: "say yes", Link: "http://x",
		Buttons: []templates.Button{{Label: "Yes", Press: "A-b_1", Style: "danger"}, {Label: "Other", Say: "status t2"}},
	}
	reading := intents.Reading{Intent: intents.Clarify, Task: "t1", Step: 2, Reason: "slow", Sure: intents.SureAsk, Doubt: intents.Later}
	w.ear.say(full, reading, nil)

	got, err := c.At(client.ChatPlace{Conversation: "c", Thread: "h", Task: "t1", Via: progress.ViaCLI}).Say(ctx, "cancel it tonight", "m1")
	if err != nil {
		t.Fatal(err)
	}
	want := client.ChatReading{Intent: "clarify", Task: &reading.Task, Step: 2, Reason: "slow", Sure: "ask", Doubt: "later"}
	if got.Text != "~ Two tasks:" || got.Understood == nil || !reflect.DeepEqual(*got.Understood, want) || !same(t, got.Reply, full) {
		t.Errorf("%+v", got)
	}
	if e := w.ear.last(); e.Room != room("ann", "c") || e.Thread != "h" || e.About != "t1" || e.Via != progress.ViaCLI || e.ID != "m1" || e.Text != "cancel it tonight" {
		t.Errorf("heard %+v", e)
	}

	w.ear.say(templates.Reply{About: templates.TopicDone, Lang: "en", Text: "Done."}, intents.Reading{}, nil)
	if got, err = c.Press(ctx, got.Reply.Buttons[0].Press); err != nil || got.Reply.About != "done" || got.Understood != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if e := w.ear.last(); e.Room != room("ann", "") || e.Press != "A-b_1" || e.Via != progress.ViaButton || e.Text != "" {
		t.Errorf("heard %+v", e)
	}
	w.ear.say(templates.Reply{About: templates.TopicUnknown, Lang: "en", Text: "What?"}, intents.Reading{Intent: intents.Unknown, Sure: intents.SureAnswer}, nil)
	if got, err = c.Say(ctx, "hum", ""); err != nil || got.Understood.Task != nil {
		t.Errorf("%+v, %v", got, err)
	}
	var refused *client.Problem
	if _, err := c.Say(ctx, strings.Repeat("a", mostText+1), ""); !errors.As(err, &refused) || refused.Code != string(progress.TooLarge) {
		t.Errorf("a message that is too long: %v", err)
	}
}

// same reports whether two values are the same JSON, whatever the order of fields.
func same(t *testing.T, a, b any) bool {
	t.Helper()
	var values [2]any
	for i, v := range [...]any{a, b} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
