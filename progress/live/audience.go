package live

import (
	"context"
	"sync/atomic"

	"github.com/taskherald/herald/progress"
)

// audience are the members that read all tasks. While there are any there is a
// topic for every task that has not ended. A topic is full when all of the
// audience sit in it, or wait to.
type audience struct {
	hub  *Hub
	rung atomic.Bool // the audience hears every ring, so the topics need not

	// Guarded by the hub's mu.
	members map[*member]bool // true once its start is over
	deafen  func()           // ends the hearing; nil while the audience is empty
	finding int              // how many ask for all tasks just now
	past    [2]given         // topics that were given up lately, and before that
}

// given are topics that were given up, and up to which seq the audience was told
// of each.
type given map[progress.TaskID]int64

// seat lets a member wait for a seat in every topic. It hears of all tasks
// before it asks which there are, so that none comes in between.
func (a *audience) seat(ctx context.Context, m *member) error {
	if !a.enter(m) {
		return nil
	}
	if err := a.find(ctx); err != nil {
		return err
	}
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	if _, ok := a.members[m]; ok {
		a.members[m] = true
	}
	return nil
}

// enter takes a member in, and into the topics that are full already.
func (a *audience) enter(m *member) bool {
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	if m.gone.Load() {
		return false
	}
	if a.deafen == nil {
		a.deafen = a.hub.o.Bell.Listen("", a.ring)
		a.rung.Store(true)
	}
	a.members[m] = false
	for _, t := range a.hub.topics {
		if t.full {
			t.wake(mail{joining: []*seat{{member: m}}})
		}
	}
	return true
}

// leave forgets a member, if it is one. The caller holds the hub's mu.
func (a *audience) leave(m *member) {
	if _, ok := a.members[m]; !ok {
		return
	}
	delete(a.members, m)
	last := len(a.members) == 0
	if last {
		a.deafen()
		a.deafen = nil
		a.rung.Store(false)
	}
	for _, t := range a.hub.topics {
		t.wake(mail{moved: last}) // a ring may have been left to the audience
	}
}

// find makes a full topic of every task that has not ended.
func (a *audience) find(ctx context.Context) error {
	a.hub.mu.Lock()
	a.finding++
	a.hub.mu.Unlock()
	tasks, err := a.hub.o.Live(ctx)
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	for i := range tasks {
		a.found(&tasks[i])
	}
	a.finding--
	return err
}

// found makes a full topic of a task. What has moved since it was read has a
// topic already, or had one: then it is read again. The caller holds the hub's
// mu.
func (a *audience) found(now *progress.Task) {
	t, ok := a.hub.topics[now.ID]
	if !ok && a.wants(now.Spec.Kind) {
		t = a.hub.topic(now.ID)
		if _, had := a.told(now.ID); !had {
			t.told = now // nobody is at it yet
		}
	}
	if t != nil && !t.full {
		a.fill(t, nil)
	}
}

// give notes that a topic is given up. The caller holds the hub's mu.
func (a *audience) give(t *topic) {
	seq, _ := a.told(t.id)
	if t.full && t.told != nil {
		seq = max(seq, t.told.Seq)
	}
	if len(a.members) > 0 {
		a.past[0][t.id] = seq
	}
}

// told is up to which seq the audience was told of a task whose topic was given
// up lately. The caller holds the hub's mu.
func (a *audience) told(id progress.TaskID) (seq int64, ok bool) {
	for _, g := range a.past {
		if seq, ok = g[id]; ok {
			return seq, true
		}
	}
	return 0, false
}

// forget forgets the topics that were given up two calls ago.
func (a *audience) forget() {
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	if a.finding == 0 {
		a.past = [2]given{{}, a.past[0]}
	}
}

// wants reports whether any member reads tasks of the kind. The caller holds
// the hub's mu.
func (a *audience) wants(kind string) bool {
	for m := range a.members {
		if k := m.sub.Filter.Kind; k == "" || k == kind {
			return true
		}
	}
	return false
}

// fill lets the audience wait for seats in a topic. Who has started hears of a
// task that a ring is the first to tell of from that ring on; anyone else begins
// with a snapshot. The caller holds the hub's mu.
func (a *audience) fill(t *topic, rung *progress.Moved) {
	t.full = true
	m := mail{moved: rung != nil}
	from, _ := a.told(t.id)
	if rung != nil {
		from = max(from, rung.Seq) // the ring may be late
	}
	for reader, started := range a.members {
		s := &seat{member: reader}
		if started && rung != nil {
			s.shown, s.from = true, from
			m.following = append(m.following, s)
		} else {
			m.joining = append(m.joining, s)
		}
	}
	t.wake(m)
}

// ring hears of every task.
func (a *audience) ring(moved progress.Moved) {
	if a.ringFull(moved.Task) {
		return
	}
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	t, old := a.hub.topics[moved.Task]
	switch {
	case old && t.full:
		t.wake(mail{moved: true})
	case old || a.wants(moved.Kind):
		a.fill(a.hub.topic(moved.Task), &moved)
	}
}

// ringFull rings a topic that is full, as nearly all are. The topic cannot be
// given up in between.
func (a *audience) ringFull(id progress.TaskID) bool {
	a.hub.mu.RLock()
	defer a.hub.mu.RUnlock()
	t, ok := a.hub.topics[id]
	if !ok || !t.full {
		return false
	}
	t.wake(mail{moved: true})
	return true
}
