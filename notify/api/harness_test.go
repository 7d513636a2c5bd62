package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/ticket"
)

// world is a server that hosts the guest.
type world struct {
	*apitest.Server
	t      *testing.T
	ledger *ledger.Ledger
	keys   *pushKeyring

	mu      sync.Mutex
	made    int            // secrets
	poked   []notify.Lane  // since the last look
	answers map[string]int // good ones by operation
	now     time.Time
}

func serve(t *testing.T, more ...func(*Options)) *world {
	t.Helper()
	sealer, err := ticket.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, answers: map[string]int{}, now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	w.Server = apitest.Hosted(t, func(d *db.DB, o *api.Options) func() {
		w.ledger = ledger.New(d)
		w.keys = &pushKeyring{ledger: w.ledger}
		options := Options{
			Ledger: w.ledger, Guard: noLocal{}, Task: o.Engine.Task, Secret: w.secret, Poke: w.poke, Now: w.time,
			Email: true, Over: 10 * time.Minute, Push: w.keys, Sealer: sealer, Person: o.Access.Person,
			Channels: []string{notify.Email, notify.Webhook, notify.WebPush}, Language: "en", Zone: "UTC", Events: o.Store.Events, Preview: nobody,
		}
		for _, change := range more {
			change(&options)
		}
		o.Guests = []kit.Guest{New(options)}
		return nil
	})
	return w
}

// nobody is told of anything.
func nobody(context.Context, *progress.Task, *progress.Event, time.Time) (notify.Trace, *notify.Chain, error) {
	return notify.Trace{}, nil, nil
}

// noLocal is a guard that takes every https URL but one, and by plain http one host.
type noLocal struct{}

func (noLocal) CheckURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Host != "hooks.internal" || u.Host == "localhost" {
		return nil, kit.Invalid("url", "must lead to where the public is")
	}
	return u, nil
}

// pushKeyring is a channel to browsers that keeps its private keys as the real one does,
// and takes any others.
type pushKeyring struct {
	ledger *ledger.Ledger
	made   atomic.Int64
}

func (k *pushKeyring) Public(ctx context.Context) (string, error) {
	keys, ok, err := k.ledger.Keys(ctx, notify.HeldForPush)
	if !ok && err == nil {
		keys, err = k.ledger.EnsureKeys(ctx, notify.Keys{Holder: notify.HeldForPush, Current: k.Fresh()})
	}
	return "public-" + keys.Current, err
}

func (k *pushKeyring) Pack(ctx context.Context, p256dh, auth, key string) (string, error) {
	for field, text := range map[string]string{"keys.p256dh": p256dh, "keys.auth": auth, "key": key} {
		if text == "bad" {
			return "", kit.Invalid(field, "is no key")
		}
	}
	return p256dh + "." + auth + "." + key, ctx.Err()
}

func (k *pushKeyring) Fresh() string { return fmt.Sprint("private", k.made.Add(1)) }

func (w *world) secret() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	return "whsec_" + strconv.Itoa(w.made)
}

func (w *world) poke(lanes []notify.Lane) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.poked = append(w.poked, lanes...)
}

// pokes are the addresses of the lanes that were poked since the last look.
func (w *world) pokes() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, l := range w.poked {
		out = append(out, l.Address.To)
	}
	w.poked = nil
	return strings.Join(out, " ")
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) contract() *contract.Contract {
	w.t.Helper()
	return contract.Of(w.t, w.URL)
}

// reply is an answer.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// do makes a request, without a token if that is "", and holds the exchange to the
// document.
func (w *world) do(token, method, path, body string) reply {
	w.t.Helper()
	return w.keyed("", token, method, path, body)
}

// keyed is do under an idempotency key, unless that is "".
func (w *world) keyed(key, token, method, path, body string) reply {
	w.t.Helper()
	req, err := http.NewRequest(method, w.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	k := w.contract()
	if err := k.Check(contract.Exchange{Req: req, Sent: []byte(body), Res: res, Got: got}); err != nil {
		w.t.Fatalf("%s %s\n%s\nwas answered with %s\n%s\nwhich is not as the document has it: %v", method, path, body, res.Status, got, err)
	}
	if route, _, err := k.Router.FindRoute(req); err == nil && res.StatusCode < http.StatusBadRequest {
		w.mu.Lock()
		w.answers[route.Operation.OperationID]++
		w.mu.Unlock()
	}
	return reply{w.t, res.StatusCode, res.Header, got}
}

func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d:\n%s", r.status, status, r.body)
	}
	return r
}

// at is a value by its path, such as "webhooks.0.id", as text; "" if there is none.
func (r reply) at(path string) string {
	r.t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(in) {
				return ""
			}
			v = in[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// is holds values, given as path and value in turn.
func (r reply) is(pairs ...string) reply {
	r.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := r.at(pairs[i]); got != pairs[i+1] {
			r.t.Errorf("%s is %q, want %q, in\n%s", pairs[i], got, pairs[i+1], r.body)
		}
	}
	return r
}

// refused holds a refusal of a field.
func (r reply) refused(status int, field string) {
	r.t.Helper()
	r.want(status)
	if got := r.at("errors.0.field"); got != field {
		r.t.Errorf("the field is %q, want %q, in\n%s", got, field, r.body)
	}
}

// hook makes a webhook and gives its id.
func (w *world) hook(token, body string) string {
	w.t.Helper()
	return w.do(token, "POST", "/api/webhooks", body).want(201).at("id")
}

// told makes a subscription of a mail address and gives its id.
func (w *world) told(token, body string) string {
	w.t.Helper()
	return w.do(token, "POST", "/api/subscriptions", body).want(201).at("id")
}

// confirm does what the button of a confirmation's page does.
func (w *world) confirm(id string) {
	w.t.Helper()
	if _, err := w.ledger.Change(w.t.Context(), notify.SubscriptionID(id), func(s *notify.Subscription) error {
		s.Off, s.OffAt = "", time.Time{}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

// letters writes letters of a webhook about the task t, in a state, one a minute.
func (w *world) letters(id string, n int, state notify.State) (ids []string) {
	w.t.Helper()
	ctx := context.Background()
	sub, err := w.ledger.Subscription(ctx, notify.SubscriptionID(id))
	if err != nil {
		w.t.Fatal(err)
	}
	lane := notify.Lane{ID: sub.Address.Lane(), Address: sub.Address}
	for i := range n {
		w.pass(time.Minute)
		seq := int64(i + 1)
		l := notify.Letter{
			ID: notify.LetterIDOf(sub.ID, "t", seq), Lane: lane.ID, Sub: sub.ID, Person: sub.Owner, Task: "t", Seq: seq, Kind: progress.TaskFailed,
			Class: notify.ClassEnd, State: notify.Due, MadeAt: w.time(), DueAt: w.time(), ExpiresAt: w.time().Add(time.Hour),
		}
		if err := w.ledger.Routed(ctx, notify.Routed{Lanes: []notify.Lane{lane}, Letters: []notify.Letter{l}}); err != nil {
			w.t.Fatal(err)
		}
		if state != notify.Due {
			l.State, l.SettledAt, l.Tries, l.Why = state, w.time(), 3, "example.com answers 503"
			if err := w.ledger.Settle(ctx, []notify.Letter{l}); err != nil {
				w.t.Fatal(err)
			}
		}
		ids = append(ids, string(l.ID))
	}
	return ids
}
