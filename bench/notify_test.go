package bench

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email"
	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
	"github.com/taskherald/herald/templates/pushcard"
)

// wayOut is an engine with a notifier beside it.
type wayOut struct {
	*engine.Engine
	*ledger.Ledger
	store *store.Store
	bell  *bus.Local
}

func newWayOut(b *testing.B) *wayOut {
	b.Helper()
	d, err := db.Open(b.Context(), b.TempDir()+"/herald.db")
	if err != nil {
		b.Fatal(err)
	}
	r := &wayOut{store: store.New(d), bell: bus.NewLocal(), Ledger: ledger.New(d)}
	r.Engine = engine.New(r.store, engine.Options{Ring: r.bell.Ring})
	b.Cleanup(func() { r.Close(); _ = d.Close() })
	return r
}

// Event is a milestone.
func (r *wayOut) Event(ctx context.Context, id progress.TaskID, seq int64) (progress.Event, bool, error) {
	return r.store.Event(ctx, id, seq)
}

// notifierOn makes a notifier that tells through one channel.
func notifierOn(r *wayOut, name string, c notify.Channel) *notify.Notifier {
	return notify.New(notify.Options{
		Outbox: r.Ledger, Post: r.Ledger, Cards: r.Ledger, Rolls: r.Ledger, Agenda: r.Ledger, Tasks: r,
		Book: templates.New(templates.Options{}), Channels: map[string]notify.Channel{name: c},
		Eyes: func(context.Context, progress.Person) (progress.Actor, bool, error) {
			return progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}, true, nil
		},
		Listen: func(f func(progress.Moved)) func() { return r.bell.Listen("", f) }, Log: slog.New(slog.DiscardHandler),
	})
}

// run runs a notifier until the benchmark ends.
func run(b *testing.B, n *notify.Notifier) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); n.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-done })
}

// subscribe makes subscriptions of everything at so many addresses.
func (r *wayOut) subscribe(b *testing.B, url string, count int, about notify.Match) {
	b.Helper()
	for i := range count {
		id := fmt.Sprintf("sub_%d%s", i, about.Kind)
		s := notify.Subscription{
			ID: notify.SubscriptionID(id), Owner: "ann", Match: about, MadeAt: time.Now(),
			Address: notify.Address{Channel: webhook.Name, To: url, Key: id},
		}
		if err := r.Subscribe(b.Context(), s, notify.Keys{Holder: id, Current: webhook.NewSecret()}, 1<<30); err != nil {
			b.Fatal(err)
		}
	}
}

// teller is a channel that only counts.
type teller struct{ sent atomic.Int64 }

func (c *teller) Send(context.Context, notify.Address, notify.Message) (notify.Receipt, error) {
	c.sent.Add(1)
	return notify.Receipt{}, nil
}

