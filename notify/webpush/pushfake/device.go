package pushfake

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// Subscription is what a browser hands to the page, in the form of
// PushSubscription.toJSON.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// Message is what a device got.
type Message struct {
	ID      string // the last part of the answer's Location
	Text    string // decrypted
	Topic   string
	Urgency string // "normal" if the sender did not say
	TTL     time.Duration
	At      time.Time // when the service took it
}

// Device is a browser that has subscribed. Its methods may be called from many
// goroutines.
type Device struct {
	of     *Service
	path   string
	keys   keys
	sender []byte // the only key that may send to it

	// Guarded by the service's mutex.
	off     bool
	left    bool // unsubscribed
	got     []Message
	waiting []Message
}

// Subscription is how it is reached.
func (d *Device) Subscription() Subscription {
	s := Subscription{Endpoint: d.of.origin + d.path}
	s.Keys.P256dh = base64.RawURLEncoding.EncodeToString(d.keys.private.PublicKey().Bytes())
	s.Keys.Auth = base64.RawURLEncoding.EncodeToString(d.keys.auth)
	return s
}

// Off takes the device off the net: what is sent now waits for it.
func (d *Device) Off() {
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	d.off = true
}

// On brings it back: it gets what has waited and is still worth it.
func (d *Device) On() {
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	d.off = false
	for _, m := range d.waiting {
		if d.of.now().Before(m.At.Add(m.TTL)) {
			d.show(m)
		}
	}
	d.waiting = nil
}

// Unsubscribe ends the subscription: whoever sends to it is answered with 410.
func (d *Device) Unsubscribe() {
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	d.left = true
}

// Messages are what it got, in the order in which it would have shown them.
func (d *Device) Messages() []Message {
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	return slices.Clone(d.got)
}

// Await waits until it has at least n messages, and gives them. The error is that
// of ctx.
func (d *Device) Await(ctx context.Context, n int) ([]Message, error) {
	for {
		d.of.mu.Lock()
		got, changed := slices.Clone(d.got), d.of.changed
		d.of.mu.Unlock()
		if len(got) >= n {
			return got, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return got, fmt.Errorf("%d of %d messages have come: %w", len(got), n, ctx.Err())
		}
	}
}

// take gives it a message, or lets it wait. The service's mutex is held.
func (d *Device) take(m Message) {
	if !d.off {
		d.show(m)
		return
	}
	if m.Topic != "" {
		d.waiting = slices.DeleteFunc(d.waiting, func(old Message) bool { return old.Topic == m.Topic })
	}
	if m.TTL > 0 {
		d.waiting = append(d.waiting, m)
	}
}

func (d *Device) show(m Message) {
	d.got = append(d.got, m)
	close(d.of.changed)
	d.of.changed = make(chan struct{})
}
