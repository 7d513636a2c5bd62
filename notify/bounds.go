package notify

import "time"

// bounds are when a lane may call, and each of its slots.
type bounds struct {
	pace Pace
	free time.Time            // of the next call, by Gap
	rest time.Time            // of the next call, after a failure
	pic  map[CardID]time.Time // when each card's newest picture was sent
}

// begin notes that a call begins.
func (b *bounds) begin(t *Turn, now time.Time) {
	b.free = now.Add(b.pace.Gap)
	if t.Letter == "" {
		b.pic[t.Card] = now
	}
}

// Rest keeps the lane from calling before a time.
func (b *bounds) Rest(until time.Time) { b.rest = latest(b.rest, until) }

// Forget drops what is known of a card's pictures: it is over.
func (b *bounds) Forget(c CardID) { delete(b.pic, c) }

// own is when a slot may have its turn, those of the lane aside. An urgent picture
// passes the bounds on pictures.
func (b *bounds) own(t *Turn) time.Time {
	if t.Letter != "" || t.Urgent {
		return t.due
	}
	at := latest(t.due, t.since.Add(b.pace.Lag))
	if last, ok := b.pic[t.Card]; ok {
		at = latest(at, last.Add(b.pace.Edit))
	}
	return at
}

// ready is when a turn may be taken.
func (b *bounds) ready(t *Turn) time.Time {
	return latest(latest(b.own(t), b.free), b.rest)
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
