package slack_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// road is a whole road out: tasks, who is told of them, and Slack at its end.
type road struct {
	*office
	t        *testing.T
	store    *store.Store
	engine   *engine.Engine
	ledger   *ledger.Ledger
	bell     *bus.Local
	rules    []notify.Rule
	notifier *notify.Notifier
	stop     func()
}

// onRoad runs a test in virtual time.
func onRoad(t *testing.T, o slackfake.Options, rules []notify.Rule, test func(t *testing.T, r *road)) {
	t.Helper()
	t.Parallel()
	file := filepath.Join(t.TempDir(), "herald.db")
	synctest.Test(t, func(t *testing.T) {
		d, err := db.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		r := &road{office: inside(t, o), t: t, store: store.New(d), ledger: ledger.New(d), bell: bus.NewLocal(), rules: notify.Named(rules)}
		r.engine = engine.New(r.store, engine.Options{Ring: r.bell.Ring, Log: slog.New(slog.DiscardHandler)})
		r.start()
		defer func() {
			r.stop()
			r.engine.Close()
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			r.Close()
		}()
		test(t, r)
	})
}

// roadTasks are the tasks of a road.
type roadTasks struct {
	*engine.Engine
	events *store.Store
}

func (s roadTasks) Event(ctx context.Context, id progress.TaskID, seq int64) (progress.Event, bool, error) {
	return s.events.Event(ctx, id, seq)
}

// start begins to tell.
func (r *road) start() {
	r.notifier = notify.New(notify.Options{
		Outbox: r.ledger, Post: r.ledger, Cards: r.ledger, Rolls: r.ledger, Agenda: r.ledger, Tasks: roadTasks{r.engine, r.store},
		Book: book(), Channels: map[string]notify.Channel{slack.Name: r.Channel}, Rules: r.rules, Log: slog.New(slog.DiscardHandler),
		Eyes:   func(context.Context, progress.Person) (a progress.Actor, ok bool, err error) { return a, false, nil },
		Listen: func(f func(progress.Moved)) func() { return r.bell.Listen("", f) },
		Link:   func(id progress.TaskID) string { return "https://herald.test/tasks/" + string(id) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.notifier.Run(ctx) }()
	r.stop = func() { cancel(); <-done }
	synctest.Wait()
}

// does gives a command that has to be taken.
func (r *road) does(id progress.TaskID, c progress.Change) {
	r.t.Helper()
	boss := progress.Actor{Person: "boss", Rights: progress.MayAdmin, All: true}
	if _, err := r.engine.Execute(r.t.Context(), progress.Command{Task: id, By: boss, Via: progress.ViaREST, Do: c}); err != nil {
		r.t.Fatalf("%s: %T: %v", id, c, err)
	}
}

// root is what Slack calls the card of a task in a room, "" while there is none.
func (r *road) root(room string, id progress.TaskID) string {
	r.t.Helper()
	far, err := r.ledger.Root(r.t.Context(), at(room).Lane(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return far
}

// at is a message by what Slack calls it; ok is false if it is not there.
func (r *road) at(far string) (m slackfake.Message, ok bool) {
	in, ts, ok := strings.Cut(far, "/")
	if !ok {
		return m, false
	}
	return r.Slack.Channel(in).Message(ts)
}

// pass lets everything happen that can happen within a time.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
