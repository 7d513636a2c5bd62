package notify_test

import (
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// TestHeldReminder is that a reminder that comes in quiet hours is told when they end.
func TestHeldReminder(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) { // it is midnight
		w.prefer("bob", func(p *notify.Preferences) {
			p.Quiet, p.Through = []notify.Quiet{{From: clock(t, "00:02"), To: clock(t, "00:10")}}, []notify.Class{}
		})
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 300}, {After: 86400}}})
		settle(12 * time.Minute)
		got := times(m, b, began)
		if len(got) != 2 || got[1][0] < 595 || got[1][0] > 601 || got[1][1] != 1 {
			t.Error("bob was asked after", got)
		}
	})
}

// TestVoted is that who has said yes is asked no more, though others have to.
func TestVoted(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob", "cat"}, Quorum: 2, Escalate: []progress.Escalation{{After: 60}, {After: 60}, {After: 60, Tell: []string{"bob", "cat"}}}})
		settle(50 * time.Second)
		m.Down(b, notifytest.Status(notify.Limited, 40*time.Second))
		settle(15 * time.Second)
		w.as("bob", "one", progress.Approve{})
		m.Up(b)
		settle(4 * time.Minute)
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}})
		same(t, "cat", times(m, c, began), [][2]int{{0, 0}, {60, 1}, {120, 2}, {180, 3}})
	})
}

// TestNoLonger is that a question that nobody asks any more, though nobody has decided it,
// is asked no more.
func TestNoLonger(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		for name, do := range map[string]progress.Change{"cancel": progress.Cancel{}, "restart": progress.Restart{}, "reject": progress.Reject{}} {
			id := progress.TaskID(name)
			w.ask(id, progress.Gate{Approvers: []string{"bob", "ann"}, SelfApproval: true, Escalate: []progress.Escalation{{After: 60, Tell: []string{"cat"}}}})
			settle(50 * time.Second)
			w.do(id, do)
			settle(3 * time.Second)
			chains, err := w.ledger.ChainsOf(t.Context(), id)
			if err != nil || len(chains) != 1 || chains[0].Over == "" || !chains[0].DueAt.IsZero() {
				t.Errorf("%s: %+v, %v", name, chains, err)
			}
			settle(time.Minute)
		}
		same(t, "cat", kinds(m, c), []string{})
	})
}

// TestAskedAnew is another question at the same step: the chain of the first ends, that of
// the second begins.
func TestAskedAnew(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.create("one", "go")
		ask := func(prompt string) {
			w.do("one", progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Prompt: prompt, Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60, Tell: []string{"cat"}}}}})
		}
		ask("A?")
		settle(50 * time.Second)
		ask("B?")
		settle(5 * time.Second)
		ask("B?")
		settle(3 * time.Minute)
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}, {50, 0}})
		same(t, "cat", times(m, c, began), [][2]int{{110, 1}})
		chains, err := w.ledger.ChainsOf(t.Context(), "one")
		if err != nil || len(chains) != 2 || chains[0].Over == "" || chains[1].Over != "" {
			t.Errorf("%+v, %v", chains, err)
		}
	})
}

// TestTwoAtOnce is two questions of one task.
func TestTwoAtOnce(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.create("one", "a", "b")
		w.do("one", step(1, progress.StepRunning))
		w.do("one", step(2, progress.StepRunning))
		for n := range 2 {
			w.do("one", progress.Ask{Step: progress.StepRef{Order: n + 1}, Gate: progress.Gate{Approvers: []string{"bob"}, SelfApproval: true, Escalate: []progress.Escalation{{After: 60 + 30*n, Tell: []string{"cat"}}, {After: 60}}}})
		}
		settle(70 * time.Second)
		w.as("bob", "one", progress.Approve{Step: 1})
		settle(3 * time.Minute)
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}, {0, 0}, {150, 2}})
		same(t, "cat", times(m, c, began), [][2]int{{60, 1}, {90, 1}, {150, 2}})
	})
}

