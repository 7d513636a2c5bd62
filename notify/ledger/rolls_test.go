package ledger

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// wish is the nth subscription, with keys of its own.
func wish(n int) (notify.Subscription, notify.Keys) {
	l := lane(n)
	id := notify.SubscriptionID(l.Address.Key)
	return notify.Subscription{ID: id, Owner: "ann", Address: l.Address, MadeAt: at(n)}, notify.Keys{Holder: string(id), Current: "whsec_1"}
}

func (b book) subscribe(n int) notify.Subscription {
	b.Helper()
	s, keys := wish(n)
	b.must(b.Subscribe(ctx, s, keys, 100))
	return s
}

func (b book) sub(id notify.SubscriptionID) notify.Subscription {
	b.Helper()
	s, err := b.Subscription(ctx, id)
	b.must(err)
	return s
}

// risen holds that something raises the rev.
func (b book) risen(what string, do func()) {
	b.Helper()
	before, err := b.Rev(ctx)
	b.must(err)
	do()
	after, err := b.Rev(ctx)
	b.must(err)
	if after <= before {
		b.Errorf("the rev is %d after %s, and was %d", after, what, before)
	}
}

// TestSubscriptions holds that every field of them is kept, oldest first, and
// that each change raises the rev.
func TestSubscriptions(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		full, keys := wish(2)
		full.Name, full.Live, full.Off, full.OffAt, full.Over = "ops", true, "410", at(9), 10*time.Minute
		full.Match = notify.Match{Task: "t1", Kind: "crm", Owner: "group:ops", Labels: map[string]string{"env": "prod"}}
		full.Events = []string{"task.failed", "approval.*"}
		b.risen("one", func() { b.must(b.Subscribe(ctx, full, keys, 5)) })
		var older notify.Subscription
		b.risen("another", func() { older = b.subscribe(1) })
		all, err := b.Subscriptions(ctx)
		b.must(err)
		is(t, "all", encode(all), encode([]notify.Subscription{older, full}))
		is(t, "one", encode(b.sub(full.ID)), encode(full))

		b.risen("a change", func() {
			got, err := b.Change(ctx, older.ID, func(s *notify.Subscription) error {
				s.ID, s.Name, s.Events, s.Live, s.Over = "other", "mine", []string{"task.*"}, true, time.Second
				return nil
			})
			b.must(err)
			older.Name, older.Events, older.Live, older.Over = "mine", []string{"task.*"}, true, time.Second
			is(t, "changed", encode(got), encode(older))
			is(t, "kept", encode(b.sub(older.ID)), encode(older))
		})
		mine := errors.New("mine")
		_, err = b.Change(ctx, older.ID, func(s *notify.Subscription) error { s.Name = "no"; return mine })
		if !errors.Is(err, mine) || b.sub(older.ID).Name != "mine" {
			t.Errorf("a change that was refused: %v, %+v", err, b.sub(older.ID))
		}
		b.risen("an end", func() { b.must(b.Unsubscribe(ctx, full.ID, at(90))) })
		for what, err := range map[string]error{
			"read":   second(b.Subscription(ctx, full.ID)),
			"change": second(b.Change(ctx, full.ID, func(*notify.Subscription) error { return mine })),
			"end":    b.Unsubscribe(ctx, full.ID, at(90)),
		} {
			is(t, what, progress.CodeOf(err), progress.NotFound)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestMost holds that nobody has more than they may, however many ask at once.
func TestMost(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		errs := make([]error, 12)
		var wg sync.WaitGroup
		for n := range errs {
			s, keys := wish(n)
			wg.Go(func() { errs[n] = b.Subscribe(ctx, s, keys, 5) })
		}
		wg.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else if progress.CodeOf(err) != progress.Conflict {
				t.Error(err)
			}
		}
		is(t, "made", made, 5)
		is(t, "subscriptions", b.count("subscriptions"), 5)
		is(t, "keys", b.count("signing_keys"), 5)
		other, keys := wish(20)
		other.Owner = "bob"
		b.must(b.Subscribe(ctx, other, keys, 5))
		other, keys = wish(21)
		other.Address.Channel = "email"
		b.must(b.Subscribe(ctx, other, keys, 5))
	})
}

