package notify_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// telling is that the rules name the room.
func telling(o *notify.Options) {
	o.Rules = notify.Named([]notify.Rule{{Tell: []string{"chat:#deploys"}}})
}

// TestQuestionInDoubt is a message that asks and has arrived, of which we do not hear: it stays
// true, whatever happens before we know that it is there, and is not sent again.
func TestQuestionInDoubt(t *testing.T) {
	lost := func(t *testing.T, meanwhile func(w *world), is func(a progress.Approval) bool) {
		t.Helper()
		inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
			w.person(progress.Actor{Person: "bob", Rights: progress.MayApprove, All: true})
			w.gated("one", progress.Gate{Approvers: []string{"ann", "bob"}, Quorum: 2, SelfApproval: true, ExpiresIn: 86400})
			settle(time.Minute)
			m.FailAt(deploys, notifytest.Fault{}, notifytest.Lost()) // the card is changed before
			w.do("one", running1)
			settle(100 * time.Millisecond)
			meanwhile(w)
			settle(time.Hour)
			if a := stands(t, m); !is(a) {
				t.Errorf("it shows %+v", a)
			}
			for _, a := range m.Arrived() {
				if a.Times > 1 {
					t.Errorf("it came %d times: %+v", a.Times, a.Message)
				}
			}
		})
	}
	voted := func(a progress.Approval) bool { return a.Status == progress.ApprovalPending && len(a.Votes) == 1 }
	rejected := func(a progress.Approval) bool { return a.Status == progress.ApprovalRejected }
	t.Run("voted", func(t *testing.T) {
		lost(t, func(w *world) { w.do("one", progress.Approve{Step: 1}) }, voted)
	})
	t.Run("decided", func(t *testing.T) {
		lost(t, func(w *world) { w.do("one", progress.Reject{Step: 1, Reason: "no"}) }, rejected)
	})
	t.Run("voted, after a restart", func(t *testing.T) {
		lost(t, func(w *world) {
			w.halt()
			w.do("one", progress.Approve{Step: 1})
			w.rewire(telling)
		}, voted)
	})
	t.Run("decided, after a restart", func(t *testing.T) {
		lost(t, func(w *world) {
			w.halt()
			w.do("one", progress.Reject{Step: 1, Reason: "no"})
			w.rewire(telling)
		}, rejected)
	})
	t.Run("decided, when its time was up", func(t *testing.T) {
		lost(t, func(w *world) {
			w.halt()
			w.do("one", progress.Reject{Step: 1, Reason: "no"})
			time.Sleep(48 * time.Hour)
			w.rewire(telling)
		}, rejected)
	})
}

// TestQuestionNeverArrived is that nobody is asked what is decided already.
func TestQuestionNeverArrived(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{})
		settle(time.Minute)
		m.FailAt(deploys, notifytest.Fault{}, status(notify.Transient, 0))
		w.do("one", running1)
		settle(0) // it may be tried again at any time after that
		w.halt()
		w.do("one", progress.Approve{Step: 1})
		w.rewire(telling)
		settle(time.Hour)
		same(t, "posts", posts(m), []string{"card", "approval.decided below far-1", "step.started below far-1"})
	})
}

// TestBoardNeverEmpty is that there is no board where there are few again before it is sent.
func TestBoardNeverEmpty(t *testing.T) {
	inRoom(t, notify.Pace{Crowd: 2, Gap: 5 * time.Second, Lag: 10 * time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
		for n := range 4 {
			w.create(progress.TaskID(fmt.Sprint("task-", n)), "build")
		}
		settle(0)
		for n := range 3 {
			w.do(progress.TaskID(fmt.Sprint("task-", n)), progress.Cancel{})
		}
		settle(time.Hour)
		same(t, "posts", posts(m), []string{"task.cancelled", "task.cancelled", "task.cancelled", "card"})
	})
}

// TestBoardTakesNewcomers is that a task which comes to a crowded room is on its board, whether
// or not anything moves there.
func TestBoardTakesNewcomers(t *testing.T) {
	inRoom(t, notify.Pace{Crowd: 2}, func(t *testing.T, w *world, m *notifytest.Memory) {
		for n := range 6 {
			w.create(progress.TaskID(fmt.Sprint("task-", n)), "build")
			settle(2 * time.Second)
			if n >= 2 {
				same(t, "tasks on the board", len(board(t, m).Tasks), n+1)
			}
		}
	})
}

// TestSayAtClosedLane is that who speaks with the bot at an address that was given up is
// answered.
func TestSayAtClosedLane(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		m.FailAt(deploys, status(notify.Gone, 0))
		w.create("one", "build")
		settle(time.Minute)
		if lane, _, err := w.ledger.Lane(t.Context(), deploys.Lane()); err != nil || lane.Closed == "" {
			t.Fatal("the lane is not closed", err)
		}
		if err := w.notifier.Say(deploys, notify.Speech{ID: "a", Reply: &templates.Reply{Text: "hello"}}); err != nil {
			t.Error(err)
		}
		settle(time.Minute)
		same(t, "posts", posts(m), []string{"answer"})
	})
}

