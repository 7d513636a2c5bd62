package notify_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// deploys is a room that the operator's rules name.
var deploys = notify.Address{Channel: "chat", To: "#deploys"}

// inRoom runs a test in a world with a chat, of which the rules name a room.
func inRoom(t *testing.T, p notify.Pace, test func(t *testing.T, w *world, m *notifytest.Memory)) {
	t.Helper()
	m := notifytest.NewMemory(notifytest.Edits, notifytest.Finds, notifytest.Paces)
	p.Threads = true
	m.Pace(p)
	inWorld(t, map[string]*notifytest.Memory{"chat": m}, func(t *testing.T, w *world) {
		w.rewire(func(o *notify.Options) {
			o.Rules = notify.Named([]notify.Rule{{Tell: []string{"chat:#deploys"}}})
		})
		test(t, w, m)
	})
}

// posts are the messages that stand in the room, the oldest first: what each is, and below
// which one it stands.
func posts(m *notifytest.Memory) (out []string) {
	for _, a := range m.Arrived() {
		what := "card"
		switch {
		case a.Message.Reply != nil:
			what = "answer"
		case a.Message.Event != nil:
			what = string(a.Message.Event.Kind)
		case a.Message.Notice != nil:
			what = a.Message.Notice.Kind
		}
		if a.Message.Thread != "" {
			what += " below " + a.Message.Thread
		}
		out = append(out, what)
	}
	return out
}

// TestRoom is the life of a task in a room that the rules name: one card, below it what goes
// on, and what asks by itself.
func TestRoom(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{}, "build")
		settle(time.Second)
		w.do("one", running1)
		w.do("one", step(1, progress.StepCompleted))
		settle(time.Second)
		w.do("one", step(2, progress.StepRunning))
		settle(time.Second)
		w.do("one", progress.Approve{Step: 2})
		w.do("one", end)
		settle(time.Second)
		same(t, "posts", posts(m), []string{
			"card", "step.started below far-1", "step.completed below far-1", "approval.needed", "approval.decided below far-1",
			"step.started below far-1", "step.completed below far-1", "task.completed below far-1",
		})
		card := picture(t, m, deploys)
		if card.Card.Status != progress.Completed || !card.Vouched {
			t.Errorf("%+v", card.Card)
		}
	})
}

// gated makes a task of which a step is gated.
func (w *world) gated(id progress.TaskID, g progress.Gate, steps ...string) {
	w.t.Helper()
	plan := []progress.Plan{}
	for _, name := range steps {
		plan = append(plan, progress.Plan{Name: name})
	}
	w.do(id, progress.Create{Spec: progress.Spec{Title: "CRM", Owner: "ann"}, Steps: append(plan, progress.Plan{Name: "ship", Gate: &g})})
}

// question is the message of the room that asks.
func question(t *testing.T, m *notifytest.Memory) notify.Message {
	t.Helper()
	for _, shown := range m.Shown(deploys) {
		if shown.Event != nil && shown.Event.Kind == progress.ApprovalNeeded {
			return shown
		}
	}
	t.Fatal("nothing asks")
	return notify.Message{}
}

// stands is how the question of the room stands, as it is shown.
func stands(t *testing.T, m *notifytest.Memory) progress.Approval {
	t.Helper()
	q := question(t, m)
	return *q.Task.Steps.At(q.Event.Step).Approval
}

// TestQuestionStaysTrue is that a message that asks shows votes as they come in and the
// decision within a second, wherever that was taken, and is let go of then.
func TestQuestionStaysTrue(t *testing.T) {
	inRoom(t, notify.Pace{Edit: time.Minute}, func(t *testing.T, w *world, m *notifytest.Memory) {
		bob := progress.Actor{Person: "bob", Rights: progress.MayApprove, All: true}
		w.person(bob)
		w.gated("one", progress.Gate{Approvers: []string{"ann", "bob"}, Quorum: 2, SelfApproval: true})
		w.do("one", running1)
		settle(time.Minute)
		w.do("one", progress.Approve{Step: 1})
		settle(2 * time.Minute)
		if a := stands(t, m); len(a.Votes) != 1 || a.Status != progress.ApprovalPending {
			t.Errorf("after a vote: %+v", a)
		}
		w.as("bob", "one", progress.Approve{Step: 1})
		settle(time.Second)
		if a := stands(t, m); len(a.Votes) != 2 || a.Status != progress.ApprovalApproved {
			t.Errorf("decided: %+v", a)
		}
		calls := len(m.Calls())
		w.do("one", running1)
		settle(5 * time.Minute)
		for _, c := range m.Calls()[calls:] {
			if c.Message.Event != nil && c.Message.Event.Kind == progress.ApprovalNeeded {
				t.Error("it is changed after the decision")
			}
		}
	})
}

