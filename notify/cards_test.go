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
)

// room is a far side whose messages can be changed.
func room(p notify.Pace) map[string]*notifytest.Memory {
	m := notifytest.NewMemory(notifytest.Edits, notifytest.Paces)
	m.Pace(p)
	return map[string]*notifytest.Memory{"room": m}
}

// live makes a subscription of ann's to pictures, and to approvals and ends.
func live(s *notify.Subscription) {
	s.Live, s.Events = true, []string{"approval.*", "task.completed"}
}

// picture is the only card at an address.
func picture(t *testing.T, m *notifytest.Memory, to notify.Address) notify.Message {
	t.Helper()
	var cards []notify.Message
	for _, shown := range m.Shown(to) {
		if shown.Card != nil {
			cards = append(cards, shown)
		}
	}
	if len(cards) != 1 {
		t.Fatalf("%d cards", len(cards))
	}
	return cards[0]
}

// TestCard is one picture that is changed as its task moves, thinned, and that shows
// the end at once.
func TestCard(t *testing.T) {
	far := room(notify.Pace{Gap: 100 * time.Millisecond, Edit: 5 * time.Second})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		w.create("a", "one")
		w.do("a", step(1, progress.StepRunning))
		for i := range 600 {
			w.do("a", at(float64(i)/6))
			settle(100 * time.Millisecond)
		}
		edits := 0
		for _, c := range far["room"].Calls() {
			if c.Verb == "edit" {
				edits++
			}
		}
		if edits < 11 || edits > 14 {
			t.Errorf("%d edits in a minute", edits)
		}
		w.do("a", at(99.9))
		w.do("a", end)
		settle(500 * time.Millisecond)
		if p := picture(t, far["room"], to); p.Task.Status != progress.Completed || !p.Urgent {
			t.Errorf("%+v", p)
		}
		same(t, "letters", kinds(far["room"], to), []string{"progress", "task.completed"})
	})
}

// TestCardOnlyWhenItChanges is that what nobody can see costs no call.
func TestCardOnlyWhenItChanges(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("room", "r", live)
		w.create("a", "one")
		w.do("a", at(10))
		settle(time.Second)
		before := len(far["room"].Calls())
		for i := range 20 {
			w.do("a", at(10+float64(i)/100))
			settle(time.Second)
		}
		if calls := len(far["room"].Calls()); calls != before {
			t.Errorf("%d calls for pictures that look the same", calls-before)
		}
	})
}

// TestCardGone is a picture that somebody has deleted: it is sent anew. One whose far
// side is down shows the present when it is back.
func TestCardGone(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		w.create("a", "one")
		w.do("a", at(10))
		settle(time.Second)
		for name := range far["room"].Shown(to) {
			far["room"].Delete(to, name)
		}
		w.do("a", at(20))
		settle(time.Second)
		same(t, "percent", picture(t, far["room"], to).Task.Percent, 20)
		far["room"].Down(to, status(notify.Transient, 0))
		for i := range 30 {
			w.do("a", at(20+float64(i)))
			settle(time.Second)
		}
		far["room"].Up(to)
		settle(time.Minute)
		same(t, "percent", picture(t, far["room"], to).Task.Percent, 49)
	})
}

// TestCardRestart is that a later process goes on with the same picture, also for a
// task that ended meanwhile and one that was started over.
func TestCardRestart(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		w.create("a", "one")
		w.do("a", at(10))
		settle(time.Second)
		w.halt()
		w.do("a", at(50))
		w.start()
		settle(time.Second)
		same(t, "percent", picture(t, far["room"], to).Task.Percent, 50)
		w.halt()
		w.do("a", end)
		w.start()
		settle(time.Second)
		same(t, "status", picture(t, far["room"], to).Task.Status, progress.Completed)
		w.do("a", progress.Restart{})
		w.do("a", at(5))
		settle(time.Second)
		p := picture(t, far["room"], to)
		if p.Task.Run != 2 || p.Task.Percent != 5 {
			t.Errorf("run %d at %v", p.Task.Run, p.Task.Percent)
		}
		w.do("a", at(7)) // a tick, of which no event tells
		settle(time.Second)
		same(t, "percent", picture(t, far["room"], to).Task.Percent, 7)
	})
}

