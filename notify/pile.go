package notify

import (
	"cmp"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// pile is what is left to be written.
type pile struct {
	Routed
	since  time.Time      // addresses that the rules name were named before
	lanes  map[LaneID]int // where in Lanes
	marks  map[CardID]int // where in Marks
	events map[LetterID]*progress.Event
}

func newPile(done []Pending, since time.Time) pile {
	return pile{
		Routed: Routed{Done: done}, since: since, lanes: map[LaneID]int{}, marks: map[CardID]int{}, events: map[LetterID]*progress.Event{},
	}
}

// round is one time that an event is told: when it happens, and again while nobody decides
// what it asks.
type round struct {
	task  *progress.Task
	event *progress.Event
	n     int // 0 when it happens
	at    time.Time
	rows  []TraceRow
}

// decided notes what one decision leaves to be written.
func (b *pile) decided(d Decision, r *round) {
	row := TraceRow{Person: d.Person, Rule: d.Rule, Outcome: d.Outcome, Why: d.Why, Until: d.Until}
	if s := d.Sub; s != nil {
		row.Channel, row.To, row.Sub = s.Address.Channel, s.Address.Shown(), s.ID
		row.Letter = b.leads(d, r)
	}
	r.rows = append(r.rows, row)
}

// leads is the letter that will tell of a decision, "" if none does.
func (b *pile) leads(d Decision, r *round) (id LetterID) {
	s, lane := d.Sub, d.Sub.Address.Lane()
	if d.tells() || d.Mark {
		b.lane(s, lane, r.task)
	}
	if d.Mark {
		b.mark(s, lane, r)
	}
	switch d.Outcome {
	case Tells:
		return b.letter(s, lane, r)
	case Holds, Gathers:
		return b.hold(d, r)
	case Shows, Silent:
	}
	return ""
}

// lane has the lane of a subscription be there.
func (b *pile) lane(s *Subscription, lane LaneID, t *progress.Task) {
	i, ok := b.lanes[lane]
	if !ok {
		i = len(b.Lanes)
		b.lanes[lane], b.Lanes = i, append(b.Lanes, Lane{ID: lane, Address: s.Address})
	}
	switch {
	case s.Callback: // this task was created since with the address, so it is tried anew
		b.Lanes[i].ClosedAt = latest(b.Lanes[i].ClosedAt, t.CreatedAt)
	case s.Vouched: // the operator has named it since
		b.Lanes[i].ClosedAt = latest(b.Lanes[i].ClosedAt, b.since)
	}
}

func (b *pile) letter(s *Subscription, lane LaneID, r *round) LetterID {
	e := r.event
	l := Letter{
		ID: roundID(s.ID, r.task.ID, e.Seq, r.n), Lane: lane, Sub: s.ID, Person: s.Owner, Task: r.task.ID, Seq: e.Seq, Kind: e.Kind,
		Class: ClassOf(e.Kind), State: Due, MadeAt: e.At, ExpiresAt: Horizon(e), Round: r.n,
	}
	if r.n > 0 {
		l.MadeAt, l.ExpiresAt = r.at, horizonFrom(e, r.at)
	}
	b.Letters = append(b.Letters, l)
	b.events[l.ID] = e
	return l.ID
}

// hold has an event told later.
func (b *pile) hold(d Decision, r *round) LetterID {
	e := r.event
	h := Held{
		Bundle: bundleID(d.Sub.ID, d.group, d.Until), Sub: d.Sub.ID, Person: d.Person, Task: r.task.ID, Seq: e.Seq, Kind: e.Kind,
		Class: ClassOf(e.Kind), At: e.At, Until: d.Until,
	}
	b.Held = append(b.Held, h)
	return h.Bundle
}

func (b *pile) mark(s *Subscription, lane LaneID, r *round) {
	id := CardIDOf(s.ID, r.task.ID)
	i, ok := b.marks[id]
	if !ok {
		i = len(b.marks)
		b.marks[id] = i
		b.Marks = append(b.Marks, Card{ID: id, Lane: lane, Sub: s.ID, Person: s.Owner, Task: r.task.ID, MadeAt: r.at})
	}
	b.Marks[i].Want = max(b.Marks[i].Want, r.event.Version)
}

// traced notes who was told in a round, and who was not.
func (b *pile) traced(r *round) {
	if len(r.rows) == 0 {
		return
	}
	more := max(len(r.rows)-mostRows, 0)
	if more > 0 { // of whom nothing came goes first
		slices.SortStableFunc(r.rows, func(a, b TraceRow) int { return cmp.Compare(nothing(a.Outcome), nothing(b.Outcome)) })
	}
	b.Traces = append(b.Traces, Trace{
		Task: r.task.ID, Seq: r.event.Seq, Round: r.n, At: r.at, Kind: r.event.Kind, Rows: r.rows[:len(r.rows)-more], More: more,
	})
}

// nothing is 1 for an outcome of which nobody hears, else 0.
func nothing(o Outcome) int {
	if o == Silent {
		return 1
	}
	return 0
}

// soonest is when the first of what a batch has left for later is due; zero for never.
func (b *pile) soonest() (at time.Time) {
	for i := range b.Held {
		at = sooner(at, b.Held[i].Until)
	}
	for i := range b.Chains {
		at = sooner(at, b.Chains[i].DueAt)
	}
	return at
}

// sooner is the earlier of two times of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