// TestQuestionOverRestart is that a message that asks is kept true by a process that did not
// send it, and is not sent again.
func TestQuestionOverRestart(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{})
		settle(time.Second)
		w.do("one", running1)
		settle(time.Minute)
		before := len(m.Arrived())
		w.halt()
		w.do("one", progress.Reject{Step: 1, Reason: "no"})
		w.rewire(func(o *notify.Options) {
			o.Rules = notify.Named([]notify.Rule{{Tell: []string{"chat:#deploys"}}})
		})
		settle(time.Minute)
		if a := stands(t, m); a.Status != progress.ApprovalRejected {
			t.Errorf("%+v", a)
		}
		for _, what := range posts(m)[before:] {
			if what == "approval.needed" || what == "card" {
				t.Error("posted again:", what)
			}
		}
	})
}

// TestQuestionTakenAway is that a message that asks and was deleted is not sent again, and
// troubles nobody.
func TestQuestionTakenAway(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{})
		settle(time.Second)
		w.do("one", running1)
		settle(time.Minute)
		for far, shown := range m.Shown(deploys) {
			if shown.Event != nil && shown.Event.Kind == progress.ApprovalNeeded {
				m.Delete(deploys, far)
			}
		}
		before := len(posts(m))
		w.do("one", progress.Approve{Step: 1})
		settle(time.Minute)
		same(t, "posts", posts(m)[before:], []string{"approval.decided below far-1", "step.started below far-1"})
		if lane, _, err := w.ledger.Lane(t.Context(), deploys.Lane()); err != nil || lane.Closed != "" {
			t.Error("the lane is closed:", lane.Closed, err)
		}
	})
}

// TestBoard is a room in which too many tasks are at work: the newest have a line on a board
// until there are few again.
func TestBoard(t *testing.T) {
	inRoom(t, notify.Pace{Crowd: 4}, func(t *testing.T, w *world, m *notifytest.Memory) {
		id := func(n int) progress.TaskID { return progress.TaskID(fmt.Sprint("task-", n)) }
		for n := range 6 {
			w.create(id(n), "build")
			settle(time.Second)
		}
		settle(time.Minute)
		same(t, "posts", posts(m), []string{"card", "card", "card", "card", "board"})
		w.do(id(5), running1)
		w.do(id(5), at(30))
		settle(time.Minute)
		if b := board(t, m); len(b.Tasks) != 6 || b.Tasks[5].Task != id(5) || b.Tasks[5].Text != "30% complete" {
			t.Errorf("%+v", b)
		}
		w.do(id(0), progress.Cancel{})
		w.do(id(1), progress.Cancel{})
		w.do(id(2), progress.Cancel{})
		settle(time.Minute)
		if b := board(t, m); len(b.Tasks) != 0 {
			t.Errorf("%+v", b)
		}
		cards := 0
		for _, what := range posts(m) {
			if what == "card" {
				cards++
			}
		}
		same(t, "cards", cards, 6)
	})
}

// TestBoardOverRestart is that there is one board, whoever began it.
func TestBoardOverRestart(t *testing.T) {
	inRoom(t, notify.Pace{Crowd: 2}, func(t *testing.T, w *world, m *notifytest.Memory) {
		for n := range 5 {
			w.create(progress.TaskID(fmt.Sprint("task-", n)), "build")
		}
		settle(time.Minute)
		w.rewire(func(o *notify.Options) {
			o.Rules = notify.Named([]notify.Rule{{Tell: []string{"chat:#deploys"}}})
		})
		w.do("task-4", running1)
		w.do("task-4", at(30))
		settle(time.Minute)
		if b := board(t, m); len(b.Tasks) != 5 {
			t.Errorf("%+v", b)
		}
	})
}

