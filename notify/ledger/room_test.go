package ledger

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestCopies holds that a letter is settled together with the card that it goes on as.
func TestCopies(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		l := letter(1, "t1", 7)
		b.write(l)
		l.State, l.SettledAt, l.Far = notify.Sent, at(9), "C1/7"
		c := notify.Card{
			ID: notify.CardID(l.ID), Lane: l.Lane, Sub: l.Sub, Person: "ann", Task: "t1", Want: 4, Shown: 4, Hash: "h", Far: "C1/7",
			MadeAt: at(9), Seq: 7, Round: 1,
		}
		b.must(b.Settle(ctx, []notify.Letter{l}, c))
		is(t, "the letter", b.read(l.ID).Far, "C1/7")
		is(t, "the card", b.card(1), c)
	})
}

// TestRooms holds what is known of a place: its tasks, the newest first, the card below
// which more is said, and what a message is about.
func TestRooms(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.write(letter(1, "told", 5), letter(2, "elsewhere", 6))
		told := letter(1, "told", 5)
		told.Far = "C1/5"
		b.settle(told, notify.Sent, 6)
		b.write(letter(1, "untold", 7))
		shows := func(task progress.TaskID, want int64, far string) {
			t.Helper()
			c := mark(1, task, want)
			b.mark(c)
			c.Far, c.Shown = far, want
			b.must(b.Showed(ctx, []notify.Card{c}))
		}
		shows("card", 8, "C1/8")
		shows("", 9, "C1/9") // a board
		b.mark(mark(1, "listed", 10))
		shown, err := b.Shown(ctx, []notify.LaneID{lane(1).ID, lane(3).ID})
		b.must(err)
		is(t, "shown", shown, []progress.TaskID{"listed", "card", "told"})

		for task, want := range map[progress.TaskID]string{"card": "C1/8", "listed": "", "none": ""} {
			far, err := b.Root(ctx, lane(1).ID, task)
			b.must(err)
			is(t, "the root of "+string(task), far, want)
		}
		for far, want := range map[string]string{"C1/8": "card true", "C1/5": "told true", "C1/9": " false", "C1/10": " false"} {
			id, ok, err := b.TaskAt(ctx, "webhook", far)
			b.must(err)
			is(t, far, fmt.Sprint(id, " ", ok), want)
		}
		_, ok, err := b.TaskAt(ctx, "slack", "C1/8")
		b.must(err)
		is(t, "in another channel", ok, false)
	})
}

// TestShownMost holds that there is a bound on what a place was shown.
func TestShownMost(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		marks := []notify.Card{}
		for n := range mostShown + 5 {
			marks = append(marks, mark(1, progress.TaskID(fmt.Sprintf("t%03d", n)), int64(n+1)))
		}
		b.mark(marks...)
		shown, err := b.Shown(ctx, []notify.LaneID{lane(1).ID})
		b.must(err)
		is(t, "shown", len(shown), mostShown)
		is(t, "the first", shown[0], "t204")
	})
}
