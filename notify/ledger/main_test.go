package ledger

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// The ports that the ledger is.
var (
	_ notify.Outbox = (*Ledger)(nil)
	_ notify.Post   = (*Ledger)(nil)
	_ notify.Cards  = (*Ledger)(nil)
	_ notify.Agenda = (*Ledger)(nil)
	_ notify.Rolls  = (*Ledger)(nil)
	_ notify.Leases = (*Ledger)(nil)
)

var (
	ctx   = context.Background()
	epoch = time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)
)

// at is some seconds after the beginning.
func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

// book is a ledger in a database of its own.
type book struct {
	testing.TB
	*Ledger
	db *db.DB
}

func each(t *testing.T, do func(t *testing.T, b book)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { do(t, book{t, New(d), d}) })
}

func (b book) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// is holds that two values print alike; times print as they are in UTC.
func is(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// exec runs one statement.
func (b book) exec(query string, args ...any) {
	b.Helper()
	b.must(b.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}))
}

// count is how many rows a table has.
func (b book) count(table string) (n int) {
	b.Helper()
	b.must(b.db.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n) }))
	return n
}

// lane is the nth lane, toward an address of its own.
func lane(n int) notify.Lane {
	a := notify.Address{Channel: "webhook", To: fmt.Sprintf("https://host%d/in", n), Key: fmt.Sprintf("sub_%d", n)}
	return notify.Lane{ID: a.Lane(), Address: a}
}

// letter is a due letter of the nth lane about an event.
func letter(n int, task progress.TaskID, seq int64, more ...func(*notify.Letter)) notify.Letter {
	sub := notify.SubscriptionID(fmt.Sprintf("sub_%d", n))
	l := notify.Letter{
		ID: notify.LetterIDOf(sub, task, seq), Lane: lane(n).ID, Sub: sub, Person: "ann", Task: task, Seq: seq,
		Kind: progress.StepDone, Class: notify.ClassStep, State: notify.Due,
		MadeAt: at(int(seq)), ExpiresAt: at(int(seq) + 3600), DueAt: at(int(seq)),
	}
	for _, m := range more {
		m(&l)
	}
	return l
}

// mark is the mark of a card in the nth lane.
func mark(n int, task progress.TaskID, want int64) notify.Card {
	sub := notify.SubscriptionID(fmt.Sprintf("sub_%d", n))
	return notify.Card{ID: notify.CardIDOf(sub, task), Lane: lane(n).ID, Sub: sub, Person: "ann", Task: task, Want: want, MadeAt: at(int(want))}
}

// write routes letters with the lanes that they are in.
func (b book) write(letters ...notify.Letter) {
	b.Helper()
	r := notify.Routed{Letters: letters}
	for n := range 10 {
		r.Lanes = append(r.Lanes, lane(n))
	}
	b.must(b.Routed(ctx, r))
}

// read is a letter as it is now.
func (b book) read(id notify.LetterID) notify.Letter {
	b.Helper()
	got, err := b.Letters(ctx, notify.LetterQuery{ID: id})
	b.must(err)
	if len(got) != 1 {
		b.Fatalf("%d letters are %s", len(got), id)
	}
	return got[0]
}

// settle settles a letter as it is in a state.
func (b book) settle(l notify.Letter, s notify.State, seconds int) notify.Letter {
	b.Helper()
	l.State, l.SettledAt, l.Tries = s, at(seconds), l.Tries+1
	b.must(b.Settle(ctx, []notify.Letter{l}))
	return l
}

// happen stores a task with some milestones, as the engine does.
func (b book) happen(id progress.TaskID, seconds int, do ...progress.Change) []progress.Event {
	b.Helper()
	by := progress.Actor{Person: "ann", Rights: progress.MayReport | progress.MayOperate, All: true}
	task, all := progress.Task{ID: id}, []progress.Event(nil)
	for i, c := range append([]progress.Change{progress.Create{Spec: progress.Spec{Title: "CRM"}, Steps: []progress.Plan{{Name: "copy"}}}}, do...) {
		after, events, err := progress.Act(task, progress.Command{Task: id, By: by, Via: progress.ViaREST, Do: c}, at(seconds+i))
		b.must(err)
		task = after
		for _, e := range events {
			if e.Seq > 0 {
				all = append(all, e)
			}
		}
	}
	b.must(store.New(b.db).Commit(ctx, store.Need{Tasks: []progress.TaskID{id}}, func(store.Found) store.Batch {
		return store.Batch{Moves: []store.Move{{Before: &progress.Task{}, After: &task, Rev: 1, Events: all}}}
	}))
	return all
}