// TestLapse is an approval whose time is up in the middle of its chain.
func TestLapse(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		for d, want := range map[progress.Default]string{"": "expired", progress.DefaultApprove: "approved by ", progress.DefaultHold: ""} {
			began := time.Now()
			id := progress.TaskID("t-" + string(d))
			w.ask(id, progress.Gate{Approvers: []string{"bob"}, ExpiresIn: 100, Default: d, Escalate: []progress.Escalation{{After: 60}, {After: 60, Tell: []string{"cat"}}}})
			settle(100 * time.Second)
			w.expire(id)
			settle(80 * time.Second)
			chains, err := w.ledger.ChainsOf(t.Context(), id)
			if err != nil || len(chains) != 1 || len(chains[0].Over) < len(want) || chains[0].Over[:len(want)] != want || want == "" && chains[0].Over != "" {
				t.Errorf("%s: %+v, %v", d, chains, err)
			}
			n := 0
			for _, at := range times(m, c, began) {
				if at[0] >= 0 {
					n++
				}
			}
			if (n == 1) != (d == progress.DefaultHold) {
				t.Errorf("%q: cat was asked %d times", d, n)
			}
		}
	})
}

// expire ends an approval whose time is up, as the clock does.
func (w *world) expire(id progress.TaskID) {
	w.t.Helper()
	by := progress.Actor{Person: progress.System, Rights: progress.MayAdmin, All: true}
	if _, err := w.engine.Execute(w.t.Context(), progress.Command{Task: id, By: by, Via: progress.ViaTimer, Do: progress.Expire{Step: 1}}); err != nil {
		w.t.Fatal(err)
	}
}

// TestTenStages is a chain of as many stages as there may be, whose people overlap.
func TestTenStages(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		var stages []progress.Escalation
		for i := range 10 {
			tell := [][]string{{"bob", "group:ops", "cat"}, {"group:leads", "cat"}, nil}[i%3]
			stages = append(stages, progress.Escalation{After: 30, Tell: tell})
		}
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: stages})
		settle(10 * time.Minute)
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}, {30, 1}, {90, 3}, {120, 4}, {180, 6}, {210, 7}, {270, 9}, {300, 10}})
		if n := len(times(m, c, began)); n != 10 {
			t.Error("cat was asked", n, "times")
		}
		ids := map[string]bool{}
		for _, a := range m.Arrived() {
			if ids[a.Message.ID] || a.Times > 1 {
				t.Error("twice:", a.Message.ID)
			}
			ids[a.Message.ID] = true
		}
	})
}

// TestAfterHours is a server that was down for hours: the stages do not come together.
func TestAfterHours(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60}, {After: 60, Tell: []string{"cat"}}, {After: 60}}})
		settle(10 * time.Second)
		w.halt()
		settle(4 * time.Hour)
		w.rewire(func(*notify.Options) {})
		settle(30 * time.Second)
		same(t, "cat", len(times(m, c, began)), 0)
		same(t, "bob", len(times(m, b, began)), 2)
		settle(5 * time.Minute)
		same(t, "cat", len(times(m, c, began)), 2)
		same(t, "bob", len(times(m, b, began)), 3)
	})
}

// TestGroupsChange is that who is in a group is looked at when the stage comes.
func TestGroupsChange(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		dan := w.subscribe("hook", "d", func(s *notify.Subscription) { s.Owner, s.Match = "dan", notify.Match{Kind: "other"} }).Address
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 60, Tell: []string{"group:leads"}}, {After: 60}}})
		settle(30 * time.Second)
		w.person(progress.Actor{Person: "dan", Groups: []string{"leads"}, Rights: progress.MayRead | progress.MayApprove, All: true})
		w.person(progress.Actor{Person: "cat", Rights: progress.MayRead | progress.MayApprove, All: true})
		settle(70 * time.Second)
		w.person(progress.Actor{Person: "bob"})
		settle(3 * time.Minute)
		same(t, "cat", times(m, c, began), [][2]int(nil))
		same(t, "dan", times(m, dan, began), [][2]int{{60, 1}, {120, 2}})
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}})
	})
}

// TestForMonths is a chain that goes on for longer than a question is worth sending.
func TestForMonths(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: progress.MaxAfter, Tell: []string{"cat"}}}})
		settle(time.Minute)
		w.halt()
		settle(30*24*time.Hour - time.Minute)
		w.rewire(func(*notify.Options) {})
		settle(time.Minute)
		same(t, "cat", len(times(m, c, began)), 1)
	})
}
