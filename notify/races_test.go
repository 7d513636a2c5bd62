package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// with runs another notifier in the place of the world's, with other options, until
// the test ends.
func (w *world) with(set func(*notify.Options)) *notify.Notifier {
	w.halt()
	o := w.options()
	set(&o)
	w.notifier = notify.New(o)
	w.stop = running(w.notifier)
	return w.notifier
}

// tardy is an outbox whose answer is late.
type tardy struct {
	notify.Outbox
	late func()
}

func (o tardy) Routed(ctx context.Context, r notify.Routed) error {
	err := o.Outbox.Routed(ctx, r)
	if len(r.Letters) > 0 {
		o.late()
	}
	return err
}

// TestFoundBefore is a lane that finds a letter in the store, and delivers it, before
// it is handed over.
func TestFoundBefore(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "x", nil)
		var n *notify.Notifier
		n = w.with(func(o *notify.Options) {
			o.Outbox = tardy{o.Outbox, func() {
				n.Poke([]notify.Lane{{ID: s.Address.Lane(), Address: s.Address}})
				time.Sleep(time.Second)
			}}
		})
		w.create("a")
		settle(time.Minute)
		same(t, "calls", len(far["hook"].Calls()), 1)
	})
}

// closing is a post that is late to say that a lane is shut.
type closing struct {
	notify.Post
	late func()
}

func (p closing) Shut(ctx context.Context, l notify.Lane, r notify.Routed) error {
	err := p.Post.Shut(ctx, l, r)
	p.late()
	return err
}

// callback makes a task with a callback.
func (w *world) callback(id progress.TaskID, url string) {
	w.do(id, progress.Create{Spec: progress.Spec{Title: "C", Owner: "ann", CallbackURL: url}})
	w.do(id, progress.Report{Status: progress.Running})
}

// TestClosedMeanwhile is a letter that comes while its lane is being closed: it does
// not wait for ever.
func TestClosedMeanwhile(t *testing.T) {
	far := memories("webhook")
	inWorld(t, far, func(t *testing.T, w *world) {
		n := w.with(func(o *notify.Options) {
			o.Post = closing{o.Post, func() { w.do("b", end); time.Sleep(time.Second) }}
		})
		w.callback("a", "https://far.test")
		w.callback("b", "https://far.test")
		settle(time.Second)
		far["webhook"].Fail(status(notify.Gone, 0))
		w.do("a", end)
		settle(10 * time.Second)
		for _, l := range w.letters(notify.LetterQuery{Task: "b"}) {
			if l.Kind == progress.TaskCompleted && l.State != notify.Dead {
				t.Errorf("%+v", l)
			}
		}
		lanes, letters, _, watched := n.AtHand()
		same(t, "at hand", []int{lanes, letters, watched}, []int{0, 0, 0})
	})
}

// TestCallbackGone is that somebody hears of it when a callback's address is gone.
func TestCallbackGone(t *testing.T) {
	far := memories("webhook", "mail")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("mail", "ann", func(s *notify.Subscription) { s.Events = []string{"destination.off"} })
		far["webhook"].Fail(status(notify.Gone, 0))
		w.callback("a", "https://far.test")
		settle(time.Minute)
		same(t, "mail", kinds(far["mail"], address("mail", "ann")), []string{"destination.off"})
	})
}

// TestFirstPictureUrgent is a card that is not known yet, of a task that asks: its
// first picture does not wait.
func TestFirstPictureUrgent(t *testing.T) {
	far := room(notify.Pace{Lag: time.Minute})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		w.halt()
		w.create("a", "one")
		w.do("a", progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Prompt: "Go?"}})
		w.start()
		settle(2 * time.Second)
		same(t, "status", picture(t, far["room"], to).Task.Status, progress.Waiting)
	})
}

// TestGap is that a lane that had nothing to do keeps the gap between two calls.
func TestGap(t *testing.T) {
	far := room(notify.Pace{Gap: 10 * time.Second})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("room", "r", nil)
		w.create("a")
		settle(time.Second)
		w.create("b")
		settle(20 * time.Second)
		calls := far["room"].Calls()
		if len(calls) != 2 || calls[1].At.Sub(calls[0].At) < 10*time.Second {
			t.Errorf("%d calls, the second after %v", len(calls), calls[len(calls)-1].At.Sub(calls[0].At))
		}
		lanes, _, _, _ := w.notifier.AtHand()
		settle(10 * time.Second)
		later, _, _, _ := w.notifier.AtHand()
		same(t, "lanes", []int{lanes, later}, []int{0, 0})
	})
}

