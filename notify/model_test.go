package notify_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// TestModel does anything at random for a while, with everything failing that can
// fail. When all is well again, all is as the rules say.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(modelSeeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			far := map[string]*notifytest.Memory{
				"hook": notifytest.NewMemory(notifytest.Finds),
				"room": notifytest.NewMemory(notifytest.Finds, notifytest.Edits, notifytest.Paces),
			}
			far["room"].Pace(notify.Pace{
				Gap: 50 * time.Millisecond, Edit: time.Second, Lag: 100 * time.Millisecond, Account: "a",
				Budget: notify.Allowance{Calls: 300, Window: time.Minute, Reserve: 30},
			})
			inWorld(t, far, func(t *testing.T, w *world) {
				m := &model{world: w, rng: rand.New(rand.NewPCG(seed, 5))}
				m.store = &shaky{Ledger: w.ledger, rng: rand.New(rand.NewPCG(seed, 6))}
				m.nodes = 1 + int(seed%2)
				m.begin()
				defer m.leave()
				for range modelSteps {
					m.act()
					settle(time.Duration(m.rng.ExpFloat64() * float64(2*time.Second)))
				}
				m.heal()
				m.checkLetters()
				m.checkCards()
				m.checkRest()
			})
		})
	}
}

const (
	modelSeeds = 4
	modelSteps = 80
)

// model is a world in which anything happens.
type model struct {
	*world
	rng    *rand.Rand
	store  *shaky
	made   int
	tasks  []progress.TaskID
	nodes  int              // that dispatch from the database
	other  *notify.Notifier // the second of them
	leave  func()           // stops it
	harmed []notify.Address // that are down
}

// steady are subscriptions that nobody changes, on addresses that are never gone.
var steady = []string{"steady-hook", "steady-room"}

func (m *model) begin() {
	m.run()
	m.leave = func() {}
	if m.nodes > 1 {
		o := m.options()
		m.equip(&o, "two")
		m.other = notify.New(o)
		m.leave = running(m.other)
	}
	m.subscribe("hook", steady[0], nil)
	m.subscribe("room", steady[1], func(s *notify.Subscription) { s.Live = true })
}

func (m *model) run() {
	m.store.set(m.store.bad, false)
	m.with(func(o *notify.Options) { m.equip(o, "one") })
}

func (m *model) equip(o *notify.Options, node string) {
	o.Outbox, o.Post, o.Cards, o.Rolls = m.store, m.store, m.store, m.store
	o.Listen = m.store.Listen(o.Listen)
	if m.nodes > 1 {
		o.Leases, o.Node = m.ledger, node
	}
}

// act does one thing.
func (m *model) act() {
	switch n := m.rng.IntN(100); {
	case n < 55:
		m.work()
	case n < 70:
		m.harm()
	case n < 78:
		m.mend()
	case n < 90:
		m.wish()
	case n < 94:
		m.halt()
		m.run()
	case n < 96: // killed
		m.store.set(m.store.bad, true)
		m.halt()
		m.run()
	case n < 98:
		m.store.set(float64(m.rng.IntN(3))*.1, false)
	default:
		m.redrive()
	}
}

