package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// world is an engine, a ledger and a notifier on one database, and far sides in
// memory.
type world struct {
	t        *testing.T
	db       *db.DB
	store    *store.Store
	engine   *engine.Engine
	ledger   *ledger.Ledger
	bell     *bus.Local
	far      map[string]*notifytest.Memory
	mu       sync.Mutex
	people   map[progress.Person]progress.Actor
	notifier *notify.Notifier
	stop     func()
}

var admin = progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}

// inWorld runs a test in virtual time, with the far sides given by the name of their
// channel.
func inWorld(t *testing.T, far map[string]*notifytest.Memory, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	file := dbtest.Migrated(t)
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, far: far, people: map[progress.Person]progress.Actor{"ann": admin}}
		d, err := db.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		w.db = d
		w.store, w.bell, w.ledger = store.New(d), bus.NewLocal(), ledger.New(d)
		w.engine = engine.New(w.store, engine.Options{Ring: w.bell.Ring, Log: quiet()})
		w.start()
		defer func() {
			w.halt()
			w.engine.Close()
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}()
		test(t, w)
	})
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// start runs a notifier.
func (w *world) start() {
	w.notifier = notify.New(w.options())
	w.stop = running(w.notifier)
	synctest.Wait()
}

// halt stops it.
func (w *world) halt() {
	if w.stop != nil {
		w.stop()
	}
	w.stop = nil
}

func (w *world) options() notify.Options {
	channels := map[string]notify.Channel{}
	for name, m := range w.far {
		channels[name] = m.Channel()
	}
	return notify.Options{
		Outbox: w.ledger, Post: w.ledger, Cards: w.ledger, Rolls: w.ledger, Agenda: w.ledger, Tasks: tasks{w.engine, w.store},
		Book: templates.New(templates.Options{}), Channels: channels, Log: quiet(),
		Eyes: func(_ context.Context, who progress.Person) (progress.Actor, bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			a, ok := w.people[who]
			return a, ok, nil
		},
		People: func(context.Context) (all []progress.Actor, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, a := range w.people {
				all = append(all, a)
			}
			return all, nil
		},
		Listen: func(f func(progress.Moved)) func() { return w.bell.Listen("", f) },
		Link:   func(id progress.TaskID) string { return "https://herald.test/tasks/" + string(id) },
	}
}

// tasks are those of an engine and its store.
type tasks struct {
	*engine.Engine
	events *store.Store
}

func (s tasks) Event(ctx context.Context, id progress.TaskID, seq int64) (progress.Event, bool, error) {
	return s.events.Event(ctx, id, seq)
}

// do gives a command, which has to be taken.
func (w *world) do(id progress.TaskID, c progress.Change) progress.Task {
	w.t.Helper()
	out, err := w.engine.Execute(w.t.Context(), progress.Command{Task: id, By: admin, Via: progress.ViaREST, Do: c})
	if err != nil {
		w.t.Fatalf("%T: %v", c, err)
	}
	return out.Task
}

// person sets what somebody may do; with no rights they are gone.
func (w *world) person(a progress.Actor) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people[a.Person] = a
	if a.Rights == 0 {
		delete(w.people, a.Person)
	}
}

// create makes a task of ann's with steps.
func (w *world) create(id progress.TaskID, steps ...string) {
	w.t.Helper()
	plan := make([]progress.Plan, len(steps))
	for i, s := range steps {
		plan[i].Name = s
	}
	w.do(id, progress.Create{Spec: progress.Spec{Title: "CRM", Owner: "ann"}, Steps: plan})
}

// address is a destination of a channel.
func address(channel, to string) notify.Address {
	return notify.Address{Channel: channel, To: to, Key: "sub_" + to}
}

// subscribe makes a subscription of ann's.
func (w *world) subscribe(channel, to string, set func(*notify.Subscription)) *notify.Subscription {
	w.t.Helper()
	s := notify.Subscription{ID: notify.SubscriptionID("sub_" + to), Owner: "ann", Address: address(channel, to), MadeAt: time.Now()}
	if set != nil {
		set(&s)
	}
	if err := w.ledger.Subscribe(w.t.Context(), s, notify.Keys{Holder: string(s.ID)}, 1000); err != nil {
		w.t.Fatal(err)
	}
	return &s
}

// kinds are those of the letters that arrived at an address, "progress" for pictures.
func kinds(m *notifytest.Memory, to notify.Address) []string {
	var out []string
	for _, a := range m.Arrived() {
		if a.To != to {
			continue
		}
		switch {
		case a.Message.Note != nil:
			out = append(out, string(a.Message.Note.Kind))
		case a.Message.Event != nil:
			out = append(out, string(a.Message.Event.Kind))
		default:
			out = append(out, "progress")
		}
	}
	return out
}

// letters are those of the ledger.
func (w *world) letters(q notify.LetterQuery) []notify.Letter {
	w.t.Helper()
	all, err := w.ledger.Letters(w.t.Context(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// settle lets everything happen that can happen within a time.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// same fails the test unless two values print the same.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

// running runs a notifier until stop is called.
func running(n *notify.Notifier) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); n.Run(ctx) }()
	return func() { cancel(); <-done }
}

// redrive has letters sent again that were not delivered.
func (w *world) redrive(q notify.LetterQuery) {
	w.t.Helper()
	n, lanes, err := w.ledger.Redrive(w.t.Context(), q, time.Now(), time.Hour)
	if err != nil || n == 0 {
		w.t.Fatal(n, err)
	}
	w.notifier.Poke(lanes)
}
