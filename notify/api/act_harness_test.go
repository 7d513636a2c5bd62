package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/links"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/ticket"
)

// office is a server that people decide at by links. It is called without sockets, each
// time from another address.
type office struct {
	*apitest.Server
	t       *testing.T
	handler http.Handler
	engine  *engine.Engine
	ledger  *ledger.Ledger
	sealer  *ticket.Sealer
	links   *links.Links
	url     string
	callers atomic.Int64

	mu    sync.Mutex
	late  time.Duration // how much later than it is the server believes it to be
	lanes []notify.Lane // that were poked
}

func openOffice(t *testing.T, change ...func(*api.Options)) *office {
	t.Helper()
	o := &office{t: t, url: "https://herald.example.com"}
	var err error
	if o.sealer, err = ticket.New(bytes.Repeat([]byte("k"), 32)); err != nil {
		t.Fatal(err)
	}
	o.links = links.New(o.sealer, func() string { return o.url }, o.now)
	o.Server = apitest.Hosted(t, func(d *db.DB, a *api.Options) func() {
		o.ledger, o.engine = ledger.New(d), a.Engine
		a.Guests = []kit.Guest{New(Options{
			Ledger: o.ledger, Guard: noLocal{}, Task: a.Engine.Task, Secret: func() string { return "whsec_" }, Now: o.now,
			Sealer: o.sealer, Person: a.Access.Person, URL: func() string { return o.url },
			Do: func(ctx context.Context, c progress.Command) (progress.Task, error) {
				out, err := a.Engine.Execute(ctx, c)
				return out.Task, err
			},
			Poke: func(lanes []notify.Lane) {
				o.mu.Lock()
				defer o.mu.Unlock()
				o.lanes = append(o.lanes, lanes...)
			},
		})}
		for _, f := range change {
			f(a)
		}
		h, err := api.New(*a)
		if err != nil {
			t.Fatal(err)
		}
		o.handler = h
		return h.Close
	})
	return o
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return time.Now().Add(o.late)
}

// pass lets the server believe that it is later.
func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.late += d
}

// worker reports.
func worker() progress.Actor {
	return progress.Actor{Person: "builder", Rights: progress.MayAdmin, All: true}
}

func (o *office) do(id string, by progress.Actor, what progress.Change) progress.Task {
	o.t.Helper()
	out, err := o.engine.Execute(context.Background(), progress.Command{Task: progress.TaskID(id), By: by, Via: progress.ViaREST, Do: what})
	if err != nil {
		o.t.Fatal(err)
	}
	return out.Task
}

// asks makes a task whose second step waits for a decision.
func (o *office) asks(id string, g progress.Gate) progress.Task {
	o.t.Helper()
	o.do(id, worker(), progress.Create{Spec: progress.Spec{Title: "Release " + id}, Steps: []progress.Plan{{Name: "Build"}, {Name: "Deploy", Gate: &g}}})
	o.report(id, 1, progress.StepCompleted)
	return o.report(id, 2, progress.StepRunning)
}

func (o *office) report(id string, step int, s progress.StepStatus) progress.Task {
	o.t.Helper()
	return o.do(id, worker(), progress.Report{Step: progress.StepRef{Order: step}, StepStatus: s})
}

func (o *office) task(id string) progress.Task {
	o.t.Helper()
	t, err := o.engine.Task(context.Background(), progress.TaskID(id))
	if err != nil {
		o.t.Fatal(err)
	}
	return t
}

func (o *office) approval(id string) progress.Approval { return *o.task(id).Steps.At(2).Approval }

// member adds a person who is told by mail, and returns their token.
func (o *office) member(name string) string {
	o.t.Helper()
	token := o.Person(name, access.RoleMember)
	o.subscribe(name, "")
	return token
}

// subscribe has a person told at an address of theirs.
func (o *office) subscribe(name, off string) notify.SubscriptionID {
	o.t.Helper()
	s := notify.Subscription{
		ID: subOf(name), Owner: progress.Person(name), Address: notify.Address{Channel: "email", To: name + "@example.com"},
		Off: off, MadeAt: o.now().UTC().Truncate(time.Microsecond),
	}
	if err := o.ledger.Subscribe(context.Background(), s, notify.Keys{}, 10); err != nil {
		o.t.Fatal(err)
	}
	return s.ID
}

func subOf(name string) notify.SubscriptionID { return notify.SubscriptionID("sub_" + name) }