func pick[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

// work moves a task.
func (m *model) work() {
	if len(m.tasks) < 2 || len(m.tasks) < 6 && m.rng.IntN(10) == 0 {
		id := id(len(m.tasks))
		m.tasks = append(m.tasks, id)
		m.create(id, "one", "two", "three")
		return
	}
	id := pick(m.rng, m.tasks)
	t, err := m.engine.Task(m.t.Context(), id)
	switch {
	case err != nil:
		m.t.Fatal(err)
	case t.Status.Ended():
		m.do(id, progress.Restart{})
	case t.Status == progress.Waiting:
		m.do(id, progress.Approve{})
	default:
		m.do(id, pick(m.rng, []progress.Change{
			at(float64(m.rng.IntN(100))), at(float64(m.rng.IntN(100))),
			step(1+m.rng.IntN(3), progress.StepRunning), progress.Report{Message: new(fmt.Sprint(m.rng.IntN(1000)))},
			progress.Ask{Step: progress.StepRef{Order: 1 + m.rng.IntN(3)}, Gate: progress.Gate{Prompt: "Go?"}}, end,
		}))
	}
}

// all are the subscriptions that there are.
func (m *model) all() []notify.Subscription {
	subs, err := m.ledger.Subscriptions(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	return subs
}

// harm breaks a far side.
func (m *model) harm() {
	s := pick(m.rng, m.all())
	faults := []notifytest.Fault{
		status(notify.Transient, 0), status(notify.Limited, time.Duration(m.rng.IntN(90))*time.Second), status(notify.Limited, 0),
		notifytest.Lost(), {Slow: time.Duration(m.rng.IntN(40)) * time.Second}, {Hang: true}, {Hang: true, Keep: true},
		status(notify.Unauthorized, 0), status(notify.Rejected, 0),
	}
	if !slices.Contains(steady, s.Address.To) {
		faults = append(faults, status(notify.Gone, 0))
	}
	m.far[s.Address.Channel].Down(s.Address, pick(m.rng, faults))
	m.harmed = append(m.harmed, s.Address)
}

func (m *model) mend() {
	for _, a := range m.harmed {
		m.far[a.Channel].Up(a)
	}
	m.harmed = nil
}

// wish changes who is told of what.
func (m *model) wish() {
	s := pick(m.rng, m.all())
	if slices.Contains(steady, s.Address.To) || m.rng.IntN(4) == 0 {
		m.made++
		m.subscribe(pick(m.rng, []string{"hook", "room"}), fmt.Sprint("x", m.made), func(s *notify.Subscription) {
			s.Live = m.rng.IntN(2) == 0
			s.Events = pick(m.rng, [][]string{nil, {"task.*"}, {"approval.*", "delivery.failed", "destination.off"}})
		})
		return
	}
	if m.rng.IntN(4) == 0 {
		if err := m.ledger.Unsubscribe(m.t.Context(), s.ID, time.Now()); err != nil {
			m.t.Fatal(err)
		}
		m.notifier.Poke([]notify.Lane{{ID: s.Address.Lane(), Address: s.Address}})
		return
	}
	m.change(s.ID, func(s *notify.Subscription) error {
		switch m.rng.IntN(3) {
		case 0:
			s.Off = pick(m.rng, []string{"", "enough"})
		case 1:
			s.Live = !s.Live
		case 2:
			s.Address.To += "'"
		}
		return nil
	})
}

func (m *model) change(id notify.SubscriptionID, fn func(*notify.Subscription) error) {
	s, err := m.ledger.Change(m.t.Context(), id, fn)
	if err != nil {
		m.t.Fatal(err)
	}
	m.notifier.Poke([]notify.Lane{{ID: s.Address.Lane(), Address: s.Address}})
}

// redrive sends again what did not arrive.
func (m *model) redrive() int {
	n, lanes, err := m.ledger.Redrive(m.t.Context(), notify.LetterQuery{State: notify.Dead}, time.Now(), 24*time.Hour)
	if err != nil {
		m.t.Fatal(err)
	}
	m.notifier.Poke(lanes)
	return n
}

// heal ends all faults, and gives everything time.
func (m *model) heal() {
	m.store.set(0, false)
	m.mend()
	for _, s := range m.all() {
		m.change(s.ID, func(s *notify.Subscription) error { s.Off = ""; return nil })
	}
	settle(10 * time.Minute)
	m.redrive()
	settle(10 * time.Minute)
}

// checkLetters holds the letters of the ledger against what arrived.
func (m *model) checkLetters() {
	arrived := map[string]bool{}
	for _, far := range m.far {
		for _, a := range far.Arrived() {
			arrived[a.Message.ID] = true
			if a.Times > 1 && a.Message.Card == nil {
				m.t.Errorf("%d times at %v: %s", a.Times, a.To, a.Message.ID)
			}
		}
		overlap(m.t, far)
	}
	states, subs := map[notify.LetterID]notify.State{}, map[notify.SubscriptionID]bool{}
	for _, s := range m.all() {
		subs[s.ID] = true
	}
	for _, l := range m.letters(notify.LetterQuery{Limit: 100_000}) {
		states[l.ID] = l.State
		switch {
		case l.State == notify.Due, l.State == notify.Dead && subs[l.Sub], l.State == notify.Sent && !arrived[string(l.ID)], l.State == notify.Dropped && l.Why == "":
			m.t.Errorf("arrived %v: %+v", arrived[string(l.ID)], l)
		}
	}
	for _, task := range m.tasks {
		events, err := m.events(task)
		if err != nil {
			m.t.Fatal(err)
		}
		for _, e := range events {
			for _, to := range steady {
				s := states[notify.LetterIDOf(notify.SubscriptionID("sub_"+to), task, e.Seq)]
				if s != notify.Sent && (s != notify.Dropped || notify.ClassOf(e.Kind).Urgent() && !m.answered(task, &e)) {
					m.t.Errorf("%s at %s is %q", e.Kind, to, s)
				}
			}
		}
	}
}

// answered reports whether an event is a question that needs no answer any more.
func (m *model) answered(id progress.TaskID, e *progress.Event) bool {
	if e.Kind != progress.ApprovalNeeded {
		return false
	}
	t, err := m.engine.Task(m.t.Context(), id)
	if err != nil {
		m.t.Fatal(err)
	}
	_, asks := t.Asking(e.Data.Approval.ID)
	return !asks
}

func (m *model) events(id progress.TaskID) ([]progress.Event, error) {
	return m.world.store.Events(m.t.Context(), id, 0, 10_000)
}

// checkCards moves every task, at the end by what no event tells, and looks at every
// picture.
func (m *model) checkCards() {
	for _, id := range m.tasks {
		m.do(id, progress.Restart{})
		m.do(id, at(17))
	}
	settle(time.Minute)
	for _, id := range m.tasks {
		m.do(id, at(42))
	}
	settle(20 * time.Second) // less than the time in which what was lost is found
	for _, s := range m.all() {
		if s.Address.Channel != "room" || !s.Live {
			continue
		}
		shown := map[progress.TaskID][]float64{}
		for _, p := range m.far["room"].Shown(s.Address) {
			if p.Card != nil {
				shown[p.Task.ID] = append(shown[p.Task.ID], p.Task.Percent)
			}
		}
		for _, id := range m.tasks {
			same(m.t, fmt.Sprint(id, " at ", s.Address.To), shown[id], []float64{42})
		}
	}
}

// checkRest ends all tasks: nothing stays in memory.
func (m *model) checkRest() {
	for _, id := range m.tasks {
		m.do(id, end)
	}
	settle(2 * time.Minute)
	for _, n := range []*notify.Notifier{m.notifier, m.other} {
		if n == nil {
			continue
		}
		lanes, letters, cards, watched := n.AtHand()
		same(m.t, "at hand", []int{lanes, letters, cards, watched}, []int{0, 0, 0, 0})
	}
}
