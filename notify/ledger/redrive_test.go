package ledger

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

// TestRedrive holds that dead and dropped letters that match wait again under
// their own ids, that their lanes are open, and that nothing else changes.
func TestRedrive(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		state := func(s notify.State) func(*notify.Letter) {
			return func(l *notify.Letter) {
				l.State, l.Tries, l.Why, l.SettledAt = s, 4, "503", at(100)
			}
		}
		b.subscribe(1)
		b.subscribe(2)
		b.subscribe(3)
		dead, dropped := letter(1, "t1", 1, state(notify.Dead)), letter(2, "t1", 2, state(notify.Dropped))
		sent, due, foreign := letter(1, "t1", 3, state(notify.Sent)), letter(1, "t1", 4), letter(1, "t9", 5, state(notify.Dead))
		callback := letter(5, "t1", 6, state(notify.Dead), func(l *notify.Letter) { l.Sub = "cb_t1" })
		vouched := letter(4, "t1", 10, state(notify.Dead), func(l *notify.Letter) { l.Sub = "rule_1" })
		orphan := letter(6, "t1", 7, state(notify.Dead)) // of a subscription that is gone
		off := letter(3, "t1", 8, state(notify.Dead))    // of one that is off
		mail := lane(7)                                  // of one that is gone, too, and whose address had no keys of its own
		mail.Address.Key, mail.ID = "", notify.Address{Channel: "webhook", To: mail.Address.To}.Lane()
		mailed := letter(7, "t1", 9, state(notify.Dead), func(l *notify.Letter) { l.Lane = mail.ID })
		b.must(b.Routed(ctx, notify.Routed{Lanes: []notify.Lane{mail}}))
		b.write(dead, dropped, sent, due, foreign, callback, vouched, orphan, off, mailed)
		for _, shut := range []notify.Lane{lane(3), lane(5)} {
			shut.Closed, shut.ClosedAt = "410", at(50)
			b.must(b.Shut(ctx, shut, notify.Routed{}))
		}

		q := notify.LetterQuery{Task: "t1"}
		for _, s := range []notify.State{notify.Sent, notify.Due} {
			q.State = s
			n, lanes, err := b.Redrive(ctx, q, at(200), time.Hour)
			is(t, "redriven "+string(s), fmt.Sprint(n, lanes, err), "0 [] <nil>")
		}
		q.State = ""
		n, lanes, err := b.Redrive(ctx, q, at(200), 24*time.Hour)
		b.must(err)
		is(t, "redriven", n, 4)
		opened := map[notify.LaneID]notify.Lane{}
		for _, l := range lanes {
			opened[l.ID] = l
		}
		is(t, "lanes", opened, map[notify.LaneID]notify.Lane{lane(1).ID: lane(1), lane(2).ID: lane(2), lane(4).ID: lane(4), lane(5).ID: lane(5)})
		for _, l := range []notify.Letter{dead, dropped, callback, vouched} {
			l.State, l.Tries, l.Doubt, l.DueAt, l.ExpiresAt, l.SettledAt = notify.Due, 0, true, at(200), at(200).Add(24*time.Hour), time.Time{}
			is(t, "again", encode(b.read(l.ID)), encode(l))
		}
		for _, l := range []notify.Letter{sent, due, foreign, orphan, off, mailed} {
			is(t, "as it was", encode(b.read(l.ID)), encode(l))
		}
		n, _, err = b.again(ctx, []notify.LetterID{sent.ID, dead.ID}, at(300), at(400)) // as if somebody was faster
		is(t, "late", fmt.Sprint(n, err, b.read(sent.ID).State, b.read(dead.ID).DueAt), fmt.Sprint(0, nil, notify.Sent, at(200)))
		n, _, err = b.Redrive(ctx, q, at(300), time.Hour)
		is(t, "twice", fmt.Sprint(n, err), "0 <nil>")
	})
}

// TestRedriveMany holds that all of many letters are redriven, and no more than
// are asked for.
func TestRedriveMany(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.subscribe(1)
		var all []notify.Letter
		for i := range redrivePage + 150 {
			all = append(all, letter(1, "t1", int64(i+1), func(l *notify.Letter) { l.State = notify.Dead }))
		}
		b.write(all...)
		for _, c := range []struct{ limit, want int }{{1, 1}, {70, 70}, {redrivePage + 9, redrivePage + 9}, {0, 70}, {0, 0}} {
			n, _, err := b.Redrive(ctx, notify.LetterQuery{Sub: "sub_1", State: notify.Dead, Limit: c.limit}, at(1), time.Hour)
			is(t, "redriven", fmt.Sprint(n, err), fmt.Sprint(c.want, nil))
			if c.limit == 1 {
				is(t, "the newest", b.read(all[len(all)-1].ID).State, notify.Due)
			}
		}
	})
}
