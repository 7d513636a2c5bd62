package webpush_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
	"github.com/taskherald/herald/progress"
)

// TestTerms holds how urgent a message is, and for how long it waits for its device.
func TestTerms(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	ask := func(a progress.Approval) []notify.Ask { return []notify.Ask{{Step: 2, Approval: &a}} }
	s := pushfake.New(t)
	h := open(t, s.Certificate(), func(o *webpush.Options) { o.Now = func() time.Time { return noon } })
	d, to := h.join(t, s)
	for _, c := range []struct {
		name    string
		class   notify.Class
		until   time.Duration // from noon; 0 for a message that does not say
		asks    []notify.Ask
		urgency string
		ttl     time.Duration
	}{
		{"an end", notify.ClassEnd, day, nil, "high", day},
		{"an approval", notify.ClassApproval, 90 * time.Second, nil, "high", 90 * time.Second},
		{"an alarm", notify.ClassAlarm, day, nil, "normal", day},
		{"a step", notify.ClassStep, time.Hour, nil, "low", time.Hour},
		{"a picture", notify.ClassProgress, 0, nil, "low", day},
		{"one that is over", notify.ClassStep, -time.Hour, nil, "low", 0},
		{"one that lasts too long", notify.ClassApproval, 300 * day, nil, "high", 28 * day},
		{"a step while an approval waits", notify.ClassStep, time.Hour, ask(progress.Approval{ExpiresAt: noon.Add(2 * day)}), "high", 2 * day},
		{"an end while one is about to lapse", notify.ClassEnd, day, ask(progress.Approval{ExpiresAt: noon.Add(time.Minute)}), "high", day},
		{"a step while one waits for ever", notify.ClassStep, time.Hour, ask(progress.Approval{}), "high", 28 * day},
		{"a step while one holds", notify.ClassStep, time.Hour, ask(progress.Approval{ExpiresAt: noon, Gate: progress.Gate{Default: progress.DefaultHold}}), "high", 28 * day},
	} {
		m := letter(t, "t1", c.name)
		m.Class, m.Asks, m.Until = c.class, c.asks, time.Time{}
		if c.until != 0 {
			m.Until = noon.Add(c.until)
		}
		h.send(t, to, m)
		got := d.Messages()
		if last := got[len(got)-1]; last.Urgency != c.urgency || last.TTL != c.ttl {
			t.Errorf("%s: %s for %s, want %s for %s", c.name, last.Urgency, last.TTL, c.urgency, c.ttl)
		}
	}
}

// TestOff holds that a device that was off shows the last of each task, and each note.
func TestOff(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	h := open(t, s.Certificate(), nil)
	d, to := h.join(t, s)
	d.Off()
	for _, id := range []progress.TaskID{"t1", "t2", "t1"} {
		for i := range 5 {
			h.send(t, to, letter(t, id, fmt.Sprint(id, " says ", i)))
		}
	}
	for i := range 2 {
		m := letter(t, "t1", fmt.Sprint("note ", i))
		m.Task, m.Event, m.Note = nil, nil, &notify.Note{Kind: notify.NoteTest}
		h.send(t, to, m)
	}
	d.On()
	if got := titles(d); !slices.Equal(got, []string{"t2 says 4", "t1 says 4", "note 0", "note 1"}) {
		t.Errorf("it shows %q", got)
	}
	tags := map[string]bool{}
	for _, m := range d.Messages() {
		if tag := read(m.Text).Tag; tag != m.Topic || len(tag) != 32 {
			t.Errorf("the tag is %q, the topic %q", tag, m.Topic)
		}
		tags[m.Topic] = true
	}
	if len(tags) != 4 {
		t.Errorf("%d tags, want 4", len(tags))
	}
}

