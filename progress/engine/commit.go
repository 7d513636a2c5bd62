package engine

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// committer is what writes. Its methods belong to whoever holds the token.
type committer struct {
	writer  writer
	limits  progress.Limits
	ring    func([]progress.Moved)
	ended   func([]store.Past)
	watch   Watcher
	log     *slog.Logger
	now     func() time.Time
	hot     *hot
	typical *typical
	stalls  stalls
	health  health
}

// commit does a batch: commands together, other work by itself, in their order.
func (m *committer) commit(batch []*op) {
	start := 0
	for i, o := range batch {
		if o.work == nil {
			continue
		}
		m.together(batch[start:i])
		if o.state.CompareAndSwap(waiting, taken) {
			o.reply <- Result{Err: guarded(func() error { return o.work(context.Background()) })}
		}
		start = i + 1
	}
	m.together(batch[start:])
}

// together does commands in one transaction. If that fails, each gets one of
// its own.
func (m *committer) together(batch []*op) {
	ops := make([]*op, 0, len(batch))
	for _, o := range batch {
		if o.state.CompareAndSwap(waiting, taken) {
			ops = append(ops, o)
		}
	}
	if len(ops) == 0 {
		return
	}
	err := m.try(ops)
	if err == nil {
		return
	}
	if len(ops) == 1 || m.writer.Uncertain(err) {
		m.fail(ops, err) // twice would be worse
		m.tell(ops, err)
		return
	}
	m.log.Warn("a transaction failed; its commands are run one by one", "commands", len(ops), "error", err)
	m.apart(ops)
}

// apart does each command in a transaction of its own.
func (m *committer) apart(ops []*op) {
	var down time.Duration // spent on failures in a row
	var failed []*op
	var err, last error
	for _, o := range ops {
		if down < patienceWithDown {
			start := time.Now()
			if err = m.try([]*op{o}); err == nil {
				down = 0
				continue
			}
			down += time.Since(start)
		}
		m.fail([]*op{o}, err)
		failed, last = append(failed, o), err
	}
	if failed != nil {
		m.tell(failed, last)
	}
}

// patienceWithDown is how long commands that are run one by one may all fail
// before the rest fail with them: a bad command fails at once and alone, but a
// database that is down may take long over each.
const patienceWithDown = time.Second

// fail answers commands of which none could be written.
func (m *committer) fail(ops []*op, err error) {
	m.health.ill(err)
	say := unavailable
	if m.writer.Uncertain(err) {
		say = uncertain
	}
	for _, o := range ops {
		o.reply <- Result{Err: say(err)}
	}
}

// tell logs commands that could not be written, many in one line: when the disk
// is full it should not be the log that fills it.
func (m *committer) tell(ops []*op, err error) {
	first := ops[0].c
	m.log.Error("commands could not be written", "commands", len(ops), "task", first.Task, "verb", first.Do.Verb(), "error", err)
}

// tries is how often a transaction that lost a race is run.
const tries = 8

// slowest is how long a transaction may take before it is worth a line in the
// log.
const slowest = time.Second

// try runs one transaction, answers its commands once it is on disk, and tells
// how it went.
func (m *committer) try(ops []*op) error {
	start := time.Now()
	err := m.race(ops)
	took := time.Since(start)
	if err == nil {
		m.health.well()
	}
	if took > slowest {
		m.log.Warn("a commit was slow; is the database's disk busy?", "took", took, "commands", len(ops))
	}
	m.watch.Committed(len(ops), took, err)
	return err
}

// race runs a transaction, again while it loses races.
func (m *committer) race(ops []*op) error {
	var err error
	for i := range tries {
		if err = m.transact(ops); err == nil || m.writer.Uncertain(err) || !m.writer.Retryable(err) {
			return err
		}
		time.Sleep(rand.N(time.Millisecond << i)) //nolint:gosec // jitter, not a secret
	}
	return err
}

// transact runs one transaction. Its context has no end: what has begun is
// finished, and its outcome known. A panic is a failure like another: it fails
// the command that causes it, and no other.
func (m *committer) transact(ops []*op) error {
	var p *plan
	err := guarded(func() error {
		known := m.known(ops)
		return m.writer.Commit(context.Background(), needOf(ops, known), func(found store.Found) store.Batch {
			p = m.plan(ops, known, found)
			return p.batch(m.limits.LogLines)
		})
	})
	if err != nil {
		for _, o := range ops { // whether it was written is not certain: read it again
			m.hot.drop([]progress.TaskID{o.c.Task})
		}
		return err
	}
	m.settle(ops, p)
	return nil
}

// known is what the engine has at hand of a batch's tasks.
func (m *committer) known(ops []*op) map[progress.TaskID]*kept {
	out := make(map[progress.TaskID]*kept, len(ops))
	for _, o := range ops {
		if _, ok := out[o.c.Task]; ok {
			continue
		}
		if k, ok := m.hot.get(o.c.Task); ok {
			out[o.c.Task] = k
		}
	}
	return out
}

func needOf(ops []*op, known map[progress.TaskID]*kept) store.Need {
	need := store.Need{Known: make(map[progress.TaskID]int64, len(known))}
	for id, k := range known {
		need.Known[id] = k.rev
	}
	for _, o := range ops {
		need.Tasks = append(need.Tasks, o.c.Task)
		if o.c.Key != "" {
			need.Keys = append(need.Keys, o.c.Key)
		}
	}
	slices.Sort(need.Tasks)
	need.Tasks = slices.Compact(need.Tasks)
	slices.Sort(need.Keys)
	need.Keys = slices.Compact(need.Keys)
	return need
}

// settle keeps what was written, answers every command, and rings.
func (m *committer) settle(ops []*op, p *plan) {
	var moved []progress.Moved
	for _, w := range p.order {
		if w.task.Spec == nil {
			continue // there is still no such task
		}
		k := w.kept // alone: the rest of the work may go
		m.hot.put(&k)
		if w.rings() {
			moved = append(moved, progress.Moved{
				Task: w.task.ID, Kind: w.task.Spec.Kind, Status: w.task.Status, Seq: w.before.Seq, Path: w.moves(),
			})
		}
	}
	for _, d := range p.done {
		m.typical.add(d)
	}
	if len(p.pasts) > 0 {
		if err := guarded(func() error { m.ended(p.pasts); return nil }); err != nil {
			m.log.Error("what learns from runs that end has failed", "error", err)
		}
	}
	for i, o := range ops {
		o.reply <- p.results[i]
	}
	if len(moved) > 0 {
		if err := guarded(func() error { m.ring(moved); return nil }); err != nil {
			m.log.Error("the bell failed", "error", err)
		}
	}
}

// rings reports whether others have to hear of the task.
func (w *work) rings() bool { return w.path != nil || w.task.Lines != w.before.Lines }

// moves are what the commands did; never nil, which would say that it is not known.
func (w *work) moves() []progress.Move {
	if w.path == nil {
		return []progress.Move{}
	}
	return w.path
}

// guarded turns a panic into an error.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return do()
}
