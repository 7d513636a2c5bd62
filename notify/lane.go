package notify

import (
	"context"
	"sync"
	"time"
)

// lane works toward one address. Its turns are taken by one goroutine, which is
// there while something is in line.
type lane struct {
	*desk
	Lane
	channel Channel // nil where this server has none of the name
	edits   bool    // pictures can be changed: only then one may be urgent
	budget  *Budget
	wake    chan struct{} // holds one: look again
	*track
}

// newLane makes a lane that begins with what the store has. The desk is locked.
func newLane(d *desk, stored Lane) *lane {
	l := &lane{
		desk: d, Lane: stored, channel: d.Channels[stored.Address.Channel], wake: make(chan struct{}, 1),
	}
	var pace Pace
	if p, ok := l.channel.(Pacer); ok {
		pace = p.Pace(stored.Address)
	}
	_, l.edits = l.channel.(Editor)
	l.track, l.budget = newTrack(pace), d.budget(pace)
	return l
}

// accept puts a letter in line that is in the store already. Beyond a bound it is
// left there, and where the store was not asked yet, which may have older ones. The
// desk is locked.
func (l *lane) accept(p parcel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.fresh:
	case l.room(p.Class):
		l.enter(&p)
	default:
		l.more = true
	}
	l.begin()
}

// raise has a card show a version. The desk is locked.
func (l *lane) raise(c Card, urgent bool) {
	urgent = urgent && l.edits
	l.mu.Lock()
	defer l.mu.Unlock()
	have := l.cards[c.ID]
	if have == nil {
		l.asked, l.hurry[c.ID] = true, urgent || l.hurry[c.ID] // the store knows what it shows
		l.begin()
		return
	}
	have.Want, have.Over = max(have.Want, c.Want), false
	l.line.Add(Slot{Card: c.ID}, have.Want, urgent, l.now(), time.Time{})
	board{l.track}.touch(l.now())
	l.begin()
}

// tick says that a task has moved to a version, 0 if that is not known.
func (l *lane) tick(id CardID, version int64, urgent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.cards[id]
	if c == nil {
		return // it is about to be loaded
	}
	news := board{l.track}.touch(l.now())
	if version == 0 || version > c.Shown {
		news = l.line.Add(Slot{Card: id}, version, urgent && l.edits, l.now(), time.Time{}) || news
	}
	if news {
		l.begin()
	}
}

// refill has the lane ask the store. The desk is locked.
func (l *lane) refill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = true
	l.begin()
}

// begin makes sure that somebody takes the turns, and looks again. The desk is
// locked, but where it runs already.
func (l *lane) begin() {
	l.asked = l.asked || l.fresh
	if l.running {
		select {
		case l.wake <- struct{}{}:
		default:
		}
		return
	}
	l.running = true
	l.crew.Go(l.run)
}

// run takes turns until nothing is left.
func (l *lane) run() {
	for l.ctx.Err() == nil {
		if !(fetch{l}).load(l.ctx) {
			continue
		}
		wait, busy := l.step()
		switch {
		case busy && wait > 0:
			l.sleep(wait)
		case !busy && l.rest(l):
			return
		}
	}
}

// sleep waits, until the lane is woken.
func (l *lane) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-l.ctx.Done():
	case <-l.wake:
	case <-t.C:
	}
}

// step takes a turn, or says how long there is none; busy is false when nothing is
// in line.
func (l *lane) step() (wait time.Duration, busy bool) {
	now := l.now()
	l.mu.Lock()
	board{l.track}.survey(l.Lane, now)
	next, at, ok := l.line.When(now)
	free := l.line.Free()
	l.mu.Unlock()
	if !ok {
		l.budget.Leave(l.ID)
		return max(free.Sub(now), 0), free.After(now) // a lane that is forgotten would not keep its gap
	}
	if !at.After(now) {
		at = latest(at, l.bars.until(l.Address.Channel, now))
	}
	if at.After(now) {
		return at.Sub(now), true
	}
	if next.Card != "" && !l.afford(next.Urgent, now) {
		return 0, true
	}
	l.mu.Lock()
	t, ok := l.line.Next(now)
	l.mu.Unlock()
	if next.Card != "" && (!ok || t.Card == "") {
		l.budget.Spare(now, next.Urgent) // something else went first
	}
	switch {
	case ok && t.Card != "":
		(&cardTurn{lane: l, turn: t, taken: now}).guarded()
	case ok:
		(&letterTurn{lane: l}).guarded(t.Letter)
	}
	return 0, true
}

