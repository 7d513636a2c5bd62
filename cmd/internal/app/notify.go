package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
	noticeapi "github.com/taskherald/herald/notify/api"
	"github.com/taskherald/herald/notify/email"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
)

// road is the road out: who is told of what, and the channels to them.
type road struct {
	rules    []notify.Rule
	ledger   *ledger.Ledger
	guard    *guard.Guard
	book     *templates.Book
	sealer   *ticket.Sealer
	hooks    *webhook.Channel
	push     *webpush.Channel
	mails    *email.Channel // nil where no mail is sent
	slack    slackSide
	discord  discordSide
	notifier *notify.Notifier
}

// pave builds the road out.
func (a paver) pave(ctx context.Context, watch *meter.Meter) (err error) {
	a.ledger = ledger.New(a.db)
	if a.guard, err = guard.New(a.config.AllowTargets); err != nil {
		return err
	}
	a.book = bookIn(a.config.Templates, a.log)
	channels, err := a.channels(ctx)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(channels))
	o := notify.Options{
		Outbox: a.ledger, Post: a.ledger, Cards: a.ledger, Rolls: a.ledger, Agenda: a.ledger, Old: a.ledger, Keep: a.config.KeepDeliveries,
		Tasks: told{a.engine, a.store}, Book: a.book, Channels: channels, Eyes: a.access.Person, ETA: a.outlook.ETA,
		Listen: func(f func(progress.Moved)) func() { return a.bell.Listen("", f) },
		Link:   a.linkTo,
		People: a.people, Rules: a.rules, Remind: a.config.RemindAfter,
		Reader: a.reader(), Watch: watch, Log: a.log, Held: a.hold,
	}
	if !a.db.SingleWriter() {
		o.Leases, o.Node = a.ledger, rand.Text()
	}
	a.notifier = notify.New(o)
	return watch.WatchLetters(letters(a.ledger, names))
}

// reader is how people read who have not said it.
func (a paver) reader() templates.Reader {
	return templates.Reader{Lang: a.config.Language, Zone: a.config.TimeZone}
}

// people are everyone who can be told, in the open mode also who calls without a credential.
func (a paver) people(ctx context.Context) ([]progress.Actor, error) {
	all, err := a.access.Everyone(ctx)
	if local, open := a.access.Open(); open {
		all = append(all, local.Actor)
	}
	return all, err
}

// linkTo is the page of a task, of none that of what one is told.
func (a paver) linkTo(id progress.TaskID) string {
	if id == "" {
		return a.base() + "/notifications"
	}
	return a.base() + "/tasks/" + url.PathEscape(string(id))
}

// notice says in words what an event of a task was, for those who have a page open.
func (a paver) notice(t *progress.Task, e *progress.Event) *live.Notice {
	n := a.book.Notice(templates.Subject{Task: t, ETA: a.outlook.ETA(t), Now: time.Now(), Link: a.linkTo(t.ID)}, e, a.reader())
	return &live.Notice{
		Kind: e.Kind, Class: string(notify.ClassOf(e.Kind)), Title: n.Title, Text: n.Text, About: n.About, Details: n.Details,
		Link: n.Link, Tag: webpush.Tag(string(t.ID)),
	}
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

// do gives a command, and returns the task after it.
func (a paver) do(ctx context.Context, c progress.Command) (progress.Task, error) {
	out, err := a.engine.Execute(ctx, c)
	return out.Task, err
}

// guests are the parts of the API that the roads out and in have.
func (a paver) guests() []kit.Guest {
	in := host{a}
	return append(append(in.slackGuests(), in.discordGuests()...), in.chats(), noticeapi.New(noticeapi.Options{
		Ledger: a.ledger, Guard: a.guard, Task: a.engine.Task, Secret: webhook.NewSecret, Poke: a.notifier.Poke,
		Sealer: a.sealer, Person: a.access.Person, Do: a.do, URL: a.base, Email: a.mails != nil, Over: a.config.Email.LongTask, Push: a.push,
		Channels: Channels(a.config), Language: a.config.Language, Zone: a.config.TimeZone.String(), Events: a.store.Events, Preview: a.notifier.Preview,
	}))
}

// close lets go of the channels' connections.
func (r *road) close() {
	if r.hooks != nil {
		r.hooks.Close()
	}
	if r.push != nil {
		r.push.Close()
	}
	r.slack.close()
	r.discord.close()
	if r.mails != nil {
		r.mails.Close()
	}
}
