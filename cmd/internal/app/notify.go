package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net/url"
	"slices"

	"github.com/taskherald/herald/notify"
	noticeapi "github.com/taskherald/herald/notify/api"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// road is the road out: who is told of what, and the channels to them.
type road struct {
	ledger   *ledger.Ledger
	guard    *guard.Guard
	hooks    *webhook.Channel
	notifier *notify.Notifier
}

// pave builds the road out. A new channel is a line here.
func (a *App) pave(watch *meter.Meter) (err error) {
	a.ledger = ledger.New(a.db)
	if a.guard, err = guard.New(a.config.AllowTargets); err != nil {
		return err
	}
	a.hooks = webhook.New(webhook.Options{Guard: a.guard, Keys: a.signs, Source: a.base(), UserAgent: "Herald/" + Version()})
	channels := map[string]notify.Channel{webhook.Name: a.hooks}
	o := notify.Options{
		Outbox: a.ledger, Post: a.ledger, Cards: a.ledger, Rolls: a.ledger, Old: a.ledger, Keep: a.config.KeepDeliveries,
		Tasks: told{a.engine, a.store}, Book: bookIn(a.config.Templates, a.log), Channels: channels, Eyes: a.access.Person, ETA: a.outlook.ETA,
		Listen: func(f func(progress.Moved)) func() { return a.bell.Listen("", f) },
		Link:   func(id progress.TaskID) string { return a.base() + "/tasks/" + url.PathEscape(string(id)) },
		Reader: templates.Reader{Lang: a.config.Language, Zone: a.config.TimeZone}, Watch: watch, Log: a.log,
	}
	if !a.db.SingleWriter() {
		o.Leases, o.Node = a.ledger, rand.Text()
	}
	a.notifier = notify.New(o)
	return watch.WatchLetters(letters(a.ledger, slices.Sorted(maps.Keys(channels))))
}

// letters is what the metrics tell of them: no class but those that letters have.
func letters(l *ledger.Ledger, channels []string) meter.Letters {
	m := meter.Letters{Channels: channels, States: []string{string(notify.Sent), string(notify.Dead), string(notify.Dropped)}}
	for _, c := range notify.Classes() {
		if c != notify.ClassProgress {
			m.Classes = append(m.Classes, string(c))
		}
	}
	m.Waiting = func(ctx context.Context) (map[string]int, error) {
		counts, err := l.Backlog(ctx)
		out := make(map[string]int, len(counts))
		for c, n := range counts {
			out[string(c)] = n
		}
		return out, err
	}
	return m
}

// told are the tasks that somebody is told of.
type told struct {
	*engine.Engine
	events *store.Store
}

// Event is a milestone; ok is false if it is not kept any more.
func (t told) Event(ctx context.Context, id progress.TaskID, seq int64) (e progress.Event, ok bool, err error) {
	return t.events.Event(ctx, id, seq)
}

// bookIn opens the book. What is wrong in the folder of the operator's own words is
// logged: Herald's stand in for them.
func bookIn(folder string, log *slog.Logger) *templates.Book {
	return templates.New(templates.Options{Folder: folder, Trouble: func(file string, err error) {
		log.Warn("words or a layout of your own cannot be used; Herald's stand in", "file", file, "error", err)
	}})
}

// signs are the keys that sign for a holder. A person's are made when they are first
// needed.
func (r *road) signs(ctx context.Context, holder string) (notify.Keys, error) {
	k, ok, err := r.ledger.Keys(ctx, holder)
	switch {
	case err != nil || ok:
		return k, err
	case notify.HeldByPerson(holder):
		return r.ledger.EnsureKeys(ctx, notify.Keys{Holder: holder, Current: webhook.NewSecret()})
	}
	return k, &progress.Error{Code: progress.NotFound, Say: "nobody signs for " + holder}
}

// guests are the parts of the API that the road out has.
func (a *App) guests() []kit.Guest {
	return []kit.Guest{noticeapi.New(noticeapi.Options{
		Ledger: a.ledger, Guard: a.guard, Task: a.engine.Task, Secret: webhook.NewSecret, Poke: a.notifier.Poke,
	})}
}
