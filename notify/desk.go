package notify

import (
	"context"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// desk has the lanes that have something to do. It is open while this node holds the
// lease.
type desk struct {
	*Notifier

	door    sync.Mutex
	lanes   map[LaneID]*lane
	watched map[progress.TaskID]map[view]bool // what shows the task
	ended   map[LetterID]bool                 // settled since a round of dispatch began; nil between them
	budgets map[string]*Budget
	bars    *bars
	since   time.Time // of the term; what was written before may have been sent
	ctx     context.Context
	stop    context.CancelFunc // ends the lanes after the turn that is under way
	hard    context.Context
	cut     context.CancelFunc // ends what is under way
	crew    sync.WaitGroup
}

// view is a card at its lane.
type view struct {
	*lane
	card CardID
}

func newDesk(n *Notifier) *desk { return &desk{Notifier: n} }

// open begins to take work.
func (d *desk) open() {
	d.door.Lock()
	defer d.door.Unlock()
	d.lanes, d.watched = map[LaneID]*lane{}, map[progress.TaskID]map[view]bool{}
	d.budgets, d.bars, d.since = map[string]*Budget{}, &bars{log: d.Log, end: map[string]time.Time{}}, d.now()
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.hard, d.cut = context.WithCancel(context.Background())
}

// close lets calls under way end, for as long as stopPatience lasts and the lease is held, and
// forgets everything.
func (d *desk) close(held context.Context) {
	d.door.Lock()
	d.stop()
	d.lanes, d.watched, d.ended = nil, nil, nil
	d.door.Unlock()
	gone := make(chan struct{})
	go func() { d.crew.Wait(); close(gone) }()
	ctx, cancel := context.WithTimeout(held, stopPatience)
	defer cancel()
	select {
	case <-gone:
	case <-ctx.Done():
		d.Log.Warn("calls to channels were cut off; what they carried is sent again after the next start")
	}
	d.cut()
	<-gone
}

// expect begins a round of dispatch. A lane that asks the store may find the letters
// of the round, and settle them, before they are handed to it.
func (d *desk) expect() {
	d.door.Lock()
	defer d.door.Unlock()
	d.ended = map[LetterID]bool{}
}

// settled notes that a letter is settled.
func (d *desk) settled(id LetterID) {
	d.door.Lock()
	defer d.door.Unlock()
	if d.ended != nil {
		d.ended[id] = true
	}
}

// take hands letters and marks that were just written to their lanes.
func (d *desk) take(b *batch) {
	d.door.Lock()
	defer d.door.Unlock()
	ended := d.ended
	if d.ended = nil; d.lanes == nil {
		return
	}
	addresses := make(map[LaneID]Lane, len(b.Lanes))
	for _, l := range b.Lanes {
		addresses[l.ID] = l
	}
	for i := range b.Letters {
		if l := &b.Letters[i]; l.State == Due && !ended[l.ID] {
			d.lane(addresses[l.Lane]).accept(parcel{Letter: *l, event: b.events[l.ID]})
		}
	}
	for i := range b.Marks {
		m := &b.Marks[i]
		d.lane(addresses[m.Lane]).raise(*m, urgentNow(b.tasks[m.Task]))
	}
}

// urgentNow reports whether a picture of the task as it is passes others.
func urgentNow(t *progress.Task) bool {
	return t != nil && (t.Status.Ended() || t.Status == progress.Waiting)
}

// poke has lanes look for letters and cards in the store; open is false when they are
// not here.
func (d *desk) poke(lanes []Lane) (open bool) {
	d.rolls.stale()
	d.door.Lock()
	defer d.door.Unlock()
	if d.lanes == nil {
		return false
	}
	for _, l := range lanes {
		d.lane(l).refill()
	}
	return true
}

// lane finds a lane, or makes one that begins with what the store has. The desk is
// locked.
func (d *desk) lane(stored Lane) *lane {
	l, ok := d.lanes[stored.ID]
	if !ok {
		l = newLane(d, stored)
		d.lanes[stored.ID] = l
	}
	return l
}

// watch notes that a lane's card shows a task. A board moves with the cards of its lane. The
// desk is locked.
func (d *desk) watch(l *lane, c *Card) {
	if d.lanes == nil || c.isBoard() {
		return
	}
	if d.watched[c.Task] == nil {
		d.watched[c.Task] = map[view]bool{}
	}
	d.watched[c.Task][view{l, c.ID}] = true
}

func (d *desk) unwatch(l *lane, c *Card) {
	d.door.Lock()
	defer d.door.Unlock()
	if delete(d.watched[c.Task], view{l, c.ID}); len(d.watched[c.Task]) == 0 {
		delete(d.watched, c.Task)
	}
}

// moved raises the cards of a task. It is called for everything that moves, and
// must be quick.
func (d *desk) moved(m progress.Moved) {
	d.door.Lock()
	defer d.door.Unlock()
	if len(d.watched[m.Task]) == 0 {
		return
	}
	version, urgent := int64(0), m.Status.Ended()
	for i := range m.Path {
		version = m.Path[i].Now.Version
		for k := range m.Path[i].Events {
			urgent = urgent || m.Path[i].Events[k].Seq > 0 && ClassOf(m.Path[i].Events[k].Kind).Urgent()
		}
	}
	for v := range d.watched[m.Task] {
		v.tick(v.card, version, urgent)
	}
}

// reconcile raises the cards of tasks that moved without being heard.
func (d *desk) reconcile(ctx context.Context) {
	d.door.Lock()
	tasks := make([]progress.TaskID, 0, len(d.watched))
	for t := range d.watched {
		tasks = append(tasks, t)
	}
	d.door.Unlock()
	for _, id := range tasks {
		t, err := d.Tasks.Task(ctx, id)
		if err != nil && progress.CodeOf(err) != progress.NotFound {
			return // the next round looks again
		}
		d.door.Lock()
		for v := range d.watched[id] {
			v.tick(v.card, t.Version, err != nil || t.Status.Ended())
		}
		d.door.Unlock()
	}
}

// rest forgets a lane that has nothing to do and no cards; ok is false if something
// came meanwhile.
func (d *desk) rest(l *lane) (ok bool) {
	d.door.Lock()
	defer d.door.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.idle() {
		return false
	}
	l.running = false
	if len(l.cards) == 0 && d.lanes[l.ID] == l {
		delete(d.lanes, l.ID)
	}
	return true
}

// budget is that of an account.
func (d *desk) budget(p Pace) *Budget {
	if p.Account == "" {
		return NewBudget(Allowance{})
	}
	if d.budgets[p.Account] == nil {
		d.budgets[p.Account] = NewBudget(p.Budget)
	}
	return d.budgets[p.Account]
}
