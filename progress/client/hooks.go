package client

import (
	"context"
	"net/url"

	"github.com/taskherald/herald/progress"
)

// Hooks are about URLs that are told of tasks: webhooks and the callbacks of tasks,
// the secrets that sign what is sent there, and what became of it.
type Hooks struct{ http *caller }

// HooksOf are those of a server.
func HooksOf(c *Client) Hooks { return Hooks{c.http} }

// NewWebhook asks for a webhook. What it says of tasks must all hold.
type NewWebhook struct {
	URL      string            `json:"url"`
	Name     string            `json:"name,omitempty"`
	Events   []string          `json:"events,omitempty"`   // kinds such as task.failed, beginnings such as approval.*; none: all
	Progress bool              `json:"progress,omitempty"` // what is between events too
	Task     progress.TaskID   `json:"task,omitempty"`
	Kind     string            `json:"kind,omitempty"`
	Owner    string            `json:"owner,omitempty"` // a person or "group:NAME"
	Labels   map[string]string `json:"labels,omitempty"`
}

// Webhook is a webhook without its secret.
type Webhook struct {
	ID        string            `json:"id"`
	URL       string            `json:"url"`
	Name      string            `json:"name,omitempty"`
	Person    progress.Person   `json:"person"` // whose it is
	Events    []string          `json:"events"`
	Progress  bool              `json:"progress"`
	Task      progress.TaskID   `json:"task,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Owner     string            `json:"owner,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	On        bool              `json:"on"`
	Off       string            `json:"off,omitempty"` // why nothing is sent
	OffAt     progress.Instant  `json:"off_at,omitzero"`
	CreatedAt progress.Instant  `json:"created_at"`
}

// MadeWebhook is a webhook with its secret, which cannot be had again.
type MadeWebhook struct {
	Webhook
	Secret string `json:"secret"`
}

// WebhookEdit is what to change about a webhook; nil fields leave it.
type WebhookEdit struct {
	URL      *string   `json:"url,omitempty"`
	Name     *string   `json:"name,omitempty"`
	Events   *[]string `json:"events,omitempty"`
	Progress *bool     `json:"progress,omitempty"`
	On       *bool     `json:"on,omitempty"`
}

// Add makes a webhook.
func (h Hooks) Add(ctx context.Context, n NewWebhook) (w MadeWebhook, err error) {
	err = h.http.post(ctx, "/api/webhooks", "", n, &w)
	return w, err
}

// List are the caller's webhooks, with all everybody's, which admins may ask for;
// the oldest first.
func (h Hooks) List(ctx context.Context, all bool) ([]Webhook, error) {
	var out struct {
		Webhooks []Webhook `json:"webhooks"`
	}
	err := h.http.get(ctx, "/api/webhooks", everybodys(all), &out)
	return out.Webhooks, err
}

// Webhook reads one.
func (h Hooks) Webhook(ctx context.Context, id string) (w Webhook, err error) {
	err = h.http.get(ctx, hookPath(id), nil, &w)
	return w, err
}

// Change changes one, and switches it off or on.
func (h Hooks) Change(ctx context.Context, id string, e WebhookEdit) (w Webhook, err error) {
	err = h.http.patch(ctx, hookPath(id), e, &w)
	return w, err
}

// Remove removes one; what waits for it is dropped.
func (h Hooks) Remove(ctx context.Context, id string) error {
	return h.http.remove(ctx, hookPath(id), nil)
}

// SigningSecret signs what is sent.
type SigningSecret struct {
	Secret   string           `json:"secret"`
	Previous progress.Instant `json:"previous_until"` // until when the one before signs too; zero if it does not
}

// rotation asks for another secret.
type rotation struct {
	Overlap int64 `json:"overlap_seconds"`
}

// Rotate gives a webhook another secret; the old one signs too for so many seconds,
// 0..604800.
func (h Hooks) Rotate(ctx context.Context, id string, overlap int64) (s SigningSecret, err error) {
	err = h.http.post(ctx, hookPath(id)+"/rotate", "", rotation{overlap}, &s)
	return s, err
}

// Test sends a test to a webhook.
func (h Hooks) Test(ctx context.Context, id string) (d Delivery, err error) {
	err = h.http.post(ctx, hookPath(id)+"/test", "", nil, &d)
	return d, err
}

// Callback is the secret that signs the callbacks of the tasks that the caller makes.
func (h Hooks) Callback(ctx context.Context) (s SigningSecret, err error) {
	err = h.http.get(ctx, "/api/callbacks/secret", nil, &s)
	return s, err
}

// RotateCallback is Rotate for that secret.
func (h Hooks) RotateCallback(ctx context.Context, overlap int64) (s SigningSecret, err error) {
	err = h.http.post(ctx, "/api/callbacks/secret/rotate", "", rotation{overlap}, &s)
	return s, err
}

func hookPath(id string) string { return "/api/webhooks/" + url.PathEscape(id) }
