package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestLetterIsKept holds that every field comes back, and that a letter that is
// there is left as it is.
func TestLetterIsKept(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		full := letter(1, "t1", 7, func(l *notify.Letter) {
			l.Class, l.Kind, l.Tries, l.Doubt, l.Why, l.Far = notify.ClassEnd, progress.TaskFailed, 3, true, "no route", "m-1"
			l.SettledAt, l.State, l.Round = at(9), notify.Dead, 4
			l.Note = &notify.Note{
				Kind: notify.NoteDead, Channel: "webhook", To: "https://x", Sub: "sub_2", Reason: "410", At: at(3), Task: "t3", Step: 2,
				Items: []notify.Item{{Task: "t2", First: 3, Last: 9, Kinds: []progress.Kind{progress.TaskStarted, progress.TaskFailed}}},
			}
		})
		bare := notify.Letter{ID: "msg_bare", Lane: lane(2).ID, State: notify.Due, MadeAt: at(1)}
		b.write(full, bare)
		other := full
		other.Why, other.State = "another", notify.Sent
		b.write(other, full)
		is(t, "full", encode(b.read(full.ID)), encode(full))
		is(t, "bare", encode(b.read("msg_bare")), encode(bare))
		is(t, "letters", b.count("letters"), 2)
	})
}

// TestDueInOrder holds that a lane's urgent letters come first, then the oldest,
// and nothing of other lanes or that is settled.
func TestDueInOrder(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		class := func(c notify.Class) func(*notify.Letter) { return func(l *notify.Letter) { l.Class = c } }
		var all []notify.Letter
		for i, c := range []notify.Class{notify.ClassStep, notify.ClassEnd, notify.ClassStep, notify.ClassAlarm, notify.ClassApproval, notify.ClassProgress} {
			all = append(all, letter(1, "t1", int64(i+1), class(c)))
		}
		b.write(append(all, letter(2, "t1", 1), letter(1, "t2", 1, func(l *notify.Letter) { l.State = notify.Sent }))...)
		for limit, want := range map[int]string{100: "2 4 5 1 3 6", 4: "2 4 5 1"} {
			due, err := b.Due(ctx, lane(1).ID, limit)
			b.must(err)
			var seqs []string
			for _, l := range due {
				seqs = append(seqs, fmt.Sprint(l.Seq))
			}
			is(t, "due", strings.Join(seqs, " "), want)
		}
	})
}

// TestSettle holds that what a try came to is written, and that only the first
// end of a letter counts.
func TestSettle(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		l := letter(1, "t1", 1)
		b.write(l, letter(1, "t1", 2))
		again := l
		again.DueAt, again.Tries, again.Doubt, again.Why = at(50), 1, true, "503"
		b.must(b.Settle(ctx, []notify.Letter{again}))
		is(t, "tried", encode(b.read(l.ID)), encode(again))

		sent := again
		sent.State, sent.SettledAt, sent.Tries, sent.Far, sent.Why = notify.Sent, at(51), 2, "m-9", ""
		late := again
		late.State, late.SettledAt, late.Why = notify.Dead, at(52), "too late"
		b.must(b.Settle(ctx, []notify.Letter{again, sent, late}))
		is(t, "sent", encode(b.read(l.ID)), encode(sent))
		b.must(b.Settle(ctx, []notify.Letter{late, again}))
		is(t, "still sent", encode(b.read(l.ID)), encode(sent))
		is(t, "its neighbour", b.read(letter(1, "t1", 2).ID).State, notify.Due)
		b.must(b.Settle(ctx, nil))
	})
}

// TestStrangersTexts holds that what a far side says can always be kept, and
// little of it.
func TestStrangersTexts(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		l := letter(1, "t1", 1)
		b.write(l)
		l.State, l.SettledAt, l.Far, l.Why = notify.Dead, at(1), "a\x00b\xff", "\x00"+strings.Repeat("é", 600)
		b.must(b.Settle(ctx, []notify.Letter{l}))
		got := b.read(l.ID)
		is(t, "far", got.Far, "ab\uFFFD")
		is(t, "why", got.Why, strings.Repeat("é", 500))
	})
}