// TestLettersPassPictures is an account without a call left for pictures: letters,
// which do not need one, go on.
func TestLettersPassPictures(t *testing.T) {
	far := room(notify.Pace{Account: "a", Budget: notify.Allowance{Calls: 1, Window: time.Hour}})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("room", "r", func(s *notify.Subscription) { s.Live, s.Events = true, []string{"step.*"} })
		for i := range 3 {
			w.create(id(i), "one")
		}
		settle(time.Second)
		w.do(id(0), step(1, progress.StepRunning))
		settle(time.Second)
		same(t, "arrived", kinds(far["room"], address("room", "r")), []string{"progress", "step.started"})
	})
}

// TestOneRoom is two subscriptions to one room: both their pictures move.
func TestOneRoom(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := notify.Address{Channel: "room", To: "r"}
		for _, name := range []string{"one", "two"} {
			w.subscribe("room", name, func(s *notify.Subscription) { live(s); s.Address = to })
		}
		w.create("a", "one")
		settle(time.Second)
		w.do("a", at(50))
		settle(time.Second)
		w.do("a", at(60))
		settle(time.Second)
		same(t, "cards", len(far["room"].Shown(to)), 2)
		for name, m := range far["room"].Shown(to) {
			same(t, name, m.Task.Percent, 60)
		}
	})
}

// TestFarBell is a bell that does not say to which version a task has moved, while a
// picture is under way.
func TestFarBell(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		w.with(func(o *notify.Options) {
			listen := o.Listen
			o.Listen = func(f func(progress.Moved)) func() {
				return listen(func(m progress.Moved) { m.Path = nil; f(m) })
			}
		})
		w.create("a", "one")
		w.do("a", at(10))
		settle(2 * time.Second)
		far["room"].Fail(notifytest.Fault{Slow: 2 * time.Second})
		w.do("a", at(20))
		settle(time.Second)
		w.do("a", at(30))
		settle(3 * time.Second)
		same(t, "percent", picture(t, far["room"], to).Task.Percent, 30)
	})
}

// sick are tasks of which one cannot be read.
type sick struct {
	notify.Tasks
	id progress.TaskID
}

func (s sick) Task(ctx context.Context, id progress.TaskID) (progress.Task, error) {
	if id == s.id {
		return progress.Task{}, errors.New("broken row")
	}
	return s.Tasks.Task(ctx, id)
}

// TestSickTask is a letter whose task cannot be read: the others go on.
func TestSickTask(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		far["hook"].Down(address("hook", "x"), status(notify.Limited, time.Minute))
		w.create("bad")
		settle(time.Second)
		w.create("good")
		settle(time.Second)
		far["hook"].Up(address("hook", "x"))
		w.with(func(o *notify.Options) { o.Tasks = sick{o.Tasks, "bad"} })
		settle(2 * time.Minute)
		same(t, "arrived", len(kinds(far["hook"], address("hook", "x"))), 1)
	})
}

// TestLimitedForLong is a far side that never says for how long: it is asked less and
// less often.
func TestLimitedForLong(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		far["hook"].Down(address("hook", "x"), status(notify.Limited, 0))
		w.create("a")
		settle(50 * time.Minute)
		if calls := len(far["hook"].Calls()); calls > 200 || calls < 30 {
			t.Errorf("%d calls", calls)
		}
	})
}

// TestMoved is a subscription whose address is changed while letters wait: they go to
// the new one, and nothing to the old one.
func TestMoved(t *testing.T) {
	far := map[string]*notifytest.Memory{"hook": notifytest.NewMemory(notifytest.Edits)}
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "x", func(s *notify.Subscription) { s.Live = true })
		far["hook"].Down(s.Address, status(notify.Transient, 0))
		w.create("a", "one")
		w.do("a", at(5))
		settle(3 * time.Second)
		to := address("hook", "y")
		if _, err := w.ledger.Change(t.Context(), s.ID, func(s *notify.Subscription) error { s.Address = to; return nil }); err != nil {
			t.Fatal(err)
		}
		w.notifier.Poke([]notify.Lane{{ID: to.Lane(), Address: to}})
		far["hook"].Up(s.Address)
		settle(5 * time.Minute)
		same(t, "old", kinds(far["hook"], s.Address), []string{})
		got := kinds(far["hook"], to)
		slices.Sort(got)
		same(t, "new", got, []string{"progress", "task.created", "task.started"})
		w.do("a", at(50))
		settle(time.Second)
		same(t, "percent", picture(t, far["hook"], to).Task.Percent, 50)
	})
}

// TestPicturesOff is a subscription that does not ask for pictures any more.
func TestPicturesOff(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("room", "r", live)
		w.create("a", "one")
		settle(time.Second)
		if _, err := w.ledger.Change(t.Context(), s.ID, func(s *notify.Subscription) error { s.Live = false; return nil }); err != nil {
			t.Fatal(err)
		}
		settle(time.Second)
		before := len(far["room"].Calls())
		for i := range 5 {
			w.do("a", at(float64(10*i)))
			settle(time.Second)
		}
		same(t, "calls", len(far["room"].Calls()), before)
		_, _, cards, watched := w.notifier.AtHand()
		same(t, "at hand", []int{cards, watched}, []int{0, 0})
	})
}

