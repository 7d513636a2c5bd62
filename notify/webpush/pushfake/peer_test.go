package pushfake_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	webpush "github.com/SherClockHolmes/webpush-go"

	"github.com/taskherald/herald/notify/webpush/pushfake"
)

// The library that others send with is understood, and its habits are seen.

// peer is webpush-go as the sender to a new device.
func peer(t *testing.T) (*pushfake.Service, *pushfake.Device, *webpush.Subscription, *webpush.Options) {
	t.Helper()
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		t.Fatal(err)
	}
	service := pushfake.New(t)
	key, err := b64.DecodeString(public)
	if err != nil {
		t.Fatal(err)
	}
	device := service.Subscribe(t, key)
	s := device.Subscription()
	to := &webpush.Subscription{Endpoint: s.Endpoint, Keys: webpush.Keys{P256dh: s.Keys.P256dh, Auth: s.Keys.Auth}}
	return service, device, to, &webpush.Options{
		HTTPClient: service.Client(), Subscriber: "ops@example.com", VAPIDPublicKey: public, VAPIDPrivateKey: private, TTL: 60,
	}
}

func TestWebpushGo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*webpush.Options)
		text   string
		status int
	}{
		"plain":             {func(*webpush.Options) {}, "📊 half done", http.StatusCreated},
		"all that fits":     {func(*webpush.Options) {}, strings.Repeat("x", 3993), http.StatusCreated},
		"a smaller record":  {func(o *webpush.Options) { o.RecordSize = 1024 }, "short", http.StatusCreated},
		"topic and urgency": {func(o *webpush.Options) { o.Topic, o.Urgency = "task-1", webpush.UrgencyHigh }, "hello", http.StatusCreated},
		"its mailto twice":  {func(o *webpush.Options) { o.Subscriber = "mailto:ops@example.com" }, "hello", http.StatusForbidden},
		"a long topic":      {func(o *webpush.Options) { o.Topic = strings.Repeat("t", 40) }, "hello", http.StatusBadRequest},
		"localhost":         {func(o *webpush.Options) { o.Subscriber = "https://localhost" }, "hello", http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service, device, to, options := peer(t)
			c.change(options)
			resp, err := webpush.SendNotificationWithContext(t.Context(), []byte(c.text), to, options)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != c.status {
				t.Fatal(resp.Status, service.Requests())
			}
			got := device.Messages()
			if c.status != http.StatusCreated {
				if len(got) != 0 {
					t.Error(got)
				}
				return
			}
			if len(got) != 1 || got[0].Text != c.text || got[0].Topic != options.Topic {
				t.Error(got)
			}
		})
	}
}

func TestWebpushGoSendsNoMoreThanFits(t *testing.T) {
	t.Parallel()
	_, _, to, options := peer(t)
	resp, err := webpush.SendNotificationWithContext(t.Context(), make([]byte, 3994), to, options)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, webpush.ErrMaxPadExceeded) {
		t.Error(err)
	}
}