// TestManySettled holds that statements of all sizes do what they say.
func TestManySettled(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		for _, n := range []int{1, 2, 3, 5, 63, 64, 65, 200} {
			task := progress.TaskID(fmt.Sprint("t", n))
			var all []notify.Letter
			for i := range n {
				all = append(all, letter(1, task, int64(i+1)))
			}
			b.write(all...)
			for i := range all {
				all[i].State, all[i].SettledAt, all[i].Tries = notify.Sent, at(i), i
			}
			b.must(b.Settle(ctx, all))
			got, err := b.Letters(ctx, notify.LetterQuery{Task: task, State: notify.Sent, Limit: 1000})
			b.must(err)
			if len(got) != n || got[0].Tries != n-1 || !got[0].SettledAt.Equal(at(n-1)) {
				t.Errorf("%d of %d are settled, the newest is %+v", len(got), n, got[0])
			}
		}
	})
}

// TestBusy holds that a lane is busy while it is open and something waits in it.
func TestBusy(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		busy := func(want ...int) {
			t.Helper()
			lanes, err := b.Busy(ctx)
			b.must(err)
			got := map[notify.LaneID]notify.Lane{}
			for _, l := range lanes {
				got[l.ID] = l
			}
			expect := map[notify.LaneID]notify.Lane{}
			for _, n := range want {
				expect[lane(n).ID] = lane(n)
			}
			is(t, "busy", got, expect)
		}
		busy()
		b.write(letter(1, "t1", 1), letter(1, "t1", 2), letter(3, "t1", 1, func(l *notify.Letter) { l.DueAt = at(9000) }), letter(5, "t1", 1))
		b.must(b.Routed(ctx, notify.Routed{Marks: []notify.Card{mark(3, "t1", 1), mark(4, "t1", 1), mark(4, "t2", 1)}}))
		busy(1, 3, 4, 5)
		b.settle(letter(1, "t1", 1), notify.Sent, 1)
		busy(1, 3, 4, 5)
		b.settle(letter(1, "t1", 2), notify.Dead, 1)
		busy(3, 4, 5)
		l := lane(5)
		l.Closed, l.ClosedAt = "410", at(3)
		b.must(b.Shut(ctx, l, notify.Routed{}))
		busy(3, 4)
		for _, task := range []progress.TaskID{"t1", "t2"} {
			c := mark(4, task, 1)
			c.Shown, c.Over = 1, true
			b.must(b.Showed(ctx, []notify.Card{c}))
		}
		busy(3)
	})
}

// TestLetters holds that every query gives what it asks for, the newest first,
// page by page.
func TestLetters(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var all []notify.Letter
		states := []notify.State{notify.Due, notify.Sent, notify.Dead, notify.Dropped}
		for i := range 240 {
			all = append(all, letter(i%3, progress.TaskID(fmt.Sprint("t", i%5)), int64(i), func(l *notify.Letter) {
				l.State, l.Person = states[i%7%4], progress.Person([]string{"ann", "bob"}[i/4%2])
				l.MadeAt = epoch.Add(time.Duration(i*37%60) * time.Second) // four of each time
			}))
		}
		b.write(all...)
		for _, q := range []notify.LetterQuery{
			{}, {State: notify.Dead}, {Person: "ann"}, {Person: "bob", State: notify.Sent}, {Sub: "sub_1"}, {Sub: "sub_2", State: notify.Dropped},
			{Task: "t3"}, {Task: "t3", State: notify.Due}, {Task: "t2", Sub: "sub_0", Person: "ann", State: notify.Sent}, {Task: "t3", Seq: 8}, {Task: "t3", Seq: 9}, {Sub: "sub_2", Seq: 5}, {Sub: "sub_0", Person: "bob"},
			{ID: all[5].ID}, {ID: all[5].ID, Person: all[5].Person}, {ID: all[5].ID, Sub: "sub_7"}, {Person: "eve"}, {State: "odd"},
		} {
			want := matching(all, q)
			for _, limit := range []int{0, 1, 7} {
				q.Limit, q.Before = limit, notify.Place{}
				is(t, fmt.Sprintf("%+v", q), ids(b.pages(q)), ids(want))
			}
		}
	})
}

// pages are all pages of a query.
func (b book) pages(q notify.LetterQuery) (all []notify.Letter) {
	b.Helper()
	for {
		page, err := b.Letters(ctx, q)
		b.must(err)
		if len(page) == 0 {
			return all
		}
		if most := max(q.Limit, 1); len(page) > most && q.Limit > 0 || len(page) > 100 {
			b.Fatalf("a page has %d letters", len(page))
		}
		all = append(all, page...)
		last := page[len(page)-1]
		q.Before = notify.Place{At: last.MadeAt, ID: last.ID}
	}
}
