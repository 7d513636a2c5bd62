package notify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// at is a report of a percentage.
func at(p float64) progress.Report { return progress.Report{Progress: &p} }

func step(n int, status progress.StepStatus) progress.Report {
	return progress.Report{Step: progress.StepRef{Order: n}, StepStatus: status}
}

var end = progress.Report{Status: progress.Completed}

// status is a far side that answers with a failure.
func status(f notify.Fate, after time.Duration) notifytest.Fault { return notifytest.Status(f, after) }

func memories(names ...string) map[string]*notifytest.Memory {
	out := map[string]*notifytest.Memory{}
	for _, n := range names {
		out[n] = notifytest.NewMemory()
	}
	return out
}

// TestLetters is the life of a task, told as it happens: each thing once, in order,
// to those who want it.
func TestLetters(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "all", nil)
		w.subscribe("hook", "ends", func(s *notify.Subscription) { s.Events = []string{"task.completed", "approval.*"} })
		w.subscribe("hook", "deploys", func(s *notify.Subscription) { s.Match.Kind = "deploy" })
		w.create("a", "one", "two")
		w.do("a", step(1, progress.StepRunning))
		w.do("a", at(50))
		w.do("a", step(1, progress.StepCompleted))
		w.do("a", end)
		settle(time.Second)
		same(t, "all", kinds(far["hook"], address("hook", "all")),
			[]string{"task.created", "task.started", "step.started", "step.completed", "task.completed"})
		same(t, "ends", kinds(far["hook"], address("hook", "ends")), []string{"task.completed"})
		same(t, "deploys", kinds(far["hook"], address("hook", "deploys")), []string{})
		for _, a := range far["hook"].Arrived() {
			if a.Times != 1 || a.Message.Notice.Text == "" || a.Message.Link != "https://herald.test/tasks/a" {
				t.Errorf("%d times: %+v", a.Times, a.Message)
			}
		}
		for _, l := range w.letters(notify.LetterQuery{Person: "ann"}) {
			if l.State != notify.Sent || l.Tries != 1 || l.SettledAt.IsZero() {
				t.Errorf("%+v", l)
			}
		}
	})
}

// TestOrderWithinTask is a task that ends at once: its end does not pass its start.
func TestOrderWithinTask(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "all", nil)
		w.halt()
		w.create("slow", "one")
		w.create("a", "one")
		w.do("a", step(1, progress.StepRunning))
		w.do("a", end)
		w.start()
		settle(time.Second)
		got := kinds(far["hook"], address("hook", "all"))
		if len(got) != 6 || slices.Index(got, "task.started") > slices.Index(got, "task.completed") {
			t.Error(got)
		}
	})
}

// TestEyes is that nobody is told of tasks that they may not see.
func TestEyes(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.person(progress.Actor{Person: "bob", Rights: progress.MayRead})
		w.subscribe("hook", "bob", func(s *notify.Subscription) { s.Owner = "bob" })
		w.create("anns", "one")
		w.do("bobs", progress.Create{Spec: progress.Spec{Title: "B", Owner: "bob"}})
		w.do("all", progress.Create{Spec: progress.Spec{Title: "C"}})
		settle(time.Second)
		same(t, "bob", kinds(far["hook"], address("hook", "bob")), []string{"task.created", "task.created"})
		far["hook"].Down(address("hook", "bob"), status(notify.Transient, 0))
		w.do("bobs", end)
		settle(time.Second)
		w.person(progress.Actor{Person: "bob"}) // gone before it could be delivered
		far["hook"].Up(address("hook", "bob"))
		settle(5 * time.Minute)
		same(t, "bob, gone", len(kinds(far["hook"], address("hook", "bob"))), 2)
		if l := w.letters(notify.LetterQuery{State: notify.Dropped}); len(l) == 0 || l[0].Why == "" {
			t.Errorf("%+v", l)
		}
	})
}

