package bot

import (
	"context"
	"time"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// Tasks reads and changes tasks: *engine.Engine is one. Its errors are those of the
// engine: a progress.Error, or that of ctx.
type Tasks interface {
	// Task is a task as it is now, whoever may see it; NotFound if there is none.
	Task(ctx context.Context, id progress.TaskID) (progress.Task, error)

	// Execute gives a command, once for each key that it comes with.
	Execute(ctx context.Context, c progress.Command) (engine.Outcome, error)
}

// Index finds and counts tasks: *store.Index is one. It only knows what Query.Eyes may see.
type Index interface {
	Find(ctx context.Context, q store.Query) (tasks []progress.Task, next store.Cursor, err error)

	// Count tells how many tasks have each status, whatever the query's own.
	Count(ctx context.Context, q store.Query) (map[progress.Status]int, error)
}

// Past is what happened to tasks: *store.Store is one.
type Past interface {
	// Lines are a task's log lines, in their order.
	Lines(ctx context.Context, q store.Logs) ([]progress.LogLine, error)

	// Events are the milestones of a task after a seq, oldest first, at most limit.
	Events(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.Event, error)

	// Runs are runs that restarts have put away, oldest first, the newest limit of
	// those before a run, of all for 0.
	Runs(ctx context.Context, id progress.TaskID, before, limit int) ([]progress.Task, error)
}

// Store keeps what was said, over a restart: package bot/store. It may be called from
// any goroutine, and by several servers at once.
type Store interface {
	// Recall is what a place remembers; ok is false if it has nothing. However old it
	// is, it is the caller who says whether it still counts.
	Recall(ctx context.Context, p Place) (m Memory, ok bool, err error)

	// Remember replaces what a place remembers. It may be forgotten after a time.
	Remember(ctx context.Context, p Place, m Memory, until time.Time) error

	// KeepReason keeps a text under a key, of at most 100 bytes, until a time: the reason
	// that belongs to a ticket, or what a message was understood to ask for. It replaces
	// what was kept there.
	KeepReason(ctx context.Context, key, reason string, until time.Time) error

	// ReasonOf is the text that is kept under a key; "" if there is none, or its time is up.
	ReasonOf(ctx context.Context, key string) (string, error)
}

// Notices are what people are told of by themselves.
type Notices interface {
	// Follow ends what keeps a person from being told of a task, of all tasks for "", and
	// gives the names of the channels by which they are; none if nothing reaches them.
	Follow(ctx context.Context, who progress.Actor, task progress.TaskID) (by []string, err error)

	// Hush ends the messages about a task for a person, for so long, or for ever where that is
	// 0; for "" those about all tasks. It gives until when, zero for ever.
	Hush(ctx context.Context, who progress.Actor, task progress.TaskID, wait time.Duration) (until time.Time, err error)
}

// Parser understands messages: *intents.Parser is one.
type Parser interface {
	Parse(in intents.Input) intents.Reading
}

// Book says answers in words: *templates.Book is one.
type Book interface {
	Reply(a templates.Answer, r templates.Reader, now time.Time) templates.Reply
}
