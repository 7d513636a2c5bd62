package api

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/api/kit"
)

// ours are the operations of the guest in the document, by method and path.
func ours(k *contract.Contract, more ...string) map[string]*openapi3.Operation {
	out := map[string]*openapi3.Operation{}
	for p, item := range k.Doc.Paths.Map() {
		for method, op := range item.Operations() {
			if slices.Contains(append(more, "Webhooks", "Subscriptions", "Deliveries", "Preferences", "Routing"), op.Tags[0]) {
				out[method+" "+p] = op
			}
		}
	}
	return out
}

// written is a route's path as the document has it.
func written(path string) string {
	return regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")
}

// forPrograms are the routes that are no pages.
func forPrograms() []kit.Route {
	return slices.DeleteFunc(New(Options{}).Routes, func(r kit.Route) bool { return r.Page })
}

// TestEveryRoute calls each route once with a good request, and holds that the
// document has no other.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	id, mail := w.hook(ann, `{"url":"https://example.com"}`), w.told(ann, `{"channel":"email","to":"ann@example.com"}`)
	dead := w.letters(id, 1, notify.Dead)[0]
	w.do(ann, "POST", "/api/push/subscriptions", `{"endpoint":"https://push.example/1","keys":{"p256dh":"p","auth":"a"}}`).want(201)
	w.do(apitest.Admin, "POST", "/api/push/key/rotate", "").want(200)
	w.do(ann, "POST", "/api/subscriptions/"+mail+"/confirm", "").want(202)
	w.confirm(mail)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"open","title":"T"}`).want(201)
	mute := w.do(ann, "POST", "/api/preferences/mutes", `{"kind":"crm"}`).want(201).at("id")
	for _, call := range []string{
		"GET /api/preferences", "PUT /api/preferences", "DELETE /api/preferences/mutes/" + mute, "GET /api/tasks/open/why", "POST /api/routes/test",
		"GET /api/subscriptions", "GET /api/subscriptions/" + mail, "PATCH /api/subscriptions/" + mail, "POST /api/subscriptions/" + mail + "/test",
		"DELETE /api/subscriptions/" + mail, "GET /api/push/key",
		"GET /api/webhooks", "GET /api/webhooks/" + id, "PATCH /api/webhooks/" + id, "POST /api/webhooks/" + id + "/rotate", "POST /api/webhooks/" + id + "/test",
		"GET /api/callbacks/secret", "POST /api/callbacks/secret/rotate", "GET /api/deliveries", "GET /api/deliveries/" + dead,
		"POST /api/deliveries/" + dead + "/redrive", "POST /api/deliveries/redrive", "DELETE /api/webhooks/" + id,
	} {
		method, path, _ := strings.Cut(call, " ")
		w.do(ann, method, path, "")
	}
	described := ours(w.contract())
	for _, r := range forPrograms() {
		op := described[r.Method+" "+written(r.Path)]
		if op == nil || op.OperationID != r.Name || op.Summary == "" || op.Extensions["x-right"] != r.Right.String() {
			t.Errorf("%s %s is not described", r.Method, r.Path)
		}
		if w.answers[r.Name] == 0 {
			t.Errorf("%s was never answered well", r.Name)
		}
	}
	if len(described) != len(forPrograms()) {
		t.Errorf("the document has %d operations of ours", len(described))
	}
	if err := w.contract().Doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// TestSchemasAreTheTypes holds that the fields in the document are those of the
// structs that are read and written, that replies take no others, and that each
// body has an example that is what it says.
func TestSchemasAreTheTypes(t *testing.T) {
	t.Parallel()
	k := serve(t).contract()
	for name, v := range map[string]any{
		"NewWebhook": newWebhook{}, "Webhook": webhook{}, "WebhookList": webhookList{}, "MadeWebhook": madeWebhook{}, "Rotation": rotation{}, "SigningSecret": secret{},
		"NewSubscription": newSubscription{}, "Subscription": subscription{}, "SubscriptionList": subscriptionList{},
		"PushKey": pushKey{}, "PushRotation": rotation{}, "NewPushSubscription": newPush{},
		"Preferences": preference{}, "Preferred": newPreferred{}, "QuietHours": quietHours{}, "Mute": mute{}, "NewMute": newMute{},
		"ReasonList": reasonList{}, "Reasoned": reasoned{}, "RouteDecision": decision{}, "RouteDelivery": decisionDelivery{}, "Escalation": escalation{}, "EscalationStage": stage{},
		"RouteTest": routeTest{}, "RoutePreview": routePreview{},
		"Delivery": delivery{}, "DeliveryList": deliveryList{}, "Redrive": redriveBody{}, "Redriven": redriven{},
	} {
		s := k.Doc.Components.Schemas[name].Value
		if got, want := slices.Sorted(maps.Keys(s.Properties)), contract.Fields(reflect.TypeOf(v)); !slices.Equal(got, want) {
			t.Errorf("%s:\n%v in the document\n%v in %T", name, got, want, v)
		}
		if closed := s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has; closed == slices.Contains([]string{"NewWebhook", "Rotation", "Redrive", "NewSubscription", "PushRotation", "NewPushSubscription", "Preferred", "QuietHours", "NewMute", "RouteTest"}, name) {
			t.Errorf("%s takes other fields: %v", name, !closed)
		}
		k.Exampled(t, name)
	}
	k.Exampled(t, "WebhookEdit")
	k.Exampled(t, "SubscriptionEdit")
	var inCode []string
	for _, s := range states {
		inCode = append(inCode, string(s))
	}
	if got := fmt.Sprint(k.Doc.Components.Schemas["DeliveryState"].Value.Enum); got != fmt.Sprint(inCode) {
		t.Errorf("states %s in the document, %v in the code", got, inCode)
	}
	for _, classes := range [][]any{k.Doc.Components.Schemas["Delivery"].Value.Properties["class"].Value.Enum, k.Doc.Components.Schemas["MessageClass"].Value.Enum} {
		if got := fmt.Sprint(classes); got != fmt.Sprint(notify.Classes()) {
			t.Errorf("classes %s in the document, %v in the code", got, notify.Classes())
		}
	}
	outcomes := []notify.Outcome{notify.Tells, notify.Shows, notify.Holds, notify.Gathers, notify.Silent}
	if got := fmt.Sprint(k.Doc.Components.Schemas["RouteOutcome"].Value.Enum); got != fmt.Sprint(outcomes) {
		t.Errorf("outcomes %s in the document, %v in the code", got, outcomes)
	}
}

// section is a part of a page of the documentation.
func section(t *testing.T, page, title string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	_, part, ok := strings.Cut(string(text), "\n## "+title+"\n")
	if !ok {
		t.Fatalf("docs/%s has no section %q", page, title)
	}
	part, _, _ = strings.Cut(part, "\n## ")
	return part
}

// TestReference holds docs/quick-reference.md to the routes, both ways, and each row
// to what can be asked.
func TestReference(t *testing.T) {
	t.Parallel()
	rows := map[string]string{}
	for row := range strings.Lines(section(t, "quick-reference.md", "Subscriptions") + section(t, "quick-reference.md", "Preferences and routing") + section(t, "quick-reference.md", "Webhooks and deliveries")) {
		if m := regexp.MustCompile("^\\| `([A-Z]+ /[^`]*)` \\|").FindStringSubmatch(row); m != nil {
			rows[m[1]] = row
		}
	}
	operations := ours(serve(t).contract(), "Decisions")
	if got, want := slices.Sorted(maps.Keys(rows)), slices.Sorted(maps.Keys(operations)); !slices.Equal(got, want) {
		t.Errorf("the page has\n%q, the document\n%q", got, want)
	}
	for name, op := range operations {
		var asked []string
		for _, p := range op.Parameters {
			if p.Value.In == openapi3.ParameterInQuery {
				asked = append(asked, p.Value.Name)
			}
		}
		if op.RequestBody != nil {
			asked = slices.AppendSeq(asked, maps.Keys(op.RequestBody.Value.Content["application/json"].Schema.Value.Properties))
		}
		for _, want := range asked {
			if !slices.Contains(regexp.MustCompile(`\w+`).FindAllString(rows[name], -1), want) {
				t.Errorf("the row of %s does not name %s", name, want)
			}
		}
	}
}