// TestHourDown is a far side that takes nothing for an hour and a half: what still
// matters arrives afterwards, the rest does not, and the other lane feels nothing.
func TestHourDown(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "bad", func(s *notify.Subscription) { s.Live = true })
		w.subscribe("hook", "good", nil)
		bad := address("hook", "bad")
		far["hook"].Down(bad, status(notify.Transient, 0))
		w.create("a", "one", "two")
		w.do("a", step(1, progress.StepRunning))
		for i := range 90 {
			w.do("a", at(float64(i)))
			settle(time.Minute)
		}
		w.do("a", progress.Ask{Step: progress.StepRef{Order: 2}, Gate: progress.Gate{Prompt: "Go?"}})
		settle(time.Second)
		if calls := far["hook"].Calls(); len(calls) > 400 {
			t.Errorf("%d calls to a far side that is down", len(calls))
		}
		far["hook"].Up(bad)
		settle(2 * time.Minute)
		got := kinds(far["hook"], bad)
		slices.Sort(got)
		same(t, "arrived", got, []string{"approval.needed", "progress"})
		dropped := w.letters(notify.LetterQuery{Sub: "sub_bad", State: notify.Dropped})
		same(t, "dropped", len(dropped), 3)
		for _, c := range far["hook"].Calls() {
			if c.To == address("hook", "good") && c.At.Sub(c.Message.Event.At) > 100*time.Millisecond {
				t.Errorf("the other lane waited %v", c.At.Sub(c.Message.Event.At))
			}
		}
	})
}

// TestLimited is a far side that says for how long: it is obeyed to the second.
func TestLimited(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "slow", nil)
		w.subscribe("hook", "fast", nil)
		far["hook"].FailAt(address("hook", "slow"), status(notify.Limited, 37*time.Second), status(notify.Limited, 0))
		begun := time.Now()
		w.create("a", "one")
		w.do("a", end)
		settle(36 * time.Second)
		same(t, "slow", len(kinds(far["hook"], address("hook", "slow"))), 0)
		same(t, "fast", len(kinds(far["hook"], address("hook", "fast"))), 3)
		settle(10 * time.Second)
		var at []time.Duration
		for _, c := range far["hook"].Calls() {
			if c.To == address("hook", "slow") {
				at = append(at, c.At.Sub(begun).Round(100*time.Millisecond))
			}
		}
		if len(at) != 5 || at[1] != 37*time.Second || at[2]-at[1] < time.Second || at[2]-at[1] > 3*time.Second {
			t.Error(at)
		}
	})
}

// TestGone is a destination that is no more: one attempt, then it is off, its owner
// is told by another way, and can send again what did not arrive.
func TestGone(t *testing.T) {
	far := memories("hook", "mail")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "dead", nil)
		w.subscribe("mail", "ann", func(s *notify.Subscription) { s.Events = []string{"task.failed", "destination.off"} })
		dead := address("hook", "dead")
		far["hook"].Down(dead, status(notify.Gone, 0))
		w.create("a", "one")
		w.do("a", step(1, progress.StepRunning))
		settle(time.Minute)
		same(t, "calls", len(far["hook"].Calls()), 1)
		same(t, "mail", kinds(far["mail"], address("mail", "ann")), []string{"destination.off"})
		for _, l := range w.letters(notify.LetterQuery{Sub: "sub_dead", State: notify.Dead}) {
			if tried := l.Kind == progress.TaskCreated; l.Why == "" || l.SettledAt.IsZero() || (l.Tries == 1) != tried {
				t.Errorf("%+v", l)
			}
		}
		s, err := w.ledger.Subscription(t.Context(), "sub_dead")
		if err != nil || s.Off == "" || s.OffAt.IsZero() {
			t.Fatal(s, err)
		}
		w.do("a", end) // nobody is told there
		settle(time.Minute)
		same(t, "calls", len(far["hook"].Calls()), 1)
		far["hook"].Up(dead)
		if _, err := w.ledger.Change(t.Context(), "sub_dead", func(s *notify.Subscription) error { s.Off = ""; return nil }); err != nil {
			t.Fatal(err)
		}
		n, lanes, err := w.ledger.Redrive(t.Context(), notify.LetterQuery{Sub: "sub_dead"}, time.Now(), time.Hour)
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		w.notifier.Poke(lanes)
		settle(time.Minute)
		same(t, "after", len(kinds(far["hook"], dead)), n)
		w.create("b")
		settle(time.Second)
		same(t, "on again", len(kinds(far["hook"], dead)), n+1)
	})
}

