package notify

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/taskherald/herald/progress"
)

// dispatch routes the events that wait, up to a bound; more says that there may be
// others. Whatever happens in between, the next call does it again.
func (n *Notifier) dispatch(ctx context.Context) (more bool, err error) {
	begun := n.now()
	pending, err := n.Outbox.Waiting(ctx, dispatchMost)
	if err != nil || len(pending) == 0 {
		return false, err
	}
	b := newBatch(n, pending)
	if err := b.route(ctx); err != nil {
		return false, err
	}
	n.desk.expect()
	if err := n.Outbox.Routed(ctx, b.Routed); err != nil {
		return false, err
	}
	n.desk.take(b)
	n.Watch.Routed(len(pending), n.now().Sub(begun))
	return len(pending) == dispatchMost, nil
}

// batch is what becomes of some events.
type batch struct {
	*Notifier
	Routed
	at     time.Time
	tasks  map[progress.TaskID]*progress.Task // nil for one that is gone
	eyes   map[progress.Person]*progress.Actor
	lanes  map[LaneID]int // where in Lanes
	marks  map[CardID]int // where in Marks
	events map[LetterID]*progress.Event
}

func newBatch(n *Notifier, pending []Pending) *batch {
	return &batch{
		Notifier: n, Routed: Routed{Done: pending}, at: n.now(), tasks: map[progress.TaskID]*progress.Task{},
		eyes: map[progress.Person]*progress.Actor{}, lanes: map[LaneID]int{}, marks: map[CardID]int{},
		events: map[LetterID]*progress.Event{},
	}
}

func (b *batch) route(ctx context.Context) error {
	subs, err := b.rolls.list(ctx, b.at)
	if err != nil {
		return err
	}
	for i := range b.Done {
		if err := b.guarded(ctx, &b.Done[i], subs); err != nil {
			return err
		}
	}
	return nil
}

// guarded routes an event. A panic is a defect that costs the rest of this one alone.
func (b *batch) guarded(ctx context.Context, p *Pending, subs []*Subscription) error {
	defer func() {
		if trouble := recover(); trouble != nil {
			b.Log.Error("an event could not be routed", "task", p.Task, "seq", p.Event.Seq, "panic", trouble, "stack", string(debug.Stack()))
		}
	}()
	return b.one(ctx, p, subs)
}

// one routes an event. One whose task is gone leads to nothing.
func (b *batch) one(ctx context.Context, p *Pending, subs []*Subscription) error {
	t, err := b.task(ctx, p.Task)
	if err != nil || t == nil {
		return err
	}
	subs = about(t, subs)
	for _, s := range subs { // what needs the store is asked before
		if err := b.see(ctx, s.Owner); err != nil {
			return err
		}
	}
	sees := func(s *Subscription) bool {
		return mayTell(b.eyes[s.Owner], t) || s.Callback && present(s, b.eyes[s.Owner])
	}
	for _, d := range Route(t, &p.Event, subs, sees) {
		b.decided(d, p, t)
	}
	return nil
}

// about are the subscriptions that are about a task, its own too.
func about(t *progress.Task, subs []*Subscription) (out []*Subscription) {
	for _, s := range subs {
		if s.Match.Of(t) {
			out = append(out, s)
		}
	}
	if own, ok := CallbackOf(t); ok {
		out = append(out, own)
	}
	return out
}

// mayTell reports whether somebody with those eyes may be told of a task.
func mayTell(eyes *progress.Actor, t *progress.Task) bool {
	return eyes != nil && eyes.Has(progress.MayRead) && progress.Sees(*t, *eyes)
}

func (b *batch) task(ctx context.Context, id progress.TaskID) (*progress.Task, error) {
	if t, ok := b.tasks[id]; ok {
		return t, nil
	}
	t, err := b.taskNow(ctx, id)
	if err == nil {
		b.tasks[id] = t
	}
	return t, err
}

// taskNow is a task, nil if it is gone.
func (n *Notifier) taskNow(ctx context.Context, id progress.TaskID) (*progress.Task, error) {
	t, err := n.Tasks.Task(ctx, id)
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &t, nil
}

// see finds out what a person may see.
func (b *batch) see(ctx context.Context, who progress.Person) error {
	if _, ok := b.eyes[who]; ok {
		return nil
	}
	eyes, err := b.eyesOf(ctx, who)
	if err == nil {
		b.eyes[who] = eyes
	}
	return err
}

// eyesOf is what a person may see, nil for one who is gone.
func (n *Notifier) eyesOf(ctx context.Context, who progress.Person) (*progress.Actor, error) {
	a, ok, err := n.Eyes(ctx, who)
	if err != nil || !ok {
		return nil, err
	}
	return &a, nil
}

// decided notes what one decision leaves to be written.
func (b *batch) decided(d Decision, p *Pending, t *progress.Task) {
	if !d.Letter && !d.Mark {
		return
	}
	s, lane := d.Sub, d.Sub.Address.Lane()
	i, ok := b.lanes[lane]
	if !ok {
		i = len(b.Lanes)
		b.lanes[lane], b.Lanes = i, append(b.Lanes, Lane{ID: lane, Address: s.Address})
	}
	if s.Callback { // this task was created since with the address, so it is tried anew
		b.Lanes[i].ClosedAt = latest(b.Lanes[i].ClosedAt, t.CreatedAt)
	}
	if d.Letter {
		b.letter(s, lane, p)
	}
	if d.Mark {
		b.mark(s, lane, p)
	}
}

func (b *batch) letter(s *Subscription, lane LaneID, p *Pending) {
	e := &p.Event
	l := Letter{
		ID: LetterIDOf(s.ID, p.Task, e.Seq), Lane: lane, Sub: s.ID, Person: s.Owner, Task: p.Task, Seq: e.Seq, Kind: e.Kind,
		Class: ClassOf(e.Kind), State: Due, MadeAt: e.At, ExpiresAt: Horizon(e),
	}
	b.Letters = append(b.Letters, l)
	b.events[l.ID] = e
}

func (b *batch) mark(s *Subscription, lane LaneID, p *Pending) {
	id := CardIDOf(s.ID, p.Task)
	i, ok := b.marks[id]
	if !ok {
		i = len(b.Marks)
		b.marks[id] = i
		b.Marks = append(b.Marks, Card{ID: id, Lane: lane, Sub: s.ID, Person: s.Owner, Task: p.Task, MadeAt: b.at})
	}
	b.Marks[i].Want = max(b.Marks[i].Want, p.Event.Version)
}