// TestLimitsPage holds docs/limits.md to what this package bounds.
func TestLimitsPage(t *testing.T) {
	t.Parallel()
	page := strings.ReplaceAll(section(t, "limits.md", "Webhooks and deliveries"), ",", "")
	for _, want := range []string{
		fmt.Sprintf("| webhooks of one person | %d |", mostWebhooks),
		fmt.Sprintf("| characters of a webhook's URL | %d |", mostURL),
		fmt.Sprintf("label that it asks for | %d |", mostName),
		fmt.Sprintf("that it asks for | %d |\n| labels that it asks for | %d |", mostEvents, mostLabels),
		fmt.Sprintf("signs too | %d; %d if", mostOverlap, overlap),
		fmt.Sprintf("worth trying | %d |", int(horizon.Hours())),
		fmt.Sprintf("| deliveries a page; sent again by one request | %d at most %d; %d |",
			deliveryPage, maxDeliveryPage, mostRedriven),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}

// TestRights holds that who may only read is never given what signs, and makes nothing
// but what tells themselves.
func TestRights(t *testing.T) {
	t.Parallel()
	for _, r := range forPrograms() {
		want := progress.MayRead
		switch {
		case r.Open:
			want = 0
		case r.Path == "/api/push/key/rotate":
			want = progress.MayAdmin
		case strings.HasPrefix(r.Path, "/api/subscriptions"), strings.HasPrefix(r.Path, "/api/push"):
		case strings.HasPrefix(r.Path, "/api/preferences"), r.Path == "/api/routes/test":
		case r.Method == http.MethodPost, strings.Contains(r.Path, "secret"):
			want = progress.MayOperate
		}
		if r.Right != want {
			t.Errorf("%s %s needs the right to %s", r.Method, r.Path, r.Right)
		}
	}
}

// TestLimitsOfSubscriptions holds docs/limits.md to what this package bounds of them.
func TestLimitsOfSubscriptions(t *testing.T) {
	t.Parallel()
	page := strings.ReplaceAll(section(t, "limits.md", "Subscriptions"), ",", "")
	for _, want := range []string{
		fmt.Sprintf("of these | %d; %d |", mostSubscriptions, mostMailboxes),
		fmt.Sprintf("before its @ | %d; %d |", notify.MostMailbox, notify.MostLocal),
		fmt.Sprintf("a browser's endpoint | %d |", mostURL),
		fmt.Sprintf("end is told | %d;", mostOver),
		fmt.Sprintf("confirm one subscription | %d |", int(confirmGap.Seconds())),
		fmt.Sprintf("one person's name | %d a day; %d a day |", mostAskedThere, mostAskedByThem),
		fmt.Sprintf("key before is good | %d; %d if", mostPushOverlap, pushOverlap),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}

// TestLimitsOfRouting holds docs/limits.md to what is bounded of preferences and of what
// is asked about routing.
func TestLimitsOfRouting(t *testing.T) {
	t.Parallel()
	page := strings.ReplaceAll(section(t, "limits.md", "Preferences and routing"), ",", "")
	for _, want := range []string{
		fmt.Sprintf("quiet hours; mutes of one person | %d; %d |", notify.MostQuiet, notify.MostMutes),
		fmt.Sprintf("times of day of a digest | %d |", notify.MostTimes),
		fmt.Sprintf("a mute that ends holds | %d |", mostMute),
		fmt.Sprintf("events a page of `why` | %d at most %d and about %d decisions together |", reasonPage, maxReasonPage, maxReasonRows),
		fmt.Sprintf("approvers of a route that is tried; characters of each name | %d; %d |", mostApprovers, mostName),
		fmt.Sprintf("its run is said to have taken | %d |", mostRunning),
		fmt.Sprintf("years from now at which it is tried | %d |", int(mostAway.Hours()/24/365)),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}
