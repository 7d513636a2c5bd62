package ledger

import (
	"sync"
	"testing"

	"github.com/taskherald/herald/notify"
)

func (b book) card(n int) notify.Card {
	b.Helper()
	all, err := collect(ctx, b.Post.d, scanCard, `SELECT `+cardColumns+` FROM cards WHERE lane = $1`, string(lane(n).ID))
	b.must(err)
	if len(all) != 1 {
		b.Fatalf("there are %d cards", len(all))
	}
	return all[0]
}

func (b book) mark(marks ...notify.Card) {
	b.Helper()
	b.must(b.Routed(ctx, notify.Routed{Marks: marks}))
}

// TestMarksRise holds that what a card has to show only rises, and that a mark
// changes nothing else of a card but that it is over.
func TestMarksRise(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		c := mark(1, "t1", 5)
		b.mark(c, mark(1, "t1", 4), mark(2, "t1", 1))
		is(t, "new", b.card(1), c)
		shown := c
		shown.Shown, shown.Hash, shown.Far, shown.Over = 5, "h", "m-1", true
		b.must(b.Showed(ctx, []notify.Card{shown}))
		is(t, "shown", b.card(1), shown)

		b.mark(mark(1, "t1", 3))
		shown.Over = false
		is(t, "marked lower", b.card(1), shown)
		b.mark(mark(1, "t1", 9), mark(1, "t1", 8))
		shown.Want = 9
		is(t, "marked higher", b.card(1), shown)
		is(t, "its neighbour", b.card(2), mark(2, "t1", 1))
	})
}

// TestOverDoesNotHold holds that a card whose mark has risen while it was drawn
// is not over, in whatever order the two are written.
func TestOverDoesNotHold(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		work := func(want int) {
			t.Helper()
			cards, err := b.Cards(ctx, lane(1).ID)
			b.must(err)
			is(t, "cards at work", len(cards), want)
		}
		b.mark(mark(1, "t1", 5), mark(2, "t1", 5))
		work(1)
		drawn := b.card(1)
		drawn.Shown, drawn.Over = 5, true
		b.mark(mark(1, "t1", 6))
		b.must(b.Showed(ctx, []notify.Card{drawn}))
		is(t, "over", b.card(1).Over, false)
		work(1)
		drawn.Shown = 6
		b.must(b.Showed(ctx, []notify.Card{drawn}))
		is(t, "over", b.card(1).Over, true)
		work(0)
		b.mark(mark(1, "t1", 7))
		work(1)

		for n := range int64(30) { // both at once
			drawn.Shown = 10 + n
			b.mark(mark(1, "t1", 10+n))
			var both sync.WaitGroup
			both.Go(func() { b.mark(mark(1, "t1", 11+n)) })
			both.Go(func() { b.must(b.Showed(ctx, []notify.Card{drawn})) })
			both.Wait()
			if c := b.card(1); c.Over || c.Want != 11+n || c.Shown != 10+n {
				t.Fatalf("%+v is over, or was not drawn", c)
			}
		}
	})
}

// TestCardsInOrder holds that the cards of a lane that are at work come oldest first.
func TestCardsInOrder(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		second := mark(1, "t1", 7)
		second.ID = "other/t1"
		b.mark(second, mark(1, "t1", 4), mark(1, "t2", 5), mark(2, "t1", 1))
		cards, err := b.Cards(ctx, lane(1).ID)
		b.must(err)
		is(t, "cards", cards, []notify.Card{mark(1, "t1", 4), mark(1, "t2", 5), second})
	})
}
