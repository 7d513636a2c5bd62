package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/api/kit"
)

// visit is a call that is about nothing.
func visit() *kit.Call {
	return &kit.Call{Request: httptest.NewRequest(http.MethodGet, "/", nil), Writer: httptest.NewRecorder()}
}

// give presses a button of a push message, and holds the exchange to the document.
func (o *office) give(k *contract.Contract, ticket, verb string, more ...string) answer {
	o.t.Helper()
	body := map[string]string{"ticket": ticket, "verb": verb}
	for i := 0; i < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	text, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, o.URL+"/api/act", nil)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	got := o.visitor().ask("POST", "/api/act", string(text), "Content-Type: application/json")
	res := &http.Response{StatusCode: got.status, Header: got.header, Request: req}
	if err := k.Check(contract.Exchange{Req: req, Sent: text, Res: res, Got: []byte(got.body)}); err != nil {
		o.t.Fatalf("%s\nwas answered with %d\n%s\nwhich is not as the document has it: %v", text, got.status, got.body, err)
	}
	return got
}

// officeDocument is openapi.json as the first office of a test run has it, and
// officeContract what follows from it. Reading it takes a while.
var (
	officeDocument []byte
	officeOnce     sync.Once
	officeContract = sync.OnceValues(func() (*contract.Contract, error) { return contract.New(officeDocument) })
)

// described is the document of a server on which links work.
func (o *office) described() *contract.Contract {
	o.t.Helper()
	officeOnce.Do(func() { officeDocument = []byte(o.visitor().ask("GET", "/openapi.json", "").want(200).body) })
	k, err := officeContract()
	if err != nil {
		o.t.Fatal(err)
	}
	return k
}

// TestDecideByPush presses buttons of push messages.
func TestDecideByPush(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.member("bob")
	k := o.described()
	o.asks("t", progress.Gate{Risk: "low", Options: []string{"now"}, Quorum: 2})
	ana, bob := o.invite("t", "ana", progress.ViaPush), o.invite("t", "bob", progress.ViaPush)
	first := o.give(k, ana.Approves, "approve", "option", "now", "reason", "fine").want(200, `{"task_id":"t","status":"approval","text":"Your approval counts. 1 of 2 needed."}`)
	if again := o.give(k, ana.Approves, "approve", "option", "now", "reason", "fine").want(200); again.body != first.body || len(o.approval("t").Votes) != 1 {
		t.Errorf("%s, then %s", first.body, again.body)
	}
	o.give(k, bob.Approves, "approve").want(200, `"status":"running","text":"You approved this. The work goes on."`)
	o.decided("t", progress.ApprovalApproved, "bob", progress.ViaPush)
	o.give(k, ana.Rejects, "reject").want(409, "decided already: approved by bob")
	o.asks("u", progress.Gate{})
	o.give(k, o.invite("u", "ana", progress.ViaPush).Rejects, "reject", "reason", "no").want(200, `"status":"failed","text":"You rejected this."`)
	if a := o.approval("u"); a.Via != progress.ViaPush || a.Reason != "no" {
		t.Errorf("%+v", a)
	}
}

// TestPushRefused holds what is not decided by a button of a push message.
func TestPushRefused(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.member("bob")
	k := o.described()
	seal := func(link string) string { return strings.TrimPrefix(link, "https://herald.example.com/act/") }
	for _, risk := range []string{"medium", "high"} {
		o.asks(risk, progress.Gate{Risk: risk})
		i := o.invite(risk, "ana", progress.ViaPush)
		if i.Approves != "" || i.Rejects != "" {
			t.Errorf("%s: a program may decide", risk)
		}
		o.give(k, seal(i.Approve), "approve").want(403, "open its page")
	}
	o.asks("t", progress.Gate{Approvers: []string{"ana"}, ExpiresIn: 3600})
	mail, push := o.invite("t", "ana", progress.ViaMail), o.invite("t", "ana", progress.ViaPush)
	if mail.Approves != "" || mail.Rejects != "" {
		t.Error("a mail has tickets for programs")
	}
	before := o.kept("t")
	o.give(k, seal(mail.Approve), "approve").want(403, "open its page")
	o.give(k, push.Approves, "reject").want(400, "none that the ticket is good for")
	o.give(k, push.Approves, "cancel").want(400)
	o.give(k, push.Approves, "").want(400)
	o.give(k, push.Approves, "approve", "option", "now").want(400, "option")
	o.give(k, push.Approves[1:], "approve").want(401, "this link is not good")
	o.give(k, "", "approve").want(401)
	o.give(k, o.invite("t", "bob", progress.ViaPush).Approves, "approve").want(403, "only ana may decide this")
	if o.kept("t") != before {
		t.Error("it was decided")
	}
	o.pass(2 * time.Hour)
	o.give(k, push.Approves, "approve").want(409, "this link has expired")
	o.pass(-2 * time.Hour)
	o.do("t", worker(), progress.Restart{})
	o.give(k, push.Approves, "approve").want(409, "the task has begun anew")
	o.visitor().ask("PATCH", "/api/people/ana", `{"disabled":true}`, "Content-Type: application/json", "Authorization: Bearer the-admin-of-the-tests").want(200)
	o.give(k, push.Approves, "approve").want(403, "ana is not here any more")
}

// TestActIsDescribed holds the document to the route, and that pages are not in it.
func TestActIsDescribed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	k := o.described()
	op := k.Doc.Paths.Value("/api/act").Post
	if op.OperationID != "act" || op.Summary == "" || op.Security == nil || len(*op.Security) != 0 {
		t.Errorf("%+v", op)
	}
	for path := range k.Doc.Paths.Map() {
		for _, page := range []string{"/act/", "/leave/", "/confirm/"} {
			if strings.HasPrefix(path, page) {
				t.Errorf("%s is described", path)
			}
		}
	}
	if err := k.Doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	k.Exampled(t, "PressedButton")
	k.Exampled(t, "ButtonOutcome")
}
