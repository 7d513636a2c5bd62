package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestEverything goes once through every call.
func TestEverything(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	if me, err := c.Me(ctx); err != nil || me.Person != "admin" || len(me.Rights) != 5 {
		t.Fatal(me, err)
	}
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	w := c.Work()
	stages := []progress.Escalation{{After: 60}, {After: 300, Tell: []string{"ann"}, By: []string{"email"}}}
	made, err := w.Create(ctx, Draft{
		Title: "Import", Kind: "import", Owner: "admin", Labels: map[string]string{"env": "prod"}, Inputs: json.RawMessage(`{"n":1}`),
		CallbackURL: "https://example.com/h", Callback: []string{"progress", "approval.*"},
		Steps: []DraftStep{{Name: "Load", Substeps: []string{"a", "b"}, Weight: 2}, {Name: "Go", Approval: &progress.Gate{Prompt: "Go?", Escalate: stages}}},
	})
	if err != nil || made.Status != progress.Pending || made.TotalSteps != 2 || len(made.Offers) == 0 {
		t.Fatal(made, err)
	}
	first, _, err := c.Events(ctx, made.ID, 0, 1)
	if err != nil || len(first) != 1 || !slices.Equal(first[0].Data.Spec.CallbackEvents, []string{"progress", "approval.*"}) || first[0].Data.Spec.CallbackURL != "" {
		t.Fatalf("%+v, %v", first, err)
	}
	claimed, ok, err := w.Claim(ctx, []string{"import"}, "w1", time.Second)
	if err != nil || !ok || claimed.ID != made.ID || claimed.Lease == "" || string(claimed.Inputs) != `{"n":1}` {
		t.Fatal(claimed, ok, err)
	}
	if _, ok, err := w.Claim(ctx, []string{"import"}, "w2", 0); ok || err != nil {
		t.Fatal(ok, err)
	}
	f := progress.Fence{Run: 1, Attempt: 1}
	r := percent("Load", 40)
	r.Worker, r.Lease, r.Seq = "w1", claimed.Lease, 1
	if a, err := w.Report(ctx, made.ID, f, r); err != nil || a.Status != progress.Running || a.Run != 1 {
		t.Fatal(a, err)
	}
	if a, err := w.Heartbeat(ctx, made.ID, f, progress.Heartbeat{Worker: "w1", Lease: claimed.Lease}); err != nil || a.Version == 0 {
		t.Fatal(a, err)
	}
	if err := w.Log(ctx, made.ID, []progress.LogLine{{Line: "one", Step: "Load"}, {Line: "two", Level: "warn"}}); err != nil {
		t.Fatal(err)
	}
	lines, _, err := c.Logs(ctx, made.ID, LogQuery{Level: []string{"warn"}})
	if err != nil || len(lines) != 1 || lines[0].Line != "two" || lines[0].N != 2 || lines[0].At.IsZero() {
		t.Fatal(lines, err)
	}
	answers, err := w.Reports(ctx, []Line{
		{Task: made.ID, Report: percent("Load", 100)}, {Task: "nowhere", Report: percent("Load", 1)},
		{Task: made.ID, Run: 7, Report: percent("Load", 1)}, {Task: made.ID, Report: step("Go", progress.StepRunning)},
	})
	if err != nil || len(answers) != 4 || answers[0].Run != 1 || answers[1].Code != 404 || answers[2].Code != 409 ||
		answers[2].Attempt != 1 || answers[3].Control != progress.ControlWait {
		t.Fatal(answers, err)
	}
	if d, err := w.Approval(ctx, made.ID, 2, ApprovalQuery{Worker: "w1"}); err != nil || d.Control != progress.ControlWait || d.Prompt != "Go?" || !reflect.DeepEqual(d.Escalate, stages) {
		t.Fatal(d, err)
	}
	if d, err := w.Ask(ctx, made.ID, 2, progress.Gate{Prompt: "Go?", Escalate: stages}); err != nil || d.Status != progress.ApprovalPending {
		t.Fatal(d, err)
	}
	got, err := c.Command(ctx, made.ID, progress.VerbApprove, CommandOptions{Reason: "yes"})
	if err != nil || got.Steps[1].Status != progress.StepRunning || got.Steps[1].Approval.Reason != "yes" {
		t.Fatal(got, err)
	}
	if d, err := w.Approval(ctx, made.ID, 2, ApprovalQuery{Wait: time.Second}); err != nil || d.Control != progress.ControlProceed {
		t.Fatal(d, err)
	}
	for _, v := range []progress.Verb{progress.VerbPause, progress.VerbResume, progress.VerbCancel, progress.VerbRestart} {
		if got, err = c.Command(ctx, made.ID, v, CommandOptions{}); err != nil {
			t.Fatal(v, err)
		}
	}
	if got.Run != 2 {
		t.Fatal(got)
	}
	page, err := c.Tasks(ctx, Query{Status: []progress.Status{progress.Pending, progress.Running}, Kind: "import", Owner: "admin", Labels: map[string]string{"env": "prod"}, Title: "impo", CreatedFrom: time.Now().Add(-time.Hour), Limit: 1})
	if err != nil || len(page.Tasks) != 1 || page.Next != "" {
		t.Fatal(page, err)
	}
	events, next, err := c.Events(ctx, made.ID, 0, 2)
	if err != nil || len(events) != 2 || next != 2 || events[0].Type != progress.TaskCreated || events[0].Data.Spec.Title != "Import" {
		t.Fatal(events, next, err)
	}
	h, err := c.History(ctx, made.ID)
	if err != nil || len(h.Runs) != 1 || h.Runs[0].Status != progress.Cancelled || len(h.Snapshots) == 0 {
		t.Fatal(h, err)
	}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a, ctx := s.client().Access(), soon(t)
	p, err := a.AddPerson(ctx, NewPerson{Name: "ann", Groups: []string{"ops"}})
	if err != nil || p.Role != "member" {
		t.Fatal(p, err)
	}
	role := "viewer"
	if p, err = a.EditPerson(ctx, "ann", PersonEdit{Role: &role}); err != nil || p.Role != role || len(p.Groups) != 1 {
		t.Fatal(p, err)
	}
	if all, err := a.People(ctx); err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if i, err := a.Invite(ctx, "ann"); err != nil || i.Code == "" || i.Expires.IsZero() {
		t.Fatal(i, err)
	}
	made, err := a.MakeToken(ctx, NewToken{Name: "t", Person: "ann", Scopes: []string{"read"}, Expires: time.Now().Add(time.Hour)})
	if err != nil || made.Secret == "" || made.Person != "ann" {
		t.Fatal(made, err)
	}
	theirs := s.client(func(o *Options) { o.Token = made.Secret })
	if me, err := theirs.Me(ctx); err != nil || me.Person != "ann" {
		t.Fatal(me, err)
	}
	list, err := a.Tokens(ctx, TokenQuery{Person: "ann"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if all, err := a.Tokens(ctx, TokenQuery{All: true}); err != nil || len(all) < 1 {
		t.Fatal(all, err)
	}
	if got, err := a.RevokeToken(ctx, list[0].ID); err != nil || got.RevokedAt.IsZero() {
		t.Fatal(got, err)
	}
	if _, err := theirs.Me(ctx); problemStatus(err) != http.StatusUnauthorized || isAway(err) || holds([]byte(err.Error()), made.Secret) {
		t.Fatal(err)
	}
}

func problemStatus(err error) int {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Status
	}
	return 0
}

// TestCommandPicksTheStep holds which step a verb without one means.
func TestCommandPicksTheStep(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c, ctx := s.client(), soon(t)
	id := s.task("a", "b")
	for _, v := range []progress.Verb{progress.VerbApprove, progress.VerbRetry, progress.VerbSkip} {
		if _, err := c.Command(ctx, id, v, CommandOptions{}); problemStatus(err) != http.StatusConflict || !strings.Contains(err.Error(), "pending") {
			t.Error(v, err)
		}
	}
	report := func(r progress.Report) {
		t.Helper()
		if _, err := c.Work().Report(ctx, id, progress.Fence{}, r); err != nil {
			t.Fatal(err)
		}
	}
	report(step("a", progress.StepCompleted))
	report(step("b", progress.StepFailed))
	got, err := c.Command(ctx, id, progress.VerbRetry, CommandOptions{})
	if err != nil || got.Attempt != 2 || got.Steps[1].Status != progress.StepPending {
		t.Fatal(got, err)
	}
	report(step("b", progress.StepRunning))
	got, err = c.Command(ctx, id, progress.VerbSkip, CommandOptions{})
	if err != nil || got.Steps[1].Status != progress.StepSkipped {
		t.Fatal(got, err)
	}
	if _, err := c.Command(ctx, "nowhere", progress.VerbSkip, CommandOptions{}); problemStatus(err) != http.StatusNotFound {
		t.Fatal(err)
	}
}

// TestErrors holds which answers are refusals, and after which the same may be
// sent again.
func TestErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task()
	big := func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range maxAnswer>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		fault fault
		away  bool
		text  string
	}{
		"cut": {cut, true, "cannot be reached"}, "torn": {torn, true, "cannot be reached"},
		"a proxy's 502": {page(502), true, "not Herald"}, "a page": {page(200), true, "not Herald"}, "a page of 404": {page(404), true, "not Herald"},
		"too fast": {problem(429, progress.Limited, "3"), true, "not now"}, "unavailable": {problem(503, progress.Unavailable, ""), true, "not now"},
		"a defect": {problem(500, progress.Internal, ""), false, "not now"}, "refused": {problem(403, progress.Forbidden, ""), false, "not now"},
		"too large": {big, false, "larger than"},
	} {
		s.meet(turns(c.fault))
		_, err := s.client().Task(soon(t), id)
		if err == nil || isAway(err) != c.away || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), adminToken) {
			t.Errorf("%s: %v (%T)", name, err, err)
		}
		if name == "too fast" && after(err) != 3*time.Second {
			t.Errorf("%s: wait %s", name, after(err))
		}
	}
	s.meet(turns(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }))
	slow := s.client(func(o *Options) { o.Timeout = 50 * time.Millisecond })
	if _, err := slow.Task(soon(t), id); !isAway(err) || !strings.Contains(err.Error(), "in time") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.client().Task(ctx, id); !errors.Is(err, context.Canceled) || isAway(err) {
		t.Error(err)
	}
	s.Stop()
	if _, err := s.client().Task(soon(t), id); !isAway(err) || !strings.Contains(err.Error(), strings.TrimPrefix(s.URL, "http://")) {
		t.Error(err)
	}
}

