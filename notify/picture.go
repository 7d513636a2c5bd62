package notify

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
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
			l.card.Shown = max(l.card.Shown, l.turn.Version)
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
	if err == nil && why == "" && l.worth(&m) {
		m.Urgent = l.turn.Urgent
		l.show(m)
		return
	}
	l.budget.Spare(l.taken, l.turn.Urgent)
	switch {
	case errors.Is(err, errElsewhere):
		l.leave()
	case err != nil:
		l.trouble(err)
	case why != "":
		l.card.Over, l.card.Shown = true, max(l.card.Shown, l.card.Want) // there is nothing that it has to show
		l.showed(m, false)
	default:
		l.card.Over = l.face().last(&m)
		l.showed(m, false)
	}
}

// leave forgets a card that is another lane's.
func (l *cardTurn) leave() {
	l.mu.Lock()
	l.line.Done(l.now(), false)
	l.forgetCard(l.card.ID, l.now())
	l.mu.Unlock()
	l.unwatch(l.lane, &l.card)
}

// draw makes the picture of a card; why says that there is none any more.
func (l *cardTurn) draw(ctx context.Context) (m Message, why string, err error) {
	if l.channel == nil {
		return m, "this server has no such channel", nil
	}
	return l.face().draw(ctx, l)
}

// face is how a card looks.
type face interface {
	// draw makes the picture of a card; why says that there is none any more.
	draw(ctx context.Context, l *cardTurn) (m Message, why string, err error)
	// hash is a fingerprint of what a picture shows.
	hash(m *Message) string
	// last reports whether nothing moves a picture any more, unless the task is run again.
	last(m *Message) bool
}

// face is that of the card: a task, a question that was asked, an answer, or a board.
func (l *cardTurn) face() face {
	switch {
	case l.card.isBoard():
		return boardFace{}
	case l.card.isAnswer():
		return answerFace{}
	case l.card.isCopy():
		return copyFace{}
	}
	return taskFace{}
}

// about is the task and the subscription of a card; why says that it shows nothing any more.
func (l *cardTurn) about(ctx context.Context) (t *progress.Task, s *Subscription, why string, err error) {
	t, s, why, err = l.told(ctx, l.card.Sub, l.card.Task)
	if err == nil && why == "" && s.Address.Lane() != l.ID {
		err = errElsewhere
	}
	return t, s, why, err
}

// taskFace is a task as it is now.
type taskFace struct{}

func (taskFace) draw(ctx context.Context, l *cardTurn) (m Message, why string, err error) {
	c := &l.card
	t, s, why, err := l.about(ctx)
	switch {
	case err != nil || why != "":
		return m, why, err
	case !s.Live || !s.Match.Of(t):
		return m, "the subscription does not ask for it any more", nil
	}
	reader, err := l.readerOf(ctx, c.Person)
	if err != nil {
		return m, "", err
	}
	m = Message{
		ID:    string(letterID("card", string(c.ID), strconv.FormatInt(t.Version, 10))),
		Class: ClassProgress, For: Recipient{Person: c.Person, Reader: reader}, Vouched: s.Vouched, Sub: c.Sub,
		Task: t, ETA: l.ETA(t), Link: l.Link(t.ID),
	}
	card := l.Book.Card(templates.Subject{Task: t, ETA: m.ETA, Now: l.now(), Link: m.Link}, reader)
	m.Card = &card
	return m, "", nil
}

func (taskFace) hash(m *Message) string { return m.Card.Hash() }

func (taskFace) last(m *Message) bool { return m.Task.Status.Ended() }

// worth reports whether a picture is worth a call. Where pictures cannot be changed
// each says how far the task has come: there is none before it starts, and letters
// say how it ended. One that was never sent stays so while its task is on a board.
func (l *cardTurn) worth(m *Message) bool {
	switch {
	case l.card.isBoard() && l.card.Shown == 0 && l.face().last(m) && !l.doubtful():
		return false // there are few again before it was sent
	case m.Card == nil:
	case !l.edits && (m.Task.StartedAt.IsZero() || m.Task.Status.Ended()):
		return false
	case l.card.Far == "" && l.card.Hash == "" && board{l.track}.there():
		return false
	case l.pace.Threads && l.card.Far == "" && l.card.Hash == "" && m.Task.Status.Ended() && !l.doubtful():
		return false // the letter about its end stands there by itself
	}
	return l.card.Shown == 0 || l.face().hash(m) != l.card.Hash
}

