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

func TestZZLostThenDecided(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{})
		settle(time.Minute)
		m.FailAt(deploys, notifytest.Fault{}, notifytest.Lost())
		w.do("one", running1)
		settle(100*time.Millisecond)
		t.Log(posts(m))
		w.do("one", progress.Approve{Step: 1})
		settle(time.Hour)
		t.Log(posts(m))
		if a := stands(t, m); a.Status != progress.ApprovalApproved {
			t.Errorf("%+v", a)
		}
		for _, l := range w.letters(notify.LetterQuery{Limit: 100}) {
			t.Log(l.Kind, l.State, l.Why, l.Far)
		}
	})
}

func TestZZLostThenVoted(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		bob := progress.Actor{Person: "bob", Rights: progress.MayApprove, All: true}
		w.person(bob)
		w.gated("one", progress.Gate{Approvers: []string{"ann", "bob"}, Quorum: 2, SelfApproval: true})
		settle(time.Minute)
		m.FailAt(deploys, notifytest.Fault{}, notifytest.Lost())
		w.do("one", running1)
		settle(100*time.Millisecond)
		w.do("one", progress.Approve{Step: 1})
		settle(time.Hour)
		t.Log(posts(m))
		if a := stands(t, m); len(a.Votes) != 1 {
			t.Errorf("%+v", a)
		}
		for _, c := range m.Calls() {
			t.Log(c.Verb, c.Far, c.Message.Event != nil, c.Err)
		}
	})
}

func TestZZRestartOfTask(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{})
		settle(time.Minute)
		w.do("one", running1)
		settle(time.Minute)
		w.do("one", progress.Restart{})
		settle(time.Minute)
		w.do("one", running1)
		settle(time.Minute)
		for far, s := range m.Shown(deploys) {
			if s.Event != nil && s.Event.Kind == progress.ApprovalNeeded {
				_, asks := s.Task.Asking(s.Event.Data.Approval.ID)
				t.Log(far, s.Task.Run, asks, s.Task.Version)
			}
		}
		calls := len(m.Calls())
		w.do("one", progress.Cancel{})
		settle(time.Hour)
		for _, c := range m.Calls()[calls:] {
			t.Log(c.Verb, c.Far, c.Message.Event != nil, c.Err)
		}
	})
}

func TestZZEmptyBoard(t *testing.T) {
	inRoom(t, notify.Pace{Crowd: 2, Gap: 5 * time.Second, Lag: 10 * time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
		for n := range 4 {
			w.create(progress.TaskID(fmt.Sprint("task-", n)), "build")
		}
		settle(0)
		for n := range 3 {
			w.do(progress.TaskID(fmt.Sprint("task-", n)), progress.Cancel{})
		}
		settle(time.Hour)
		t.Log(posts(m))
	})
}

func TestZZTwoGates(t *testing.T) {
	m := notifytest.NewMemory(notifytest.Edits, notifytest.Finds, notifytest.Paces)
	inWorld(t, map[string]*notifytest.Memory{"chat": m}, func(t *testing.T, w *world) {
		s := w.subscribe("chat", "U1", func(s *notify.Subscription) { s.Live = true; s.Events = notify.Matters() })
		g := progress.Gate{}
		w.do("one", progress.Create{Spec: progress.Spec{Title: "CRM", Owner: "ann"}, Steps: []progress.Plan{{Name: "a", Gate: &g}, {Name: "b", Gate: &g}, {Name: "c"}}})
		settle(time.Minute)
		w.do("one", running1)
		settle(time.Minute)
		w.do("one", progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning})
		settle(time.Minute)
		w.do("one", progress.Approve{Step: 1})
		settle(time.Minute)
		for _, c := range m.Calls() {
			if c.Message.Event != nil && c.Message.Event.Kind == progress.ApprovalNeeded {
				t.Log(c.Verb, c.Far, c.Message.Event.Step, len(c.Message.Asks), c.At)
			}
		}
		_ = s
	})
}

func TestZZSayClosed(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.create("one", "build")
		settle(time.Minute)
		m.FailAt(deploys, status(notify.Gone, 0), status(notify.Gone, 0), status(notify.Gone, 0))
		w.create("two", "build")
		settle(time.Minute)
		lane, _, _ := w.ledger.Lane(t.Context(), deploys.Lane())
		t.Log("closed", lane.Closed)
		m.FailAt(deploys)
		for range 3 {
			if err := w.notifier.Say(deploys, notify.Speech{ID: "a", Reply: &templates.Reply{Text: "hello"}}); err != nil {
				t.Error(err)
			}
			settle(time.Minute)
			t.Log(posts(m))
		}
	})
}

func TestZZSayFlood(t *testing.T) {
	inRoom(t, notify.Pace{Gap: time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{})
		settle(time.Minute)
		for n := range 2000 {
			if err := w.notifier.Say(deploys, notify.Speech{ID: fmt.Sprint(n), Reply: &templates.Reply{Text: "hello"}}); err != nil {
				t.Error(err)
				break
			}
		}
		began := time.Now()
		w.do("one", running1)
		settle(10*time.Minute)
		for _, a := range m.Arrived() {
			if a.Message.Event != nil && a.Message.Event.Kind == progress.ApprovalNeeded {
				t.Log("asked after", a.At.Sub(began))
			}
		}
		t.Log(len(posts(m)))
	})
}
