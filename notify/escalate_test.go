package notify_test

import (
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// team adds bob and the lead cat, who may decide, with an address each.
func (w *world) team() (b, c notify.Address) {
	elsewhere := notify.Match{Kind: "other"}
	for who, group := range map[progress.Person]string{"bob": "ops", "cat": "leads"} {
		w.person(progress.Actor{Person: who, Groups: []string{group}, Rights: progress.MayRead | progress.MayApprove, All: true})
	}
	b = w.subscribe("hook", "b", func(s *notify.Subscription) { s.Owner, s.Match = "bob", elsewhere }).Address
	c = w.subscribe("hook", "c", func(s *notify.Subscription) { s.Owner, s.Match = "cat", elsewhere }).Address
	return b, c
}

// inTeam runs a test with a team whose channel is m.
func inTeam(t *testing.T, test func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address)) {
	t.Helper()
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		b, c := w.team()
		w.rewire(func(o *notify.Options) { o.Remind = 10 * time.Minute })
		test(t, w, m, b, c)
	})
}

// times are after how long something came to an address, in whole seconds, and how often it
// had been told before.
func times(m *notifytest.Memory, to notify.Address, began time.Time) (out [][2]int) {
	for _, a := range m.Arrived() {
		if a.To == to {
			out = append(out, [2]int{int(a.At.Sub(began).Seconds()), a.Message.Again})
		}
	}
	return out
}

// TestReminder is that who is asked is reminded once.
func TestReminder(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}})
		settle(30 * time.Minute)
		same(t, "asked", times(m, b, began), [][2]int{{0, 0}, {600, 1}})
	})
}

// TestChain is one of the gate's own: a reminder, then the next group, each at its time.
func TestChain(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 300}, {After: 600, Tell: []string{"group:leads"}}, {After: 60}}})
		settle(299 * time.Second)
		same(t, "before", times(m, b, began), [][2]int{{0, 0}})
		w.rewire(func(o *notify.Options) { o.Rules = nil }) // a restart in between
		settle(20 * time.Minute)
		same(t, "bob", times(m, b, began), [][2]int{{0, 0}, {300, 1}, {960, 3}})
		same(t, "cat", times(m, c, began), [][2]int{{900, 2}, {960, 3}})
		same(t, "why", w.traced("one", progress.ApprovalNeeded), []string{
			"bob b told asked to decide", "bob b told a reminder: nobody has decided yet", "cat c told nobody has decided yet: stage 2 of its escalation",
			"bob b told a reminder: nobody has decided yet", "cat c told a reminder: nobody has decided yet",
		})
	})
}

// TestChainStops is that nothing more comes once it is decided, even in the second in which
// the next stage is due.
func TestChainStops(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		for _, at := range []time.Duration{2 * time.Minute, 300*time.Second - time.Millisecond} {
			began := time.Now()
			id := progress.TaskID("task-" + at.String())
			w.ask(id, progress.Gate{Approvers: []string{"bob"}, SelfApproval: true, Escalate: []progress.Escalation{{After: 300, Tell: []string{"cat"}}}})
			settle(at)
			w.as("bob", id, progress.Approve{})
			settle(10 * time.Minute)
			same(t, "cat", times(m, c, began), [][2]int(nil))
			chains, err := w.ledger.ChainsOf(t.Context(), id)
			if err != nil || len(chains) != 1 || chains[0].Over != "approved by bob" || !chains[0].DueAt.IsZero() {
				t.Errorf("%+v, %v", chains, err)
			}
		}
	})
}

// as gives a command in somebody's name.
func (w *world) as(who progress.Person, id progress.TaskID, c progress.Change) {
	w.t.Helper()
	w.mu.Lock()
	by := w.people[who]
	w.mu.Unlock()
	if _, err := w.engine.Execute(w.t.Context(), progress.Command{Task: id, By: by, Via: progress.ViaREST, Do: c}); err != nil {
		w.t.Fatal(err)
	}
}

