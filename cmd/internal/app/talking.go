package app

import (
	"context"
	"slices"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// talking is what people on a chat platform talk with.
func (a host) talking(platform string, index *store.Index) chat.Options {
	return chat.Options{
		Bot: hearer{a.bot}, Accounts: a.accounts, Rooms: rooms{a.ledger, platform}, Book: a.book,
		Person: a.grouped, Reader: a.readerOf, Default: a.reader(), Say: a.notifier.Say,
		Running: running{index, a.subjectOf}.of, Elsewhere: chat.NewElsewhere(), Link: a.base(), Page: a.base() + "/accounts", Log: a.log,
	}
}

// hearer is the bot for who does not ask how it understood something.
type hearer struct{ bot *bot.Bot }

func (h hearer) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	reply, _, err := h.bot.Hear(ctx, t)
	return reply, err
}

// rooms are what the ledger knows of places on a platform.
type rooms struct {
	*ledger.Ledger
	platform string
}

// Shown are the tasks that were told of at addresses.
func (r rooms) Shown(ctx context.Context, to []notify.Address) ([]progress.TaskID, error) {
	lanes := make([]notify.LaneID, len(to))
	for i, a := range to {
		lanes[i] = a.Lane()
	}
	return r.Ledger.Shown(ctx, lanes)
}

// TaskAt is the task that a message there is about.
func (r rooms) TaskAt(ctx context.Context, far string) (progress.TaskID, bool, error) {
	return r.Ledger.TaskAt(ctx, r.platform, far)
}

// grouped is somebody with their rights, who beside their own groups is in others.
func (a host) grouped(ctx context.Context, who progress.Person, groups []string) (progress.Actor, bool, error) {
	actor, ok, err := a.access.Person(ctx, who)
	for _, g := range groups {
		if !slices.Contains(actor.Groups, g) {
			actor.Groups = append(slices.Clip(actor.Groups), g) // those of its own are shared
		}
	}
	return actor, ok, err
}

// spoke reports whether a task was spoken of in a thread.
func (a host) spoke(ctx context.Context, room, thread string) (bool, error) {
	_, ok, err := a.memory.Recall(ctx, bot.Place{Room: room, Thread: thread})
	return ok, err
}

// subjectOf is a task as layouts have it.
func (a host) subjectOf(t *progress.Task) templates.Subject {
	return templates.Subject{Task: t, ETA: a.outlook.ETA(t), Now: time.Now(), Link: a.linkTo(t.ID)}
}

// mostRunning is how many tasks a person is shown.
const mostRunning = 20

// running are the tasks that have not ended.
type running struct {
	index   *store.Index
	subject func(*progress.Task) templates.Subject
}

// of are those that somebody may see, those first that wait for a decision, and how many
// there are beyond them.
func (r running) of(ctx context.Context, who progress.Actor) (out []templates.Subject, more int, err error) {
	all := 0
	counts, err := r.index.Count(ctx, store.Query{Eyes: who})
	for _, s := range []progress.Status{progress.Waiting, progress.Running, progress.Paused, progress.Pending} {
		if all += counts[s]; err != nil || len(out) == mostRunning || counts[s] == 0 {
			continue
		}
		var page []progress.Task
		page, _, err = r.index.Find(ctx, store.Query{Eyes: who, Status: []progress.Status{s}, Limit: mostRunning - len(out)})
		for i := range page {
			out = append(out, r.subject(&page[i]))
		}
	}
	return out, max(all-len(out), 0), err // more may have begun since they were counted
}

// find are the newest tasks that somebody may see and whose titles have all words of a text, at
// most so many.
func (r running) find(ctx context.Context, who progress.Actor, text string, most int) (out []templates.Subject, err error) {
	page, _, err := r.index.Find(ctx, store.Query{Eyes: who, Title: text, Limit: most})
	for i := range page {
		out = append(out, r.subject(&page[i]))
	}
	return out, err
}
