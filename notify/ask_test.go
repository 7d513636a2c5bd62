package notify_test

import (
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// TestAsks is that a letter has the approvals that its reader may decide as the task is
// when it is sent, and no others.
func TestAsks(t *testing.T) {
	far := memories("memory")
	inWorld(t, far, func(t *testing.T, w *world) {
		bob := progress.Actor{Person: "bob", Rights: progress.MayRead | progress.MayApprove, All: true}
		w.person(bob)
		w.person(progress.Actor{Person: "eve", Rights: progress.MayRead, All: true})
		for _, who := range []progress.Person{"ann", "bob", "eve"} {
			w.subscribe("memory", string(who), func(s *notify.Subscription) {
				s.Owner, s.Events = who, []string{"approval.needed", "approval.voted", "step.started"}
			})
		}
		gate := &progress.Gate{Prompt: "Really?", Approvers: []string{"ann", "bob"}, Quorum: 2, SelfApproval: true}
		w.do("a", progress.Create{Spec: progress.Spec{Title: "CRM"}, Steps: []progress.Plan{{Name: "one"}, {Name: "two", Gate: gate}}})
		w.do("a", step(1, progress.StepRunning))
		settle(time.Second)
		w.do("a", step(2, progress.StepRunning))
		settle(time.Second)
		w.do("a", progress.Approve{Step: 2})
		settle(time.Second)
		for who, want := range map[string][]int{"ann": {0, 1, 0}, "bob": {0, 1, 1}, "eve": {0, 0, 0}} {
			same(t, who, asking(far["memory"], address("memory", who)), want)
		}
	})
}

// asking are how many approvals there were to decide in each letter at an address.
func asking(m *notifytest.Memory, to notify.Address) (out []int) {
	for _, a := range m.Arrived() {
		if a.To == to {
			out = append(out, len(a.Message.Asks))
		}
	}
	return out
}

// TestConfirm is that an address that nobody has confirmed gets the question whether it
// wants to be told, and nothing else.
func TestConfirm(t *testing.T) {
	far := memories("memory")
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("memory", "new", func(s *notify.Subscription) { s.Off, s.OffAt = notify.Unconfirmed, time.Now() })
		to := address("memory", "new")
		lane := notify.Lane{ID: s.Address.Lane(), Address: s.Address}
		put := func(kind notify.NoteKind, about string) {
			letter := notify.NoteLetter(s, notify.Note{Kind: kind, Sub: s.ID, At: time.Now()}, about)
			if err := w.ledger.Routed(t.Context(), notify.Routed{Lanes: []notify.Lane{lane}, Letters: []notify.Letter{letter}}); err != nil {
				t.Fatal(err)
			}
			w.notifier.Poke([]notify.Lane{lane})
			settle(time.Second)
		}
		w.create("a", "one")
		put(notify.NoteConfirm, "1")
		put(notify.NoteTest, "2")
		same(t, "while nobody has confirmed it", kinds(far["memory"], to), []string{"address.confirm"})
		if _, err := w.ledger.Change(t.Context(), s.ID, func(s *notify.Subscription) error { s.Off, s.OffAt = "switched off by ann", time.Now(); return nil }); err != nil {
			t.Fatal(err)
		}
		w.notifier.Poke([]notify.Lane{lane})
		put(notify.NoteConfirm, "3")
		same(t, "once it was switched off", kinds(far["memory"], to), []string{"address.confirm"})
	})
}

// TestStrangersHearNothing is that who has named an address, and was not told yes by who
// reads there, does not hear how others fare with it.
func TestStrangersHearNothing(t *testing.T) {
	t.Parallel()
	for fate, want := range map[notify.Fate]string{notify.Rejected: "delivery.failed", notify.Gone: "destination.off"} {
		t.Run(string(fate), func(t *testing.T) {
			far := memories("mail")
			inWorld(t, far, func(t *testing.T, w *world) {
				all := func(s *notify.Subscription) {
					s.Events = []string{"task.created", "destination.off", "delivery.failed"}
				}
				eves := func(s *notify.Subscription) { s.Owner = "eve"; all(s) }
				w.person(progress.Actor{Person: "eve", Rights: progress.MayAdmin, All: true})
				w.subscribe("mail", "ann", nil)
				w.subscribe("mail", "ann-2", all)
				w.subscribe("mail", "eve", eves)
				w.subscribe("mail", "ann", func(s *notify.Subscription) { s.ID, s.Owner, s.Off = "sub_hers", "eve", notify.Unconfirmed })
				far["mail"].Down(address("mail", "ann"), status(fate, 0))
				w.create("a", "one")
				w.do("a", end)
				settle(time.Minute)
				for to, hears := range map[string]bool{"ann-2": true, "eve": false} {
					if got := kinds(far["mail"], address("mail", to)); slices.Contains(got, want) != hears {
						t.Errorf("at %s there is %v", to, got)
					}
				}
			})
		})
	}
}

// TestConcerns is who is called to the screen for what.
func TestConcerns(t *testing.T) {
	t.Parallel()
	ann := progress.Actor{Person: "ann", Groups: []string{"ops"}, Rights: progress.MayRead | progress.MayApprove, All: true}
	reader := progress.Actor{Person: "ann", Groups: []string{"ops"}, Rights: progress.MayRead, All: true}
	hers, group, others := progress.Spec{Owner: "ann"}, progress.Spec{Owner: "group:ops"}, progress.Spec{Owner: "bob", CreatedBy: "ann"}
	for _, c := range []struct {
		name string
		spec progress.Spec
		kind progress.Kind
		gate progress.Gate
		who  progress.Actor
		want bool
	}{
		{"the end of hers", hers, progress.TaskFailed, progress.Gate{}, ann, true},
		{"the end of her group's", group, progress.TaskCompleted, progress.Gate{}, ann, true},
		{"the end of nobody's that she made", progress.Spec{CreatedBy: "ann"}, progress.TaskCompleted, progress.Gate{}, ann, true},
		{"the end of another's that she made", others, progress.TaskCompleted, progress.Gate{}, ann, false},
		{"hers stands still", hers, progress.TaskStalled, progress.Gate{}, ann, true},
		{"a step of hers", hers, progress.StepDone, progress.Gate{}, ann, false},
		{"another's asks anybody", others, progress.ApprovalNeeded, progress.Gate{}, ann, true},
		{"another's asks her", others, progress.ApprovalNeeded, progress.Gate{Approvers: []string{"group:ops"}}, ann, true},
		{"another's asks others", others, progress.ApprovalNeeded, progress.Gate{Approvers: []string{"eve"}}, ann, false},
		{"another's asks, and she only reads", others, progress.ApprovalNeeded, progress.Gate{}, reader, false},
		{"another's was decided", others, progress.ApprovalDecided, progress.Gate{}, ann, false},
		{"hers was decided", hers, progress.ApprovalDecided, progress.Gate{}, ann, true},
		{"she sees nothing", hers, progress.TaskFailed, progress.Gate{}, progress.Actor{Person: "ann"}, false},
		{"another member's eyes", others, progress.ApprovalNeeded, progress.Gate{}, progress.Actor{Person: "eve", Rights: ann.Rights}, false},
	} {
		e := &progress.Event{Kind: c.kind, Data: progress.Data{Approval: &progress.Approval{Gate: c.gate, Status: progress.ApprovalPending}}}
		if got := notify.Concerns(&progress.Task{Spec: &c.spec}, e, c.who); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