// TestRejected is a letter that is never taken: it alone is dead, its owner hears of
// it, and it can be sent again as the same.
func TestRejected(t *testing.T) {
	far := memories("hook", "mail")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", func(s *notify.Subscription) { s.Events = []string{"task.*"} })
		w.subscribe("mail", "ann", func(s *notify.Subscription) { s.Events = []string{"delivery.*"} })
		w.create("a")
		settle(time.Second)
		far["hook"].FailAt(address("hook", "x"), status(notify.Transient, 0), status(notify.Rejected, 0))
		w.do("a", end)
		settle(2 * time.Minute)
		dead := w.letters(notify.LetterQuery{State: notify.Dead})
		if len(dead) != 1 || dead[0].Why == "" {
			t.Fatalf("%+v", dead)
		}
		if _, lanes, err := w.ledger.Redrive(t.Context(), notify.LetterQuery{ID: dead[0].ID}, time.Now(), time.Hour); err != nil {
			t.Fatal(err)
		} else {
			w.notifier.Poke(lanes)
		}
		settle(time.Second)
		all := far["hook"].Arrived()
		last := all[len(all)-1].Message
		if last.ID != string(dead[0].ID) || !last.Doubt {
			t.Errorf("%+v", last)
		}
		if last.Class == notify.ClassEnd {
			same(t, "mail", kinds(far["mail"], address("mail", "ann")), []string{"delivery.failed"})
		}
	})
}

// TestUnauthorized is a channel whose credentials are no good: all its lanes stop, no
// other does, and it goes on when they are mended.
func TestUnauthorized(t *testing.T) {
	far := memories("hook", "mail")
	inWorld(t, far, func(t *testing.T, w *world) {
		for _, to := range []string{"a", "b"} {
			w.subscribe("mail", to, nil)
			far["mail"].Down(address("mail", to), status(notify.Unauthorized, 0))
		}
		w.subscribe("hook", "h", nil)
		w.create("a", "one")
		settle(4 * time.Minute)
		if calls := len(far["mail"].Calls()); calls > 2 {
			t.Errorf("%d calls with credentials that are refused", calls)
		}
		same(t, "hook", len(kinds(far["hook"], address("hook", "h"))), 1)
		far["mail"].Up(address("mail", "a"))
		far["mail"].Up(address("mail", "b"))
		settle(8 * time.Minute)
		same(t, "a", len(kinds(far["mail"], address("mail", "a"))), 1)
		same(t, "b", len(kinds(far["mail"], address("mail", "b"))), 1)
	})
}

// TestDoubt is a far side that takes a message and does not say so: where it can be
// asked, it is not told twice.
func TestDoubt(t *testing.T) {
	far := map[string]*notifytest.Memory{"find": notifytest.NewMemory(notifytest.Finds), "blind": notifytest.NewMemory()}
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("find", "x", nil)
		w.subscribe("blind", "x2", nil)
		far["find"].Fail(notifytest.Lost())
		far["blind"].Fail(notifytest.Lost())
		w.create("a")
		settle(time.Minute)
		same(t, "find", far["find"].Arrived()[0].Times, 1)
		same(t, "blind", far["blind"].Arrived()[0].Times, 2) // with the same ID
		for _, l := range w.letters(notify.LetterQuery{}) {
			same(t, "state", l.State, notify.Sent)
		}
	})
}

// TestDoubts is a far side that people see each copy at, and that takes every message
// without saying so: after a few it is enough.
func TestDoubts(t *testing.T) {
	far := map[string]*notifytest.Memory{"blind": notifytest.NewMemory(notifytest.Paces)}
	far["blind"].Pace(notify.Pace{Doubts: 3})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("blind", "x", nil)
		far["blind"].Fail(notifytest.Lost(), notifytest.Lost(), notifytest.Lost(), notifytest.Lost())
		w.create("a")
		settle(time.Hour)
		same(t, "copies", far["blind"].Arrived()[0].Times, 3)
		l := w.letters(notify.LetterQuery{})[0]
		same(t, "state", fmt.Sprint(l.State, l.Doubt, l.Tries), fmt.Sprint(notify.Dead, true, 3))
	})
}

