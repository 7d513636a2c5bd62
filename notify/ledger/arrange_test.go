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

// browser is the nth subscription, of a browser, with keys of its own.
func browser(n int, owner progress.Person, target string) (notify.Subscription, notify.Keys) {
	id := notify.SubscriptionID(fmt.Sprintf("sub_%d", n))
	a := notify.Address{Channel: notify.WebPush, To: target, Key: string(id)}
	return notify.Subscription{ID: id, Owner: owner, Address: a, MadeAt: at(n)}, notify.Keys{Holder: string(id), Current: fmt.Sprint("keys ", n)}
}

// arrange has a person's wishes arranged as they are found.
func (b book) arrange(owner progress.Person, fn func(Wishes) Arrangement) {
	b.Helper()
	b.must(b.Arrange(ctx, Query{Owner: owner}, func(w Wishes) (Arrangement, error) { return fn(w), nil }))
}

func (b book) keys(id notify.SubscriptionID) string {
	b.Helper()
	k, _, err := b.Keys(ctx, string(id))
	b.must(err)
	return k.Current
}

// TestArrange holds that a new subscription is there with its keys and its letter, or
// nothing of it is, and that only the person's own are shown.
func TestArrange(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		s, keys := browser(1, "ann", "https://push.example/1")
		s.Over = time.Minute
		other, _ := browser(2, "bob", "https://push.example/2")
		b.arrange("bob", func(Wishes) Arrangement { return Arrangement{Sub: other} })
		post := func(about string) notify.Routed {
			return notify.Routed{
				Lanes:   []notify.Lane{{ID: s.Address.Lane(), Address: s.Address}},
				Letters: []notify.Letter{notify.NoteLetter(&s, notify.Note{Kind: notify.NoteTest, At: at(1)}, about)},
			}
		}
		no := errors.New("no")
		if err := b.Arrange(ctx, Query{Owner: "ann"}, func(w Wishes) (Arrangement, error) {
			is(t, "hers", len(w.Subs), 0)
			return Arrangement{Sub: s, Keys: keys, Routed: post("never")}, no
		}); !errors.Is(err, no) || b.count("letters") != 0 {
			t.Errorf("a refusal: %v", err)
		}
		_, err := b.Subscription(ctx, s.ID)
		is(t, "refused", progress.CodeOf(err), progress.NotFound)

		b.risen("a wish", func() {
			b.arrange("ann", func(Wishes) Arrangement { return Arrangement{Sub: s, Keys: keys, Routed: post("once")} })
		})
		is(t, "kept", encode(b.sub(s.ID)), encode(s))
		is(t, "keys", b.keys(s.ID), "keys 1")
		is(t, "letter", b.read(post("once").Letters[0].ID).State, notify.Due)
		b.arrange("ann", func(w Wishes) Arrangement {
			is(t, "hers", encode(w.Subs), encode([]notify.Subscription{s}))
			w.Subs[0].Name = "phone"
			return Arrangement{Sub: w.Subs[0]}
		})
		is(t, "changed", b.sub(s.ID).Name, "phone")
		is(t, "its keys", b.keys(s.ID), "keys 1")
		b.arrange("ann", func(Wishes) Arrangement { return Arrangement{Routed: post("again")} })
		is(t, "a letter alone", b.read(post("again").Letters[0].ID).State, notify.Due)
		is(t, "bob's", encode(b.sub(other.ID)), encode(other))
	})
}

