package notify

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Slot is what stands in a line: a letter or a card.
type Slot struct {
	Letter LetterID        // "" for a card
	Task   progress.TaskID // of a letter, "" for none
	Card   CardID
	Answer bool // of a letter that is what the bot says: behind all else that is urgent
}

// Turn is a slot whose turn has come.
type Turn struct {
	Slot
	Version int64 // the newest that was asked for, of a card; the number of a letter's event
	Urgent  bool

	since time.Time
	order uint64
	due   time.Time
	fails int // in a row
}

// Line is the schedule of one lane: who is next, and when. It is pure: the time
// comes in as an argument and never goes back. Its methods belong to one
// goroutine at a time. One turn is under way at a time.
//
// A slot is in line once: a newer version only raises its number. What is urgent
// goes first, then what has waited longest. What failed twice in a row lets
// another go first once: so one message that the far side cannot take does not
// hold up the rest, and a far side that is down gets the same one again, in order.
type Line struct {
	bounds
	wait   map[Slot]*Turn
	count  uint64
	fails  int // in a row, whoever failed
	flight *Turn
	again  *Turn // what was asked for meanwhile of the slot that is under way
	passed Slot  // lets another go first
}

// NewLine makes an empty line.
func NewLine(p Pace) *Line {
	return &Line{bounds: bounds{pace: p, pic: map[CardID]time.Time{}, held: map[bool]time.Time{}}, wait: map[Slot]*Turn{}}
}

// Add puts a slot in line, or raises it. The version 0 of a card is one that is newer
// than any before. since is from when on it waits, due before when it must not have its
// turn, zero for none. It reports whether another turn may be next now.
func (l *Line) Add(s Slot, version int64, urgent bool, since, due time.Time) (news bool) {
	if l.flight != nil && l.flight.Slot == s {
		if version == 0 {
			version = l.flight.Version + 1
		}
		l.again = raised(l.again, s, version, urgent)
		return false
	}
	t, waits := l.wait[s]
	if !waits {
		l.count++
		t = &Turn{Slot: s, since: since, order: l.count, due: due}
		l.wait[s] = t
	}
	news = !waits || urgent && !t.Urgent
	raised(t, s, version, urgent)
	return news
}

// raised is a turn with at least that version and urgency.
func raised(t *Turn, s Slot, version int64, urgent bool) *Turn {
	if t == nil {
		t = &Turn{Slot: s}
	}
	t.Version, t.Urgent = max(t.Version, version), t.Urgent || urgent
	return t
}

// Remove takes a slot out of the line. A turn that is under way goes on.
func (l *Line) Remove(s Slot) {
	delete(l.wait, s)
}

// Empty reports whether nothing is in line or under way.
func (l *Line) Empty() bool { return len(l.wait) == 0 && l.flight == nil }

// When is whose turn is next, and when it may be taken; ok is false when nothing
// waits, or a turn is under way.
func (l *Line) When(now time.Time) (t Turn, at time.Time, ok bool) {
	if l.flight != nil {
		return t, at, false
	}
	best := l.best(now)
	if best == nil {
		return t, at, false
	}
	return *best, latest(now, l.ready(best)), true
}

// Next takes the next turn; ok is false when there is none now. Done or Back has to
// follow.
func (l *Line) Next(now time.Time) (t Turn, ok bool) {
	if l.flight != nil {
		return t, false
	}
	best := l.best(now)
	if best == nil || l.ready(best).After(now) {
		return t, false
	}
	delete(l.wait, best.Slot)
	l.flight, l.again, l.passed = best, nil, Slot{}
	return *best, true
}

// Called notes that a call to the far side begins: the bounds count from it.
func (l *Line) Called(now time.Time) { l.begin(l.flight, now) }

// Done ends the turn for good. A card that moved meanwhile goes back in line. called
// says that the far side took something.
func (l *Line) Done(now time.Time, called bool) {
	f, again := l.flight, l.again
	l.flight, l.again = nil, nil
	if called {
		l.fails = 0
	}
	if f.Letter == "" && again != nil && again.Version > f.Version {
		l.Add(f.Slot, again.Version, again.Urgent, now, time.Time{})
	}
}

// Return puts the turn back in its place.
func (l *Line) Return() {
	f := l.flight
	if l.again != nil {
		raised(f, f.Slot, l.again.Version, l.again.Urgent)
	}
	l.flight, l.again = nil, nil
	l.wait[f.Slot] = f
}

// Wait puts the turn back in its place, and rests until a time: the far side is too
// busy for any of them.
func (l *Line) Wait(until time.Time) {
	l.Return()
	l.Rest(until)
	l.fails++
}

// Back puts the turn back in its place after a failure: the whole lane rests for a
// pause. alone is for how long the slot itself has to wait if it is the one at
// fault: it has failed before, and the lane's call before has worked.
func (l *Line) Back(now time.Time, pause, alone time.Duration) {
	f := l.flight
	l.Return()
	l.Rest(now.Add(pause))
	if f.fails++; l.fails == 0 && f.fails > 1 {
		f.due = now.Add(alone)
	}
	if f.fails%2 == 0 {
		l.passed = f.Slot
	}
	l.fails++
}

// Fails is how many calls have failed in a row.
func (l *Line) Fails() int { return l.fails }

// best is whose turn it is or will be first: the urgent, then who waited longest,
// of those that may go now; of none, who may go first.
func (l *Line) best(now time.Time) *Turn {
	var best *Turn
	for _, t := range l.wait {
		if !l.passed.same(t) && (best == nil || l.before(t, best, now)) {
			best = t
		}
	}
	if best == nil || l.own(best).After(now) {
		if t := l.wait[l.passed]; t != nil && (best == nil || l.own(t).Before(l.own(best))) {
			return t // nobody else to let go first
		}
	}
	return best
}

// same reports whether a turn is the slot's, or is to be said of the same task.
func (s Slot) same(t *Turn) bool {
	return t.Slot == s || t.Task != "" && t.Task == s.Task
}

func (l *Line) before(a, b *Turn, now time.Time) bool {
	da, db := latest(now, l.own(a)), latest(now, l.own(b))
	switch {
	case !da.Equal(db):
		return da.Before(db)
	case a.Urgent != b.Urgent:
		return a.Urgent
	case a.Answer != b.Answer:
		return b.Answer
	case !a.since.Equal(b.since):
		return a.since.Before(b.since)
	case a.Task != b.Task: // of one moment: one task after the other
		return a.Task < b.Task
	case a.Task != "" && a.Version != b.Version:
		return a.Version < b.Version
	}
	return a.order < b.order
}
