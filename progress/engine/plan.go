package engine

import (
	"math"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// plan is what a transaction will do: the commands' results, and what is to be
// written for them. It is computed from memory alone.
type plan struct {
	now       time.Time
	tasks     map[progress.TaskID]*work
	order     []*work // in the order in which they were first named
	keys      map[string]store.Keyed
	newKeys   map[string]store.Keyed
	results   []Result
	runs      []progress.Task
	snapshots []store.Snapshot
	pasts     []store.Past
	done      []done
}

// work is one task in a plan.
type work struct {
	kept                  // as it will be
	before *progress.Task // as it was
	events []progress.Event
	lines  []progress.LogLine
	path   []progress.Move // what each command did
}

// plan decides all commands, one after the other.
func (m *committer) plan(ops []*op, known map[progress.TaskID]*kept, found store.Found) *plan {
	p := &plan{
		now: m.now(), tasks: make(map[progress.TaskID]*work, len(ops)), order: make([]*work, 0, len(ops)),
		keys: found.Keys, results: make([]Result, len(ops)),
	}
	for i, o := range ops {
		w := p.work(o.c.Task, known, found)
		p.results[i] = m.act(p, w, o.c)
	}
	return p
}

// work finds the task of a command: in the plan, in the database, in memory.
func (p *plan) work(id progress.TaskID, known map[progress.TaskID]*kept, found store.Found) *work {
	if w, ok := p.tasks[id]; ok {
		return w
	}
	w := &work{}
	if f, ok := found.Tasks[id]; ok {
		w.kept = kept{&f.Task, f.Rev, f.Task.HeartbeatAt, map[int]mark{}, trace.Trail{}}
	} else if k, ok := known[id]; ok && !found.Gone[id] {
		w.kept = *k
	} else {
		w.kept = kept{task: &progress.Task{}, marks: map[int]mark{}, trail: trace.Trail{}}
	}
	w.before = w.task
	p.tasks[id] = w
	p.order = append(p.order, w)
	return w
}

// act decides one command, unless its key was used before.
func (m *committer) act(p *plan, w *work, c progress.Command) Result {
	if k, ok := p.keyed(c.Key); ok {
		return replay(k, c)
	}
	if r, ok := c.Do.(progress.Report); ok {
		c.Do = m.begun(w.task, r)
	}
	before := w.task
	after, events, err := progress.Act(*before, c, p.now)
	if err == nil {
		err = m.limits.CheckTask(before, &after)
	}
	if err != nil {
		after, events = *before, nil
	}
	p.take(w, before, &after, events)
	w.walk(progress.Move{Was: before, Now: &after, Do: c.Do, By: c.By.Person, Events: events}, err)
	out := Outcome{Task: after, Events: events}
	if after.Spec != nil && reports(c.Do) {
		out.Directive = progress.Direct(*before, after, c)
	}
	p.remember(c, out, err)
	return Result{out, err}
}

// walk notes what a command did, if it can be seen or was a report that others
// are told of anyhow.
func (w *work) walk(m progress.Move, err error) {
	r, report := m.Do.(progress.Report)
	aloud := report && err == nil && (r.Aloud || m.Now.Spec.Session != "")
	if aloud || m.Now.Version != m.Was.Version {
		w.path = append(w.path, m)
	}
}

// reports reports whether the change is one that a worker gets a directive for.
func reports(c progress.Change) bool {
	switch c.(type) {
	case progress.Report, progress.Heartbeat:
		return true
	}
	return false
}

// take notes what the events of one command leave to be written.
func (p *plan) take(w *work, before, after *progress.Task, events []progress.Event) {
	w.task = after
	for i := range events {
		e := &events[i]
		switch {
		case e.Seq > 0:
			w.events = append(w.events, *e)
		case e.Kind == progress.Logged:
			w.lines = append(w.lines, e.Data.Lines...)
		case e.Kind == progress.Ticked && e.Data.Tick.StepPercent != nil:
			p.mark(w, e.Step, *e.Data.Tick.StepPercent)
		}
		w.follow(after, e)
		switch e.Kind {
		case progress.TaskRestarted:
			p.runs = append(p.runs, *before)
			p.putAway(w, before, e)
		case progress.TaskCompleted, progress.TaskFailed, progress.TaskCancelled:
			p.end(w, after)
		case progress.StepDone:
			p.learn(after, e)
		}
	}
	if after.Percent != before.Percent {
		p.mark(w, 0, after.Percent)
	}
}

// mark is the newest snapshot of a step's percent, or of the task's.
type mark struct {
	at      time.Time
	percent float64
}

// mark takes a snapshot unless one was taken within a second or a percent
// point. Should the transaction fail, a snapshot is lost and nothing else.
func (p *plan) mark(w *work, step int, percent float64) {
	last, ok := w.marks[step]
	if ok && (p.now.Sub(last.at) < time.Second || math.Abs(percent-last.percent) < 1) {
		return
	}
	w.marks[step] = mark{p.now, percent}
	p.snapshots = append(p.snapshots, store.Snapshot{Task: w.task.ID, At: p.now, Step: step, Run: w.task.Run, Percent: percent})
}

// trimEvery is how many log lines go by between two looks at a task's bound.
const trimEvery = 1000

// batch is what the plan writes.
func (p *plan) batch(keep int) store.Batch {
	b := store.Batch{Keys: p.newKeys, Runs: p.runs, Snapshots: p.snapshots, Pasts: p.pasts}
	b.Moves = make([]store.Move, 0, len(p.order))
	for _, w := range p.order {
		if !w.dirty() {
			continue
		}
		w.rev++
		w.beat = w.task.HeartbeatAt
		b.Moves = append(b.Moves, store.Move{Before: w.before, After: w.task, Rev: w.rev, Events: w.events, Lines: w.lines})
		if w.task.Lines/trimEvery != w.before.Lines/trimEvery && w.task.Lines > int64(keep) {
			b.Trims = append(b.Trims, store.Trim{Task: w.task.ID, UpTo: w.task.Lines - int64(keep)})
		}
	}
	return b
}

// dirty reports whether a task has to be written. A contact that changes
// nothing else is stored now and then, and when every node has to know: see heard
// and timed.
func (w *work) dirty() bool {
	is, was := w.task, w.before
	if is.Spec == nil {
		return false
	}
	return is.Version != was.Version || is.Lines != was.Lines || is.Lease != was.Lease || is.Worker != was.Worker ||
		heard(was, is) || is.HeartbeatAt.Sub(w.beat) >= progress.BeatEvery(is) || timed(was, is)
}

// timed reports whether the clock may have to look at the task earlier than it
// knows, or much later: at the end of a session, and after the server was away.
func timed(was, is *progress.Task) bool {
	return is.Beats != was.Beats || !is.Spared.Equal(was.Spared) || is.Spec.Grace > 0 && !is.Wake().Equal(was.Wake())
}

// heard reports whether a worker was told of a wish.
func heard(was, is *progress.Task) bool {
	if is.Wish.Control == "" {
		return false
	}
	for name, c := range is.Workers {
		if c.Heard != was.Workers[name].Heard {
			return true
		}
	}
	return false
}
