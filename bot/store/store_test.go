package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/db/table"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	ctx   = context.Background()
	epoch = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) // which is now
	soon  = epoch.Add(time.Microsecond)
)

// world is a memory in a database of its own.
type world struct {
	*testing.T
	*Store
}

func each(t *testing.T, do func(w world)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { do(world{t, New(d, func() time.Time { return epoch })}) })
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// is holds what is remembered of a place, nil for nothing.
func (w world) is(p bot.Place, want *bot.Memory) {
	w.Helper()
	got, ok, err := w.Recall(ctx, p)
	w.must(err)
	if want == nil {
		want = &bot.Memory{}
	}
	if ok != !reflect.DeepEqual(*want, bot.Memory{}) || !reflect.DeepEqual(got, *want) {
		w.Errorf("of %+v it remembers %+v (%v), want %+v", p, got, ok, *want)
	}
}

func (w world) count(name string) (n int) {
	w.Helper()
	w.must(w.d.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+name).Scan(&n) }))
	return n
}

// full is a memory that has all there is.
func full() bot.Memory {
	return bot.Memory{
		Task: "t1", Offered: []progress.TaskID{"t2", "t1"}, Lang: "de", At: epoch,
		Asked: &bot.Question{
			Task: "t1", Ticket: "ABC", Picks: []string{"D", "E"}, Verb: progress.VerbCancel, Intent: "logs", Step: 3,
			Reason: "too \x00 \"slow\" 🐢", Until: epoch.Add(15 * time.Minute),
		},
	}
}

// TestPlaces holds that each place has a memory of its own, and all of it comes back.
func TestPlaces(t *testing.T) {
	each(t, func(w world) {
		long := strings.Repeat("\U0001F422", 5000)
		places := []bot.Place{
			{Room: "web", Thread: "a"}, {Room: "web", Person: "a"}, {Room: "weba"}, {Room: "web"}, {Room: "1:", Thread: "x"},
			{Room: "1", Thread: ":x"}, {Room: long}, {Room: long + "x"}, {Room: "a\x00", Person: "\xff"}, {Room: "a", Thread: "\x00\xff"},
		}
		for i, p := range places {
			w.is(p, nil)
			m := full()
			m.Task = progress.TaskID(fmt.Sprint("t", i))
			w.must(w.Remember(ctx, p, m, soon))
		}
		for i, p := range places {
			want := full()
			want.Asked.Reason = strings.ReplaceAll(want.Asked.Reason, "\x00", "")
			want.Task = progress.TaskID(fmt.Sprint("t", i))
			w.is(p, &want)
		}
	})
}

// TestRemember holds that the last stays, and that of nothing nothing is kept.
func TestRemember(t *testing.T) {
	each(t, func(w world) {
		p := bot.Place{Room: "web", Person: "ann"}
		w.must(w.Remember(ctx, p, full(), soon))
		second := bot.Memory{Task: "t2", At: epoch.Add(-time.Hour)}
		w.must(w.Remember(ctx, p, second, soon))
		w.is(p, &second)
		w.must(w.Remember(ctx, p, bot.Memory{At: epoch}, soon))
		w.is(p, nil)
		if n := w.count("bot_memory"); n != 0 {
			w.Errorf("%d rows of nothing", n)
		}
		spoken := bot.Memory{Lang: "pt", At: epoch}
		w.must(w.Remember(ctx, p, spoken, soon))
		w.is(p, &spoken)
		w.must(w.Remember(ctx, p, full(), soon))
		w.must(w.exec(ctx, `UPDATE bot_memory SET doc = 'what?'`))
		w.is(p, nil)
	})
}

// TestBounds holds that nobody can fill the database with one memory, and that who keeps one
// sees it unchanged.
func TestBounds(t *testing.T) {
	each(t, func(w world) {
		m := full()
		for i := range 10 * mostOffered {
			m.Offered = append(m.Offered, progress.TaskID(fmt.Sprint(i)))
		}
		m.Asked.Reason = strings.Repeat("ü", mostReason+1)
		want := m
		asked := *m.Asked
		asked.Reason = asked.Reason[:2*mostReason]
		want.Asked, want.Offered = &asked, m.Offered[:mostOffered]
		p := bot.Place{Room: "web"}
		w.must(w.Remember(ctx, p, m, soon))
		w.is(p, &want)
		if len(m.Asked.Reason) != 2*(mostReason+1) {
			w.Error("the memory of who called has changed")
		}
		w.must(w.KeepReason(ctx, "k", strings.Repeat("ü", mostKept+1), soon))
		w.reason("k", strings.Repeat("ü", mostKept))
	})
}

func (w world) reason(key, want string) {
	w.Helper()
	got, err := w.ReasonOf(ctx, key)
	w.must(err)
	if got != want {
		w.Errorf("the reason under %s is %q, want %q", key, got, want)
	}
}

func TestReasons(t *testing.T) {
	each(t, func(w world) {
		w.reason("ticket 1", "")
		w.must(w.KeepReason(ctx, "ticket 1", "slow\x00 \xff", soon))
		w.must(w.KeepReason(ctx, "ticket 2", "other", soon))
		w.must(w.KeepReason(ctx, "ticket 3", "late", epoch))
		w.reason("ticket 3", "")
		w.reason("ticket 1", "slow \uFFFD")
		w.must(w.KeepReason(ctx, "ticket 1", "wrong data", soon))
		w.reason("ticket 1", "wrong data")
		w.must(w.KeepReason(ctx, "ticket 1", "", soon))
		w.reason("ticket 1", "")
		w.reason("ticket 2", "other")
	})
}

// TestPurge holds that what is old goes, more than one portion of it, and nothing else.
func TestPurge(t *testing.T) {
	each(t, func(w world) {
		w.must(db.Change(ctx, w.d, func(tx *db.Tx) error {
			for i := range purgePortion + 10 {
				at := table.Micros(epoch.Add(-time.Duration(i+1) * time.Microsecond))
				if _, err := tx.Exec(ctx, `INSERT INTO bot_memory (place, doc, until_at) VALUES ($1, '{}', $2)`, fmt.Sprint(i), at); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `INSERT INTO bot_reasons (of_key, reason, until_at) VALUES ($1, 'x', $2)`, fmt.Sprint(i), at); err != nil {
					return err
				}
			}
			return nil
		}))
		p, m := bot.Place{Room: "web"}, bot.Memory{Task: "t1", At: epoch}
		w.must(w.Remember(ctx, p, m, soon))
		w.must(w.KeepReason(ctx, "k", "now", soon))
		for range 2 {
			w.must(w.Purge(ctx))
			w.reason("k", "now")
			if a, b := w.count("bot_memory"), w.count("bot_reasons"); a != 1 || b != 1 {
				w.Errorf("%d memories and %d reasons are left", a, b)
			}
		}
		w.is(p, &m)
	})
}

// TestTogether holds that many who write the same places at once lose no transaction.
func TestTogether(t *testing.T) {
	each(t, func(w world) {
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				for i := range 10 {
					p := bot.Place{Room: "web", Thread: fmt.Sprint(i % 3)}
					if err := w.Remember(ctx, p, bot.Memory{Task: progress.TaskID(fmt.Sprint("t", n)), At: epoch}, soon); err != nil {
						w.Error(err)
					}
					if err := w.Purge(ctx); err != nil {
						w.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := w.count("bot_memory"); n != 3 {
			w.Errorf("%d places", n)
		}
	})
}
