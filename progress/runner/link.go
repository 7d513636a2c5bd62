package runner

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// link is what ties work here to its task there: reports go out, orders come in.
type link struct {
	*client.Reporter
	*orders
	o    *Options
	task progress.TaskID
	stop context.CancelFunc
	over sync.WaitGroup

	mu    sync.Mutex
	known chan struct{} // closed with the first answer: the server knows the task
	away  bool
	hurry func()          // told when the server goes away, while the link ends; nil before
	said  map[string]bool // refusals that the person was told of
}

// tie is what a link begins with.
type tie struct {
	task   progress.TaskID
	draft  *client.Draft // of a task that is still to be made
	worker string        // "" makes up a name
	lease  string
	fence  progress.Fence
}

// connect makes a link. The server need not be there.
func connect(ctx context.Context, o *Options, t tie) *link {
	l := &link{
		o: o, orders: newOrders(), task: t.task,
		known: make(chan struct{}), said: map[string]bool{},
	}
	l.fence = t.fence
	l.Reporter = o.Client.Reporter(client.ReporterOptions{
		Task: t.task, Draft: t.draft, Worker: t.worker, Lease: t.lease, Run: t.fence.Run, Attempt: t.fence.Attempt,
		Direct: l.direct, Trouble: l.trouble, Spool: o.Spool,
	})
	ctx, l.stop = context.WithCancel(ctx)
	l.over.Go(func() { l.listen(ctx) })
	return l
}

// begin goes on under a newer run or attempt.
func (l *link) begin(f progress.Fence) {
	l.orders.begin(f)
	l.Begin(f.Run, f.Attempt)
}

// direct hears every answer.
func (l *link) direct(a client.Answer) {
	l.mu.Lock()
	select {
	case <-l.known:
	default:
		close(l.known)
	}
	l.mu.Unlock()
	l.hear(a)
}

// trouble hears that the server is away, is back, or refuses something.
func (l *link) trouble(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, away := errors.AsType[*client.Away](err)
	switch {
	case err == nil && l.away:
		l.o.say("the server is back; what waited is being sent")
	case away && !l.away:
		l.o.say("%s%s; the work goes on, and reports wait", err, advice(err))
	case err != nil && !away && !l.said[err.Error()]:
		l.said[err.Error()] = true
		l.o.say("the server refuses a report: %s", err)
	}
	if away && !l.away && l.hurry != nil {
		l.hurry()
	}
	l.away = away
}

// advice is what to do about a token that is no longer good, "" for other trouble.
func advice(err error) string {
	if p, ok := errors.AsType[*client.Problem](err); ok && p.Status == http.StatusUnauthorized {
		return " (begin the next with a good HERALD_TOKEN: it sends what waits)"
	}
	return ""
}

// isAway reports whether the server could not be reached lately.
func (l *link) isAway() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.away
}

// settle waits until what was reported is answered, but not long, and not at all
// for a server that is away.
func (l *link) settle(ctx context.Context, most time.Duration) {
	if l.isAway() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_ = l.Flush(ctx) // what is not answered waits on
}

// patience is how long the end may wait for answers: one that has never come may
// never come.
func (l *link) patience() time.Duration {
	select {
	case <-l.known:
		return 5 * time.Second
	default:
		return 2 * time.Second
	}
}

// close sends what waits and ends the link. What could not be sent is kept for
// later, and the person told so.
func (l *link) close() {
	ctx, cancel := context.WithTimeout(context.Background(), l.patience())
	defer cancel()
	l.mu.Lock()
	l.hurry = func() { time.AfterFunc(l.o.Settle, cancel) }
	if l.away {
		l.hurry()
	}
	l.mu.Unlock()
	left, err := l.Close(ctx)
	l.stop()
	l.over.Wait()
	switch {
	case left > 0 && l.o.Spool != "" && err == nil:
		l.o.say("%d reports and lines of task %s could not be sent and are kept: the next herald run sends them, or now: herald sync", left, l.task)
	case left > 0:
		l.o.say("%d reports and lines of task %s could not be sent: %v", left, l.task, err)
	}
}

// listenAgain is how long after a socket has ended it is tried again; meanwhile
// the reporter's heartbeats ask.
const listenAgain = 2 * time.Second

// listen has the link ask what is wanted whenever the task's socket rings.
func (l *link) listen(ctx context.Context) {
	select {
	case <-l.known:
	case <-ctx.Done():
	}
	for ctx.Err() == nil && l.hearken(ctx) {
		l.Listening(false)
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
	l.Listening(false)
}

// hearken reads one socket until it ends. It reports whether there may be another.
func (l *link) hearken(ctx context.Context) bool {
	for f, err := range l.o.Client.Watch(ctx, client.Watch{Task: l.task, Worker: l.Worker()}) {
		_, away := errors.AsType[*client.Away](err)
		if err != nil && !away {
			return false
		}
		l.Listening(err == nil)
		if err == nil && rings(f.Type) {
			l.Beat()
		}
	}
	return true
}

// rings reports whether a frame may mean that people want something of the work.
func rings(frame string) bool {
	switch frame {
	case "snapshot", "control", "task_paused", "task_resumed", "task_cancelled", "task_failed", "task_restarted", "task_retried", "step_skipped", "approval_decided":
		return true
	}
	return false
}