// TestChangesDoNotMeet holds that no change of a subscription is lost.
func TestChangesDoNotMeet(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		s := b.subscribe(1)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 5 {
					if _, err := b.Change(ctx, s.ID, func(s *notify.Subscription) error { s.Name += "x"; return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		is(t, "changes", len(b.sub(s.ID).Name), 40)
	})
}

// TestUnsubscribe holds that what waits is dropped with its reason, that keys and
// cards go, and that nothing of others does.
func TestUnsubscribe(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		gone, stays := b.subscribe(1), b.subscribe(2)
		b.write(letter(1, "t1", 1), letter(1, "t1", 2), letter(2, "t1", 1))
		sent := b.settle(letter(1, "t1", 2), notify.Sent, 5)
		b.mark(mark(1, "t1", 1), mark(2, "t1", 1))
		b.must(b.Unsubscribe(ctx, gone.ID, at(90)))

		l := b.read(letter(1, "t1", 1).ID)
		if l.State != notify.Dropped || l.Why != "unsubscribed" || !l.SettledAt.Equal(at(90)) {
			t.Errorf("a letter that waited is %+v", l)
		}
		is(t, "sent", encode(b.read(sent.ID)), encode(sent))
		is(t, "another's", b.read(letter(2, "t1", 1).ID).State, notify.Due)
		is(t, "cards", b.count("cards"), 1)
		for id, want := range map[notify.SubscriptionID]bool{gone.ID: false, stays.ID: true} {
			_, ok, err := b.Keys(ctx, string(id))
			b.must(err)
			is(t, "keys of "+string(id), ok, want)
		}
		is(t, "the other", b.card(2), mark(2, "t1", 1))
		n, lanes, err := b.Redrive(ctx, notify.LetterQuery{}, at(9), 100)
		b.must(err)
		is(t, "redriven", fmt.Sprint(n, len(lanes)), "0 0")
	})
}

// TestShut holds that a lane that is closed takes its subscriptions with it, that
// its notes are written, and that switching on again opens it.
func TestShut(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		s, other := b.subscribe(1), b.subscribe(2)
		b.write(letter(1, "t1", 1))
		shut := lane(1)
		shut.Closed, shut.ClosedAt = "410 Gone", at(7)
		note := letter(3, "", 0, func(l *notify.Letter) {
			l.ID, l.Note = "msg_note", &notify.Note{Kind: notify.NoteOff, Sub: s.ID, Reason: "410 Gone", At: at(7)}
		})
		notes := notify.Routed{Lanes: []notify.Lane{lane(3)}, Letters: []notify.Letter{note}}
		later := shut
		later.Closed, later.ClosedAt = "another reason", at(8)
		b.risen("a lane is closed", func() { b.must(b.Shut(ctx, shut, notes)) })
		b.must(b.Shut(ctx, later, notes)) // as after a crash

		got, ok, err := b.Lane(ctx, shut.ID)
		is(t, "lane", fmt.Sprint(got, ok, err), fmt.Sprint(shut, true, nil))
		s.Off, s.OffAt = "410 Gone", at(7)
		is(t, "subscription", encode(b.sub(s.ID)), encode(s))
		is(t, "another", encode(b.sub(other.ID)), encode(other))
		is(t, "note", encode(b.read("msg_note")), encode(note))
		is(t, "letters", b.count("letters"), 2)
		waited := b.read(letter(1, "t1", 1).ID)
		is(t, "what waits", fmt.Sprint(waited.State, waited.Why, waited.SettledAt), fmt.Sprint(notify.Dead, "410 Gone", at(7)))
		as := func(made time.Time) notify.Lane { l := lane(1); l.ClosedAt = made; return l }
		b.must(b.Routed(ctx, notify.Routed{Lanes: []notify.Lane{lane(1), as(at(6)), as(at(7))}})) // as events of older tasks do
		if got, _, _ := b.Lane(ctx, shut.ID); got.Closed == "" {
			t.Error("a closed lane was opened by an event")
		}

		_, err = b.Change(ctx, s.ID, func(s *notify.Subscription) error { s.Name = "x"; return nil })
		b.must(err)
		if got, _, _ := b.Lane(ctx, shut.ID); got.Closed == "" {
			t.Error("a closed lane was opened by another name")
		}
		_, err = b.Change(ctx, s.ID, func(s *notify.Subscription) error { s.Off = ""; return nil })
		b.must(err)
		got, _, err = b.Lane(ctx, shut.ID)
		b.must(err)
		is(t, "opened", got, lane(1))
		fresh := lane(9)
		fresh.Closed, fresh.ClosedAt = "gone", at(9)
		b.must(b.Shut(ctx, fresh, notify.Routed{})) // of which no row is there
		got, ok, err = b.Lane(ctx, fresh.ID)
		is(t, "unknown lane", fmt.Sprint(got, ok, err), fmt.Sprint(fresh, true, nil))
		b.subscribe(9)
		got, _, err = b.Lane(ctx, fresh.ID)
		b.must(err)
		is(t, "opened by a new subscription", got, lane(9))
		b.must(b.Shut(ctx, fresh, notify.Routed{}))
		fresh.Closed, fresh.ClosedAt = "", at(10)
		b.must(b.Routed(ctx, notify.Routed{Lanes: []notify.Lane{lane(9), fresh}})) // as an event of a newer task does
		got, _, err = b.Lane(ctx, fresh.ID)
		b.must(err)
		is(t, "opened by what was made later", got, lane(9))
	})
}

