package notify

import (
	"slices"
	"sync"
	"time"
)

// Allowance is what an account may call: at most Calls in any Window, of which
// Reserve are for what is urgent. The zero value is no bound.
type Allowance struct {
	Calls   int
	Window  time.Duration
	Reserve int
}

// Budget shares an allowance among the lanes of an account. What is urgent goes
// first, then who has asked first; what is not urgent is spread over the window.
// Its methods may be called from any goroutine.
type Budget struct {
	allow Allowance

	mu     sync.Mutex
	calls  []time.Time // of the last window, oldest first
	spread time.Time   // before when nothing may go that can wait
	asking []wish      // in the order in which they began to ask
}

// late is how many calls a lane may be late with asking again, before it loses its place.
const late = 2

// behind is how many calls that can wait are made up for that came late.
const behind = 3

type wish struct {
	lane   LaneID
	urgent bool
	until  time.Time // who does not ask again by then is not there any more
}

// NewBudget makes a budget of which nothing is used.
func NewBudget(a Allowance) *Budget { return &Budget{allow: a} }

// Ask takes a call for a lane. If ok is false the lane has to ask again at the time
// that is given, and keeps its place until then.
func (b *Budget) Ask(lane LaneID, urgent bool, now time.Time) (again time.Time, ok bool) {
	if b.allow.Calls <= 0 {
		return now, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now)
	b.enter(lane, urgent)
	at := b.turn(lane, urgent, now)
	if at.After(now) {
		b.asking[b.place(lane, urgent)].until = at.Add(late * b.allow.Window / time.Duration(b.allow.Calls))
		return at, false
	}
	i := b.place(lane, urgent)
	b.asking = slices.Delete(b.asking, i, i+1)
	b.calls = append(b.calls, now)
	if !urgent {
		b.spread = latest(b.spread, now.Add(-behind*b.step())).Add(b.step()) // what came a little late delays none after it
	}
	return now, true
}

// Spare gives back a call that was taken at a time: it was not needed.
func (b *Budget) Spare(taken time.Time, urgent bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.calls, taken.Equal)
	if i < 0 {
		return
	}
	if b.calls = slices.Delete(b.calls, i, i+1); !urgent {
		b.spread = b.spread.Add(-b.step())
	}
}

// Leave withdraws a lane's wish.
func (b *Budget) Leave(lane LaneID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asking = slices.DeleteFunc(b.asking, func(w wish) bool { return w.lane == lane })
}

// step is the time between two calls that can wait.
func (b *Budget) step() time.Duration {
	return b.allow.Window / time.Duration(max(b.allow.Calls-b.allow.Reserve, 1))
}

// forget drops calls that do not count any more, and lanes that have gone away.
func (b *Budget) forget(now time.Time) {
	b.calls = slices.DeleteFunc(b.calls, func(t time.Time) bool { return !t.After(now.Add(-b.allow.Window)) })
	b.asking = slices.DeleteFunc(b.asking, func(w wish) bool { return !w.until.IsZero() && w.until.Before(now) })
}

func (b *Budget) place(lane LaneID, urgent bool) int {
	return slices.IndexFunc(b.asking, func(w wish) bool { return w.lane == lane && w.urgent == urgent })
}

// enter has a lane wait for a call. What is urgent does not cost it its place with what can
// wait.
func (b *Budget) enter(lane LaneID, urgent bool) {
	if b.place(lane, urgent) < 0 {
		b.asking = append(b.asking, wish{lane: lane, urgent: urgent})
	}
}

// turn is when a lane that asks has its turn, if those ahead of it take theirs.
func (b *Budget) turn(lane LaneID, urgent bool, now time.Time) time.Time {
	at, ahead := now, b.ahead(lane, urgent)
	if over := len(b.calls) + ahead - b.allow.Calls; over >= 0 {
		at = now.Add(b.allow.Window) // if the calls that have to go by first are yet to come
		if over < len(b.calls) {
			at = b.calls[over].Add(b.allow.Window)
		}
	}
	if !urgent {
		at = latest(at, latest(now, b.spread).Add(time.Duration(ahead)*b.step()))
	}
	return at
}

// ahead is how many lanes have their turn before.
func (b *Budget) ahead(lane LaneID, urgent bool) int {
	n, before := 0, true
	for _, w := range b.asking {
		switch {
		case w.lane == lane && w.urgent == urgent:
			before = false
		case w.lane == lane: // it makes one call at a time
		case w.urgent && !urgent, w.urgent == urgent && before:
			n++
		}
	}
	return n
}
