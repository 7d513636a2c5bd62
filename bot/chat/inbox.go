package chat

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// drainWithin is for how long what has come in is answered after the end.
const drainWithin = 10 * time.Second

// Inbox takes what comes in, and has it done while Run runs. Its methods may be called from any
// goroutine.
type Inbox struct {
	platform string
	queue    *queue
	soon     *queue // what cannot wait for all else, and looks nothing up
	answers  *queue // one person after the other
	seen     *seen
	turned   atomic.Int64 // for which there was no room
	deaf     atomic.Int64 // that came while nobody worked
	running  atomic.Bool
	log      *slog.Logger
	now      func() time.Time
}

// NewInbox makes the inbox of a platform, by its name for people: "Slack".
func NewInbox(platform string, log *slog.Logger, now func() time.Time) *Inbox {
	b := &Inbox{
		platform: platform, queue: newQueue(log), soon: newQueue(log), answers: newQueue(log), seen: newSeen(), log: log, now: now,
	}
	b.soon.hands = soonest
	return b
}

// Arrival is something that came in.
type Arrival struct {
	Key  string // the same when it comes again; "" if nobody can tell
	Who  string // whose it is
	Lane string // within which order is kept
	Work Job    // what it comes to
	Soon bool   // it cannot wait for what else is in line, and looks nothing up
	Busy Job    // says that there is no room for it; nil if nobody waits for an answer
}

// Put puts in line what did not come before, or else that there is no room for it; ok is false
// where there is no room for that either. It never waits.
func (b *Inbox) Put(a Arrival) (ok bool) {
	if !b.seen.first(a.Key, b.now()) {
		return true
	}
	q := b.queue
	if a.Soon {
		q = b.soon
	}
	if q.put(a.Lane, a.Who, b.minded(a)) {
		return true
	}
	b.seen.forget(a.Key)
	b.Turn()
	return a.Busy != nil && b.answers.put(a.Who, a.Who, a.Busy)
}

// minded is the work of an arrival: where it panics, who waits for an answer is told that it does
// not work.
func (b *Inbox) minded(a Arrival) Job {
	if a.Busy == nil {
		return a.Work
	}
	return func(ctx context.Context) {
		done := false
		defer func() {
			if !done {
				b.answers.put(a.Who, a.Who, a.Busy)
			}
		}()
		a.Work(ctx)
		done = true
	}
}

// Full reports whether there is no room for anybody.
func (b *Inbox) Full() bool { return b.queue.full() }

// Turn counts what was not taken: there was no room for it, or nobody works here now.
func (b *Inbox) Turn() {
	if !b.soon.listens() {
		if n := b.deaf.Add(1); marked(n) {
			b.log.Warn("a chat calls a server that does not listen to it now, and is told so", "platform", b.platform, "turned_away_since_start", n)
		}
		return
	}
	if n := b.turned.Add(1); marked(n) {
		b.log.Error("more comes by chat than can be worked on", "platform", b.platform, "turned_away_since_start", n)
	}
}

// marked reports whether a count is one that is logged: the first, the second, the fourth and so on.
func marked(n int64) bool { return n&(n-1) == 0 }

// Run has listen listen, and does what it puts in, until ctx ends. What has come in by then,
// and is acknowledged, is still answered, for ten seconds at most: what it stands on has to
// stay open until Run returns. Then it may be called again. The error is that it runs already.
func (b *Inbox) Run(ctx context.Context, listen func(context.Context)) error {
	if !b.running.CompareAndSwap(false, true) {
		return errors.New(b.platform + ": it runs already")
	}
	defer b.running.Store(false)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	all := []*queue{b.soon, b.queue, b.answers} // each gives work to those after it
	var workers sync.WaitGroup
	for _, q := range all {
		q.take()
		workers.Go(func() { q.work(work) })
	}
	listen(ctx)
	<-ctx.Done()
	b.drain(all)
	stop()
	workers.Wait()
	return nil
}

// drain ends what has come in. All are closed in the end, those after one that is late too:
// what an open one took then nobody would do.
func (b *Inbox) drain(all []*queue) {
	end, late := time.Now().Add(drainWithin), false
	for _, q := range all {
		late = !q.drain(time.Until(end)) || late
	}
	if late {
		b.log.Error("some who said something in chat were left without an answer: the server stops", "platform", b.platform)
	}
}

// Turned is how much has come in since the start for which there was no room.
func (b *Inbox) Turned() int64 { return b.turned.Load() }