// TestLostYes holds that letters which came, though nobody heard that they did, and
// are sent again, are one notification a task: the process that sent them may have
// died in between.
func TestLostYes(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	before := open(t, s.Certificate(), nil)
	d, to := before.join(t, s)
	after := open(t, s.Certificate(), nil)
	after.vapid, after.kept = before.vapid, before.kept
	d.Off()
	var want []string
	for i := range 20 {
		m := letter(t, progress.TaskID(fmt.Sprint("t", i)), fmt.Sprint("end of ", i))
		s.Fail(pushfake.Fault{Drop: true, Keep: true}, pushfake.Fault{Hang: true, Keep: true})
		if f := before.fails(t, to, m); f.Fate != notify.Transient || !f.Doubt {
			t.Fatalf("%v, doubt %t", f, f.Doubt)
		}
		ctx, kill := context.WithCancel(t.Context())
		go func() { // once the service has it
			for len(s.Requests()) < 3*i+2 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			kill()
		}()
		if _, err := after.Send(ctx, to, m); err == nil {
			t.Fatal("the answer was not lost")
		}
		m.Doubt = true
		after.send(t, to, m)
		want = append(want, m.Notice.Text)
	}
	d.On()
	if got := titles(d); !slices.Equal(got, want) {
		t.Errorf("it shows %q", got)
	}
}

// TestInvite holds that a notification decides what its reader may decide, by a ticket
// where there is one.
func TestInvite(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	invite := &notify.Invite{Step: 2, Risk: "low", Approve: "https://h.test/act/a", Reject: "https://h.test/act/r", Page: "https://h.test/act/p", Approves: "tick-a", Rejects: "tick-r"}
	h := open(t, s.Certificate(), func(o *webpush.Options) {
		o.Invite = func(m *notify.Message, via progress.Via) *notify.Invite {
			if via != progress.ViaPush {
				t.Errorf("it is by %s", via)
			}
			if len(m.Asks) == 0 {
				return nil
			}
			return invite
		}
	})
	d, to := h.join(t, s)
	m := letter(t, "t1", "Approval required")
	h.send(t, to, m)
	m.Asks = []notify.Ask{{Step: 2, Approval: &progress.Approval{}}}
	h.send(t, to, m)
	invite.Approves, invite.Rejects = "", ""
	h.send(t, to, m)

	var got [3]notification
	for i, m := range d.Messages() {
		got[i] = read(m.Text)
	}
	if n := got[0]; n.Navigate != m.Link || n.Stays || n.Data.Approve != "" || strings.Contains(fmt.Sprint(n.Actions), "approve") {
		t.Errorf("with nothing to decide: %+v", n)
	}
	for i, ticket := range []string{"tick", ""} {
		n := got[i+1]
		if n.Navigate != invite.Page || n.Data.Open != invite.Page || !n.Stays {
			t.Errorf("it opens %s, and stays: %t", n.Navigate, n.Stays)
		}
		if ticket != "" && (n.Data.Approve != "tick-a" || n.Data.Reject != "tick-r") || ticket == "" && n.Data.Approve+n.Data.Reject != "" {
			t.Errorf("its tickets are %+v", n.Data)
		}
		for _, want := range []string{"{approve " + invite.Approve + "}", "{reject " + invite.Reject + "}"} {
			if !strings.Contains(fmt.Sprint(n.Actions), want) {
				t.Errorf("its actions are %v, want %s", n.Actions, want)
			}
		}
	}
}

// TestCrowd sends to fifty devices at the same time.
func TestCrowd(t *testing.T) {
	t.Parallel()
	const each = 5
	s := pushfake.New(t)
	h := open(t, s.Certificate(), nil)
	devices := make([]*pushfake.Device, 50)
	var messages [each]notify.Message
	for i := range messages {
		messages[i] = letter(t, "t1", fmt.Sprint("letter ", i))
	}
	var all sync.WaitGroup
	for i := range devices {
		var to notify.Address
		devices[i], to = h.join(t, s)
		all.Go(func() {
			for _, m := range messages {
				if _, err := h.Send(t.Context(), to, m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for i, d := range devices {
		if got := titles(d); !slices.Equal(got, []string{"letter 0", "letter 1", "letter 2", "letter 3", "letter 4"}) {
			t.Errorf("%d shows %q", i, got)
		}
	}
}
