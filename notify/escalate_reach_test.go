package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// torn is a book that cannot be read in one language.
type torn struct{ notify.Book }

func (b torn) Notice(s templates.Subject, e *progress.Event, r templates.Reader) templates.Notice {
	if r.Lang == "pt" {
		panic("a page is missing")
	}
	return b.Book.Notice(s, e, r)
}

// alter changes a subscription.
func (w *world) alter(id notify.SubscriptionID, set func(*notify.Subscription)) {
	w.t.Helper()
	if _, err := w.ledger.Change(w.t.Context(), id, func(s *notify.Subscription) error { set(s); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// TestBarred is a channel whose credentials are refused: who is on another is asked.
func TestBarred(t *testing.T) {
	m, room := notifytest.NewMemory(), notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m, "room": room}, func(t *testing.T, w *world) {
		b, c := w.team()
		r := w.subscribe("room", "r", func(s *notify.Subscription) { s.Owner, s.Match = "bob", notify.Match{Kind: "other"} }).Address
		a := w.subscribe("room", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
		w.prefer("bob", func(p *notify.Preferences) {
			p.Ways = map[string]map[notify.Class]notify.Way{"room": {notify.ClassApproval: notify.WayOff}}
		})
		for _, to := range []notify.Address{b, c} {
			m.Down(to, notifytest.Status(notify.Unauthorized, 0))
		}
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 600, Tell: []string{"cat"}}, {After: 600, By: []string{"room"}}}})
		settle(20 * time.Second)
		w.prefer("bob", func(p *notify.Preferences) { p.Ways = nil })
		settle(2 * time.Minute)
		if at := times(room, r, began); len(at) != 1 || at[0][0] > 65 || at[0][1] != 2 {
			t.Error("bob was asked elsewhere after", at)
		}
		same(t, "the operator", kinds(room, a), []string{"approval.undelivered"})
	})
}

// TestTwoNodes is a chain whose node dies: the other goes on, and the operator hears once.
func TestTwoNodes(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
		m.Down(b, notifytest.Status(notify.Transient, 0))
		node := func(name string) func() {
			o := w.options()
			o.Leases, o.Node = w.ledger, name
			return running(notify.New(o))
		}
		w.halt()
		one := node("one")
		two := node("two")
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60, Tell: []string{"cat"}}, {After: 60}, {After: 60}}})
		settle(32 * time.Second)
		one()
		settle(40 * time.Second)
		one = node("three")
		two()
		settle(4 * time.Minute)
		same(t, "the operator", kinds(m, a), []string{"approval.undelivered"})
		if at := times(m, c, began); len(at) != 3 {
			t.Error("cat was asked", at)
		}
		one()
	})
}

// narrow is a channel that makes one call at a time.
type narrow struct{ notify.Channel }

func (narrow) Calls() int { return 1 }

// TestHurry is that the next route is taken at once where nobody has the question, past
// reminders at those addresses that do not take it.
func TestHurry(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		m.Down(b, notifytest.Status(notify.Transient, 0))
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 600}, {After: 600}, {After: 600, Tell: []string{"cat"}}, {After: 300}}})
		settle(6 * time.Minute)
		if at := times(m, c, began); len(at) != 2 || at[0][0] > 35 || at[1][0] < 330 {
			t.Error("cat was asked after", at)
		}
	})
}

// TestBackAgain is that an address that comes back is asked once, and not as often as it
// should have been reminded meanwhile.
func TestBackAgain(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		m.Down(b, notifytest.Status(notify.Transient, 0))
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60}, {After: 60}, {After: 60}, {After: 60}, {After: 600}}})
		settle(270 * time.Second)
		m.Up(b)
		settle(2 * time.Minute)
		if at := times(m, b, began); len(at) != 1 {
			t.Error("bob was asked after", at)
		}
		settle(10 * time.Minute)
		if at := times(m, b, began); len(at) != 2 || at[1][0] < 839 || at[1][0] > 845 {
			t.Error("bob was asked after", at)
		}
	})
}

// TestManyLetters is that what a busy task tells besides does not make a question look as
// if nobody had it.
func TestManyLetters(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
		for i := range 60 {
			w.subscribe("hook", fmt.Sprint("x", i), func(s *notify.Subscription) { s.Events = []string{"step.*"} })
		}
		w.create("one", "1", "2", "3", "4", "5", "6", "7", "8", "9", "go")
		began := time.Now()
		w.do("one", progress.Ask{Step: progress.StepRef{Order: 10}, Gate: progress.Gate{
			Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 300, Tell: []string{"cat"}}, {After: 60}},
		}})
		settle(10 * time.Second)
		for i := range 9 {
			w.do("one", step(i+1, progress.StepRunning))
		}
		settle(400 * time.Second)
		same(t, "the operator", kinds(m, a), []string{})
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}, {360, 2}})
		same(t, "cat", times(m, c, began), [][2]int{{300, 1}, {360, 2}})
	})
}

