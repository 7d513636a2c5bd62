package chat

import (
	"log/slog"
	"testing"
	"time"
)

// TestElsewhere holds that who was answered in direct messages goes on there for a while, at
// whichever desk of the platform, and that nobody else does.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	o := Options{Elsewhere: NewElsewhere(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	in := NewInbox("Discord", o.Log, o.Now)
	said, pressed := NewDesk("discord", o, nil, in), NewDesk("discord", o, nil, in)
	said.Elsewhere.note("ana", "discord:room", "thread", now)
	at := func(user string, direct bool) string {
		room, thread := pressed.place(Spot{Channel: "here", Thread: "t", User: user, Direct: direct})
		return room + " " + thread
	}
	for _, c := range []struct{ got, want string }{
		{at("ana", true), "discord:room thread"}, {at("ana", false), "discord:here t"}, {at("ben", true), "discord:here t"},
	} {
		if c.got != c.want {
			t.Errorf("it is %q, want %q", c.got, c.want)
		}
	}
	if now = now.Add(talksOn); at("ana", true) != "discord:here t" {
		t.Error("it goes on for ever")
	}
}