// TestCovered is a step whose letter could not be delivered at first, where what is newer
// takes the place of what is older: once that is there, it is not told any more. Ends and
// questions are.
func TestCovered(t *testing.T) {
	far := map[string]*notifytest.Memory{"one": notifytest.NewMemory(notifytest.Paces), "all": notifytest.NewMemory()}
	far["one"].Pace(notify.Pace{Covers: true})
	inWorld(t, far, func(t *testing.T, w *world) {
		one := w.subscribe("one", "x", func(s *notify.Subscription) { s.Events = []string{"step.completed"} })
		all := w.subscribe("all", "y", func(s *notify.Subscription) { s.Events = []string{"step.completed"} })
		w.create("a", "one")
		w.do("a", step(1, progress.StepRunning))
		w.do("a", step(1, progress.StepCompleted))
		settle(time.Second)
		for i, s := range []*notify.Subscription{one, all} {
			for tries, class := range []notify.Class{notify.ClassStep, notify.ClassStep, notify.ClassEnd} {
				w.late(s, fmt.Sprintf("msg_%d%d", i, tries), class, min(tries, 1))
			}
		}
		settle(time.Second)
		same(t, "where it is covered", kinds(far["one"], one.Address), []string{"step.completed", "task.created", "task.created"})
		same(t, "elsewhere", len(kinds(far["all"], all.Address)), 4)
		same(t, "why", w.letters(notify.LetterQuery{ID: "msg_01"})[0].Why, "a newer one of its task was sent")
	})
}

// late puts a letter about a task's first event in line, which was tried before.
func (w *world) late(s *notify.Subscription, id string, c notify.Class, tries int) {
	w.t.Helper()
	lane := notify.Lane{ID: s.Address.Lane(), Address: s.Address}
	letter := notify.Letter{
		ID: notify.LetterID(id), Lane: lane.ID, Sub: s.ID, Person: s.Owner, Task: "a", Seq: 1, Kind: progress.TaskCreated, Class: c,
		State: notify.Due, MadeAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour), Tries: tries,
	}
	if err := w.ledger.Routed(w.t.Context(), notify.Routed{Lanes: []notify.Lane{lane}, Letters: []notify.Letter{letter}}); err != nil {
		w.t.Fatal(err)
	}
	w.notifier.Poke([]notify.Lane{lane})
}

// TestChannelsAreApart is a channel whose calls all hang: it holds up no other.
func TestChannelsAreApart(t *testing.T) {
	far := memories("hangs", "works")
	inWorld(t, far, func(t *testing.T, w *world) {
		for i := range 300 {
			w.subscribe("hangs", fmt.Sprint(i), nil)
			far["hangs"].FailAt(address("hangs", fmt.Sprint(i)), notifytest.Fault{Hang: true})
		}
		w.subscribe("works", "x", nil)
		w.create("a")
		settle(time.Second)
		same(t, "arrived", kinds(far["works"], address("works", "x")), []string{"task.created"})
	})
}

// TestRestart is a process that ends between a far side's yes and its being written
// down.
func TestRestart(t *testing.T) {
	far := map[string]*notifytest.Memory{"find": notifytest.NewMemory(notifytest.Finds)}
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("find", "x", nil)
		far["find"].Fail(notifytest.Fault{Keep: true, Hang: true})
		for i := range 5 {
			w.create(progress.TaskID(fmt.Sprint("a", i)))
		}
		settle(time.Second)
		w.halt()
		w.start()
		settle(time.Minute)
		arrived := far["find"].Arrived()
		same(t, "arrived", len(arrived), 5)
		for _, a := range arrived {
			same(t, "times", a.Times, 1)
		}
	})
}

// TestNoChannel is a letter for a channel that this server does not have.
func TestNoChannel(t *testing.T) {
	inWorld(t, memories(), func(t *testing.T, w *world) {
		w.subscribe("pigeon", "x", nil)
		w.create("a")
		settle(time.Second)
		l := w.letters(notify.LetterQuery{})
		if len(l) != 1 || l[0].State != notify.Dead {
			t.Errorf("%+v", l)
		}
	})
}

