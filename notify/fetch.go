package notify

import (
	"context"
	"time"
)

// fetch brings to a lane what the store has for it.
type fetch struct{ *lane }

// load brings in what the store has for the lane; ok is false if that has to be
// tried again.
func (l fetch) load(ctx context.Context) (ok bool) {
	want, fresh := l.wants()
	if !want {
		return true
	}
	letters, cards, err := l.stored(ctx, fresh)
	if err != nil {
		l.ask()
		if ctx.Err() == nil {
			l.Log.Error("letters could not be read; it is tried again", "channel", l.Address.Channel, "error", err)
		}
		pause(ctx, troublePause)
		return false
	}
	if fresh && l.Closed != "" {
		l.refuse(letters)
	} else {
		l.bring(letters, cards, fresh)
	}
	return true
}

// refuse ends the letters of a lane that is closed. What came to hand since they were
// read is looked for again.
func (l fetch) refuse(letters []Letter) {
	again := l.empty() || len(letters) > 0
	for i := range letters {
		letters[i].State, letters[i].SettledAt, letters[i].Why = Dead, l.now(), l.Closed
	}
	l.persist(func(ctx context.Context) error { return l.Post.Settle(ctx, letters) })
	if again {
		l.ask()
	}
}

// stored is what the store has for the lane.
func (l fetch) stored(ctx context.Context, fresh bool) (letters []Letter, cards []Card, err error) {
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
func (l fetch) bring(letters []Letter, cards []Card, fresh bool) {
	l.door.Lock()
	defer l.door.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh = false
	l.more = l.more || len(letters) == loadMost
	for _, r := range letters {
		if r.Tries > 0 {
			l.line.Rest(r.DueAt) // what the far side asked for before this process began
		}
		r.Doubt = r.Doubt || r.MadeAt.Before(l.since)
		l.enter(&parcel{Letter: r})
	}
	for _, c := range cards {
		if l.cards[c.ID] == nil {
			l.cards[c.ID], l.doubt[c.ID] = &c, fresh && c.MadeAt.Before(l.since)
			if c.isBoard() {
				l.boardID = c.ID
			}
			l.watch(l.lane, &c)
			l.line.Add(Slot{Card: c.ID}, c.Shown+1, l.hurry[c.ID], l.now(), time.Time{})
		}
	}
	if len(cards) > 0 {
		board{l.track}.touch(l.now())
	}
	if !l.asked {
		clear(l.hurry)
	}
}