// TestDownAtOnce is that a server that was down gives the question its time to arrive
// before anybody is told that it has not.
func TestDownAtOnce(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
		m.FailAt(b, notifytest.Status(notify.Transient, 0), notifytest.Status(notify.Transient, 0))
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 3600, Tell: []string{"cat"}}}})
		settle(100 * time.Millisecond)
		w.halt()
		settle(3 * time.Minute)
		w.rewire(func(*notify.Options) {})
		settle(2 * time.Minute)
		same(t, "the operator", kinds(m, a), []string{})
		same(t, "cat", times(m, c, began), [][2]int(nil))
		same(t, "bob", len(times(m, b, began)), 1)
	})
}

// TestProgramHasIt is that a program that is told of a question does not make it reach
// anybody who decides.
func TestProgramHasIt(t *testing.T) {
	m, hook := notifytest.NewMemory(), notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m, notify.Webhook: hook}, func(t *testing.T, w *world) {
		b, c := w.team()
		h := w.subscribe(notify.Webhook, "https://b.test", func(s *notify.Subscription) { s.Owner, s.Events = "bob", []string{"approval.*"} }).Address
		m.Down(b, notifytest.Status(notify.Transient, 0))
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 3600, Tell: []string{"cat"}}}})
		settle(2 * time.Minute)
		if at := times(m, c, began); len(at) != 1 || at[0][0] > 35 {
			t.Error("cat was asked after", at)
		}
		same(t, "the program", kinds(hook, h), []string{"approval.needed"})
	})
}

// TestUndeliverableHowever is every way in which a question does not reach who is asked:
// the next are asked within a minute, and the operator hears of it once.
func TestUndeliverableHowever(t *testing.T) {
	quiet := func(t *testing.T) notify.Quiet { return notify.Quiet{From: clock(t, "00:00"), To: clock(t, "12:00")} }
	for name, harm := range map[string]func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address){
		"transient": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			m.Down(b, notifytest.Status(notify.Transient, 0))
		},
		"rejected": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			m.Down(b, notifytest.Status(notify.Rejected, 0))
		},
		"gone": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			m.Down(b, notifytest.Status(notify.Gone, 0))
		},
		"limited": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			m.Down(b, notifytest.Status(notify.Limited, time.Hour))
		},
		"hangs": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			m.Down(b, notifytest.Fault{Hang: true})
		},
		"off": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.alter("sub_b", func(s *notify.Subscription) { s.Off = "enough" })
		},
		"unsubscribed": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			if err := w.ledger.Unsubscribe(t.Context(), "sub_b", time.Now()); err != nil {
				t.Fatal(err)
			}
		},
		"no channel": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.alter("sub_b", func(s *notify.Subscription) { s.Address.Channel = "none" })
		},
		"disabled": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.person(progress.Actor{Person: "bob"})
		},
		"quiet hours": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.prefer("bob", func(p *notify.Preferences) { p.Quiet, p.Through = []notify.Quiet{quiet(t)}, []notify.Class{} })
		},
		"muted": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.prefer("bob", func(p *notify.Preferences) { p.Mutes = []notify.Mute{{ID: "mut_a", All: true}} })
		},
		"a panic": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.prefer("bob", func(p *notify.Preferences) { p.Language = "pt" })
			w.rewire(func(o *notify.Options) { o.Book = torn{o.Book} })
		},
		"way off": func(t *testing.T, w *world, m *notifytest.Memory, b notify.Address) {
			w.prefer("bob", func(p *notify.Preferences) {
				p.Ways = map[string]map[notify.Class]notify.Way{"hook": {notify.ClassApproval: notify.WayOff}}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
				a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
				harm(t, w, m, b)
				settle(time.Second)
				began := time.Now()
				w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 600}, {After: 3600, Tell: []string{"cat"}}, {After: 3600}}})
				settle(40 * time.Second)
				if at := times(m, c, began); len(at) != 1 || at[0][0] > 35 {
					t.Error("cat was asked after", at)
				}
				for range 2 {
					w.rewire(func(*notify.Options) {})
					settle(time.Minute)
				}
				same(t, "the operator", kinds(m, a), []string{"approval.undelivered"})
			})
		})
	}
}

// TestSlowFarSide is a channel that takes its time with each of many: what waits for its
// call when it is decided is not sent.
func TestSlowFarSide(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		w.rewire(func(o *notify.Options) { o.Channels["hook"] = narrow{o.Channels["hook"]} })
		m.Down(b, notifytest.Fault{Slow: time.Second})
		for i := range 9 {
			to := w.subscribe("hook", fmt.Sprint("x", i), func(s *notify.Subscription) { s.Events = []string{"approval.needed"} }).Address
			m.Down(to, notifytest.Fault{Slow: time.Second})
		}
		settle(time.Second)
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, SelfApproval: true})
		settle(2500 * time.Millisecond)
		decided := time.Now()
		w.as("bob", "one", progress.Approve{})
		settle(20 * time.Second)
		if n := len(m.Arrived()); n != 3 {
			t.Error(n, "were asked")
		}
		for _, a := range m.Arrived() {
			if late := a.At.Sub(decided); late > 2*time.Second {
				t.Error(a.To.To, "was asked", late, "after the decision")
			}
		}
	})
}