// TestTaskGone is a card whose task is deleted before it was ever shown: it is
// forgotten.
func TestTaskGone(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		to := w.subscribe("room", "r", live).Address
		far["room"].Down(to, status(notify.Transient, 0))
		w.create("a", "one")
		settle(time.Second)
		if err := w.ledger.Unsubscribe(t.Context(), "sub_r", time.Now()); err != nil {
			t.Fatal(err)
		}
		settle(2 * time.Minute)
		lanes, _, cards, watched := w.notifier.AtHand()
		same(t, "at hand", []int{lanes, cards, watched}, []int{0, 0, 0})
	})
}

// note puts a note in line for a subscription.
func (w *world) note(s *notify.Subscription, about string) notify.Lane {
	w.t.Helper()
	lane := notify.Lane{ID: s.Address.Lane(), Address: s.Address}
	l := notify.NoteLetter(s, notify.Note{Kind: "test", At: time.Now()}, about)
	if err := w.ledger.Routed(w.t.Context(), notify.Routed{Lanes: []notify.Lane{lane}, Letters: []notify.Letter{l}}); err != nil {
		w.t.Fatal(err)
	}
	return lane
}

// TestNoteUnsubscribed is a note that waits for somebody who does not want any.
func TestNoteUnsubscribed(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "x", nil)
		far["hook"].Down(s.Address, status(notify.Transient, 0))
		lane := w.note(s, "1")
		w.notifier.Poke([]notify.Lane{lane})
		settle(time.Second)
		if err := w.ledger.Unsubscribe(t.Context(), s.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		w.notifier.Poke([]notify.Lane{lane})
		far["hook"].Up(s.Address)
		settle(5 * time.Minute)
		same(t, "arrived", kinds(far["hook"], s.Address), []string{})
	})
}

// TestPokedWhileMuchWaits is that what is urgent and was put in line by somebody else
// does not wait until there is room for all the rest.
func TestPokedWhileMuchWaits(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "x", nil)
		far["hook"].Fail(status(notify.Limited, time.Minute))
		for i := range 200 {
			w.create(id(i))
		}
		settle(time.Second)
		w.notifier.Poke([]notify.Lane{w.note(s, "1")})
		settle(2 * time.Minute)
		got := kinds(far["hook"], s.Address)
		if len(got) != 201 || slices.Index(got, "test") > 1 {
			t.Errorf("%d arrived, the note as number %d", len(got), slices.Index(got, "test"))
		}
	})
}

// TestUnheardLetter is a letter that another node has put in line.
func TestUnheardLetter(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "x", nil)
		w.with(func(o *notify.Options) { o.Leases, o.Node = w.ledger, "one" })
		settle(time.Second)
		w.note(s, "1")
		settle(time.Minute)
		same(t, "arrived", kinds(far["hook"], s.Address), []string{"test"})
	})
}

// TestProbe is a channel with many lanes whose credentials are refused: now and then
// one of them tries for all, a picture too.
func TestProbe(t *testing.T) {
	far := memories("mail")
	inWorld(t, far, func(t *testing.T, w *world) {
		const lanes = 20
		for i := range lanes {
			w.subscribe("mail", fmt.Sprint(i), func(s *notify.Subscription) { s.Live, s.Events = true, []string{"task.failed"} })
			refused := status(notify.Unauthorized, 0)
			refused.Slow = time.Second
			far["mail"].Down(address("mail", fmt.Sprint(i)), refused)
		}
		w.create("a", "one")
		w.do("a", at(5))
		settle(time.Hour + time.Minute)
		if calls := len(far["mail"].Calls()); calls > lanes+14 {
			t.Errorf("%d calls", calls)
		}
		for i := range lanes {
			far["mail"].Up(address("mail", fmt.Sprint(i)))
		}
		settle(6 * time.Minute)
		same(t, "arrived", len(far["mail"].Arrived()), lanes)
	})
}

// drawn counts what is written of cards.
type drawn struct {
	*ledger.Ledger
	writes *int
}

func (d drawn) Showed(ctx context.Context, cards []notify.Card) error {
	*d.writes++
	return d.Ledger.Showed(ctx, cards)
}

// TestUnseenCostsNoWrite is that a tick that nobody can see writes nothing.
func TestUnseenCostsNoWrite(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("room", "r", live)
		writes := 0
		w.with(func(o *notify.Options) { o.Cards = drawn{w.ledger, &writes} })
		w.create("a", "one")
		w.do("a", at(10))
		settle(time.Second)
		before := writes
		for i := range 20 {
			w.do("a", at(10+float64(i)/100))
			settle(time.Second)
		}
		same(t, "writes", writes, before)
	})
}

