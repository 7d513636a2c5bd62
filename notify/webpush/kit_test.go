package webpush_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
)

// browsers are a far side of push messages: one with a service of its own for each
// address.
type browsers struct {
	house *house

	mu       sync.Mutex
	services map[notify.Address]*pushfake.Service
	devices  map[notify.Address]*pushfake.Device
	stranger bool // the next message has a contact that no service takes
}

func (b *browsers) Address(t testing.TB) notify.Address {
	s := pushfake.New(t)
	_, other := b.house.join(t, s)
	b.house.send(t, other, letter(t, "t0", "hello")) // so that no check waits for a handshake
	d, to := b.house.join(t, s)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.services[to], b.devices[to] = s, d
	return to
}

// Got are the messages by topic and text: a service gives a second try another name,
// but it is the same notification.
func (b *browsers) Got(to notify.Address) (all []notifytest.Got) {
	b.mu.Lock()
	defer b.mu.Unlock()
	places := map[string]int{}
	for _, m := range b.devices[to].Messages() {
		id := m.Topic + m.Text
		at, had := places[id]
		if !had {
			at, places[id] = len(all), len(all)
			n := read(m.Text)
			all = append(all, notifytest.Got{ID: id, Text: n.Title + "\n" + n.Body})
		}
		all[at].Times++
	}
	return all
}

func (b *browsers) Fail(to notify.Address, what notifytest.Trouble) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if what == notifytest.Stranger {
		b.stranger = true
		return
	}
	b.services[to].Fail(map[notifytest.Trouble]pushfake.Fault{
		notifytest.Broken:  {Status: http.StatusInternalServerError},
		notifytest.TooFast: {Status: http.StatusTooManyRequests, RetryAfter: notifytest.Rest},
		notifytest.Refused: {Status: http.StatusBadRequest},
		notifytest.Closed:  {Status: http.StatusGone},
		notifytest.Away:    {Drop: true},
		notifytest.LostYes: {Drop: true, Keep: true},
		notifytest.Silent:  {Hang: true, Keep: true},
	}[what])
}

// contact is whom services may write to.
func (b *browsers) contact() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stranger {
		b.stranger = false
		return "ops@localhost"
	}
	return contact
}

func (b *browsers) Secrets(to notify.Address) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.devices[to].Subscription()
	return []string{"/push/", s.Keys.P256dh, s.Keys.Auth, b.house.vapid.Current, "vapid t=", "eyJ"}
}

// TestKit holds web push to what every channel must do.
func TestKit(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, notifytest.Suite{New: func(t testing.TB) (notify.Channel, notifytest.Far) {
		far := &browsers{services: map[notify.Address]*pushfake.Service{}, devices: map[notify.Address]*pushfake.Device{}}
		far.house = open(t, pushfake.New(t).Certificate(), func(o *webpush.Options) { o.Contact = far.contact })
		return far.house.Channel, far
	}})
}
