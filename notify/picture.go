package notify

import (
	"context"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/taskherald/herald/templates"
)

// cardTurn is one turn of a card: it shows the task as it is now.
type cardTurn struct {
	*lane
	turn  Turn
	taken time.Time // when its call was taken from the account's budget
	card  Card
}

// guarded gives a card its turn. A panic is a defect that costs this picture alone.
func (l *cardTurn) guarded() {
	defer func() {
		if p := recover(); p != nil {
			l.Log.Error("a picture could not be made", "task", l.card.Task, "panic", p, "stack", string(debug.Stack()))
			l.card.Shown = l.turn.Version
			l.showed(Message{}, false)
		}
	}()
	l.mu.Lock()
	l.card = *l.cards[l.turn.Card]
	l.mu.Unlock()
	l.do()
}

func (l *cardTurn) do() {
	m, why, err := l.draw(l.hard)
	switch {
	case err != nil:
		l.budget.Spare(l.taken, l.turn.Urgent)
		l.trouble(err)
	case why != "" || !l.worth(m):
		l.budget.Spare(l.taken, l.turn.Urgent)
		l.card.Over = why != "" || m.Task.Status.Ended()
		l.showed(m, false)
	default:
		m.Urgent = l.turn.Urgent
		l.show(m)
	}
}

// draw makes the picture of a card; why says that there is none any more.
func (l *cardTurn) draw(ctx context.Context) (m Message, why string, err error) {
	c := &l.card
	if l.channel == nil {
		return m, "this server has no such channel", nil
	}
	t, why, err := l.told(ctx, c.Sub, c.Task)
	if err != nil || why != "" {
		return m, why, err
	}
	m = Message{
		ID:    string(letterID("card", string(c.ID), strconv.FormatInt(t.Version, 10))),
		Class: ClassProgress, For: Recipient{Person: c.Person, Reader: l.Reader},
		Task: t, ETA: l.ETA(t), Link: l.Link(t.ID), Thread: c.Far,
	}
	card := l.Book.Card(templates.Subject{Task: t, ETA: m.ETA, Now: l.now(), Link: m.Link}, l.Reader)
	m.Card = &card
	return m, "", nil
}

// worth reports whether a picture is worth a call. Where pictures cannot be changed
// each says how far the task has come: there is none before it starts, and letters
// say how it ended.
func (l *cardTurn) worth(m Message) bool {
	if _, edits := l.channel.(Editor); !edits && (m.Task.StartedAt.IsZero() || m.Task.Status.Ended()) {
		return false
	}
	return l.card.Shown == 0 || m.Card.Hash() != l.card.Hash
}

// show calls the far side with a picture.
func (l *cardTurn) show(m Message) {
	c := &l.card
	far, err := l.put(m)
	if err == nil {
		c.Far, c.Hash, c.Over = far, m.Card.Hash(), m.Task.Status.Ended()
		l.showed(m, true)
		return
	}
	switch f := failureOf(err); f.Fate {
	case Gone:
		l.shut(f.Err.Error())
	case Rejected:
		l.Log.Warn("a picture was rejected", "channel", l.Address.Channel, "task", c.Task, "error", f.Err)
		c.Hash, c.Over = m.Card.Hash(), m.Task.Status.Ended()
		l.showed(m, true)
	default:
		l.retry(f, 1)
	}
}

// put changes the picture that is there, or sends one.
func (l *cardTurn) put(m Message) (far string, err error) {
	c := &l.card
	ctx, cancel := context.WithTimeout(l.hard, sendPatience)
	defer cancel()
	l.called(l.now())
	begun := l.now()
	defer func() { l.Watch.Tried(l.Address.Channel, string(m.Class), fateOf(err), l.now().Sub(begun)) }()
	if e, ok := l.channel.(Editor); ok && c.Far != "" {
		_, err = e.Edit(ctx, l.Address, c.Far, m)
		if err == nil || failureOf(err).Fate != Gone {
			return c.Far, err
		}
	}
	r, err := l.channel.Send(ctx, l.Address, m)
	return r.Far, err
}

// showed writes down what a card shows, and ends its turn.
func (l *cardTurn) showed(m Message, called bool) {
	c := l.card
	if m.Task != nil {
		c.Shown = m.Task.Version
	}
	l.persist(func(ctx context.Context) error { return l.Cards.Showed(ctx, []Card{c}) })
	l.mu.Lock()
	c.Want = max(c.Want, l.cards[c.ID].Want)
	*l.cards[c.ID] = c
	l.line.Done(l.now(), called)
	over := c.Over && c.Want <= c.Shown
	if over {
		delete(l.cards, c.ID)
		l.line.Remove(Slot{Card: c.ID})
		l.line.Forget(c.ID)
	}
	l.mu.Unlock()
	if over {
		l.unwatch(l.lane, c.Task)
	}
}
