package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/taskherald/herald/progress"
)

// Bell says that something moved. Listen calls f for one task, or with the id
// "" for every task, until stop is called. It may ring too often.
type Bell interface {
	Listen(id progress.TaskID, f func(progress.Moved)) (stop func())
}

// Options are what a hub needs. All funcs are called from many goroutines.
type Options struct {
	Bell Bell

	// Task is a task as it is now; the error of one that does not exist has the
	// code NotFound.
	Task func(ctx context.Context, id progress.TaskID) (progress.Task, error)

	// Live is every task that has not ended.
	Live func(ctx context.Context) ([]progress.Task, error)

	// Events are the milestones of a task after a seq, oldest first, at most limit.
	Events func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.Event, error)

	// Lines are the log lines of a task after a number, oldest first, at most limit.
	Lines func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.LogLine, error)

	// ETA is how long a task still takes, nil if nobody can tell, or it has ended;
	// without it only what workers say themselves is shown. It must be fast.
	ETA func(*progress.Task) *progress.ETA

	// Notice says in words for people what an event of a task was, as the task is now;
	// nil if there is nothing to say. Concerns reports whether somebody is told of it.
	// Without both nobody is. They must be fast.
	Notice   func(now *progress.Task, e *progress.Event) *Notice
	Concerns func(now *progress.Task, e *progress.Event, a progress.Actor) bool

	Log *slog.Logger // nil means slog.Default

	// A reader is closed with 1013 when more than Frames frames (0 means 1,024)
	// or Bytes bytes of them (0 means 4 MiB) wait for it. Progress frames, of
	// which a few may wait, and what it is sent at its start do not count.
	Frames int
	Bytes  int
}

func (o Options) orDefaults() Options {
	if o.ETA == nil {
		o.ETA = progress.ClaimedETA
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Frames == 0 {
		o.Frames = 1024
	}
	if o.Bytes == 0 {
		o.Bytes = 4 << 20
	}
	return o
}

// The times of a connection. A dead peer is dropped at the latest deadAfter
// after it was last heard of, and a peer that does not read writeWait after a
// write began to wait.
const (
	pingEvery  = 20 * time.Second
	deadAfter  = 50 * time.Second
	writeWait  = 10 * time.Second
	closeWait  = 3 * time.Second // for the answer to a close frame
	partWait   = 7 * time.Second // for each part of a round of the pulse
	patience   = 5 * time.Second // the longest pause before a failed load is tried again
	pageSize   = 500             // events or log lines a read
	replayers  = 8               // replays at a time, in a hub
	mostInTick = 100             // steps in a progress frame
	mostTicks  = 8               // progress frames of its one task that wait for a reader
)
