package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Options are the settings of an engine. The zero value is that of a server
// that sets none.
type Options struct {
	Limits progress.Limits              // the zero value means DefaultLimits
	Keep   Retention                    // the zero value means DefaultRetention
	Hot    int                          // tasks and steps kept in memory together; 0 means 50,000
	Ring   func(moved []progress.Moved) // called after a commit; must not block
	Ended  func(runs []store.Past)      // called after a commit in which runs ended; must not block
	Watch  Watcher                      // hears of every command and commit; nil for nobody
	Log    *slog.Logger                 // nil means slog.Default

	// StallAfter is for how long nothing may be heard of the worker of a running
	// task that has no time of its own; 0 means 10 minutes, less than 0 for ever.
	StallAfter time.Duration

	// Late is how long a step of that name takes in 19 of 20 cases in that kind of
	// task, 0 if unknown; nil knows none. For a step that begins it is called in the
	// midst of a commit, and must not block.
	Late func(kind, step string) time.Duration

	// Prove writes a little to the database, to see whether it takes it; nil
	// hopes for the best. See Writable.
	Prove func(ctx context.Context) error
}

// Engine changes tasks. Its methods may be called from any goroutine.
type Engine struct {
	*committer
	reader  reader
	purger  purger
	keep    Retention
	up      time.Time // since when workers can be heard
	queue   chan *op
	lead    chan struct{} // holds the token of who commits
	pace    pace          // belongs to whoever holds the token
	closing sync.RWMutex  // held for reading by everyone who waits
	closed  bool
}

// The sizes of the queue and of one transaction, in commands.
const (
	queueSize = 4096
	batchSize = 512
)

// New makes an engine on a store. It runs no goroutine of its own: of those
// that wait for a commit, one does it for all.
func New(s *store.Store, o Options) *Engine { return build(s, s, s, o) }

