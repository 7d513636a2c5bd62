package notify

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"
)

// letterTurn is one try to deliver a letter.
type letterTurn struct {
	*lane
	p     *parcel
	done  func() // ends its call of the channel
	found bool   // the far side has had it from an earlier try
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
	m, end, err := composer{l}.compose(l.hard)
	switch {
	case errors.Is(err, errElsewhere):
		l.forgetLetter(l.p, l.now(), false)
	case err != nil:
		l.trouble(err)
	case end != "":
		l.end(end)
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

// try calls the far side, and settles the letter or puts it back.
func (l *letterTurn) try(m Message) {
	p := l.p
	p.Tries++
	r, err := l.send(m)
	if err == nil {
		p.Far, p.Why, p.Doubt = r.Far, "", false
		l.sent(&m)
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
	case p.speech != nil && f.Fate == Gone:
		l.settle(Dropped, true) // nobody has asked for that place to be told anything
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

// sent settles a letter that the far side has.
func (l *letterTurn) sent(m *Message) {
	if l.p.State = Sent; l.p.speech != nil {
		follower{l}.follow()
	}
	c, ok := copier{l}.sent(m)
	if !ok {
		l.settle(Sent, true)
		return
	}
	l.settle(Sent, true, c)
	l.keep(c)
}

// end settles a letter that is not worth sending any more.
func (l *letterTurn) end(s State) {
	c, ok := copier{l}.stray()
	if !ok {
		l.settle(s, false)
		return
	}
	l.settle(s, false, c)
	l.keep(c)
}

// write writes down how the letter stands, with what it leaves. What the bot says is kept
// nowhere.
func (l *letterTurn) write(copies ...Card) {
	if l.p.speech != nil {
		return
	}
	l.persist(func(ctx context.Context) error { return l.Post.Settle(ctx, []Letter{l.p.Letter}, copies...) })
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
			l.found = found
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
// far side answered; copies are what it goes on as.
func (l *letterTurn) settle(s State, called bool, copies ...Card) {
	p := l.p
	p.State, p.SettledAt = s, l.now()
	if called && s == Sent {
		l.bars.lift(l.Address.Channel)
	}
	l.write(copies...)
	l.settled(p.ID)
	l.forgetLetter(p, l.now(), called)
	switch {
	case p.speech != nil && s != Sent:
		l.Log.Warn("somebody was left without an answer", "channel", l.Address.Channel, "to", l.Address.Shown(), "why", p.Why)
	case s == Dead && p.Class.Urgent() && p.speech == nil:
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
