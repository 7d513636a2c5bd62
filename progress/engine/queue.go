package engine

import (
	"context"
	"sync/atomic"

	"github.com/taskherald/herald/progress"
)

// op is one entry of the queue: a command, or other work for the committer.
type op struct {
	c     progress.Command
	work  func(ctx context.Context) error // instead of a command
	state atomic.Int32
	reply chan Result
}

// The states of an op: who gave up, or who took it, first.
const (
	waiting int32 = iota
	taken
	abandoned
)

// Result is what became of one of many commands.
type Result struct {
	Outcome
	Err error
}

func newOp(c progress.Command) *op { return &op{c: c, reply: make(chan Result, 1)} }

// ExecuteAll is Execute of many commands, which share commits. Those of one
// task keep their order; each result stands where its command stands.
func (e *Engine) ExecuteAll(ctx context.Context, cs []progress.Command) []Result {
	out := make([]Result, len(cs))
	ops := make([]*op, 0, len(cs))
	at := make([]int, 0, len(cs))
	for i, c := range cs {
		if out[i].Err = e.ready(&c); out[i].Err == nil {
			ops, at = append(ops, newOp(c)), append(at, i)
		}
	}
	for k, r := range e.do(ctx, ops...) {
		out[at[k]] = r
	}
	for i, c := range cs {
		e.watch.Commanded(c.Do, out[i].Err)
	}
	return out
}

// do puts ops into the queue and waits for their results. Whoever waits and
// gets the token commits all that waits, and passes the token on: a lone caller
// wakes nobody, and many share a commit.
func (e *Engine) do(ctx context.Context, ops ...*op) []Result {
	e.closing.RLock()
	defer e.closing.RUnlock()
	out := make([]Result, 0, len(ops))
	if e.closed {
		return refuseRest(out, ops, &progress.Error{Code: progress.Unavailable, Say: "the server is stopping; try again in a moment"})
	}
	queued := enqueue(e.queue, ops) // before all else: who leads should find its own commands there
	for len(out) < len(ops) {
		queue, next := e.queue, ops[len(ops)-1]
		if queued < len(ops) {
			next = ops[queued]
		} else {
			queue = nil // all wait there now
		}
		select {
		case queue <- next:
			queued++
			queued += enqueue(e.queue, ops[queued:])
		case r := <-ops[len(out)].reply:
			out = append(out, r)
		case <-e.lead:
			e.commitWaiting()
		case <-ctx.Done():
			return refuseRest(out, ops, ctx.Err())
		}
	}
	return out
}

// enqueue puts as many ops into the queue as there is room for.
func enqueue(queue chan<- *op, ops []*op) int {
	for i, o := range ops {
		select {
		case queue <- o:
		default:
			return i
		}
	}
	return len(ops)
}

// refuseRest fails the ops that have no result yet, but for those that are
// being done: their results are waited for.
func refuseRest(out []Result, ops []*op, err error) []Result {
	for _, o := range ops[len(out):] {
		if o.state.CompareAndSwap(waiting, abandoned) {
			out = append(out, Result{Err: err})
		} else {
			out = append(out, <-o.reply)
		}
	}
	return out
}