// TestMoved holds that what waits goes to a subscription's new address, and its
// cards are drawn there anew.
func TestMoved(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		s := b.subscribe(1)
		b.write(letter(1, "t1", 1), letter(1, "t1", 2), letter(2, "t1", 1))
		b.settle(letter(1, "t1", 2), notify.Sent, 3)
		over := mark(1, "t2", 3)
		over.Shown, over.Over = 3, true
		b.mark(mark(1, "t1", 5), over)
		drawn := mark(1, "t1", 5)
		drawn.Shown, drawn.Hash, drawn.Far = 5, "h", "m"
		b.must(b.Showed(ctx, []notify.Card{drawn, over}))
		_, err := b.Change(ctx, s.ID, func(s *notify.Subscription) error { s.Address.To = "https://new/in"; return nil })
		b.must(err)
		to := b.sub(s.ID).Address
		due, err := b.Due(ctx, to.Lane(), 10)
		b.must(err)
		is(t, "what waits", ids(due), []notify.LetterID{letter(1, "t1", 1).ID})
		cards, err := b.Cards(ctx, to.Lane())
		b.must(err)
		moved := mark(1, "t1", 5)
		moved.Lane = to.Lane()
		is(t, "cards", cards, []notify.Card{moved})
		is(t, "all cards", b.count("cards"), 1)
		is(t, "sent", b.read(letter(1, "t1", 2).ID).Lane, lane(1).ID)
		l, ok, err := b.Lane(ctx, to.Lane())
		is(t, "lane", fmt.Sprint(l, ok, err), fmt.Sprint(notify.Lane{ID: to.Lane(), Address: to}, true, nil))
	})
}

