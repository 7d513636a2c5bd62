package notify

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// letterTurn is one try to deliver a letter.
type letterTurn struct {
	*lane
	p    *parcel
	done func() // ends its call of the channel
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
	if l.p.Class.Urgent() && l.p.Task != "" {
		if later, err := l.letPass(l.hard); later || err != nil {
			if err != nil {
				l.trouble(err)
			}
			return
		}
	}
	ok := false
	if l.done, ok = l.allowed(); !ok {
		l.giveBack() // we are stopping
		return
	}
	defer l.done()
	m, end, err := l.compose(l.hard) // as it is when the call is made
	switch {
	case errors.Is(err, errElsewhere):
		l.forgetLetter(l.p, l.now(), false)
	case err != nil:
		l.trouble(err)
	case end != "":
		l.settle(end, false)
	default:
		l.try(m)
	}
}

// letPass puts an urgent letter behind what is to be said of its task before, should
// that have been left in the store for want of room.
func (l *letterTurn) letPass(ctx context.Context) (later bool, err error) {
	p := l.p
	l.mu.Lock()
	left := l.more
	l.mu.Unlock()
	if !left {
		return false, nil
	}
	before, err := l.Post.Letters(ctx, LetterQuery{Sub: p.Sub, Task: p.Task, State: Due, Limit: loadMost, Oldest: true})
	l.mu.Lock()
	defer l.mu.Unlock()
	before = slices.DeleteFunc(before, func(o Letter) bool { return o.Lane != l.ID || o.Seq >= p.Seq || l.letters[o.ID] != nil })
	if err != nil || len(before) == 0 {
		return false, err
	}
	l.leave(p)
	l.line.Done(l.now(), false)
	for _, o := range before {
		o.Doubt = o.Doubt || o.MadeAt.Before(l.since)
		l.enter(&parcel{Letter: o})
	}
	l.enter(p)
	return true, nil
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
		For: Recipient{Person: p.Person}, Sub: p.Sub, Until: p.ExpiresAt,
		Again: p.Round,
	}
	if m.For.Reader, err = l.readerOf(ctx, p.Person); err != nil {
		return m, "", err
	}
	if p.Note != nil {
		return l.noted(ctx, m)
	}
	return l.about(ctx, m, now)
}

// noted adds to a message what its note says.
func (l *letterTurn) noted(ctx context.Context, m Message) (_ Message, end State, err error) {
	n := l.p.Note
	s, why, err := l.standing(ctx, l.p.Sub, n.Kind == NoteConfirm)
	if err == nil && why == "" {
		why, err = l.absent(ctx, s)
	}
	if end, err = l.may(ctx, s, why, err); end != "" || err != nil {
		return m, end, err
	}
	m.Note, m.Link, m.Vouched = n, l.Link(""), s.Vouched
	said := templates.Note{Kind: string(n.Kind), Channel: n.Channel, To: n.To, Reason: n.Reason, At: n.At, Step: n.Step}
	switch n.Kind {
	case NoteDigest:
		return l.gathered(ctx, m)
	case NoteUndelivered:
		t, _, why, err := l.told(ctx, l.p.Sub, n.Task)
		if err != nil {
			return m, "", err
		}
		if why != "" {
			l.p.Why = why
			return m, Dropped, nil
		}
		if n.Step > t.Steps.Len() || t.Steps.At(n.Step).Status != progress.StepWaiting {
			l.p.Why = "nobody asks any more"
			return m, Dropped, nil
		}
		said.Title, said.Link, m.Link = t.Spec.Title, l.Link(n.Task), l.Link(n.Task)
	case NoteOff, NoteDead, NoteTest, NoteConfirm:
	}
	notice := l.Book.Note(said, m.For.Reader)
	m.Notice = &notice
	return m, "", nil
}

// gathered adds to a message how the tasks of its digest stand.
func (l *letterTurn) gathered(ctx context.Context, m Message) (_ Message, end State, err error) {
	d := templates.Digest{More: m.Note.More, At: m.Note.At, Link: m.Link}
	for _, it := range slices.Backward(m.Note.Items) { // the newest first
		t, _, why, err := l.told(ctx, l.p.Sub, it.Task)
		if err != nil {
			return m, "", err
		}
		if why == "" {
			d.Items = append(d.Items, templates.DigestItem{
				Subject: templates.Subject{Task: t, ETA: l.ETA(t), Now: l.now(), Link: l.Link(t.ID)}, Kinds: it.Kinds,
			})
		}
	}
	if len(d.Items) == 0 {
		l.p.Why = "its owner may see none of the tasks any more"
		return m, Dropped, nil
	}
	notice := l.Book.Digest(d, m.For.Reader)
	m.Notice = &notice
	return m, "", nil
}

// errElsewhere is that a letter or card belongs to another lane by now.
var errElsewhere = errors.New("its subscription has another address now")

