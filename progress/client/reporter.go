package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// ReporterOptions say what a reporter reports on.
type ReporterOptions struct {
	Task    progress.TaskID // "" means the draft's, or a new one
	Worker  string          // unique to this process; "" makes a name
	Lease   string
	Run     int // 0 for whichever is the present one
	Attempt int
	Draft   *Draft        // the task is created with it first, whenever the server can be reached; nil: it exists
	Direct  func(Answer)  // hears each answer to a report or heartbeat, refusals with the task's state too; must not block
	Trouble func(error)   // hears when the server goes away, comes back (nil), or refuses, each kind once; must not block
	Spool   string        // folder for what is left unsent at Close; "" keeps nothing
	Beat    time.Duration // between heartbeats when idle; 0 means 15 s while Listening, else 3 s
}

// Reporter reports on one task without ever holding up the work. What is given
// to it waits in memory and is sent from a goroutine of its own, in order.
//
// Percents that wait are merged, the newest wins. Everything else is kept and
// sent, however long the server is away: up to 100,000 reports, beyond which
// only ends of the task are taken and Trouble hears [ErrFull]. Output is kept up
// to 64 MiB or 200,000 lines; beyond, its middle is left out and a line says so.
//
// A token that is no longer good is like a server that is away: all is kept, and
// what is spooled can be sent with another one by [Client.Sync].
//
// Each report carries the reporter's own seq and its worker's name, so that one
// that is sent again counts once. A process that is started again takes another
// name, or calls [Client.Sync] before it reports under the same one.
//
// Its methods may be called from any number of goroutines, and from Direct and
// Trouble too, but for Flush and Close. Direct and Trouble are called one at a
// time.
type Reporter struct {
	post  post
	link  *link
	spool string
	url   string

	mu     sync.Mutex
	closed bool

	stop    context.CancelFunc
	stopped <-chan struct{}
	running sync.WaitGroup
	ending  sync.Once
	left    int   // of Close
	err     error // of Close
}

// Reporter starts a reporter; it has to be closed.
func (c *Client) Reporter(o ReporterOptions) *Reporter {
	if o.Worker == "" {
		o.Worker = "worker-" + rand.Text()
	}
	if o.Task == "" && o.Draft != nil {
		o.Task = o.Draft.ID
	}
	if o.Task == "" {
		o.Task = NewTaskID()
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &link{
		work: c.Work(), task: o.Task, worker: o.Worker, lease: o.Lease, draft: o.Draft,
		box: newOutbox(), ear: newEar(o.Direct, o.Trouble), held: expired,
	}
	r := &Reporter{
		post: post{
			link: l, rhythm: rhythm{every: o.Beat, last: time.Now()}, wake: make(chan struct{}, 1), print: make(chan struct{}, 1), retry: newRoad(), reprint: newRoad(),
		},
		link: l, spool: o.Spool, url: c.URL(), stop: stop, stopped: ctx.Done(),
	}
	r.Begin(o.Run, o.Attempt)
	r.running.Go(func() { r.post.talk(ctx) })
	r.running.Go(func() { r.post.write(ctx) })
	return r
}

// expired reports whether the token is the only thing that is wrong.
func expired(p *Problem) bool { return p.Status == http.StatusUnauthorized }

// Task is the id of the task.
func (r *Reporter) Task() progress.TaskID { return r.link.task }

// Worker is the reporter's name among the task's workers.
func (r *Reporter) Worker() string { return r.link.worker }

// Report gives a report. It never waits for the network. A report without a time
// is of now. What it points to must not be changed afterwards. After Close it
// does nothing. A Seq of one's own is kept: number all reports or none.
func (r *Reporter) Report(p progress.Report) {
	if p.At.IsZero() {
		p.At = time.Now()
	}
	p.At = p.At.UTC().Round(0)
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	fits := r.link.box.report(&entry{report: p, own: p.Seq > 0})
	r.mu.Unlock()
	if !fits {
		r.link.ear.refused(ErrFull)
	}
	knock(r.post.wake)
}

// Log gives lines of output. It never waits for the network. Lines without a
// time are of now; those over 16 KiB are cut into several.
func (r *Reporter) Log(lines ...progress.LogLine) {
	r.mu.Lock()
	if !r.closed {
		r.link.box.log(lines, time.Now())
	}
	r.mu.Unlock()
	knock(r.post.print)
}

// Beat has a heartbeat sent at once, after the reports that wait: call it when a
// control frame came.
func (r *Reporter) Beat() {
	r.post.rhythm.hurry()
	knock(r.post.wake)
}

// Listening says whether a socket brings the control frames of this worker, so
// that heartbeats may be rarer.
func (r *Reporter) Listening(on bool) {
	r.post.rhythm.listen(on)
	knock(r.post.wake)
}

// Begin says that what is reported from now on belongs to that run and attempt.
func (r *Reporter) Begin(run, attempt int) {
	r.link.box.begin(progress.Fence{Run: run, Attempt: attempt})
}

// Flush waits until everything that was given before is answered, or ctx ends.
// The error is that of ctx, or the newest refusal, by which something was
// dropped.
func (r *Reporter) Flush(ctx context.Context) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	return r.link.ear.loss()
}

func (r *Reporter) flush(ctx context.Context) error {
	r.post.hurry(1)
	defer r.post.hurry(-1)
	mark := r.link.box.mark()
	for {
		done, moved := r.link.box.through(mark)
		if done && r.link.exists() {
			return nil
		}
		select {
		case <-moved:
		case <-r.stopped:
			return errClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// errClosed is of a Flush after Close, of what Close left.
var errClosed = errors.New("the reporter is closed, and not everything was sent")

// Close sends what waits, as long as ctx allows, and ends the reporter. It
// returns how many reports and lines are left; they are in the spool, safely on
// disk, if there is no error. Without a spool they are lost, and the error says
// so. Refusals, by which something was dropped, are errors too. Whoever calls it
// again gets the same.
func (r *Reporter) Close(ctx context.Context) (left int, err error) {
	r.ending.Do(func() {
		r.mu.Lock()
		r.closed = true
		r.mu.Unlock()
		_ = r.flush(ctx) // what it leaves is counted below
		r.stop()
		r.running.Wait()
		r.left, r.err = r.put()
		if r.err == nil {
			r.err = r.link.ear.loss()
		}
	})
	return r.left, r.err
}

// put spools what is left.
func (r *Reporter) put() (left int, err error) {
	left = r.link.box.left()
	if !r.link.exists() {
		left++ // the task itself
	}
	switch {
	case left == 0:
		return 0, nil
	case r.spool == "":
		return left, fmt.Errorf("%d reports and lines were not sent, and there is no spool: %w", left, r.away())
	}
	if err := newSpool(r.link, r.url).save(r.spool, ""); err != nil {
		return left, fmt.Errorf("%d reports and lines were not sent, nor spooled: %w", left, err)
	}
	return left, nil
}

// away is why they were not sent.
func (r *Reporter) away() error {
	if err := r.link.ear.reason(); err != nil {
		return err
	}
	return context.DeadlineExceeded
}

// knock wakes who waits at a channel of one.
func knock(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it wakes anyway
	}
}
