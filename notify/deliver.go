package notify

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// letterTurn is one try to deliver a letter.
type letterTurn struct {
	*lane
	p *parcel
}

// guarded gives a letter its turn. A panic is a defect that costs this letter alone.
func (l *letterTurn) guarded(id LetterID) {
	defer func() {
		if p := recover(); p != nil {
			l.Log.Error("a letter could not be made", "id", id, "task", l.p.Task, "panic", p, "stack", string(debug.Stack()))
			l.p.Why = "a defect of Herald; its log says more"
			l.settle(Dead, false)
		}
	}()
	l.mu.Lock()
	l.p = l.letters[id]
	l.mu.Unlock()
	l.do()
}

func (l *letterTurn) do() {
	m, end, err := l.compose(l.hard)
	switch {
	case err != nil:
		l.trouble(err)
	case end != "":
		l.settle(end, false)
	default:
		l.try(m)
	}
}

// compose makes the message of a letter. end is the state of one that is not sent
// any more; why is in the letter then.
func (l *letterTurn) compose(ctx context.Context) (m Message, end State, err error) {
	now, p := l.now(), l.p
	if !p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt) {
		return m, expired(&p.Letter), nil
	}
	if l.channel == nil {
		p.Why = fmt.Sprintf("this server has no channel %q", l.Address.Channel)
		return m, Dead, nil
	}
	m = Message{
		ID: string(p.ID), Class: p.Class, Urgent: p.Class.Urgent(), Doubt: p.Doubt,
		For: Recipient{Person: p.Person, Reader: l.Reader},
	}
	if p.Note != nil {
		m.Note = p.Note
		said := l.Book.Note(templates.Note{
			Kind: string(p.Note.Kind), Channel: p.Note.Channel, To: p.Note.To, Reason: p.Note.Reason, At: p.Note.At,
		}, l.Reader)
		m.Notice = &said
		return m, "", nil
	}
	return l.about(ctx, m, now)
}

// expired ends a letter whose time is up: one that matters is dead.
func expired(l *Letter) State {
	state := Dropped
	if l.Class.Urgent() {
		state = Dead
	}
	if l.Why == "" {
		l.Why = "its turn did not come in time"
		return state
	}
	l.Why = "its time was up; last: " + l.Why
	return state
}

// about adds to a message what its letter is about.
func (l *letterTurn) about(ctx context.Context, m Message, now time.Time) (_ Message, end State, err error) {
	p := l.p
	t, why, err := l.told(ctx, p.Sub, p.Task)
	if err != nil || why != "" {
		p.Why = why
		return m, Dropped, err
	}
	if p.event == nil {
		e, ok, err := l.Tasks.Event(ctx, p.Task, p.Seq)
		if err != nil || !ok {
			p.Why = "the event is not kept any more"
			return m, Dropped, err
		}
		p.event = &e
	}
	m.Task, m.Event, m.ETA, m.Link = t, p.event, l.ETA(t), l.Link(t.ID)
	said := l.Book.Notice(templates.Subject{Task: t, ETA: m.ETA, Now: now, Link: m.Link}, p.event, m.For.Reader)
	m.Notice = &said
	return m, "", nil
}

// told is a task that a subscription may be told of; or why not.
func (n *Notifier) told(ctx context.Context, id SubscriptionID, task progress.TaskID) (t *progress.Task, why string, err error) {
	if t, err = n.taskNow(ctx, task); err != nil || t == nil {
		return nil, "the task is gone", err
	}
	if own, ok := CallbackOf(t); ok && own.ID == id {
		return t, "", nil
	}
	s, err := n.rolls.get(ctx, id, n.now())
	switch {
	case err != nil || s == nil:
		return nil, "unsubscribed", err
	case s.Off != "":
		return nil, "the subscription is off: " + s.Off, nil
	}
	eyes, err := n.eyesOf(ctx, s.Owner)
	if err == nil && !mayTell(eyes, t) {
		why = "the owner may not see the task any more"
	}
	return t, why, err
}

// try calls the far side, and settles the letter or puts it back.
func (l *letterTurn) try(m Message) {
	p := l.p
	p.Tries++
	r, err := l.send(m)
	if err == nil {
		p.Far, p.Why = r.Far, ""
		l.settle(Sent, true)
		l.Watch.Waited(l.Address.Channel, string(p.Class), l.now().Sub(p.MadeAt))
		return
	}
	f := failureOf(err)
	if l.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		l.giveBack() // we are stopping, and the letter stays in the store as it is
		return
	}
	p.Why, p.Doubt = f.Err.Error(), p.Doubt || f.Doubt
	switch f.Fate {
	case Rejected:
		l.settle(Dead, true)
	case Gone:
		l.shut(f.Err.Error())
	default:
		l.again(f)
	}
}

// send calls the far side, after a look whether the message is there already, if it
// may be.
func (l *letterTurn) send(m Message) (r Receipt, err error) {
	ctx, cancel := context.WithTimeout(l.hard, sendPatience)
	defer cancel()
	l.called(l.now())
	begun := l.now()
	if f, ok := l.channel.(Finder); ok && l.p.Doubt {
		r, found, err := f.Find(ctx, l.Address, m)
		if err != nil || found {
			l.Watch.Tried(l.Address.Channel, string(m.Class), fateOf(err), l.now().Sub(begun))
			return r, err
		}
	}
	r, err = l.channel.Send(ctx, l.Address, m)
	l.Watch.Tried(l.Address.Channel, string(m.Class), fateOf(err), l.now().Sub(begun))
	return r, err
}

func fateOf(err error) string {
	if err == nil {
		return ""
	}
	return string(failureOf(err).Fate)
}

// again puts a letter back in line after a failure that goes away, and writes down
// how it stands.
func (l *letterTurn) again(f *Failure) {
	rest := l.retry(f, l.p.Tries)
	if l.p.DueAt = (time.Time{}); f.Fate == Limited {
		l.p.DueAt = rest
	}
	l.persist(func(ctx context.Context) error { return l.Post.Settle(ctx, []Letter{l.p.Letter}) })
}

// settle ends a letter for good: it is on disk when it returns. called says that the
// far side answered.
func (l *letterTurn) settle(s State, called bool) {
	p := l.p
	p.State, p.SettledAt = s, l.now()
	if called && s == Sent {
		l.bars.lift(l.Address.Channel)
	}
	l.persist(func(ctx context.Context) error { return l.Post.Settle(ctx, []Letter{p.Letter}) })
	l.mu.Lock()
	delete(l.letters, p.ID)
	l.line.Done(l.now(), called)
	l.mu.Unlock()
	if s == Dead && p.Class.Urgent() {
		l.mourn()
	}
}

// mourn tells the owner of a letter that matters and could not be delivered, at most
// once an hour for a lane.
func (l *letterTurn) mourn() {
	l.Log.Warn("a letter that matters could not be delivered; see herald deliveries", "id", l.p.ID, "channel", l.Address.Channel,
		"to", l.Address.Shown(), "task", l.p.Task, "kind", l.p.Kind, "why", l.p.Why)
	hour := l.p.SettledAt.Truncate(noteEvery).String()
	notes := l.notes(l.Lane, NoteDead, l.p.Why, string(l.ID)+hour, l.p.SettledAt)
	if len(notes.Letters) == 0 {
		return
	}
	l.persist(func(ctx context.Context) error { return l.Outbox.Routed(ctx, notes) })
	l.poke(notes.Lanes)
}