func (o *office) sub(name string) notify.Subscription {
	o.t.Helper()
	s, err := o.ledger.Subscription(context.Background(), subOf(name))
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// message is what a person is sent of a task whose second step waits.
func (o *office) message(id, person string) *notify.Message {
	o.t.Helper()
	t := o.task(id)
	m := &notify.Message{Task: &t, Sub: subOf(person), Asks: []notify.Ask{{Step: 2, Approval: t.Steps.At(2).Approval}}}
	m.For.Person = progress.Person(person)
	return m
}

func (o *office) invite(id, person string, via progress.Via) *notify.Invite {
	o.t.Helper()
	return o.links.Invite(o.message(id, person), via)
}

// answer is what a browser is shown.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (a answer) want(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d:\n%s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.text(), text) {
			a.t.Errorf("the page does not say %q:\n%s", text, a.text())
		}
	}
	return a
}

func (a answer) without(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.t.Errorf("the page has %q:\n%s", text, a.body)
		}
	}
	return a
}

var tags = regexp.MustCompile(`<[^>]*>`)

// text is what a person reads.
func (a answer) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(a.body, ""))), " ")
}

// visitor is a browser: it keeps cookies, as far as they are for the path that it asks for.
type visitor struct {
	*office
	t       *testing.T
	cookies map[string]*http.Cookie
}

func (o *office) visitor() *visitor {
	return &visitor{office: o, t: o.t, cookies: map[string]*http.Cookie{}}
}

// ask makes a request from an address of its own.
func (b *visitor) ask(method, link, body string, headers ...string) answer {
	b.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(method, u.RequestURI(), strings.NewReader(body))
	r.Host = "herald.example.com"
	n := b.callers.Add(1)
	r.RemoteAddr = "10." + strconv.Itoa(int(n>>16&255)) + "." + strconv.Itoa(int(n>>8&255)) + "." + strconv.Itoa(int(n&255)) + ":1234"
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	for _, k := range b.cookies {
		if strings.HasPrefix(u.Path, k.Path) {
			r.AddCookie(&http.Cookie{Name: k.Name, Value: k.Value})
		}
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	res := w.Result()
	for _, k := range res.Cookies() {
		b.cookies[k.Name] = k
	}
	return answer{b.t, res.StatusCode, res.Header, w.Body.String()}
}

func (b *visitor) open(link string) answer {
	b.t.Helper()
	return b.ask("GET", link, "", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")
}

var hidden = regexp.MustCompile(`name="form" value="([^"]*)"`)

// fields are those of the form of a page.
func (a answer) fields(more ...string) string {
	f := url.Values{}
	if m := hidden.FindStringSubmatch(a.body); m != nil {
		f.Set("form", html.UnescapeString(m[1]))
	}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f.Encode()
}

// sent are the headers with which a browser sends a form of a page that says to nobody
// where it comes from.
var sent = []string{"Origin: null", "Sec-Fetch-Site: same-origin"}

// press opens a link and presses one of its buttons.
func (b *visitor) press(link, verb string, more ...string) answer {
	b.t.Helper()
	page := b.open(link)
	return b.ask("POST", link, page.fields(append(more, "verb", verb)...), sent...)
}

// login begins a session.
func (b *visitor) login(token string) {
	b.t.Helper()
	body, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		b.t.Fatal(err)
	}
	b.ask("POST", "/api/login", string(body), "Content-Type: application/json").want(200)
}

// kept is what must not change when links are only looked at.
func (o *office) kept(id string) string {
	o.t.Helper()
	t := o.task(id)
	a := t.Steps.At(2).Approval
	out := []string{string(t.Status), strconv.FormatInt(t.Seq, 10), strconv.FormatInt(t.Version, 10), string(a.Status), strconv.Itoa(len(a.Votes))}
	subs, err := o.ledger.Subscriptions(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, s := range subs {
		out = append(out, string(s.ID), s.Off)
	}
	rev, err := o.ledger.Rev(context.Background())
	return strings.Join(append(out, strconv.FormatInt(rev, 10), errorText(err)), " ")
}

func errorText(err error) string {
	if e, ok := errors.AsType[*progress.Error](err); ok {
		return string(e.Code) + " " + e.Say
	}
	return ""
}

// decided holds who decided a task's approval, and how.
func (o *office) decided(id string, s progress.ApprovalStatus, by progress.Person, via progress.Via) {
	o.t.Helper()
	if a := o.approval(id); a.Status != s || a.DecidedBy != by || a.Via != via {
		o.t.Errorf("%s is %s by %q via %q, want %s by %q via %q", id, a.Status, a.DecidedBy, a.Via, s, by, via)
	}
}

// events counts the milestones of a task of a kind.
func (o *office) events(id string, kind progress.Kind) int {
	o.t.Helper()
	var page struct {
		Events []struct{ Type progress.Kind }
	}
	r := o.visitor().ask("GET", "/api/tasks/"+id+"/events?limit=200", "", "Authorization: Bearer "+apitest.Admin).want(200)
	if err := json.Unmarshal([]byte(r.body), &page); err != nil {
		o.t.Fatal(err)
	}
	return len(slices.DeleteFunc(page.Events, func(e struct{ Type progress.Kind }) bool { return e.Type != kind }))
}