// TestLease is two nodes on one database: one of them dispatches, and the other goes
// on when it is gone.
func TestLease(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.halt()
		run := func(name string) (stop func()) {
			o := w.options()
			o.Leases, o.Node = w.ledger, name
			return running(notify.New(o))
		}
		w.subscribe("hook", "x", nil)
		first := run("one")
		settle(time.Second)
		second := run("two")
		w.create("a")
		settle(time.Minute)
		same(t, "arrived", len(far["hook"].Calls()), 1)
		first()
		settle(20 * time.Second)
		w.create("b")
		settle(2 * time.Second)
		same(t, "after", len(far["hook"].Calls()), 2)
		second()
	})
}

// TestDefect is a book that breaks on one event: that one alone is not told.
func TestDefect(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.halt()
		w.subscribe("hook", "x", func(s *notify.Subscription) { s.Live = true })
		o := w.options()
		o.Book = brittle{o.Book}
		defer running(notify.New(o))()
		w.create("a", "one")
		w.do("a", step(1, progress.StepRunning))
		settle(time.Minute)
		w.do("a", end)
		settle(time.Minute)
		same(t, "arrived", kinds(far["hook"], address("hook", "x")), []string{"task.created", "step.started", "step.completed", "task.completed"})
		same(t, "dead", len(w.letters(notify.LetterQuery{State: notify.Dead})), 1)
	})
}

// brittle breaks on starts and on pictures.
type brittle struct{ notify.Book }

func (b brittle) Card(templates.Subject, templates.Reader) templates.Card { panic("no picture") }

func (b brittle) Notice(s templates.Subject, e *progress.Event, r templates.Reader) templates.Notice {
	if e.Kind == progress.TaskStarted {
		panic("no word")
	}
	return b.Book.Notice(s, e, r)
}

// TestLimitedRestart is a far side that asked for a rest before the process ended.
func TestLimitedRestart(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		far["hook"].Fail(status(notify.Limited, 30*time.Minute))
		w.create("a", "one")
		settle(time.Second)
		w.halt()
		w.start()
		w.create("b", "one")
		settle(29 * time.Minute)
		same(t, "calls", len(far["hook"].Calls()), 1)
		settle(2 * time.Minute)
		same(t, "arrived", len(kinds(far["hook"], address("hook", "x"))), 2)
	})
}

// TestLongTask is a task with more letters in line than fit into memory: its end goes
// last.
func TestLongTask(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		to := address("hook", "x")
		far["hook"].Down(to, notifytest.Fault{Slow: 20 * time.Millisecond})
		const steps = 700
		names := make([]string, steps)
		for n := range names {
			names[n] = fmt.Sprint("s", n)
		}
		w.create("a", names...)
		for n := range steps {
			w.do("a", step(n+1, progress.StepCompleted))
		}
		w.do("a", end)
		settle(2 * time.Minute)
		last := int64(0)
		for _, a := range far["hook"].Arrived() {
			if a.Message.Event.Seq != last+1 {
				t.Fatalf("%s %d came after %d", a.Message.Event.Kind, a.Message.Event.Seq, last)
			}
			last++
		}
		if last < steps {
			t.Errorf("%d letters", last)
		}
	})
}

// TestRedriveToNewAddress is a letter that was dead at one address and is sent again
// after the owner has mended it.
func TestRedriveToNewAddress(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "old", nil)
		far["hook"].Down(address("hook", "old"), status(notify.Rejected, 0))
		w.create("a")
		settle(time.Second)
		mended := notify.Address{Channel: "hook", To: "new", Key: "sub_old"}
		if _, err := w.ledger.Change(t.Context(), "sub_old", func(s *notify.Subscription) error { s.Address = mended; return nil }); err != nil {
			t.Fatal(err)
		}
		w.redrive(notify.LetterQuery{Sub: "sub_old"})
		settle(time.Second)
		same(t, "old", len(far["hook"].Calls()), 2)
		same(t, "new", kinds(far["hook"], mended), []string{"task.created"})
	})
}

// TestLimitedAtLeast is a far side that says to come back at once, again and again.
func TestLimitedAtLeast(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		far["hook"].Down(address("hook", "x"), status(notify.Limited, time.Microsecond))
		w.create("a")
		settle(time.Minute)
		if calls := len(far["hook"].Calls()); calls > 61 {
			t.Errorf("%d calls in a minute", calls)
		}
	})
}