// show calls the far side with a picture.
func (l *cardTurn) show(m Message) {
	c := &l.card
	far, err := l.put(m)
	l.mu.Lock()
	l.doubt[c.ID] = err != nil && (l.doubt[c.ID] || failureOf(err).Doubt)
	l.mu.Unlock()
	if err == nil {
		c.Far, c.Hash, c.Over = far, l.face().hash(&m), l.face().last(&m)
		l.bars.lift(l.Address.Channel)
		l.showed(m, true)
		return
	}
	switch f := failureOf(err); f.Fate {
	case Gone:
		l.shut(f.Err.Error(), party{c.Sub, c.Person})
	case Rejected:
		l.Log.Warn("a picture was rejected", "channel", l.Address.Channel, "task", c.Task, "error", f.Err)
		c.Hash, c.Over = l.face().hash(&m), l.face().last(&m)
		l.showed(m, true)
	default:
		if f.Doubt && l.edits && c.Far == "" && c.Hash == "" {
			l.suspect(l.face().hash(&m))
		}
		l.retry(f, l.turn.fails+1)
	}
}

// suspect writes down what a message may show of which nobody knows whether it is there: it is
// looked for until that is known, by another process too.
func (l *cardTurn) suspect(hash string) {
	c := l.card
	c.Hash = hash
	l.persist(func(ctx context.Context) error { return l.Cards.Showed(ctx, []Card{c}) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cards[c.ID].Hash = hash
}

// put changes the picture that is there, or sends one.
func (l *cardTurn) put(m Message) (far string, err error) {
	done, ok := l.allowed()
	defer done()
	if !ok {
		return far, context.Canceled
	}
	ctx, end := context.WithTimeout(l.hard, l.pace.patience())
	defer end()
	l.called(l.now())
	begun := l.now()
	defer func() { l.Watch.Tried(l.Address.Channel, string(m.Class), fateOf(err), l.now().Sub(begun)) }()
	if e, ok := l.channel.(Editor); ok {
		return l.place(ctx, e, m)
	}
	r, err := l.channel.Send(ctx, l.Address, m)
	return r.Far, err
}

// place puts a picture where the one before is. One that is sent has the ID of its
// place: should we not hear that it is there, it is found, and changed.
func (l *cardTurn) place(ctx context.Context, e Editor, m Message) (far string, err error) {
	far = l.card.Far
	if far != "" {
		far, err = l.change(ctx, e, far, m)
		if err == nil || failureOf(err).Fate != Gone || l.card.isCopy() || l.card.isAnswer() { // somebody has taken away what was said once
			return far, unlessGone(err)
		}
	}
	if !l.card.isCopy() { // else it has that of its letter
		m.ID = string(letterID("card", string(l.card.ID), far))
	}
	if f, ok := l.channel.(Finder); ok && l.doubtful() {
		r, found, err := f.Find(ctx, l.Address, m)
		if err == nil && found {
			r.Far, err = l.change(ctx, e, r.Far, m)
		}
		if err == nil && found || err != nil && failureOf(err).Fate != Gone {
			return r.Far, err
		}
	}
	if l.card.isCopy() {
		return "", nil // nobody was asked
	}
	r, err := l.channel.Send(ctx, l.Address, m)
	return r.Far, err
}

// change edits a message, and gives what the far side calls it from then on.
func (l *cardTurn) change(ctx context.Context, e Editor, far string, m Message) (string, error) {
	r, err := e.Edit(ctx, l.Address, far, m)
	if err != nil {
		return far, err
	}
	return cmp.Or(r.Far, far), nil
}

// unlessGone is an error but that the message is not there any more.
func unlessGone(err error) error {
	if err != nil && failureOf(err).Fate == Gone {
		return nil
	}
	return err
}

// doubtful reports whether the card's message may be there already.
func (l *cardTurn) doubtful() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.doubt[l.card.ID]
}

// showed ends a card's turn, and writes down what it shows if that is not what it
// showed before.
func (l *cardTurn) showed(m Message, called bool) {
	c := l.card
	switch {
	case m.Task != nil:
		c.Shown = m.Task.Version
	case c.isBoard():
		c.Shown = max(l.turn.Version, c.Want)
	}
	if called || c.Over {
		l.persist(func(ctx context.Context) error { return l.Cards.Showed(ctx, []Card{c}) })
	}
	l.mu.Lock()
	c.Want = max(c.Want, l.cards[c.ID].Want)
	*l.cards[c.ID] = c
	l.line.Done(l.now(), called)
	over := c.Over && c.Want <= c.Shown
	if over {
		l.forgetCard(c.ID, l.now())
	}
	l.mu.Unlock()
	if over {
		l.unwatch(l.lane, &c)
	}
}
