package notify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
)

// TestReminderInTheMorning is a reminder that comes in quiet hours: it is told once when they
// end, as a reminder, and is in the ledger as such.
func TestReminderInTheMorning(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) { // it is midnight
		w.prefer("bob", func(p *notify.Preferences) {
			p.Quiet, p.Through = []notify.Quiet{{From: clock(t, "00:02"), To: clock(t, "00:10")}}, []notify.Class{}
		})
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 300}}})
		settle(12 * time.Minute)
		w.rewire(func(*notify.Options) {})
		settle(time.Minute)
		if got := times(m, b, began); len(got) != 2 || got[0] != [2]int{0, 0} || got[1][1] != 1 {
			t.Error("bob was asked after", got)
		}
		for _, l := range w.letters(notify.LetterQuery{Task: "one", Person: "bob"}) {
			if l.State != notify.Sent {
				t.Errorf("%+v", l)
			}
		}
		same(t, "letters", len(w.letters(notify.LetterQuery{Task: "one", Person: "bob"})), 2)
	})
}

// TestNoPile is that reminders do not pile up where a question cannot be sent.
func TestNoPile(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		m.Down(b, notifytest.Status(notify.Transient, 0))
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60}, {After: 60}, {After: 60}}})
		settle(10 * time.Minute)
		m.Up(b)
		settle(3 * time.Minute)
		same(t, "bob", len(times(m, b, began)), 1)
	})
}

// TestStrangersAddress is that who makes a task cannot have an address told that the operator
// has not named.
func TestStrangersAddress(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60, Tell: []string{"hook:stranger"}}}})
		settle(2 * time.Minute)
		same(t, "the stranger", kinds(m, notify.Address{Channel: "hook", To: "stranger"}), []string(nil))
		same(t, "why", w.traced("one", progress.ApprovalNeeded), []string{"bob b told asked to decide", "stranger silent no rule of this server names the address"})
		if _, ok, err := w.ledger.Lane(t.Context(), notify.Address{Channel: "hook", To: "stranger"}.Lane()); ok || err != nil {
			t.Error("there is a lane to the stranger", err)
		}
	})
}

// TestAlertUnseen is that an operator who may not see a task any more when its note is sent
// reads nothing of it.
func TestAlertUnseen(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
		m.Down(a, notifytest.Status(notify.Transient, 0))
		m.Down(b, notifytest.Status(notify.Transient, 0))
		w.ask("one", progress.Gate{Approvers: []string{"bob"}})
		settle(time.Minute)
		w.person(progress.Actor{Person: "ann", Rights: progress.MayApprove})
		m.Up(a)
		settle(5 * time.Minute)
		same(t, "ann", kinds(m, a), []string(nil))
	})
}

// TestBrokenPreferences is that preferences that cannot be read harm nobody: who has them is
// told like who has none, and can write new ones.
func TestBrokenPreferences(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		w.prefer("ann", func(p *notify.Preferences) { p.Mutes = []notify.Mute{{ID: "mut_a", All: true}} })
		s := w.subscribe("hook", "a", nil)
		if err := w.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE preferences SET doc = '{"mutes": [{"all": true}], "digest": "often"}'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.rewire(func(*notify.Options) {})
		w.create("one", "build")
		settle(time.Minute)
		same(t, "told", kinds(m, s.Address), []string{"task.created"})
		w.prefer("ann", func(p *notify.Preferences) {
			if p.Broken == "" || p.Person != "ann" {
				t.Errorf("%+v", p)
			}
			p.Language = "de"
		})
		got, err := w.ledger.PreferencesOf(t.Context(), "ann")
		if err != nil || got.Language != "de" || got.Broken != "" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestBadBundle is that what is held of a task that cannot be read holds up no other.
func TestBadBundle(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		far := map[string]notify.Address{}
		for _, to := range []string{"a", "b"} {
			far[to] = w.subscribe("hook", to, func(s *notify.Subscription) { s.Match = notify.Match{Task: progress.TaskID("task-" + to)} }).Address
		}
		w.prefer("ann", func(p *notify.Preferences) {
			p.Ways = map[string]map[notify.Class]notify.Way{"hook": {notify.ClassStep: notify.WayDigest}}
			p.Digest = notify.Cadence{Every: 5 * time.Minute}
		})
		for to := range far {
			w.create(progress.TaskID("task-"+to), "build", "ship")
			w.do(progress.TaskID("task-"+to), running1)
		}
		settle(time.Minute)
		var bad atomic.Bool
		bad.Store(true)
		w.rewire(func(o *notify.Options) { o.Tasks = blind{o.Tasks, "task-a", &bad} })
		settle(6 * time.Minute)
		same(t, "b", kinds(m, far["b"]), []string{"digest"})
		same(t, "a", kinds(m, far["a"]), []string(nil))
		bad.Store(false)
		settle(time.Minute)
		same(t, "a, once it can be read", kinds(m, far["a"]), []string{"digest"})
		same(t, "b, then", kinds(m, far["b"]), []string{"digest"})
	})
}

// blind are tasks of which one cannot be read while bad.
type blind struct {
	notify.Tasks
	id  progress.TaskID
	bad *atomic.Bool
}

func (b blind) Task(ctx context.Context, id progress.TaskID) (progress.Task, error) {
	if b.bad.Load() && id == b.id {
		return progress.Task{}, &progress.Error{Code: progress.Unavailable, Say: "not now"}
	}
	return b.Tasks.Task(ctx, id)
}