// TestCardUnheard is a bell that is lost: the picture is right all the same, later.
func TestCardUnheard(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.halt()
		to := w.subscribe("room", "r", live).Address
		o := w.options()
		o.Listen = func(func(progress.Moved)) func() { return func() {} }
		stop := running(notify.New(o))
		defer stop()
		w.create("a", "one")
		settle(2 * time.Second)
		w.do("a", at(50))
		settle(2 * time.Second)
		w.do("a", at(60))
		settle(40 * time.Second)
		same(t, "percent", picture(t, far["room"], to).Task.Percent, 60)
	})
}

// crowd is many tasks that tick without anybody writing it down.
type crowd struct {
	tasks
	version func() int64
}

func (c crowd) Task(ctx context.Context, id progress.TaskID) (progress.Task, error) {
	t, err := c.tasks.Task(ctx, id)
	if v := c.version(); err == nil && !t.Status.Ended() {
		t.Version += v
		t.Percent = float64(v % 100)
	}
	return t, err
}

// TestCrowd is 200 running tasks that move ten times a second in one room where 50
// edits a minute are taken: never one too many, and an approval arrives within two
// seconds.
func TestCrowd(t *testing.T) {
	const count, minutes = 200, 2
	allow := notify.Allowance{Calls: 50, Window: time.Minute, Reserve: 5}
	far := room(notify.Pace{Gap: 100 * time.Millisecond, Account: "workspace", Budget: allow})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.halt()
		w.subscribe("room", "r", live)
		var version atomic.Int64
		o := w.options()
		o.Tasks = crowd{tasks{w.engine, w.store}, version.Load}
		defer running(notify.New(o))()
		for i := range count {
			w.create(id(i), "one", "two")
			w.do(id(i), step(1, progress.StepRunning))
		}
		asked := map[progress.TaskID]time.Time{}
		for tick := range minutes * 600 {
			now := 100 + version.Add(1)
			for i := range count {
				w.bell.Ring([]progress.Moved{{Task: id(i), Status: progress.Running, Path: []progress.Move{{
					Was: &progress.Task{}, Now: &progress.Task{Version: now},
				}}}})
			}
			if tick%300 == 150 {
				a := id(tick / 300)
				w.do(a, progress.Ask{Step: progress.StepRef{Order: 2}, Gate: progress.Gate{Prompt: "Go?"}})
				asked[a] = time.Now()
			}
			settle(100 * time.Millisecond)
		}
		settle(2 * time.Second)
		var edits []time.Time
		arrived := 0
		for _, c := range far["room"].Calls() {
			switch {
			case c.Message.Card != nil:
				edits = append(edits, c.At)
			case c.Message.Event.Kind == progress.ApprovalNeeded:
				arrived++
				if waited := c.At.Sub(asked[c.Message.Task.ID]); waited > 2*time.Second {
					t.Errorf("an approval took %v", waited)
				}
			}
		}
		same(t, "approvals", arrived, len(asked))
		for i := 50; i < len(edits); i++ {
			if gap := edits[i].Sub(edits[i-50]); gap < time.Minute {
				t.Fatalf("51 edits within %v", gap)
			}
		}
		if len(edits) < 40*minutes {
			t.Errorf("%d edits in %d minutes", len(edits), minutes)
		}
	})
}

func id(i int) progress.TaskID { return progress.TaskID(fmt.Sprintf("t%d", i)) }

// TestCardLost is a first picture of which nobody says that it arrived: it is found,
// and changed.
func TestCardLost(t *testing.T) {
	m := notifytest.NewMemory(notifytest.Edits, notifytest.Finds)
	inWorld(t, map[string]*notifytest.Memory{"room": m}, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		m.Fail(notifytest.Lost())
		w.create("a", "one")
		settle(time.Millisecond)
		w.do("a", at(10))
		settle(10 * time.Second)
		same(t, "percent", picture(t, m, to).Task.Percent, 10)
	})
}
