package webhook

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/webhook/hookfake"
	"github.com/taskherald/herald/progress/client/clienttest"
	"github.com/taskherald/herald/templates"
)

// TestStockLibraries holds that the libraries which others receive with believe
// and read what is sent, in the middle of a rotation too, and believe nothing else.
func TestStockLibraries(t *testing.T) {
	t.Parallel()
	keys := notify.Keys{Current: NewSecret(), Previous: NewSecret(), Until: time.Now().Add(time.Hour)}
	h := hookfake.New(t, keys.Current)
	c := channel(t, func(o *Options) {
		o.Source = "https://herald.test/"
		o.Keys = func(context.Context, string) (notify.Keys, error) { return keys, nil }
	})
	for _, m := range []notify.Message{
		ended("msg_1"),
		{ID: "sub_1/t1:7", Task: taskWith(300), Card: &templates.Card{Head: "📊 Your Shop task is 40% complete."}},
		{ID: "msg_2", Note: &notify.Note{Kind: notify.NoteDead, At: noon}, Notice: &templates.Notice{Text: "Ça n’a pas marché \u2028"}},
	} {
		if _, err := c.Send(t.Context(), at(h.URL), m); err != nil {
			t.Fatal(err)
		}
	}
	said := clienttest.Node(t, []string{"MESSAGES=" + saved(t, keys, h.Got())}, "testdata/receiver.mjs")
	want := "herald.task.completed t1 https://herald.test/ 2026-01-31T12:00:00.123Z Your Shop task goes on\n" +
		"herald.task.progress t1 https://herald.test/ 2026-01-31T12:00:00.123Z 📊 Your Shop task is 40% complete.\n" +
		"herald.delivery.failed - https://herald.test/ 2026-01-31T12:00:00.123Z Ça n’a pas marché \u2028\n"
	if said != want {
		t.Errorf("they read\n%s\nwant\n%s", said, want)
	}
}

// saved writes what has come into a file, with the secrets.
func saved(t *testing.T, keys notify.Keys, got []hookfake.Message) string {
	t.Helper()
	type message struct {
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	var all []message
	for _, m := range got {
		headers := map[string]string{}
		for name := range m.Header {
			headers[strings.ToLower(name)] = m.Header.Get(name)
		}
		all = append(all, message{headers, string(m.Body)})
	}
	b, err := json.Marshal(map[string]any{"secrets": []string{keys.Current, keys.Previous}, "stranger": NewSecret(), "messages": all})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "messages.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