// TestOffAndOn is a picture that is switched off for a while.
func TestOffAndOn(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		w.create("a", "one")
		w.do("a", at(10))
		settle(time.Second)
		turn := func(off string) {
			t.Helper()
			if _, err := w.ledger.Change(t.Context(), "sub_r", func(s *notify.Subscription) error { s.Off = off; return nil }); err != nil {
				t.Fatal(err)
			}
			w.notifier.Poke([]notify.Lane{{ID: to.Lane(), Address: to}})
			settle(time.Second)
		}
		turn("by hand")
		w.do("a", at(20))
		settle(time.Minute)
		same(t, "off", picture(t, far["room"], to).Task.Percent, 10)
		turn("")
		same(t, "on", picture(t, far["room"], to).Task.Percent, 20)
		w.do("a", at(30))
		settle(time.Second)
		same(t, "moved", picture(t, far["room"], to).Task.Percent, 30)
	})
}

// TestOwnerGone is that nothing goes out in the name of somebody who is gone: neither
// notes nor the callbacks of their tasks.
func TestOwnerGone(t *testing.T) {
	far := memories("webhook")
	inWorld(t, far, func(t *testing.T, w *world) {
		bob := progress.Actor{Person: "bob", Rights: progress.MayAdmin}
		w.person(bob)
		hook := w.subscribe("webhook", "bob", func(s *notify.Subscription) { s.Owner = "bob" })
		c := progress.Command{Task: "a", By: bob, Do: progress.Create{Spec: progress.Spec{
			Title: "A", CallbackURL: "https://cb.example", CallbackEvents: []string{"task.*"},
		}}}
		if _, err := w.engine.Execute(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		settle(time.Second)
		same(t, "before", len(far["webhook"].Arrived()), 2)
		w.person(progress.Actor{Person: "bob"})
		n := notify.NoteLetter(hook, notify.Note{Kind: notify.NoteDead, At: time.Now()}, "x")
		if err := w.ledger.Routed(t.Context(), notify.Routed{Lanes: []notify.Lane{{ID: n.Lane, Address: hook.Address}}, Letters: []notify.Letter{n}}); err != nil {
			t.Fatal(err)
		}
		w.notifier.Poke([]notify.Lane{{ID: n.Lane, Address: hook.Address}})
		w.do("a", end)
		settle(time.Minute)
		same(t, "after", len(far["webhook"].Arrived()), 2)
	})
}

// TestNotesAreForThose who ask for them, or want to know of everything.
func TestNotesAreForThose(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "dead", nil)
		w.subscribe("hook", "all", nil)
		w.subscribe("hook", "deploys", func(s *notify.Subscription) { s.Match.Kind = "deploy" })
		w.subscribe("hook", "asked", func(s *notify.Subscription) { s.Match.Kind, s.Events = "deploy", []string{"destination.off"} })
		far["hook"].Down(address("hook", "dead"), status(notify.Gone, 0))
		w.create("a")
		settle(time.Minute)
		all := kinds(far["hook"], address("hook", "all"))
		slices.Sort(all)
		same(t, "all", all, []string{"destination.off", "task.created"})
		same(t, "deploys", len(kinds(far["hook"], address("hook", "deploys"))), 0)
		same(t, "asked", kinds(far["hook"], address("hook", "asked")), []string{"destination.off"})
	})
}

// TestOtherNode is a letter that somebody puts in line on a node that does not
// dispatch.
func TestOtherNode(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.halt()
		node := func(name string) *notify.Notifier {
			o := w.options()
			o.Leases, o.Node = w.ledger, name
			return notify.New(o)
		}
		first, second := node("one"), node("two")
		defer running(first)()
		settle(time.Second)
		defer running(second)()
		w.subscribe("hook", "x", nil)
		far["hook"].Fail(status(notify.Rejected, 0))
		w.create("a")
		settle(time.Second)
		same(t, "before", len(far["hook"].Arrived()), 0)
		w.notifier = second
		w.redrive(notify.LetterQuery{})
		settle(2 * time.Second)
		same(t, "after", len(far["hook"].Arrived()), 1)
	})
}
