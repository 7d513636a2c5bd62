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
	if err := n.commit(ctx, b); err != nil {
		return false, err
	}
	n.wait(b.soonest())
	n.Watch.Routed(len(pending), n.now().Sub(begun))
	return len(pending) == dispatchMost, nil
}

// commit writes a batch, and hands it to the lanes.
func (n *Notifier) commit(ctx context.Context, b *batch) error {
	n.desk.expect()
	if err := n.Outbox.Routed(ctx, b.Routed); err != nil {
		n.known = false // it may be written all the same
		return err
	}
	n.desk.take(b)
	return nil
}

// batch is what becomes of some events.
type batch struct {
	*Notifier
	pile
	at    time.Time
	roll  *roll
	tasks map[progress.TaskID]*progress.Task // nil for one that is gone
	eyes  map[progress.Person]*progress.Actor
	crowd crowd // everyone; nil while nobody has asked for them
}

func newBatch(n *Notifier, pending []Pending) *batch {
	return &batch{
		Notifier: n, pile: newPile(pending, n.begun), at: n.now(), tasks: map[progress.TaskID]*progress.Task{},
		eyes: map[progress.Person]*progress.Actor{},
	}
}

func (b *batch) route(ctx context.Context) (err error) {
	if b.roll, err = b.rolls.list(ctx, b.at); err != nil {
		return err
	}
	for i := range b.Done {
		if err := b.guarded(ctx, &b.Done[i]); err != nil {
			return err
		}
	}
	return nil
}

// guarded routes an event. A panic is a defect that costs the rest of this one alone.
func (b *batch) guarded(ctx context.Context, p *Pending) error {
	defer func() {
		if trouble := recover(); trouble != nil {
			b.Log.Error("an event could not be routed", "task", p.Task, "seq", p.Event.Seq, "panic", trouble, "stack", string(debug.Stack()))
		}
	}()
	return b.one(ctx, p)
}

// one routes an event. One whose task is gone leads to nothing.
func (b *batch) one(ctx context.Context, p *Pending) error {
	t, err := b.task(ctx, p.Task)
	if err != nil || t == nil {
		return err
	}
	c, err := b.caseOf(ctx, t, &p.Event)
	if err != nil {
		return err
	}
	if err := b.chain(ctx, c); err != nil {
		return err
	}
	round := round{task: t, event: &p.Event, at: b.at}
	for _, d := range Route(c) {
		b.decided(d, &round)
	}
	b.traced(&round)
	return nil
}

// caseOf is an event with all that decides who is told of it. What needs the store is
// asked here.
func (b *batch) caseOf(ctx context.Context, t *progress.Task, e *progress.Event) (*Case, error) {
	c := &Case{
		Task: t, Event: e, At: b.at, Rules: b.Rules, about: about(t, b.roll.all), roll: b.roll, named: b.named,
		sees: func(s *Subscription) bool { return b.sees(s, t) },
	}
	for _, s := range c.about {
		if err := b.see(ctx, s.Owner); err != nil {
			return nil, err
		}
	}
	if len(b.Rules) == 0 && e.Kind != progress.ApprovalNeeded {
		return c, nil
	}
	if err := b.meet(ctx); err != nil {
		return nil, err
	}
	c.crowd = b.crowd
	return c, nil
}

// sees reports whether the owner of a subscription may be told of a task.
func (b *batch) sees(s *Subscription, t *progress.Task) bool {
	return mayTell(b.eyes[s.Owner], t) || s.Callback && present(s, b.eyes[s.Owner])
}

// meet finds out who there is.
func (b *batch) meet(ctx context.Context) error {
	if b.crowd != nil {
		return nil
	}
	all, err := b.People(ctx)
	if err == nil {
		b.crowd = crowdOf(all)
	}
	return err
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