// TestKeys holds that the first keys of a holder stay until they are replaced.
func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		_, ok, err := b.Keys(ctx, "person:ann")
		is(t, "none", fmt.Sprint(ok, err), "false <nil>")
		got := make([]notify.Keys, 8)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = b.EnsureKeys(ctx, notify.Keys{Holder: "person:ann", Current: fmt.Sprint("secret", i)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, k := range got {
			if k.Current == "" || k != got[0] {
				t.Errorf("one got %v and another %v", k, got[0])
			}
		}
		turned := notify.Keys{Holder: "person:ann", Current: "new", Previous: got[0].Current, Until: at(60)}
		k, err := b.Rotate(ctx, "person:ann", "new", at(60), at(1))
		is(t, "rotated", fmt.Sprint(k, err), fmt.Sprint(turned, nil))
		k, ok, err = b.Keys(ctx, "person:ann")
		is(t, "turned", fmt.Sprint(k, ok, err), fmt.Sprint(turned, true, nil))
		k, err = b.EnsureKeys(ctx, notify.Keys{Holder: "person:ann", Current: "late"})
		is(t, "still", fmt.Sprint(k, err), fmt.Sprint(turned, nil))
	})
}

// TestKeysOfTheServer holds that its keys are made and changed without a subscription.
func TestKeysOfTheServer(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		for _, holder := range []string{notify.HeldForPush, notify.HeldForTickets} {
			k, err := b.EnsureKeys(ctx, notify.Keys{Holder: holder, Current: "one"})
			is(t, "made", k.Current+fmt.Sprint(err), "one<nil>")
			k, err = b.Rotate(ctx, holder, "two", at(60), at(1))
			is(t, "rotated", fmt.Sprint(k, err), fmt.Sprint(notify.Keys{Holder: holder, Current: "two", Previous: "one", Until: at(60)}, nil))
		}
		_, err := b.Rotate(ctx, "herald:other", "two", at(60), at(1))
		is(t, "of nobody", progress.CodeOf(err), progress.NotFound)
	})
}

// TestRotate holds that of those who rotate at once one comes after the other, that
// nobody is given a key that was never kept, and that who is gone gets none.
func TestRotate(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		s := b.subscribe(1)
		keys := make([]notify.Keys, 8)
		var all sync.WaitGroup
		for i := range keys {
			all.Go(func() {
				var err error
				if keys[i], err = b.Rotate(ctx, string(s.ID), fmt.Sprint("key", i), at(60), at(1)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		now, _, err := b.Keys(ctx, string(s.ID))
		b.must(err)
		after := map[string]string{now.Current: now.Previous}
		for _, k := range keys {
			after[k.Current] = k.Previous
		}
		links := 0
		for k := now.Current; after[k] != ""; k = after[k] {
			links++
		}
		is(t, "one after the other", links, len(keys))
		k, err := b.Rotate(ctx, string(s.ID), "last", at(1), at(1))
		is(t, "at once", fmt.Sprint(k, err), fmt.Sprint(notify.Keys{Holder: string(s.ID), Current: "last"}, nil))
		b.must(b.Unsubscribe(ctx, s.ID, at(2)))
		_, err = b.Rotate(ctx, string(s.ID), "late", at(60), at(1))
		is(t, "gone", progress.CodeOf(err), progress.NotFound)
		_, ok, err := b.Keys(ctx, string(s.ID))
		is(t, "nothing is left", fmt.Sprint(ok, err), "false <nil>")
	})
}

// TestSubscriptionsOf holds that a person's list has theirs, the oldest first.
func TestSubscriptionsOf(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var want []notify.SubscriptionID
		for n := range 6 {
			s, keys := wish(n)
			if n%2 == 1 {
				s.Owner = "bob"
				want = append(want, s.ID)
			}
			b.must(b.Subscribe(ctx, s, keys, 9))
		}
		bobs, err := b.SubscriptionsOf(ctx, "bob")
		b.must(err)
		var got []notify.SubscriptionID
		for _, s := range bobs {
			got = append(got, s.ID)
		}
		is(t, "bob's", got, want)
		b.write(letter(2, "t1", 1), letter(4, "t1", 1))
		lanes, err := b.Lanes(ctx, []notify.LaneID{lane(4).ID, lane(2).ID, lane(4).ID, "ln_none"})
		b.must(err)
		is(t, "lanes", len(lanes), 2)
		is(t, "lane", lanes[lane(4).ID], lane(4))
	})
}