// board is the only board of the room.
func board(t *testing.T, m *notifytest.Memory) *templates.Notice {
	t.Helper()
	var out []*templates.Notice
	for _, shown := range m.Shown(deploys) {
		if shown.Notice != nil && shown.Notice.Kind == "board" {
			out = append(out, shown.Notice)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d boards", len(out))
	}
	return out[0]
}

// TestSay is that what the bot says goes before what can wait, in a lane that nobody has
// subscribed, once, and is not tried for ever.
func TestSay(t *testing.T) {
	inRoom(t, notify.Pace{Gap: time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
		elsewhere := notify.Address{Channel: "chat", To: "U1"}
		say := func(to notify.Address, id string) {
			t.Helper()
			if err := w.notifier.Say(to, notify.Speech{ID: id, Reply: &templates.Reply{Text: "hello"}, Thread: "far7"}); err != nil {
				t.Error(err)
			}
		}
		w.create("one", "build")
		w.create("two", "build")
		settle(0)
		say(deploys, "a")
		say(elsewhere, "b")
		settle(time.Minute)
		same(t, "posts", posts(m)[:3], []string{"card", "answer below far7", "answer below far7"})
		m.Down(elsewhere, status(notify.Transient, 0))
		say(elsewhere, "c")
		settle(10 * time.Minute)
		m.Up(elsewhere)
		settle(10 * time.Minute)
		m.FailAt(elsewhere, status(notify.Gone, 0))
		say(elsewhere, "d")
		settle(time.Minute)
		say(elsewhere, "e")
		settle(time.Minute)
		var told []string
		for _, a := range m.Arrived() {
			if a.To == elsewhere {
				told = append(told, a.Message.ID)
			}
		}
		same(t, "told", told, []string{"b", "e"})
		if err := w.notifier.Say(notify.Address{Channel: "none"}, notify.Speech{Reply: &templates.Reply{}}); err == nil {
			t.Error("a channel that is not there takes it")
		}
		w.halt()
		say(elsewhere, "f")
		same(t, "told by nobody's lanes", m.Arrived()[len(m.Arrived())-1].Message.ID, "f")
	})
}

// TestHeld is that what belongs to the lanes is run while they are worked, and no longer.
func TestHeld(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, _ *notifytest.Memory) {
		var runs, running atomic.Int32
		w.rewire(func(o *notify.Options) {
			o.Held = func(ctx context.Context) {
				runs.Add(1)
				running.Add(1)
				<-ctx.Done()
				running.Add(-1)
			}
		})
		settle(5 * time.Minute)
		same(t, "runs", []int32{runs.Load(), running.Load()}, []int32{1, 1})
		w.halt()
		same(t, "after the end", running.Load(), 0)
	})
}

// TestAnswerLosesItsButtons is that what the bot has said loses its buttons when its task is no
// longer as it was, is not touched before, and once.
func TestAnswerLosesItsButtons(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		elsewhere := notify.Address{Channel: "chat", To: "U1"}
		w.gated("one", progress.Gate{}, "build")
		w.do("one", running1)
		task := w.do("one", at(10))
		reply := templates.New(templates.Options{}).Reply(templates.Answer{
			About: templates.TopicStatus, Task: &templates.Subject{Task: &task, Now: time.Now()},
			Presses: []templates.Press{{Verb: progress.VerbPause, Task: "one", Ticket: "ticket"}},
		}, templates.Reader{}, time.Now())
		card := *reply.Card
		if err := w.notifier.Say(elsewhere, notify.Speech{ID: "a", Reply: &reply, For: notify.Recipient{Person: "ann"}}); err != nil {
			t.Fatal(err)
		}
		said := func() *templates.Reply {
			t.Helper()
			for _, shown := range m.Shown(elsewhere) {
				return shown.Reply
			}
			t.Fatal("nothing was said")
			return nil
		}
		settle(time.Second)
		w.do("one", at(20))
		settle(5 * time.Minute)
		if r := said(); len(r.Buttons) != 1 || r.Card.Percent != card.Percent {
			t.Errorf("a tick changes it: %+v", r)
		}
		w.do("one", step(2, progress.StepRunning)) // it asks
		settle(time.Second)
		if r := said(); len(r.Buttons) != 0 || r.Card.Ask == nil {
			t.Errorf("%+v", r)
		}
		calls := len(m.Calls())
		w.do("one", progress.Approve{Step: 2})
		settle(5 * time.Minute)
		for _, c := range m.Calls()[calls:] {
			if c.To == elsewhere {
				t.Errorf("it is changed again: %+v", c.Message.Reply)
			}
		}
	})
}

// TestAnswersWait is that a flood of answers does not keep a question waiting.
func TestAnswersWait(t *testing.T) {
	inRoom(t, notify.Pace{Gap: time.Second}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.gated("one", progress.Gate{}, "build")
		settle(time.Minute)
		for n := range 100 {
			if err := w.notifier.Say(deploys, notify.Speech{ID: fmt.Sprint("answer-", n), Reply: &templates.Reply{Text: "hello"}}); err != nil {
				t.Fatal(err)
			}
		}
		settle(5 * time.Second)
		w.do("one", step(2, progress.StepRunning))
		settle(5 * time.Second)
		if a := stands(t, m); a.Status != progress.ApprovalPending {
			t.Errorf("%+v", a)
		}
	})
}

// TestEndWithoutCard is that of a task that a room is told of when it ends there is one
// message.
func TestEndWithoutCard(t *testing.T) {
	inRoom(t, notify.Pace{}, func(t *testing.T, w *world, m *notifytest.Memory) {
		w.rewire(func(o *notify.Options) {
			o.Rules = notify.Named([]notify.Rule{{Match: notify.Matcher{Events: []string{"task.failed"}}, Tell: []string{"chat:#deploys"}}})
		})
		w.create("one", "build")
		w.do("one", running1)
		w.do("one", progress.Report{Status: progress.Failed, Error: &progress.Fault{Message: "out of disk"}})
		settle(5 * time.Minute)
		same(t, "posts", posts(m), []string{"task.failed"})
	})
}
