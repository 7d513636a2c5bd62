package api

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
)

func (w *world) router(token string) client.Routing {
	w.t.Helper()
	c, err := client.New(client.Options{URL: w.URL, Token: token})
	if err != nil {
		w.t.Fatal(err)
	}
	return client.RoutingOf(c)
}

// TestClientOfPreferences goes the way of preferences with the Go client.
func TestClientOfPreferences(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	c := w.router(w.Person("ann", access.RoleViewer))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p, err := c.Preferences(ctx)
	must(err)
	if p.Person != "ann" || p.Through != nil || p.Defaults.Digest != "1h" || !slices.Equal(p.Defaults.Through, []string{"approval", "end"}) || p.Defaults.Zone != "UTC" {
		t.Errorf("%+v", p)
	}
	p.Language, p.Zone, p.Digest, p.Through = "pt", "Europe/Lisbon", "30m", []string{}
	p.Quiet = []client.Quiet{{Days: []string{"sat"}, From: "22:00", To: "07:00"}}
	p.Ways = map[string]map[string]string{"email": {"step": "digest"}}
	set, err := c.SetPreferences(ctx, p)
	must(err)
	p.ChangedAt = set.ChangedAt
	if read, err := c.Preferences(ctx); err != nil || !reflect.DeepEqual(read, set) || !reflect.DeepEqual(read, p) || read.Through == nil || read.ChangedAt.IsZero() {
		t.Errorf("%+v, %v; set\n%+v", read, err, set)
	}
	if _, err := c.SetPreferences(ctx, client.Preferences{Zone: "Mars/Base"}); err == nil {
		t.Error("somebody lives on Mars")
	}
	m, err := c.Mute(ctx, client.NewMute{Kind: "crm", Labels: map[string]string{"a": "b"}, For: 60, All: true})
	must(err)
	until, err := c.Mute(ctx, client.NewMute{Owner: "group:shop", Until: w.time().Add(time.Hour)})
	must(err)
	if m.Kind != "crm" || m.Labels["a"] != "b" || !m.All || time.Time(m.Until).Sub(w.time()) != time.Minute || time.Time(until.Until).Sub(w.time()) != time.Hour {
		t.Errorf("%+v, %+v", m, until)
	}
	if p, err := c.Preferences(ctx); err != nil || !reflect.DeepEqual(p.Mutes, []client.Mute{m, until}) {
		t.Errorf("%+v, %v", p.Mutes, err)
	}
	must(c.Unmute(ctx, m.ID))

	hers := w.router(apitest.Admin).For("ann")
	if p, err := hers.Preferences(ctx); err != nil || p.Person != "ann" || len(p.Mutes) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	var refused *client.Problem
	if _, err := hers.SetPreferences(ctx, client.Preferences{}); !errors.As(err, &refused) || refused.Code != string(progress.Conflict) {
		t.Errorf("preferences that nobody has read are replaced: %v", err)
	}
	if p, err := hers.SetPreferences(ctx, client.Preferences{ChangedAt: set.ChangedAt}); err != nil || p.Person != "ann" || p.Language != "" || p.Through != nil {
		t.Errorf("%+v, %v", p, err)
	}
	m, err = hers.Mute(ctx, client.NewMute{Kind: "erp"})
	must(err)
	must(hers.Unmute(ctx, m.ID))
	if _, err := c.For("admin").Preferences(ctx); err == nil {
		t.Error("a viewer reads an admin's")
	}
}

// TestClientOfReasons asks why, and what would be, with the Go client.
func TestClientOfReasons(t *testing.T) {
	t.Parallel()
	asked := &tried{}
	w, ctx := serve(t, func(o *Options) { o.Preview = asked.preview }), t.Context()
	c := w.router(w.Person("ann", access.RoleViewer))
	w.lived()
	w.post("msg_a", notify.Letter{Sub: "sub_a", Person: "ann", Task: "t", Seq: 3, State: notify.Dead, Doubt: true, Why: "no"}, "ann@example.com")
	row := notify.TraceRow{Person: "ann", Channel: "email", To: "ann@example.com", Sub: "sub_a", Rule: "ops", Outcome: notify.Tells, Why: "rule ops", Until: w.time(), Letter: "msg_a"}
	w.wrote(notify.Routed{Traces: []notify.Trace{w.tracedOf(3, 0, row, notify.TraceRow{Person: "bob", Outcome: notify.Silent, Why: "off"})}})
	page, err := c.Why(ctx, "t", client.WhyQuery{Since: 1, Limit: 1})
	if err != nil || page.Next != 2 || len(page.Events) != 1 || page.Events[0].Type != progress.TaskStarted {
		t.Fatalf("%+v, %v", page, err)
	}
	at := progress.Instant(w.time())
	want := client.RouteDecision{
		Person: "ann", Channel: "email", To: "ann@example.com", Sub: "sub_a", Rule: "ops", Outcome: "told", Why: "rule ops", Until: at,
		Delivery: &client.RouteDelivery{ID: "msg_a", State: "dead", Tries: 2, Why: "no", Doubt: true, SettledAt: at},
	}
	page, err = c.Why(ctx, "t", client.WhyQuery{Since: page.Next})
	if err != nil || page.Next != 0 || page.Events[0].Seq != 3 || !reflect.DeepEqual(page.Events[0].Decisions, []client.RouteDecision{want}) {
		t.Errorf("%+v, %v", page, err)
	}
	if page, err = w.router(apitest.Admin).Why(ctx, "t", client.WhyQuery{All: true}); err != nil || len(page.Events[2].Decisions) != 2 {
		t.Errorf("%+v, %v", page, err)
	}

	asked.rows = []notify.TraceRow{row}
	asked.chain = &notify.Chain{Step: 1, AskedAt: w.time(), FiredAt: w.time(), DueAt: w.time(), Stages: []notify.Stage{{After: time.Hour, Tell: []string{"owner"}, By: []string{"email"}}}}
	got, err := c.TestRoute(ctx, client.RouteTest{
		Event: progress.ApprovalNeeded, At: w.time().Add(time.Minute), Running: new(int64(5)), Kind: "crm", Owner: "bob", Labels: map[string]string{"a": "b"}, Title: "Import", Approvers: []string{"ann"},
	})
	want.Delivery = nil
	stages := []client.EscalationStage{{After: 3600, Tell: []string{"owner"}, By: []string{"email"}, At: progress.Instant(w.time().Add(time.Hour))}}
	if err != nil || time.Time(got.At) != w.time().Add(time.Minute) || got.More != 2 || !reflect.DeepEqual(got.Decisions, []client.RouteDecision{want}) || got.Escalation == nil ||
		!reflect.DeepEqual(got.Escalation.Stages, stages) || got.Escalation.Step != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if spec := asked.task.Spec; spec.Kind != "crm" || spec.Owner != "bob" || spec.Title != "Import" || asked.event.Data.Approval.Approvers[0] != "ann" || asked.at.Sub(asked.task.StartedAt) != 5*time.Second {
		t.Errorf("%+v", asked)
	}
	if _, err := c.TestRoute(ctx, client.RouteTest{Task: "t", Event: progress.TaskCompleted}); err != nil || asked.task.ID != "t" {
		t.Errorf("%+v, %v", asked.task, err)
	}
}
