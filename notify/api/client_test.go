package api

import (
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
)

func (w *world) client(token string) client.Hooks {
	w.t.Helper()
	c, err := client.New(client.Options{URL: w.URL, Token: token})
	if err != nil {
		w.t.Fatal(err)
	}
	return client.HooksOf(c)
}

func (w *world) subscriber(token string) client.Subscriptions {
	w.t.Helper()
	c, err := client.New(client.Options{URL: w.URL, Token: token})
	if err != nil {
		w.t.Fatal(err)
	}
	return client.SubscriptionsOf(c)
}

// TestClientOfSubscriptions goes the way of a mail address with the Go client.
func TestClientOfSubscriptions(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	ann := w.Person("ann", access.RoleViewer)
	c := w.subscriber(ann)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	made, err := c.Add(ctx, client.NewSubscription{Channel: "email", To: "ann@example.com", Events: []string{"task.*"}, Longer: new(int64(0)), Kind: "crm", Labels: map[string]string{"a": "b"}})
	must(err)
	if made.On || made.Off == "" || made.Person != "ann" || made.Kind != "crm" || made.Labels["a"] != "b" || made.Longer != 0 || !slices.Equal(made.Events, []string{"task.*"}) {
		t.Errorf("%+v", made)
	}
	w.pass(time.Minute)
	d, err := c.Confirm(ctx, made.ID)
	must(err)
	if d.Type != "address.confirm" || d.Sub != made.ID || d.Webhook != "" || d.To != "ann@example.com" {
		t.Errorf("%+v", d)
	}
	w.confirm(made.ID)
	changed, err := c.Change(ctx, made.ID, client.SubscriptionEdit{Name: new("Mine"), Longer: new(int64(60)), On: new(false)})
	must(err)
	read, err := c.Subscription(ctx, made.ID)
	must(err)
	if changed.On || read.Name != "Mine" || read.Longer != 60 || read.Off != "switched off by ann" || read.OffAt.IsZero() {
		t.Errorf("%+v", read)
	}
	if _, err := c.Test(ctx, made.ID); err == nil {
		t.Error("a test was sent to one that is off")
	}
	_, err = c.Change(ctx, made.ID, client.SubscriptionEdit{On: new(true)})
	must(err)
	d, err = c.Test(ctx, made.ID)
	must(err)
	if page, err := w.client(ann).Deliveries(ctx, client.DeliveryQuery{Sub: made.ID, Limit: 1}); err != nil || len(page.Deliveries) != 1 || page.Deliveries[0].Sub != made.ID {
		t.Errorf("%+v, %v", page, err)
	}
	all, err := w.subscriber(apitest.Admin).List(ctx, true)
	must(err)
	if len(all) != 1 || all[0].ID != made.ID || all[0].To != "a…@example.com" {
		t.Errorf("%+v", all)
	}
	must(c.Remove(ctx, made.ID))
	if all, err := c.List(ctx, false); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestClientOfBrowsers goes the way of a browser with the Go client.
func TestClientOfBrowsers(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	c := w.subscriber(w.Person("ann", access.RoleViewer))
	key, err := c.PushKey(ctx)
	if err != nil || key.Key == "" || !key.Previous.IsZero() {
		t.Fatalf("%+v, %v", key, err)
	}
	n := client.NewPush{Endpoint: "https://push.example/1", Keys: client.PushKeys{P256dh: "p", Auth: "a"}, Key: key.Key, Name: "Phone"}
	made, err := c.AddPush(ctx, n)
	if err != nil || !made.On || made.Channel != "webpush" || made.Name != "Phone" {
		t.Fatalf("%+v, %v", made, err)
	}
	n.Endpoint, n.Replaces = "https://push.example/2", n.Endpoint
	if again, err := c.AddPush(ctx, n); err != nil || again.ID != made.ID {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := c.RotatePushKey(ctx, 60); err == nil {
		t.Error("a viewer has changed the key")
	}
	next, err := w.subscriber(apitest.Admin).RotatePushKey(ctx, 60)
	if err != nil || next.Key == key.Key || next.Previous.IsZero() {
		t.Errorf("%+v, %v", next, err)
	}
}

// TestClientOfWebhooks goes the way of a webhook with the Go client.
func TestClientOfWebhooks(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	c := w.client(w.Person("ann", access.RoleMember))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	made, err := c.Add(ctx, client.NewWebhook{URL: "https://example.com", Events: []string{"task.*"}, Progress: true, Kind: "crm", Labels: map[string]string{"a": "b"}})
	must(err)
	if made.Secret != "whsec_1" || !made.On || made.Person != "ann" || made.Kind != "crm" || made.Labels["a"] != "b" || !slices.Equal(made.Events, []string{"task.*"}) {
		t.Errorf("%+v", made)
	}
	changed, err := c.Change(ctx, made.ID, client.WebhookEdit{On: new(false), Name: new("Shop")})
	must(err)
	read, err := c.Webhook(ctx, made.ID)
	must(err)
	if changed.On || read.Name != "Shop" || read.Off != "switched off by ann" || read.OffAt.IsZero() || !read.Progress {
		t.Errorf("%+v", read)
	}
	if _, err := c.Test(ctx, made.ID); err == nil {
		t.Error("a test was sent to a webhook that is off")
	}
	_, err = c.Change(ctx, made.ID, client.WebhookEdit{On: new(true)})
	must(err)
	d, err := c.Test(ctx, made.ID)
	must(err)
	if d, err = c.Delivery(ctx, d.ID); err != nil || d.Type != "test" || d.State != "due" || d.To != "https://example.com" || d.Webhook != made.ID {
		t.Errorf("%+v, %v", d, err)
	}
	secret, err := c.Rotate(ctx, made.ID, 60)
	must(err)
	if secret.Secret != "whsec_2" || secret.Previous.IsZero() {
		t.Errorf("%+v", secret)
	}
	all, err := w.client(apitest.Admin).List(ctx, true)
	must(err)
	if len(all) != 1 || all[0].ID != made.ID {
		t.Errorf("%+v", all)
	}
	must(c.Remove(ctx, made.ID))
	if all, err := c.List(ctx, false); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	first, err := c.Callback(ctx)
	must(err)
	next, err := c.RotateCallback(ctx, 0)
	must(err)
	if next.Secret == first.Secret || !next.Previous.IsZero() {
		t.Errorf("%+v after %+v", next, first)
	}
}

// TestClientOfDeliveries reads deliveries and sends them again with the Go client.
func TestClientOfDeliveries(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	c := w.client(w.Person("ann", access.RoleMember))
	made, err := c.Add(ctx, client.NewWebhook{URL: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	dead := w.letters(made.ID, 3, notify.Dead)
	page, err := c.Deliveries(ctx, client.DeliveryQuery{State: "dead", Task: "t", Webhook: made.ID, Limit: 2})
	if err != nil || len(page.Deliveries) != 2 || page.Deliveries[0].ID != dead[2] || page.Deliveries[0].Task != "t" || page.Deliveries[0].Tries != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	rest, err := c.Deliveries(ctx, client.DeliveryQuery{State: "dead", Limit: 2, Cursor: page.Next})
	if err != nil || len(rest.Deliveries) != 1 || rest.Deliveries[0].ID != dead[0] || rest.Next != "" {
		t.Fatalf("%+v, %v", rest, err)
	}
	if d, err := c.Redrive(ctx, dead[0]); err != nil || d.State != "due" || !d.Doubt {
		t.Errorf("%+v, %v", d, err)
	}
	if n, err := c.RedriveAll(ctx, client.Redrive{Webhook: made.ID, Task: "t"}); err != nil || n != 2 {
		t.Errorf("%d, %v", n, err)
	}
	if all, err := w.client(apitest.Admin).Deliveries(ctx, client.DeliveryQuery{All: true}); err != nil || len(all.Deliveries) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := c.RedriveAll(ctx, client.Redrive{All: true}); err == nil {
		t.Error("everybody's were sent again by a member")
	}
}
