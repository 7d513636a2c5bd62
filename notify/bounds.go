package notify

import "time"

// bounds are when a lane may call, and each of its slots.
type bounds struct {
	pace Pace
	free time.Time            // of the next call, by Gap
	rest time.Time            // of the next call, after a failure
	pic  map[CardID]time.Time // when each card's newest picture was sent
	held map[bool]time.Time   // of the next picture, by whether it is urgent: the account's budget
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

// Hold keeps pictures from being sent before a time. What keeps the urgent ones
// keeps all. Letters go on.
func (b *bounds) Hold(urgent bool, until time.Time) { b.held[urgent] = until }

// Free is when the next call may begin, as far as that is up to the lane.
func (b *bounds) Free() time.Time { return latest(b.free, b.rest) }

// Forget drops what is known of a card's pictures: it is over.
func (b *bounds) Forget(c CardID) { delete(b.pic, c) }

// own is when a slot may have its turn, those of the lane aside. An urgent picture
// passes the bounds on pictures.
func (b *bounds) own(t *Turn) time.Time {
	if t.Letter != "" {
		return t.due
	}
	at := latest(t.due, b.held[true])
	if t.Urgent {
		return at
	}
	at = latest(latest(at, b.held[false]), t.since.Add(b.pace.Lag))
	if last, ok := b.pic[t.Card]; ok {
		at = latest(at, last.Add(b.pace.Edit))
	}
	return at
}

// ready is when a turn may be taken.
func (b *bounds) ready(t *Turn) time.Time {
	return latest(b.own(t), b.Free())
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