// afford takes a call from the account's budget. While there is none, letters go on.
func (l *lane) afford(urgent bool, now time.Time) (ok bool) {
	again, ok := l.budget.Ask(l.ID, urgent, now)
	if !ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.line.Hold(urgent, now.Add(min(again.Sub(now), budgetLook)))
	}
	return ok
}

// allowed waits until the channel may make one more call; ok is false when we are stopped
// before. done ends it.
func (l *lane) allowed() (done func(), ok bool) {
	calls := l.calls[l.Address.Channel]
	if calls == nil { // there is no such channel
		return func() {}, true
	}
	select {
	case calls <- struct{}{}:
		return sync.OnceFunc(func() { <-calls }), true
	case <-l.hard.Done():
		return func() {}, false
	}
}

// empty forgets all that is at hand, and reports whether there were letters. What
// comes afterwards has the store asked first.
func (l *lane) empty() (letters bool) {
	cards, letters := l.clear()
	for _, c := range cards {
		l.unwatch(l, c)
	}
	return letters
}

// trouble puts the turn back: our own store did not answer. If it fails for this one
// alone, the others go on.
func (l *lane) trouble(err error) {
	if l.hard.Err() == nil {
		l.Log.Error("a letter's task could not be read; it is tried again", "channel", l.Address.Channel, "error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line.Back(l.now(), troublePause, longestPause)
}

// retry puts the turn back in line, for as long as the failure asks, and returns until
// when a far side that is limited wants to rest.
func (l *lane) retry(f *Failure, tries int) (rest time.Time) {
	if f.Fate == Unauthorized {
		l.bars.bar(l.Address.Channel, l.now(), f)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now, fails := l.now(), l.line.Fails()
	switch f.Fate {
	case Limited:
		rest = now.Add(limitedPause(f.After, fails, l.jitter))
		l.line.Wait(rest)
	case Unauthorized:
		l.line.Return()
	default:
		l.line.Back(now, pauseAfter(fails, l.jitter), pauseAfter(tries, l.jitter))
	}
	return rest
}

// persist writes until it is written, or we are stopped: the far side has heard
// already, and to forget that would tell it twice.
func (l *lane) persist(write func(context.Context) error) {
	for {
		err := write(l.hard)
		if err == nil || l.hard.Err() != nil {
			return
		}
		l.Log.Error("what became of a letter could not be written; it is tried again", "channel", l.Address.Channel, "error", err)
		pause(l.hard, troublePause)
	}
}

// shut closes the lane: its address takes nothing any more. Its owners are told by
// their other ways, of which somebody is one. What is at hand is forgotten before: a
// letter that comes meanwhile finds the lane closed, or is closed with it.
func (l *lane) shut(why string, somebody party) {
	closed := l.Lane
	closed.Closed, closed.ClosedAt = why, l.now()
	l.Log.Warn("nothing is sent to an address any more", "channel", l.Address.Channel, "to", l.Address.Shown(), "why", why)
	l.empty()
	var notes Routed
	l.persist(func(ctx context.Context) (err error) {
		about := string(l.ID) + closed.ClosedAt.UTC().String()
		if notes, err = l.notes(ctx, l.Lane, somebody, said{NoteOff, why, about, closed.ClosedAt}); err != nil {
			return err
		}
		return l.Post.Shut(ctx, closed, notes)
	})
	l.poke(notes.Lanes)
}
