package webpush_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/pushcard"
)

const contact = "ops@example.com"

var (
	b64   = base64.RawURLEncoding
	book  = sync.OnceValue(func() *templates.Book { return templates.New(templates.Options{}) })
	cards = sync.OnceValue(func() *pushcard.Layout { return pushcard.New(book()) })
)

// house is a server of ours with the subscriptions that it keeps.
type house struct {
	*webpush.Channel

	mu    sync.Mutex
	vapid notify.Keys
	kept  map[string]string // what Pack wrote, by holder
}

// open makes a house that may call this machine, and trusts a certificate.
func open(t testing.TB, trusted *x509.Certificate, change func(*webpush.Options)) *house {
	t.Helper()
	g, err := guard.New([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(trusted)
	h := &house{vapid: notify.Keys{Current: webpush.NewKey()}, kept: map[string]string{}}
	o := webpush.Options{
		Guard: g.Trust(roots), Keys: h.keys, VAPID: h.own, Contact: func() string { return contact }, Cards: cards(),
	}
	if change != nil {
		change(&o)
	}
	h.Channel = webpush.New(o)
	t.Cleanup(h.Close)
	return h
}

func (h *house) keys(_ context.Context, holder string) (notify.Keys, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	text, ok := h.kept[holder]
	if !ok {
		return notify.Keys{}, &progress.Error{Code: progress.NotFound, Say: "hush"}
	}
	return notify.Keys{Holder: holder, Current: text}, nil
}

func (h *house) own(context.Context) (notify.Keys, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.vapid, nil
}

// rotate gives the house another key; the one before is good until a time.
func (h *house) rotate(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.vapid = notify.Keys{Current: h.Fresh(), Previous: h.vapid.Current, Until: until}
}

// key is the public key that pages get.
func (h *house) key(t testing.TB) string {
	t.Helper()
	key, err := h.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// join is a browser that subscribes at a service, and tells the house of it.
func (h *house) join(t testing.TB, s *pushfake.Service) (*pushfake.Device, notify.Address) {
	t.Helper()
	raw, err := b64.DecodeString(h.key(t))
	if err != nil {
		t.Fatal(err)
	}
	d := s.Subscribe(t, raw)
	return d, h.keep(t, d.Subscription())
}

// keep takes a subscription in.
func (h *house) keep(t testing.TB, s pushfake.Subscription) notify.Address {
	t.Helper()
	text, err := h.Pack(t.Context(), s.Keys.P256dh, s.Keys.Auth, "")
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	holder := fmt.Sprint("sub_", len(h.kept))
	h.kept[holder] = text
	return notify.Address{Channel: webpush.Name, To: s.Endpoint, Key: holder}
}

// send sends a message that has to be taken.
func (h *house) send(t testing.TB, to notify.Address, m notify.Message) {
	t.Helper()
	if r, err := h.Send(t.Context(), to, m); err != nil || r != (notify.Receipt{}) {
		t.Fatal(r, err)
	}
}

// fails sends a message that must not be taken.
func (h *house) fails(t testing.TB, to notify.Address, m notify.Message) *notify.Failure {
	t.Helper()
	_, err := h.Send(t.Context(), to, m)
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("it gives %v", err)
	}
	return f
}

// letter says a text about a task, whose second step waits for an approval.
func letter(t testing.TB, id progress.TaskID, text string) notify.Message {
	t.Helper()
	task, now := progress.Task{ID: id}, time.Now()
	actor := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	var last progress.Event
	for _, c := range []progress.Change{
		progress.Create{
			Spec:  progress.Spec{Title: "CRM", Owner: "ann", CreatedBy: "ann"},
			Steps: []progress.Plan{{Name: "Build"}, {Name: "Go live", Gate: &progress.Gate{Prompt: "Go live?", Risk: "low"}}},
		},
		progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted},
		progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning},
	} {
		after, events, err := progress.Act(task, progress.Command{Task: id, By: actor, Via: progress.ViaREST, Do: c}, now)
		if err != nil {
			t.Fatal(err)
		}
		task, last = after, events[len(events)-1]
	}
	link := "https://herald.example.com/tasks/" + string(id)
	said := book().Notice(templates.Subject{Task: &task, Now: now, Link: link}, &last, templates.Reader{})
	said.Text = text
	return notify.Message{
		ID: "msg_" + text, Class: notify.ClassEnd, Urgent: true, For: notify.Recipient{Person: "ann"}, Sub: "sub_0",
		Until: now.Add(time.Hour), Link: link, Task: &task, Event: &last, Notice: &said,
	}
}

// notification is what a browser shows.
type notification struct {
	Title    string
	Body     string
	Tag      string
	Navigate string
	Stays    bool `json:"requireInteraction"`
	Actions  []struct{ Action, Navigate string }
	Data     struct{ Tag, Open, Approve, Reject string }
}

// read reads a payload, and panics at what is none.
func read(payload string) notification {
	var p struct {
		WebPush      int `json:"web_push"`
		Notification notification
	}
	if err := json.Unmarshal([]byte(payload), &p); err != nil || p.WebPush != 8030 {
		panic(fmt.Sprint(err, ": ", payload))
	}
	return p.Notification
}

// titles are those of what a device has shown.
func titles(d *pushfake.Device) (all []string) {
	for _, m := range d.Messages() {
		all = append(all, read(m.Text).Title)
	}
	return all
}