// TestRenewal holds that a browser's new address and keys come together, that what
// waits follows, and that whoever else was told there is not any more.
func TestRenewal(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		const target = "https://push.example/new"
		s, keys := browser(1, "ann", "https://push.example/old")
		double, _ := browser(2, "ann", target)
		bobs, bobsKeys := browser(3, "bob", target)
		far, _ := browser(4, "bob", "https://push.example/4")
		for _, other := range []notify.Subscription{s, double, bobs, far} {
			b.must(b.Subscribe(ctx, other, notify.Keys{Holder: string(other.ID), Current: "old"}, 9))
		}
		hook, hookKeys := wish(5)
		hook.Owner, hook.Address.To = "bob", target
		b.must(b.Subscribe(ctx, hook, hookKeys, 9))
		b.write(letter(1, "t1", 1), letter(2, "t1", 2))
		b.risen("a renewal", func() {
			b.arrange("ann", func(w Wishes) Arrangement {
				is := w.Subs[0]
				is.Address.To = target
				return Arrangement{Sub: is, Keys: keys, End: double.ID, Sole: "somebody else", At: at(50)}
			})
		})
		s.Address.To = target
		is(t, "renewed", encode(b.sub(s.ID)), encode(s))
		is(t, "keys", b.keys(s.ID), "keys 1")
		due, err := b.Due(ctx, s.Address.Lane(), 9)
		b.must(err)
		is(t, "what waits", ids(due), []notify.LetterID{letter(1, "t1", 1).ID})
		_, err = b.Subscription(ctx, double.ID)
		is(t, "the double", progress.CodeOf(err), progress.NotFound)
		ended := b.read(letter(2, "t1", 2).ID)
		is(t, "what waited for it", fmt.Sprint(ended.State, ended.SettledAt), fmt.Sprint(notify.Dropped, at(50)))
		was := bobs
		bobs.Off, bobs.OffAt = "somebody else", at(50)
		is(t, "bob's there", encode(b.sub(bobs.ID)), encode(bobs))
		is(t, "bob's elsewhere", encode(b.sub(far.ID)), encode(far))
		is(t, "of another channel", encode(b.sub(hook.ID)), encode(hook))

		b.arrange("bob", func(w Wishes) Arrangement {
			return Arrangement{Sub: was, Keys: bobsKeys, Sole: "somebody else", At: at(60)}
		})
		is(t, "bob again", encode(b.sub(bobs.ID)), encode(was))
		s.Off, s.OffAt = "somebody else", at(60)
		is(t, "ann's", encode(b.sub(s.ID)), encode(s))
		b.arrange("bob", func(Wishes) Arrangement { return Arrangement{Sub: was, Sole: "somebody else", At: at(70)} })
		is(t, "since", b.sub(s.ID).OffAt, at(60))
		b.must(second(b.Change(ctx, s.ID, func(s *notify.Subscription) error { s.Off = "by hand"; return nil })))
		b.arrange("bob", func(Wishes) Arrangement { return Arrangement{Sub: was, Sole: "somebody else", At: at(80)} })
		is(t, "off for another reason", b.sub(s.ID).Off, "somebody else")
		if err := b.Arrange(ctx, Query{Owner: "ann"}, func(Wishes) (Arrangement, error) {
			return Arrangement{Sub: s, End: "sub_none"}, nil
		}); progress.CodeOf(err) != progress.NotFound {
			t.Error(err)
		}
	})
}

// TestAsked holds which letters are counted that ask for a confirmation: those of a
// person, and those at an address, whatever became of them.
func TestAsked(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		asks := func(n int, owner progress.Person, kind notify.NoteKind, seconds int) notify.Letter {
			s, _ := browser(n, owner, fmt.Sprint("address", n%2))
			s.Address.Key = ""
			l := notify.NoteLetter(&s, notify.Note{Kind: kind, At: at(seconds)}, fmt.Sprint(seconds))
			b.must(b.Routed(ctx, notify.Routed{Lanes: []notify.Lane{{ID: l.Lane, Address: s.Address}}, Letters: []notify.Letter{l}}))
			return l
		}
		asks(1, "ann", notify.NoteConfirm, 9) // too old
		want := []notify.LetterID{
			asks(2, "ann", notify.NoteConfirm, 10).ID, // hers
			asks(3, "bob", notify.NoteConfirm, 11).ID, // there
			b.settle(asks(5, "ann", notify.NoteConfirm, 12), notify.Sent, 20).ID,
			b.settle(asks(5, "ann", notify.NoteConfirm, 13), notify.Dead, 20).ID,
		}
		asks(2, "bob", notify.NoteConfirm, 14) // neither
		there := asks(1, "ann", notify.NoteTest, 15).Lane
		find := func(q Query) (got []notify.LetterID) {
			b.must(b.Arrange(ctx, q, func(w Wishes) (Arrangement, error) {
				got = ids(w.Asked)
				return Arrangement{}, nil
			}))
			return got
		}
		is(t, "asked", find(Query{Owner: "ann", Lane: there, Since: at(10)}), want)
		is(t, "nobody looks", find(Query{Owner: "ann", Lane: there}), []notify.LetterID(nil))
	})
}

// TestArrangementsAtOnce holds that of many who decide by what there is each sees what
// the others have written.
func TestArrangementsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var all sync.WaitGroup
		for n := range 12 {
			s, keys := browser(n, "ann", "https://push.example/1")
			all.Go(func() {
				if err := b.Arrange(ctx, Query{Owner: "ann"}, func(w Wishes) (Arrangement, error) {
					if len(w.Subs) == 3 {
						return Arrangement{}, nil
					}
					return Arrangement{Sub: s, Keys: keys}, nil
				}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		is(t, "subscriptions", b.count("subscriptions"), 3)
	})
}
