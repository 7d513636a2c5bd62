package notify

import (
	"context"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// copier has a letter that asks for a decision go on as a card.
type copier struct{ *letterTurn }

// sent is a letter that was sent, as a card: where messages can be changed it goes on showing
// how its question stands. ok is false for one that asks nothing.
func (l copier) sent(m *Message) (c Card, ok bool) {
	p := l.p
	if !l.edits || p.State != Sent || p.Far == "" || p.Kind != progress.ApprovalNeeded || m.Event == nil || m.Event.Data.Approval == nil {
		return c, false
	}
	c = l.card()
	c.Want, c.Shown, c.Far = m.Task.Version, m.Task.Version, p.Far
	if !l.found { // else it shows how its question stood when it was sent
		c.Hash = standOf(m)
	}
	return c, true
}

// card is the letter as a card of which nothing is known.
func (l copier) card() Card {
	p := l.p
	return Card{
		ID: CardID(p.ID), Lane: l.ID, Sub: p.Sub, Person: p.Person, Task: p.Task, MadeAt: l.now(), Seq: p.Seq, Round: p.Round,
	}
}

// stray is a letter that is not worth sending any more, as a card, if an earlier try may have
// arrived: it is looked for, so that it does not ask for ever.
func (l copier) stray() (c Card, ok bool) {
	_, finds := l.channel.(Finder)
	if !finds || !l.edits || !l.p.Doubt || l.p.Kind != progress.ApprovalNeeded {
		return c, false
	}
	return l.card(), true
}

// keep has a copy be looked at from now on: much may have happened since it was sent.
func (l *letterTurn) keep(c Card) {
	l.door.Lock()
	defer l.door.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cards[c.ID] != nil {
		return // the store was asked meanwhile
	}
	l.cards[c.ID], l.doubt[c.ID] = &c, c.Far == ""
	l.watch(l.lane, &c)
	l.line.Add(Slot{Card: c.ID}, c.Shown+1, false, l.now(), l.now())
}

// isCopy reports whether a card is a letter that was sent.
func (c *Card) isCopy() bool { return c.Seq > 0 }

// copyFace is a letter once more that was sent, as things stand now.
type copyFace struct{}

func (copyFace) draw(ctx context.Context, l *cardTurn) (m Message, why string, err error) {
	c := &l.card
	t, s, why, err := l.about(ctx)
	switch {
	case err != nil || why != "":
		return m, why, err
	case c.Far == "" && !l.doubtful():
		return m, "it is not there", nil
	}
	e, ok, err := l.Tasks.Event(ctx, c.Task, c.Seq)
	if err != nil || !ok || e.Data.Approval == nil {
		return m, "the event is not kept any more", err
	}
	m = Message{ID: string(c.ID), Class: ClassApproval, For: Recipient{Person: c.Person}, Sub: c.Sub, Again: c.Round}
	return m, "", teller{l.lane}.add(ctx, &m, t, s, &e)
}

func (copyFace) hash(m *Message) string { return standOf(m) }

func (copyFace) last(m *Message) bool { return !open(m) }

// teller says what an event was.
type teller struct{ *lane }

// add adds to a message what there is to say of an event of a task, as it is now.
func (l teller) add(ctx context.Context, m *Message, t *progress.Task, s *Subscription, e *progress.Event) (err error) {
	if m.For.Reader, err = l.readerOf(ctx, m.For.Person); err != nil {
		return err
	}
	eyes, err := l.eyesOf(ctx, s.Owner)
	if err != nil {
		return err
	}
	m.Vouched, m.Task, m.Event, m.ETA, m.Link = s.Vouched, t, e, l.ETA(t), l.Link(t.ID)
	m.Asks = asksOf(t, eyes, e.Step)
	said := l.Book.Notice(templates.Subject{Task: t, ETA: m.ETA, Now: l.now(), Link: m.Link, Again: m.Again}, e, m.For.Reader)
	m.Notice = &said
	return nil
}

// standOf is a fingerprint of how a question stands that a message asks: what such a
// message shows changes with it alone.
func standOf(m *Message) string {
	a := m.Event.Data.Approval
	var now any
	if step, asks := m.Task.Asking(a.ID); asks {
		now = m.Task.Steps.At(step).Approval
	} else if at := m.Event.Step; at > 0 && at <= m.Task.Steps.Len() {
		now = m.Task.Steps.At(at).Approval
	}
	return fingerprint([]any{now, len(m.Asks), open(m)})
}

// open reports whether the question of a message waits for a decision.
func open(m *Message) bool {
	_, asks := m.Task.Asking(m.Event.Data.Approval.ID)
	return asks
}