// may reports whether a letter may still be sent here, after a look at its
// subscription: the state that ends it, if not. One whose subscription has moved away
// is another lane's, unless it was written here at that moment.
func (l *letterTurn) may(ctx context.Context, s *Subscription, why string, err error) (end State, _ error) {
	switch {
	case err != nil:
		return "", err
	case why != "":
		l.p.Why = why
		return Dropped, nil
	case s.Address.Lane() == l.ID:
		return "", nil
	}
	kept, err := l.Post.Letters(ctx, LetterQuery{ID: l.p.ID, Limit: 1})
	if err == nil && (len(kept) == 0 || kept[0].Lane != l.ID) {
		err = errElsewhere
	}
	return "", err
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

// late reports whether a letter about a step comes after a newer one of its task, as may be
// once it has failed, and would take that one's place.
func (l *letterTurn) late(ctx context.Context) (bool, error) {
	p := l.p
	if !l.pace.Covers || p.Tries == 0 || p.Class != ClassStep {
		return false, nil
	}
	sent, err := l.Post.Letters(ctx, LetterQuery{Sub: p.Sub, Task: p.Task, State: Sent, Limit: loadMost})
	return slices.ContainsFunc(sent, func(o Letter) bool { return o.Lane == l.ID && o.Seq > p.Seq }), err
}

// about adds to a message what its letter is about.
func (l *letterTurn) about(ctx context.Context, m Message, now time.Time) (_ Message, end State, err error) {
	p := l.p
	t, s, why, err := l.told(ctx, p.Sub, p.Task)
	if end, err = l.may(ctx, s, why, err); end != "" || err != nil {
		return m, end, err
	}
	switch late, err := l.late(ctx); {
	case err != nil:
		return m, "", err
	case late:
		p.Why = "a newer one of its task was sent"
		return m, Dropped, nil
	}
	if p.event == nil {
		e, ok, err := l.Tasks.Event(ctx, p.Task, p.Seq)
		if err != nil {
			return m, "", err
		}
		if !ok {
			p.Why = "the event is not kept any more"
			return m, Dropped, nil
		}
		p.event = &e
	}
	if why := answered(p, t, s); why != "" {
		p.Why = why
		return m, Dropped, nil
	}
	eyes, err := l.eyesOf(ctx, s.Owner)
	if err != nil {
		return m, "", err
	}
	m.Vouched = s.Vouched
	m.Task, m.Event, m.ETA, m.Link, m.Asks = t, p.event, l.ETA(t), l.Link(t.ID), asksOf(t, eyes, p.event.Step)
	said := l.Book.Notice(templates.Subject{Task: t, ETA: m.ETA, Now: now, Link: m.Link, Again: p.Round}, p.event, m.For.Reader)
	m.Notice = &said
	return m, "", nil
}

// try calls the far side, and settles the letter or puts it back.
func (l *letterTurn) try(m Message) {
	p := l.p
	p.Tries++
	r, err := l.send(m)
	if err == nil {
		p.Far, p.Why, p.Doubt = r.Far, "", false
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
	if f.Doubt {
		p.doubts++
	}
	switch {
	case f.Fate == Rejected, l.pace.Doubts > 0 && p.doubts >= l.pace.Doubts:
		l.settle(Dead, true)
	case f.Fate == Gone:
		p.State, p.SettledAt = Dead, l.now()
		l.write()
		l.shut(f.Err.Error(), party{p.Sub, p.Person})
	default:
		l.again(f)
	}
}

// write writes down how the letter stands.
func (l *letterTurn) write() {
	l.persist(func(ctx context.Context) error { return l.Post.Settle(ctx, []Letter{l.p.Letter}) })
	if l.p.State != Due {
		l.Watch.Settled(l.Address.Channel, string(l.p.Class), string(l.p.State))
	}
}

// send calls the far side, after a look whether the message is there already, if it
// may be.
func (l *letterTurn) send(m Message) (r Receipt, err error) {
	ctx, end := context.WithTimeout(l.hard, l.pace.patience())
	defer end()
	defer l.done()
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
	l.write()
}

// settle ends a letter for good: it is on disk when it returns. called says that the
// far side answered.
func (l *letterTurn) settle(s State, called bool) {
	p := l.p
	p.State, p.SettledAt = s, l.now()
	if called && s == Sent {
		l.bars.lift(l.Address.Channel)
	}
	l.write()
	l.settled(p.ID)
	l.forgetLetter(p, l.now(), called)
	if s == Dead && p.Class.Urgent() {
		l.mourn()
	}
}

// mourn tells the owner of a letter that matters and could not be delivered, at most
// once an hour for a lane. That a note could not be delivered is told to nobody.
func (l *letterTurn) mourn() {
	l.Log.Warn("a letter that matters could not be delivered; see herald deliveries", "id", l.p.ID, "channel", l.Address.Channel,
		"to", l.Address.Shown(), "task", l.p.Task, "kind", l.p.Says(), "why", l.p.Why)
	if l.p.Note != nil {
		return
	}
	var notes Routed
	l.persist(func(ctx context.Context) (err error) {
		about := string(l.ID) + l.p.SettledAt.Truncate(noteEvery).UTC().String()
		notes, err = l.notes(ctx, l.Lane, party{l.p.Sub, l.p.Person}, said{NoteDead, l.p.Why, about, l.p.SettledAt})
		if err != nil || len(notes.Letters) == 0 {
			return err
		}
		return l.Outbox.Routed(ctx, notes)
	})
	l.poke(notes.Lanes)
}