// build is New on the store's parts, each of which a test may replace.
func build(w writer, r reader, p purger, o Options) *Engine {
	if o.Limits == (progress.Limits{}) {
		o.Limits = progress.DefaultLimits()
	}
	if o.Keep == (Retention{}) {
		o.Keep = DefaultRetention()
	}
	if o.Hot == 0 {
		o.Hot = 50_000
	}
	if o.Ring == nil {
		o.Ring = func([]progress.Moved) {}
	}
	if o.Ended == nil {
		o.Ended = func([]store.Past) {}
	}
	if o.Watch == nil {
		o.Watch = nobody{}
	}
	if o.Prove == nil {
		o.Prove = func(context.Context) error { return nil }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &committer{
		writer: w, limits: o.Limits, ring: o.Ring, ended: o.Ended, watch: o.Watch, log: o.Log, now: time.Now,
		hot: newHot(o.Hot), typical: newTypical(r), stalls: newStalls(o),
	}
	c.health = health{prove: o.Prove, now: func() time.Time { return c.now() }} // which a test may set
	e := &Engine{
		committer: c, reader: r, purger: p, keep: o.Keep, up: time.Now(),
		queue: make(chan *op, queueSize), lead: make(chan struct{}, 1),
	}
	e.lead <- struct{}{}
	return e
}

// Close lets the commands that wait be done, then stops the engine. Later
// commands are refused as Unavailable.
func (e *Engine) Close() {
	e.closing.Lock()
	defer e.closing.Unlock()
	e.closed = true
}

// Outcome is what became of a command.
type Outcome struct {
	Task      progress.Task      // right after it, or as it is when it was refused
	Events    []progress.Event   // that followed, ticks included
	Directive progress.Directive // for the worker that reported
	Replayed  bool               // an earlier command with the same key gave this
}

// Execute gives a command and waits for what becomes of it. A nil error means
// that it is on disk. The error is a [progress.Error]: one of Decide, TooLarge
// by the limits, Conflict for an idempotency key that was used for something
// else, Unavailable when the store cannot write or the engine is closed; or
// that of ctx, if it ended before the command was begun. In each of these
// cases nothing has changed, but for a database that broke off while it
// committed: then Unavailable says that the outcome is not known.
//
// A Create without an id gets one.
func (e *Engine) Execute(ctx context.Context, c progress.Command) (Outcome, error) {
	var r Result
	if r.Err = e.ready(&c); r.Err == nil {
		r = e.do(ctx, newOp(c))[0]
	}
	e.watch.Commanded(c.Do, r.Err)
	return r.Outcome, r.Err
}

// ready refuses a command that is wrong in itself, and gives a new task its id and
// what is known of its steps.
func (m *committer) ready(c *progress.Command) error {
	if err := m.limits.Check(c.Do); err != nil {
		return err
	}
	if _, ok := c.Do.(progress.Create); ok && c.Task == "" {
		c.Task = progress.NewTaskID(m.now(), entropy())
	}
	if !utf8.ValidString(c.Key) || strings.ContainsRune(c.Key, 0) {
		return &progress.Error{Code: progress.Invalid, Field: "Idempotency-Key", Say: "must be UTF-8 text without NUL"}
	}
	if !c.Task.Valid() {
		_, err := progress.Decide(progress.Task{}, *c, m.now())
		return err
	}
	if n, ok := c.Do.(progress.Create); ok {
		c.Do = m.planned(n)
	}
	return nil
}

// entropy makes the random part of an id.
func entropy() (b [5]byte) {
	_, _ = rand.Read(b[:]) // never fails
	return b
}

// commitWaiting commits what waits, up to a batch, and returns the token.
func (e *Engine) commitWaiting() {
	defer func() { e.lead <- struct{}{} }()
	batch := e.pace.gather(e.queue)
	start := time.Now()
	e.commit(batch)
	e.pace = pace{took: time.Since(start), callers: len(batch) + len(e.queue)}
}

// Limits are what a task may hold.
func (e *Engine) Limits() progress.Limits { return e.limits }

// Task returns a task as it is now: NotFound if there is none. Whether the
// caller may see it is the caller's to ask.
func (e *Engine) Task(ctx context.Context, id progress.TaskID) (progress.Task, error) {
	if e.writer.SingleWriter() {
		if kept, ok := e.hot.get(id); ok {
			return *kept.task, nil
		}
	}
	if !id.Valid() {
		return progress.Task{}, &progress.Error{Code: progress.NotFound, Say: "there is no such task"}
	}
	t, ok, err := e.reader.Task(ctx, id)
	if err != nil {
		return t, unavailable(err)
	}
	if !ok {
		return t, &progress.Error{Code: progress.NotFound, Say: "there is no task \"" + string(id) + "\""}
	}
	return t, nil
}

// Claim takes the oldest task of the kinds that the actor may claim. ok is
// false when there is none now.
func (e *Engine) Claim(ctx context.Context, by progress.Actor, via progress.Via, worker string, kinds []string) (out Outcome, ok bool, err error) {
	tried := map[progress.TaskID]bool{}
	for limit := 32; ; limit *= 4 { // the oldest may all be hidden from these eyes
		ids, err := e.reader.Claimable(ctx, kinds, e.now(), limit)
		if err != nil {
			return out, false, unavailable(err)
		}
		out, ok, err = e.claimOf(ctx, by, via, worker, ids, tried)
		if err != nil || ok || len(ids) < limit {
			return out, ok, err
		}
	}
}

func (e *Engine) claimOf(ctx context.Context, by progress.Actor, via progress.Via, worker string, ids []progress.TaskID, tried map[progress.TaskID]bool) (out Outcome, ok bool, err error) {
	for _, id := range ids {
		if tried[id] {
			continue
		}
		tried[id] = true
		c := progress.Command{Task: id, By: by, Via: via, Do: progress.Claim{Worker: worker, Lease: rand.Text()}}
		out, err = e.Execute(ctx, c)
		switch progress.CodeOf(err) {
		case "":
			return out, true, nil
		case progress.Conflict, progress.NotFound, progress.Forbidden: // somebody was faster, or it is not for this actor
		default:
			return out, false, err
		}
	}
	return Outcome{}, false, nil
}

// uncertain is the error of a store whose last word was lost.
func uncertain(err error) error {
	return &progress.Error{
		Code: progress.Unavailable, Err: err,
		Say: "the database did not say whether this was written; look at the task before you send it again",
	}
}

// unavailable is the error of a store that does not do what it should.
func unavailable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &progress.Error{
		Code: progress.Unavailable, Err: err,
		Say: "the database cannot be used right now; nothing has changed, try again in a moment",
	}
}