// TestReportsAnswers holds what is made of an answer to many reports that breaks
// off, or is none.
func TestReportsAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		"": 0, "{}\n{}\n": 0, `{"task_id":"a","code":200,"control":null}` + "\nx": 1,
		`{"task_id":"a","code":200,"control":"pause"}` + "\n" + `{"task_id":"a","code":404}` + "\n" + `{"task_id":"","code":413}`: 2,
	} {
		far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-ndjson")
			_, _ = w.Write([]byte(body))
		}))
		c, err := New(Options{URL: far.URL})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Work().Reports(soon(t), make([]Line, 2))
		if len(got) != want || isAway(err) != (want < 2) {
			t.Errorf("%q: %v, %v", body, got, err)
		}
		far.Close()
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": DefaultURL, "http://h:1/": "http://h:1", "https://h/base/": "https://h/base",
		"h:1": "", "ftp://h": "", "http://": "", "http://ann:secret@h": "", "http://h?x=secret": "", "http://ann:sec ret@h": "", "://": "",
	} {
		c, err := New(Options{URL: text, Token: "t"})
		if (err == nil) != (want != "") || (err == nil && c.URL() != want) {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "sec") {
			t.Errorf("%q shows a secret: %v", text, err)
		}
	}
	for _, token := range []string{"a b", "secret\n", "sécret"} {
		if _, err := New(Options{Token: token}); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// TestRedirects holds that no redirect takes the token to another server.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var seen []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	var to string
	status := http.StatusTemporaryRedirect
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/there" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"task_id":"a","status":"running"}`))
			return
		}
		http.Redirect(w, r, to, status)
	}))
	defer far.Close()
	c, err := New(Options{URL: far.URL, Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	to = other.URL
	if _, err := c.Task(soon(t), "a"); !isAway(err) || !strings.Contains(err.Error(), other.URL) || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	if to = "/round"; true {
		if _, err := c.Task(soon(t), "a"); !isAway(err) || !strings.Contains(err.Error(), "circle") {
			t.Error(err)
		}
	}
	to = "/there"
	if got, err := c.Task(soon(t), "a"); err != nil || got.ID != "a" {
		t.Error(got, err)
	}
	if a, err := c.Work().Report(soon(t), "a", progress.Fence{}, progress.Report{}); err != nil || a.Task != "a" {
		t.Error(a, err)
	}
	status = http.StatusFound // which makes a GET of a POST
	if _, err := c.Work().Report(soon(t), "a", progress.Fence{}, progress.Report{}); !isAway(err) || !strings.Contains(err.Error(), "loses") {
		t.Error(err)
	}
	if len(seen) > 0 {
		t.Error("the other server was asked", seen)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "99999": maxAfter, "soon": 0, "Sat, 31 Jan 2026 12:00:09 GMT": 9 * time.Second, "Sat, 31 Jan 2026 11:00:00 GMT": 0,
	} {
		res := &http.Response{Header: http.Header{"Retry-After": {text}}}
		if got := retryAfter(res, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
