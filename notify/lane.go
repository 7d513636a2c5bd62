package notify

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// lane works toward one address. Its turns are taken by one goroutine, which is
// there while something is in line.
type lane struct {
	*desk
	Lane
	channel Channel // nil where this server has none of the name
	pace    Pace
	budget  *Budget
	wake    chan struct{} // holds one: look again
	*track
}

// newLane makes a lane that begins with what the store has. The desk is locked.
func newLane(d *desk, stored Lane) *lane {
	l := &lane{
		desk: d, Lane: stored, channel: d.Channels[stored.Address.Channel], wake: make(chan struct{}, 1),
	}
	if p, ok := l.channel.(Pacer); ok {
		l.pace = p.Pace(stored.Address)
	}
	l.track, l.budget = newTrack(l.pace), d.budget(l.pace)
	return l
}

// accept puts a letter in line that is in the store already. Beyond a bound it is
// left there. The desk is locked.
func (l *lane) accept(p parcel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.letters) >= loadMost && !p.Class.Urgent() {
		l.more = true
	} else {
		l.enter(&p, l.now())
	}
	l.begin()
}

// raise has a card show a version. The desk is locked.
func (l *lane) raise(c Card, urgent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	have := l.cards[c.ID]
	if have == nil {
		l.more = true // it may be there from before: the store knows what it shows
		l.begin()
		return
	}
	have.Want, have.Over = max(have.Want, c.Want), false
	l.line.Add(Slot{Card: c.ID}, have.Want, urgent, l.now(), time.Time{})
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
	if version == 0 {
		version = c.Shown + 1
	}
	if version > c.Shown && l.line.Add(Slot{Card: id}, version, urgent, l.now(), time.Time{}) {
		l.begin()
	}
}

// refill has the lane ask the store. The desk is locked.
func (l *lane) refill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.more = true
	l.begin()
}

// begin makes sure that somebody takes the turns, and looks again. The desk is
// locked, but where it runs already.
func (l *lane) begin() {
	l.more = l.more || l.fresh
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
		if !l.load(l.ctx) {
			continue
		}
		wait, any := l.step()
		switch {
		case any && wait > 0:
			l.sleep(wait)
		case !any && l.rest(l):
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

// step takes a turn, or says how long there is none; any is false when nothing is
// in line.
func (l *lane) step() (wait time.Duration, any bool) {
	now := l.now()
	l.mu.Lock()
	next, at, ok := l.line.When(now)
	l.mu.Unlock()
	if !ok {
		l.budget.Leave(l.ID)
		return 0, false
	}
	if bar := l.bars.until(l.Address.Channel); bar.After(at) {
		at = bar
	}
	if at.After(now) {
		return at.Sub(now), true
	}
	if next.Card != "" {
		if again, ok := l.budget.Ask(l.ID, next.Urgent, now); !ok {
			return min(again.Sub(now), time.Second), true
		}
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

// load brings in what the store has for the lane; ok is false if that has to be
// tried again.
func (l *lane) load(ctx context.Context) (ok bool) {
	l.mu.Lock()
	want := l.more && len(l.letters) <= loadMost/4
	fresh := l.fresh
	if want {
		l.more = false // what comes from now on is new
	}
	l.mu.Unlock()
	if !want {
		return true
	}
	letters, cards, err := l.stored(ctx, fresh)
	if err != nil {
		l.mu.Lock()
		l.more = true
		l.mu.Unlock()
		if ctx.Err() == nil {
			l.Log.Error("letters could not be read; it is tried again", "channel", l.Address.Channel, "error", err)
		}
		pause(ctx, troublePause)
		return false
	}
	l.bring(letters, cards, fresh)
	if fresh && l.Closed != "" { // nothing of what waits can go
		l.persist(func(ctx context.Context) error { return l.Post.Shut(ctx, l.Lane, Routed{}) })
		l.clear()
	}
	return true
}

// stored is what the store has for the lane.
func (l *lane) stored(ctx context.Context, fresh bool) (letters []Letter, cards []Card, err error) {
	if fresh {
		kept, ok, err := l.Cards.Lane(ctx, l.ID)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			l.Lane = kept
		}
	}
	if letters, err = l.Post.Due(ctx, l.ID, loadMost); err != nil {
		return nil, nil, err
	}
	cards, err = l.Cards.Cards(ctx, l.ID)
	return letters, cards, err
}

// bring puts in line what the store had. What a process before this one may have
// sent is in doubt.
func (l *lane) bring(letters []Letter, cards []Card, fresh bool) {
	l.door.Lock()
	defer l.door.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh = false
	l.more = l.more || len(letters) == loadMost
	slices.SortStableFunc(letters, earlier) // the store has the urgent first
	for _, r := range letters {
		l.line.Rest(r.DueAt) // what the far side asked for before this process began
		r.Doubt = r.Doubt || fresh && r.MadeAt.Before(l.since)
		l.enter(&parcel{Letter: r}, l.now())
	}
	for _, c := range cards {
		if l.cards[c.ID] == nil {
			l.cards[c.ID] = &c
			l.watch(l, c.Task, c.ID)
			l.line.Add(Slot{Card: c.ID}, c.Shown+1, false, l.now(), time.Time{})
		}
	}
}

// earlier orders letters as what they are about has happened.
func earlier(a, b Letter) int {
	return cmp.Or(a.MadeAt.Compare(b.MadeAt), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.ID, b.ID))
}

// trouble puts the turn back: our own store did not answer.
func (l *lane) trouble(err error) {
	if l.hard.Err() == nil {
		l.Log.Error("a letter's task could not be read; it is tried again", "channel", l.Address.Channel, "error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line.Return()
	l.line.Rest(l.now().Add(troublePause))
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
		l.line.Return()
		l.line.Rest(rest)
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
// their other ways.
func (l *lane) shut(why string) {
	closed := l.Lane
	closed.Closed, closed.ClosedAt = why, l.now()
	l.Log.Warn("nothing is sent to an address any more", "channel", l.Address.Channel, "to", l.Address.Shown(), "why", why)
	notes := l.notes(l.Lane, NoteOff, why, string(l.ID)+closed.ClosedAt.String(), closed.ClosedAt)
	l.persist(func(ctx context.Context) error { return l.Post.Shut(ctx, closed, notes) })
	for _, task := range l.clear() {
		l.unwatch(l, task)
	}
	l.poke(notes.Lanes)
}
