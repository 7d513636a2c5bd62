package bench

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
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
func notifierOn(r *wayOut, c notify.Channel) *notify.Notifier {
	return notify.New(notify.Options{
		Outbox: r.Ledger, Post: r.Ledger, Cards: r.Ledger, Rolls: r.Ledger, Tasks: r,
		Book: templates.New(templates.Options{}), Channels: map[string]notify.Channel{webhook.Name: c},
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
	run(b, notifierOn(r, c))
	for c.sent.Load() < int64(10*b.N) {
		time.Sleep(time.Millisecond)
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(c.sent.Load())/time.Since(begun).Seconds(), "letters/s")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(c.sent.Load()), "B/letter")
}

// BenchmarkEventToRequest is how long it takes on an idle server from a command that
// is sent until the request of its webhook arrives; it holds two transactions on disk.
func BenchmarkEventToRequest(b *testing.B) {
	r := newWayOut(b)
	came := make(chan time.Time, 1)
	far := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- time.Now() }))
	defer far.Close()
	g, err := guard.New([]string{"127.0.0.1"})
	if err != nil {
		b.Fatal(err)
	}
	r.subscribe(b, far.URL, 1, notify.Match{})
	run(b, notifierOn(r, webhook.New(webhook.Options{Guard: g, Keys: func(ctx context.Context, holder string) (notify.Keys, error) {
		k, _, err := r.Keys(ctx, holder)
		return k, err
	}})))
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
		took = append(took, (<-came).Sub(begun))
	}
	b.ReportMetric(ms(took, .5), "p50-ms")
	b.ReportMetric(ms(took, .99), "p99-ms")
	b.ReportMetric(ms(commit, .5), "commit-p50-ms")
	b.ReportMetric(ms(commit, .99), "commit-p99-ms")
}

func ms(all []time.Duration, quantile float64) float64 {
	slices.Sort(all)
	return float64(all[int(quantile*float64(len(all)-1))].Microseconds()) / 1000
}
