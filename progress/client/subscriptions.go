package client

import (
	"context"
	"net/url"

	"github.com/taskherald/herald/progress"
)

// Subscriptions are how people are told: by mail and by their browsers.
type Subscriptions struct{ http *caller }

// SubscriptionsOf are those of a server.
func SubscriptionsOf(c *Client) Subscriptions { return Subscriptions{c.http} }

// NewSubscription asks that a mail address be told. What it says of tasks must all hold.
type NewSubscription struct {
	Channel string            `json:"channel"` // email
	To      string            `json:"to"`
	Name    string            `json:"name,omitempty"`
	Events  []string          `json:"events,omitempty"`              // kinds such as task.failed, beginnings such as approval.*; none: what matters
	Longer  *int64            `json:"longer_than_seconds,omitempty"` // that a run has to take whose end is told; nil: as the server has it
	Task    progress.TaskID   `json:"task,omitempty"`
	Kind    string            `json:"kind,omitempty"`
	Owner   string            `json:"owner,omitempty"` // a person or "group:NAME"
	Labels  map[string]string `json:"labels,omitempty"`
}

// Subscription is one of them.
type Subscription struct {
	ID        string            `json:"id"`
	Channel   string            `json:"channel"` // email or webpush
	To        string            `json:"to"`      // of a browser only its push service
	Name      string            `json:"name,omitempty"`
	Person    progress.Person   `json:"person"` // whose it is
	Events    []string          `json:"events"`
	Longer    int64             `json:"longer_than_seconds"`
	Task      progress.TaskID   `json:"task,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Owner     string            `json:"owner,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	On        bool              `json:"on"`
	Off       string            `json:"off,omitempty"` // why nothing is sent
	OffAt     progress.Instant  `json:"off_at,omitzero"`
	CreatedAt progress.Instant  `json:"created_at"`
}

// SubscriptionEdit is what to change about a subscription; nil fields leave it.
type SubscriptionEdit struct {
	Name   *string   `json:"name,omitempty"`
	Events *[]string `json:"events,omitempty"`
	Longer *int64    `json:"longer_than_seconds,omitempty"`
	On     *bool     `json:"on,omitempty"`
}

// Add makes a subscription. It is off until whoever reads at the address confirms it.
func (s Subscriptions) Add(ctx context.Context, n NewSubscription) (sub Subscription, err error) {
	err = s.http.post(ctx, "/api/subscriptions", "", n, &sub)
	return sub, err
}

// List are the caller's subscriptions, with all everybody's, which admins may ask for;
// the oldest first.
func (s Subscriptions) List(ctx context.Context, all bool) ([]Subscription, error) {
	var out struct {
		Subscriptions []Subscription `json:"subscriptions"`
	}
	err := s.http.get(ctx, "/api/subscriptions", everybodys(all), &out)
	return out.Subscriptions, err
}

// Subscription reads one.
func (s Subscriptions) Subscription(ctx context.Context, id string) (sub Subscription, err error) {
	err = s.http.get(ctx, subscriptionPath(id), nil, &sub)
	return sub, err
}

// Change changes one, and switches it off or on.
func (s Subscriptions) Change(ctx context.Context, id string, e SubscriptionEdit) (sub Subscription, err error) {
	err = s.http.patch(ctx, subscriptionPath(id), e, &sub)
	return sub, err
}

// Remove removes one; what waits for it is dropped.
func (s Subscriptions) Remove(ctx context.Context, id string) error {
	return s.http.remove(ctx, subscriptionPath(id), nil)
}

// Test sends a test to one.
func (s Subscriptions) Test(ctx context.Context, id string) (d Delivery, err error) {
	err = s.http.post(ctx, subscriptionPath(id)+"/test", "", nil, &d)
	return d, err
}

// Confirm sends once more the mail that asks for the confirmation.
func (s Subscriptions) Confirm(ctx context.Context, id string) (d Delivery, err error) {
	err = s.http.post(ctx, subscriptionPath(id)+"/confirm", "", nil, &d)
	return d, err
}

// NewPush is what a browser's pushManager.subscribe gave, and what it is told.
type NewPush struct {
	Endpoint string            `json:"endpoint"`
	Keys     PushKeys          `json:"keys"`
	Key      string            `json:"key,omitempty"`      // the server's, that it was made for; "" for the present one
	Replaces string            `json:"replaces,omitempty"` // the endpoint or id of the one in whose place it is
	Name     string            `json:"name,omitempty"`
	Events   []string          `json:"events,omitempty"` // none: what matters
	Longer   *int64            `json:"longer_than_seconds,omitempty"`
	Task     progress.TaskID   `json:"task,omitempty"`
	Kind     string            `json:"kind,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
}

// PushKeys are what messages to a browser are encrypted with, as base64url.
type PushKeys struct {
	P256dh string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// AddPush has a browser told, or renews the subscription that the caller has of it.
func (s Subscriptions) AddPush(ctx context.Context, n NewPush) (sub Subscription, err error) {
	err = s.http.post(ctx, "/api/push/subscriptions", "", n, &sub)
	return sub, err
}

// PushKey is the public key that browsers subscribe with.
type PushKey struct {
	Key      string           `json:"key"`
	Previous progress.Instant `json:"previous_until,omitzero"` // after a rotation: until when the one before is good
}

// PushKey reads it.
func (s Subscriptions) PushKey(ctx context.Context) (k PushKey, err error) {
	err = s.http.get(ctx, "/api/push/key", nil, &k)
	return k, err
}

// RotatePushKey makes another one, for admins; the old one is good too for so many
// seconds, 0..15552000.
func (s Subscriptions) RotatePushKey(ctx context.Context, overlap int64) (k PushKey, err error) {
	err = s.http.post(ctx, "/api/push/key/rotate", "", rotation{overlap}, &k)
	return k, err
}

func subscriptionPath(id string) string { return "/api/subscriptions/" + url.PathEscape(id) }
