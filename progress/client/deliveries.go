package client

import (
	"context"
	"net/url"

	"github.com/taskherald/herald/progress"
)

// Delivery is one thing to be said once at an address, and what became of it.
type Delivery struct {
	ID        string           `json:"id"` // the same in every try
	Channel   string           `json:"channel"`
	To        string           `json:"to"` // without what may be a secret
	Webhook   string           `json:"webhook,omitempty"`
	Sub       string           `json:"subscription,omitempty"` // on another channel; neither for the callback of its task
	Person    progress.Person  `json:"person"`
	Task      progress.TaskID  `json:"task_id,omitempty"` // "" if it is about none
	Seq       int64            `json:"seq,omitempty"`
	Type      string           `json:"type"`
	Class     string           `json:"class"`
	State     string           `json:"state"` // due, sent, dead or dropped
	Tries     int              `json:"tries"`
	Why       string           `json:"why,omitempty"`   // what the last try came to
	Doubt     bool             `json:"doubt,omitempty"` // it may have arrived
	MadeAt    progress.Instant `json:"made_at"`
	DueAt     progress.Instant `json:"due_at"`
	ExpiresAt progress.Instant `json:"expires_at"`
	SettledAt progress.Instant `json:"settled_at"`
}

// DeliveryQuery narrows a list of deliveries. Zero fields narrow nothing.
type DeliveryQuery struct {
	State   string
	Task    progress.TaskID
	Webhook string
	Sub     string // of a subscription, instead
	All     bool   // everybody's, which admins may ask for
	Limit   int    // 1..200, 0 means 50
	Cursor  string // Next of the page before
}

// DeliveryPage is a page of deliveries, the newest first.
type DeliveryPage struct {
	Deliveries []Delivery `json:"deliveries"`
	Next       string     `json:"next"` // the Cursor of the next page, "" on the last
}

// Deliveries lists deliveries.
func (h Hooks) Deliveries(ctx context.Context, q DeliveryQuery) (p DeliveryPage, err error) {
	v := values{}
	v.add("state", q.State)
	v.add("task", string(q.Task))
	v.add("webhook", q.Webhook)
	v.add("subscription", q.Sub)
	v.number("limit", int64(q.Limit))
	v.add("cursor", q.Cursor)
	v.yes("all", q.All)
	err = h.http.get(ctx, "/api/deliveries", url.Values(v), &p)
	return p, err
}

// Delivery reads one.
func (h Hooks) Delivery(ctx context.Context, id string) (d Delivery, err error) {
	err = h.http.get(ctx, deliveryPath(id), nil, &d)
	return d, err
}

// Redrive sends one again that is dead or dropped.
func (h Hooks) Redrive(ctx context.Context, id string) (d Delivery, err error) {
	err = h.http.post(ctx, deliveryPath(id)+"/redrive", "", nil, &d)
	return d, err
}

// Redrive says which deliveries are sent again. Zero fields narrow nothing.
type Redrive struct {
	State   string          `json:"state,omitempty"` // dead or dropped, "" means dead
	Task    progress.TaskID `json:"task,omitempty"`
	Webhook string          `json:"webhook,omitempty"`
	Sub     string          `json:"subscription,omitempty"` // of a subscription, instead
	All     bool            `json:"all,omitempty"`          // everybody's, which admins may ask for
}

// RedriveAll sends again what could not be delivered, and says how many.
func (h Hooks) RedriveAll(ctx context.Context, r Redrive) (int, error) {
	var out struct {
		Redriven int `json:"redriven"`
	}
	err := h.http.post(ctx, "/api/deliveries/redrive", "", r, &out)
	return out.Redriven, err
}

func deliveryPath(id string) string { return "/api/deliveries/" + url.PathEscape(id) }