// overlap fails the test if a call of an address began while another was under way.
func overlap(t *testing.T, m *notifytest.Memory) {
	t.Helper()
	for _, c := range m.Calls() {
		if c.Beside > 0 {
			t.Errorf("a second call at %v", c.At)
		}
	}
}

// TestLeaseWhileStopping is a node that stops while a call is under way: the next one
// begins when that has ended.
func TestLeaseWhileStopping(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		w.with(func(o *notify.Options) { o.Leases, o.Node = w.ledger, "one" })
		settle(200 * time.Millisecond)
		o := w.options()
		o.Leases, o.Node = w.ledger, "two"
		defer running(notify.New(o))()
		settle(800 * time.Millisecond)
		far["hook"].Fail(notifytest.Fault{Slow: 5700 * time.Millisecond})
		w.create("a")
		settle(900 * time.Millisecond)
		w.halt()
		settle(20 * time.Second)
		overlap(t, far["hook"])
		same(t, "arrived", len(far["hook"].Arrived()), 1)
	})
}

// cutOff are leases that cannot be reached.
type cutOff struct {
	notify.Leases
	off *atomic.Bool
}

func (l cutOff) Hold(ctx context.Context, name, holder string, now, until time.Time) (bool, error) {
	if l.off.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	return l.Leases.Hold(ctx, name, holder, now, until)
}

// TestLeaseLost is a node that cannot renew its lease: its calls end before another
// node begins.
func TestLeaseLost(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "x", nil)
		var off atomic.Bool
		w.with(func(o *notify.Options) { o.Leases, o.Node = cutOff{w.ledger, &off}, "one" })
		settle(time.Second)
		o := w.options()
		o.Leases, o.Node = w.ledger, "two"
		defer running(notify.New(o))()
		settle(2100 * time.Millisecond)
		off.Store(true)
		far["hook"].Fail(notifytest.Fault{Hang: true})
		w.create("a")
		settle(30 * time.Second)
		overlap(t, far["hook"])
		same(t, "arrived", len(far["hook"].Arrived()), 1)
	})
}

// TestOrderBeyondRoom is a task that ends while so much waits that its start was left
// in the store: the start still comes first.
func TestOrderBeyondRoom(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "x", nil)
		far["hook"].Fail(status(notify.Limited, time.Minute))
		for i := range 520 {
			w.create(id(i))
		}
		settle(time.Second)
		w.create("z", "one")
		w.do("z", end)
		settle(2 * time.Minute)
		var got []progress.Kind
		for _, a := range far["hook"].Arrived() {
			if a.Message.Task.ID == "z" {
				got = append(got, a.Message.Event.Kind)
			}
		}
		same(t, "of z", got, []string{"task.created", "task.started", "task.completed"})
		same(t, "all", len(kinds(far["hook"], s.Address)), 523)
	})
}

// TestMovedAfterLimit is a webhook whose old address asked for a rest: the new one is
// not bound by it.
func TestMovedAfterLimit(t *testing.T) {
	far := memories("hook")
	inWorld(t, far, func(t *testing.T, w *world) {
		w.subscribe("hook", "old", nil)
		far["hook"].Down(address("hook", "old"), status(notify.Limited, time.Hour))
		w.create("a")
		settle(time.Second)
		moved := notify.Address{Channel: "hook", To: "new", Key: "sub_old"}
		if _, err := w.ledger.Change(t.Context(), "sub_old", func(s *notify.Subscription) error { s.Address = moved; return nil }); err != nil {
			t.Fatal(err)
		}
		w.notifier.Poke([]notify.Lane{{ID: moved.Lane(), Address: moved}})
		settle(2 * time.Second)
		same(t, "new", kinds(far["hook"], moved), []string{"task.created"})
	})
}

// TestCallbackTriedAnew is a task that is created with an address that was gone, in the
// same moment in which an older one goes on.
func TestCallbackTriedAnew(t *testing.T) {
	far := memories("webhook")
	inWorld(t, far, func(t *testing.T, w *world) {
		to := notify.Address{Channel: "webhook", To: "https://far.test", Key: "person:ann"}
		far["webhook"].Down(to, status(notify.Gone, 0))
		w.callback("a", to.To)
		w.do("a", at(1))
		settle(time.Second)
		far["webhook"].Up(to)
		same(t, "before", len(far["webhook"].Arrived()), 0)
		w.halt()
		w.do("a", end)
		w.callback("b", to.To)
		w.do("b", at(1))
		w.start()
		settle(time.Second)
		var of []progress.TaskID
		for _, m := range far["webhook"].Arrived() {
			of = append(of, m.Message.Task.ID)
		}
		if !slices.Contains(of, "b") {
			t.Errorf("told of %v", of)
		}
	})
}