// TestSayTooMuch is that no more answers wait than can be said in time.
func TestSayTooMuch(t *testing.T) {
	inRoom(t, notify.Pace{Gap: time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
		taken := 0
		for n := range 1000 {
			if w.notifier.Say(deploys, notify.Speech{ID: fmt.Sprint(n), Reply: &templates.Reply{Text: "hello"}}) == nil {
				taken++
			}
		}
		settle(10 * time.Minute)
		if said := len(m.Arrived()); taken < 100 || taken > 200 || said < 100 {
			t.Errorf("%d are taken, and %d were said", taken, said)
		}
		if err := w.notifier.Say(deploys, notify.Speech{ID: "last", Reply: &templates.Reply{Text: "hello"}}); err != nil {
			t.Error(err)
		}
	})
}

// TestRoomStorm is a crowded room, a far side that loses answers and is too busy, a database
// that does not always answer, and restarts: in the end all that stands there is true, no task
// that goes on is without a card or a line, and nothing is called any more.
func TestRoomStorm(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inRoom(t, notify.Pace{Crowd: 4, Gap: time.Second, Edit: 3 * time.Second, Lag: time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
				s := &storm{world: w, m: m, rng: rand.New(rand.NewPCG(seed, 1)), ledger: &shaky{Ledger: w.ledger, rng: rand.New(rand.NewPCG(seed, 2)), bad: 0.1}}
				s.again()
				for range 120 {
					s.step()
					settle(time.Duration(s.rng.IntN(4000)) * time.Millisecond)
				}
				s.ledger.set(0, false)
				settle(20 * time.Minute)
				s.holds(t)
				calls := len(m.Calls())
				settle(6 * time.Hour)
				same(t, "calls of what is true", len(m.Calls())-calls, 0)
			})
		})
	}
}

// storm is what a test of chance stands on.
type storm struct {
	*world
	m      *notifytest.Memory
	rng    *rand.Rand
	ledger *shaky
	tasks  int
}

func (s *storm) again() {
	s.rewire(func(o *notify.Options) {
		telling(o)
		o.Outbox, o.Post, o.Cards, o.Rolls, o.Agenda = s.ledger, s.ledger, s.ledger, s.ledger, s.ledger
	})
}

// may gives a command, which need not be taken.
func (s *storm) may(id progress.TaskID, c progress.Change) {
	_, _ = s.engine.Execute(s.t.Context(), progress.Command{Task: id, By: admin, Via: progress.ViaREST, Do: c})
}

// step lets something happen.
func (s *storm) step() {
	id := progress.TaskID(fmt.Sprint("t", s.rng.IntN(s.tasks+1)))
	switch n := s.rng.IntN(28); n {
	case 0, 1, 2, 3:
		if s.tasks < 14 {
			s.gated(progress.TaskID(fmt.Sprint("t", s.tasks)), progress.Gate{}, "build")
			s.tasks++
		}
	case 4, 5, 6, 7:
		s.may(id, running1)
	case 8, 9:
		s.may(id, step(1, progress.StepCompleted))
		s.may(id, step(2, progress.StepRunning))
	case 10, 11:
		s.may(id, progress.Approve{Step: 2})
	case 12, 13:
		s.may(id, progress.Reject{Step: 2, Reason: "no"})
	case 14:
		s.may(id, progress.Cancel{})
	case 15:
		s.may(id, progress.Restart{})
	case 16, 17:
		s.m.Fail(notifytest.Lost())
	case 18, 19:
		s.m.Fail(status(notify.Limited, time.Duration(s.rng.IntN(20))*time.Second), status(notify.Transient, 0))
	case 20:
		s.halt()
		s.may(id, progress.Approve{Step: 2})
		s.again()
	default:
		s.may(id, at(float64(s.rng.IntN(100))))
	}
}

// holds is that what stands in the room is true.
func (s *storm) holds(t *testing.T) {
	t.Helper()
	cards, lines := map[progress.TaskID]int{}, map[progress.TaskID]int{}
	for far, shown := range s.m.Shown(deploys) {
		switch {
		case shown.Card != nil:
			cards[shown.Task.ID]++
			if now := s.now(shown.Task.ID); now.Version != shown.Task.Version && now.Status != shown.Card.Status {
				t.Errorf("%s shows %s, and is %s", far, shown.Card.Status, now.Status)
			}
		case shown.Event != nil && shown.Event.Kind == progress.ApprovalNeeded:
			now := s.now(shown.Task.ID)
			_, asks := now.Asking(shown.Event.Data.Approval.ID)
			if _, says := shown.Task.Asking(shown.Event.Data.Approval.ID); says != asks {
				t.Errorf("%s says that it asks: %v, and does: %v", far, says, asks)
			}
		case shown.Notice != nil && shown.Notice.Kind == "board":
			for _, line := range shown.Notice.Tasks {
				lines[line.Task]++
			}
		}
	}
	for n := range s.tasks {
		id := progress.TaskID(fmt.Sprint("t", n))
		if cards[id] > 1 || lines[id] > 1 || cards[id]+lines[id] == 0 && !s.now(id).Status.Ended() {
			t.Errorf("%s, %s, has %d cards and %d lines", id, s.now(id).Status, cards[id], lines[id])
		}
	}
	for _, a := range s.m.Arrived() {
		if a.Times > 1 {
			t.Errorf("it came %d times: %+v", a.Times, a.Message)
		}
	}
}

// now is a task.
func (s *storm) now(id progress.TaskID) progress.Task {
	s.t.Helper()
	t, err := s.engine.Task(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}
