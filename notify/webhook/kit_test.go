package webhook_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/notify/webhook/hookfake"
)

// receivers are a far side of webhooks: one that listens for each address.
type receivers struct {
	secret string

	mu    sync.Mutex
	hooks map[notify.Address]*hookfake.Hook
}

func (r *receivers) Address(t testing.TB) notify.Address {
	h := hookfake.New(t, r.secret)
	to := notify.Address{Channel: webhook.Name, To: h.URL, Key: "sub_kit"}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hooks[to] = h
	return to
}

func (r *receivers) at(to notify.Address) *hookfake.Hook {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hooks[to]
}

func (r *receivers) Got(to notify.Address) []notifytest.Got {
	var got []notifytest.Got
	for _, m := range r.at(to).Got() {
		got = append(got, notifytest.Got{ID: m.ID, Text: m.Text, Times: m.Times})
	}
	return got
}

func (r *receivers) Fail(to notify.Address, what notifytest.Trouble) {
	r.at(to).Fail(map[notifytest.Trouble]hookfake.Fault{
		notifytest.Broken:  hookfake.Answer(http.StatusInternalServerError),
		notifytest.TooFast: hookfake.Wait(http.StatusTooManyRequests, "7"),
		notifytest.Refused: hookfake.Answer(http.StatusBadRequest),
		notifytest.Closed:  hookfake.Answer(http.StatusGone),
		notifytest.Away:    {Cut: hookfake.BeforeReading},
		notifytest.LostYes: {Cut: hookfake.AfterKeeping},
		notifytest.Silent:  {Cut: hookfake.AfterKeeping, Slow: time.Hour},
	}[what])
}

func (r *receivers) Secrets(notify.Address) []string { return []string{"s3cret", "hook/", r.secret} }

// TestKit holds webhooks to what every channel must do.
func TestKit(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, notifytest.Suite{
		New: func(t testing.TB) (notify.Channel, notifytest.Far) {
			allowed, err := guard.New([]string{"127.0.0.1"})
			if err != nil {
				t.Fatal(err)
			}
			far := &receivers{secret: webhook.NewSecret(), hooks: map[notify.Address]*hookfake.Hook{}}
			c := webhook.New(webhook.Options{Guard: allowed, Keys: func(context.Context, string) (notify.Keys, error) {
				return notify.Keys{Holder: "sub_kit", Current: far.secret}, nil
			}})
			t.Cleanup(c.Close)
			return c, far
		},
		Never: map[notifytest.Trouble]string{
			notifytest.Stranger: "a receiver that knows no signature of ours may just be changing its secret: it is tried again",
		},
	})
}