// TestFrozen is that a chain is that of when it was asked, whatever the rules say later.
func TestFrozen(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		rules := func(after time.Duration, who string) func(o *notify.Options) {
			return func(o *notify.Options) {
				o.Rules = notify.Named([]notify.Rule{{Tell: []string{"bob"}, Escalate: []notify.Stage{{After: after, Tell: []string{who}}}}})
			}
		}
		w.rewire(rules(5*time.Minute, "cat"))
		began := time.Now()
		w.ask("one", progress.Gate{})
		settle(time.Minute)
		w.rewire(rules(2*time.Minute, "bob"))
		settle(10 * time.Minute)
		same(t, "cat", times(m, c, began), [][2]int{{300, 1}})
		for _, at := range times(m, b, began) {
			if at[1] > 0 {
				t.Error("bob was asked again by the new rule, after", at[0])
			}
		}
	})
}

// TestUndeliverable is an approval that cannot be delivered: the next are asked within a
// minute, and operators hear once if nobody has it.
func TestUndeliverable(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"approval.undelivered"} }).Address
		m.Down(b, notifytest.Status(notify.Transient, 0))
		began := time.Now()
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, Escalate: []progress.Escalation{{After: 3600, Tell: []string{"cat"}}, {After: 3600}}})
		settle(time.Minute)
		same(t, "cat", len(times(m, c, began)), 1)
		if at := times(m, c, began); len(at) == 0 || at[0][0] > 35 {
			t.Error("cat was asked after", at)
		}
		settle(10 * time.Minute)
		same(t, "the operator", kinds(m, a), []string{"approval.undelivered"})
		for _, got := range m.Arrived() {
			if n := got.Message.Note; n != nil && (n.Step != 1 || n.Task != "one" || got.Message.Link != "https://herald.test/tasks/one") {
				t.Errorf("%+v", n)
			}
		}
	})
}

// TestQuestionDecided is a question that could not be sent until it was decided: people are
// told the decision, and not the question.
func TestQuestionDecided(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		s := w.subscribe("hook", "z", func(s *notify.Subscription) { s.Owner, s.Events = "bob", []string{"approval.*"} })
		m.Down(s.Address, notifytest.Status(notify.Transient, 0))
		w.ask("one", progress.Gate{Approvers: []string{"bob"}, SelfApproval: true})
		settle(time.Minute)
		w.as("bob", "one", progress.Approve{})
		m.Up(s.Address)
		settle(5 * time.Minute)
		same(t, "told", kinds(m, s.Address), []string{"approval.decided"})
	})
}

// TestVouchedAddressIsReached is that the next stage waits for its time where the one before
// has arrived at an address that the rules name.
func TestVouchedAddressIsReached(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		w.rewire(func(o *notify.Options) {
			stages := []notify.Stage{{After: time.Minute, Tell: []string{"hook:oncall"}}, {After: 5 * time.Minute, Tell: []string{"cat"}}}
			o.Rules = notify.Named([]notify.Rule{{Tell: []string{"bob"}, Escalate: stages}})
		})
		began := time.Now()
		w.ask("one", progress.Gate{})
		settle(10 * time.Minute)
		same(t, "on call", times(m, notify.Address{Channel: "hook", To: "oncall"}, began), [][2]int{{60, 1}})
		same(t, "cat", times(m, c, began), [][2]int{{360, 2}})
	})
}

// TestOperatorWithoutSubscription is that an operator hears of an approval that reaches nobody
// where they can be told at all, if nothing of theirs is about such.
func TestOperatorWithoutSubscription(t *testing.T) {
	inTeam(t, func(t *testing.T, w *world, m *notifytest.Memory, b, c notify.Address) {
		a := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"task.failed"} }).Address
		m.Down(b, notifytest.Status(notify.Transient, 0))
		w.ask("one", progress.Gate{Approvers: []string{"bob"}})
		settle(time.Minute)
		same(t, "the operator", kinds(m, a), []string{"approval.undelivered"})
	})
}