// BenchmarkDispatch is b.N events that wait, each of which somebody at one address of
// ten wants to hear of, beside a thousand subscriptions that are about something else:
// until all are delivered.
func BenchmarkDispatch(b *testing.B) {
	r := newWayOut(b)
	r.subscribe(b, "https://example.com/", 10, notify.Match{})
	r.subscribe(b, "https://example.org/", 1000, notify.Match{Kind: "other"})
	const each = 100
	for i := range (b.N + each - 1) / each {
		c := progress.Command{Task: progress.TaskID(fmt.Sprint("t", i)), By: worker, Do: progress.Create{
			Spec: progress.Spec{Title: "bench", Kind: "bench"}, Steps: plans(each),
		}}
		if _, err := r.Execute(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		for n := 1; n < each && i*each+n < b.N; n++ {
			if _, err := r.Execute(b.Context(), progress.Command{Task: c.Task, By: worker, Do: progress.Report{
				Step: progress.StepRef{Order: n}, StepStatus: progress.StepRunning,
			}}); err != nil {
				b.Fatal(err)
			}
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := &teller{}
	begun := time.Now()
	b.ResetTimer()
	run(b, notifierOn(r, webhook.Name, c))
	for c.sent.Load() < int64(10*b.N) {
		time.Sleep(time.Millisecond)
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(c.sent.Load())/time.Since(begun).Seconds(), "letters/s")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(c.sent.Load()), "B/letter")
}

// BenchmarkEventToRequest is how long it takes on an idle server from a command that
// is sent until the request arrives that tells of it: at a webhook, as the mail's last
// line, or at a push service. It holds two transactions on disk.
func BenchmarkEventToRequest(b *testing.B) {
	for name, open := range map[string]func(*testing.B, *wayOut) farSide{"webhook": hookSide, "email": mailSide, "webpush": pushSide} {
		b.Run(name, func(b *testing.B) { eventToRequest(b, open) })
	}
}

// farSide is a destination, with the channel to it.
type farSide struct {
	channel notify.Channel
	to      notify.Address
	secret  string
	came    func(n int) time.Time // when the nth came, the first being 1; it waits for that
}

func eventToRequest(b *testing.B, open func(*testing.B, *wayOut) farSide) {
	b.Helper()
	r := newWayOut(b)
	far := open(b, r)
	s := notify.Subscription{ID: "sub_far", Owner: "ann", MadeAt: time.Now(), Address: far.to}
	if err := r.Subscribe(b.Context(), s, notify.Keys{Holder: string(s.ID), Current: far.secret}, 1); err != nil {
		b.Fatal(err)
	}
	run(b, notifierOn(r, far.to.Channel, far.channel))
	var took, commit []time.Duration
	for i := range b.N {
		time.Sleep(20 * time.Millisecond) // idle
		begun := time.Now()
		if _, err := r.Execute(b.Context(), progress.Command{Task: progress.TaskID(fmt.Sprint("t", i)), By: worker, Do: progress.Create{
			Spec: progress.Spec{Title: "bench"},
		}}); err != nil {
			b.Fatal(err)
		}
		commit = append(commit, time.Since(begun))
		took = append(took, far.came(i+1).Sub(begun))
	}
	b.ReportMetric(ms(took, .5), "p50-ms")
	b.ReportMetric(ms(took, .99), "p99-ms")
	b.ReportMetric(ms(commit, .5), "commit-p50-ms")
	b.ReportMetric(ms(commit, .99), "commit-p99-ms")
}

// keys are those that the ledger keeps.
func (r *wayOut) keys(ctx context.Context, holder string) (notify.Keys, error) {
	k, _, err := r.Keys(ctx, holder)
	return k, err
}

// here is a guard that lets this machine be called.
func here(b *testing.B) *guard.Guard {
	b.Helper()
	g, err := guard.New([]string{"127.0.0.1"})
	if err != nil {
		b.Fatal(err)
	}
	return g
}

func hookSide(b *testing.B, r *wayOut) farSide {
	b.Helper()
	came := make(chan time.Time, 1)
	far := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- time.Now() }))
	b.Cleanup(far.Close)
	return farSide{
		webhook.New(webhook.Options{Guard: here(b), Keys: r.keys}), notify.Address{Channel: webhook.Name, To: far.URL, Key: "sub_far"},
		webhook.NewSecret(), func(int) time.Time { return <-came },
	}
}

func mailSide(b *testing.B, _ *wayOut) farSide {
	b.Helper()
	far := smtpfake.New(b, smtpfake.Options{})
	c := email.New(email.Options{
		Server: far.Addr(), TLS: "off", From: mail.Address{Address: "herald@example.com"}, Mails: mailcard.New(templates.New(templates.Options{})),
		Invite:  func(*notify.Message, progress.Via) *notify.Invite { return nil },
		Leave:   func(*notify.Message, string) string { return "" },
		Confirm: func(notify.SubscriptionID, string, time.Time) string { return "" },
	})
	b.Cleanup(c.Close)
	return farSide{c, notify.Address{Channel: email.Name, To: "ann@example.com"}, "", func(n int) time.Time {
		mails, err := far.Await(b.Context(), n)
		if err != nil {
			b.Fatal(err)
		}
		return mails[n-1].At
	}}
}

func pushSide(b *testing.B, r *wayOut) farSide {
	b.Helper()
	service := pushfake.New(b)
	roots := x509.NewCertPool()
	roots.AddCert(service.Certificate())
	own := notify.Keys{Holder: notify.HeldForPush, Current: webpush.NewKey()}
	c := webpush.New(webpush.Options{
		Guard: here(b).Trust(roots), Keys: r.keys, VAPID: func(context.Context) (notify.Keys, error) { return own, nil },
		Contact: func() string { return "ops@example.com" }, Cards: pushcard.New(templates.New(templates.Options{})),
		Invite: func(*notify.Message, progress.Via) *notify.Invite { return nil },
	})
	b.Cleanup(c.Close)
	public, err := c.Public(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	point, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		b.Fatal(err)
	}
	device := service.Subscribe(b, point)
	its := device.Subscription()
	secret, err := c.Pack(b.Context(), its.Keys.P256dh, its.Keys.Auth, "")
	if err != nil {
		b.Fatal(err)
	}
	return farSide{c, notify.Address{Channel: webpush.Name, To: its.Endpoint, Key: "sub_far"}, secret, func(n int) time.Time {
		got, err := device.Await(b.Context(), n)
		if err != nil {
			b.Fatal(err)
		}
		return got[n-1].At
	}}
}

func ms(all []time.Duration, quantile float64) float64 {
	slices.Sort(all)
	return float64(all[int(quantile*float64(len(all)-1))].Microseconds()) / 1000
}
