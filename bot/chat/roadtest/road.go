package roadtest

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// Far is a platform at the end of the road.
type Far struct {
	Channel notify.Channel
	Name    string // of the channel
	Close   func() // ends what still runs; nil for nothing

	// Shows is what people read in a message, by what the platform calls it; ok is false if it is
	// not there.
	Shows func(far string) (text string, ok bool)
}

// Road is a whole road out: tasks, who is told of them, and a platform at its end.
type Road struct {
	Engine *engine.Engine
	Ledger *ledger.Ledger
	Store  *store.Store
	DB     *db.DB
	Book   *templates.Book
	Far    Far

	t     *testing.T
	bell  *bus.Local
	rules []notify.Rule
	stop  func()

	// Notifier tells, until Stop; each Start makes another one.
	Notifier *notify.Notifier
}

// On runs a test in virtual time: open opens the platform, first of all.
func On(t *testing.T, rules []notify.Rule, open func(t testing.TB) Far, test func(t *testing.T, r *Road)) {
	t.Helper()
	t.Parallel()
	file, book := filepath.Join(t.TempDir(), "herald.db"), templates.New(templates.Options{})
	synctest.Test(t, func(t *testing.T) {
		r := &Road{Far: open(t), Book: book, t: t, bell: bus.NewLocal(), rules: notify.Named(rules)}
		var err error
		if r.DB, err = db.Open(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		r.Store, r.Ledger = store.New(r.DB), ledger.New(r.DB)
		r.Engine = engine.New(r.Store, engine.Options{Ring: r.bell.Ring, Log: slog.New(slog.DiscardHandler)})
		r.Start()
		defer func() {
			r.Stop()
			r.Engine.Close()
			if err := r.DB.Close(); err != nil {
				t.Error(err)
			}
			if r.Far.Close != nil {
				r.Far.Close()
			}
		}()
		test(t, r)
	})
}

// tasks are those of a road.
type tasks struct {
	*engine.Engine
	events *store.Store
}

func (s tasks) Event(ctx context.Context, id progress.TaskID, seq int64) (progress.Event, bool, error) {
	return s.events.Event(ctx, id, seq)
}

// Start begins to tell.
func (r *Road) Start() {
	r.Notifier = notify.New(notify.Options{
		Outbox: r.Ledger, Post: r.Ledger, Cards: r.Ledger, Rolls: r.Ledger, Agenda: r.Ledger, Tasks: tasks{r.Engine, r.Store},
		Book: r.Book, Channels: map[string]notify.Channel{r.Far.Name: r.Far.Channel}, Rules: r.rules, Log: slog.New(slog.DiscardHandler),
		Eyes:   func(context.Context, progress.Person) (a progress.Actor, ok bool, err error) { return a, false, nil },
		Listen: func(f func(progress.Moved)) func() { return r.bell.Listen("", f) },
		Link:   Link,
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	n := r.Notifier
	go func() { defer close(done); n.Run(ctx) }()
	r.stop = func() { cancel(); <-done }
	synctest.Wait()
}

// Stop ends that, as the end of the process does.
func (r *Road) Stop() { r.stop() }

// Link is the page of a task.
func Link(id progress.TaskID) string { return "https://herald.test/tasks/" + string(id) }

// Does gives a command that has to be taken.
func (r *Road) Does(id progress.TaskID, c progress.Change) {
	r.t.Helper()
	boss := progress.Actor{Person: "boss", Rights: progress.MayAdmin, All: true}
	if _, err := r.Engine.Execute(r.t.Context(), progress.Command{Task: id, By: boss, Via: progress.ViaREST, Do: c}); err != nil {
		r.t.Fatalf("%s: %T: %v", id, c, err)
	}
}

// Root is what the platform calls the card of a task in a room, "" while there is none.
func (r *Road) Root(room string, id progress.TaskID) string {
	r.t.Helper()
	far, err := r.Ledger.Root(r.t.Context(), notify.Address{Channel: r.Far.Name, To: room}.Lane(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return far
}

// Pass lets everything happen that can happen within a time.
func Pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
