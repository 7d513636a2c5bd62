package live

import (
	"context"
	"sync/atomic"

	"github.com/taskherald/herald/progress"
)

// audience are the members that read all tasks. While there are any there is a
// topic for every task that has not ended, and for a while of every one that has:
// a ring that is late, or a list of tasks that is old, finds who sits there and
// what they have been told. A topic is full when all of the audience sit in it,
// or wait to.
type audience struct {
	hub  *Hub
	rung atomic.Bool // the audience hears every ring, so the topics need not

	// Guarded by the hub's mu.
	members map[*member]bool // true once its start is over
	deafen  func()           // ends the hearing; nil while the audience is empty
}

// seat lets a member wait for a seat in every topic. It hears of all tasks
// before it asks which there are, so that none comes in between.
func (a *audience) seat(ctx context.Context, m *member) error {
	if !a.enter(m) {
		return nil
	}
	tasks, err := a.hub.o.Live(ctx)
	if err != nil {
		return err
	}
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	if _, ok := a.members[m]; ok { // else topics may have been given up since
		a.found(tasks, m.wants)
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
	first := a.deafen == nil
	if first {
		a.deafen = a.hub.o.Bell.Listen("", a.ring)
		a.rung.Store(true)
	}
	a.members[m] = false
	for _, t := range a.hub.topics {
		switch {
		case t.full:
			t.wake(mail{moved: first, joining: []*seat{{member: m}}}) // unheard, as nobody was there
		case first:
			t.wake(mail{moved: true}) // a ring that began before may be left to the audience
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

// look looks for tasks that the audience has not been told of. Only the pulse
// may, which forgets none meanwhile.
func (a *audience) look(ctx context.Context) error {
	tasks, err := a.hub.o.Live(ctx)
	if err != nil {
		return err
	}
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	a.found(tasks, a.wants)
	return nil
}

// found makes full topics of tasks that had not ended when they were read, of
// kinds that were wanted then. What has moved since has a topic already. The
// caller holds the hub's mu.
func (a *audience) found(tasks []progress.Task, wanted func(kind string) bool) {
	for i := range tasks {
		now := &tasks[i]
		t, ok := a.hub.topics[now.ID]
		switch {
		case ok && !t.full:
			a.fill(t, mail{moved: true}, nil)
		case !ok && wanted(now.Spec.Kind):
			t = a.hub.topic(now.ID)
			t.told = now // nobody is at it yet
			a.fill(t, mail{}, nil)
		}
	}
}

// forget gives up the topics of tasks that had ended at the last call already.
// Not while a member starts: its list of tasks may be older, and it goes on only
// where it sits.
func (a *audience) forget() {
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	for _, started := range a.members {
		if !started {
			return
		}
	}
	for _, t := range a.hub.topics {
		if t.settled() {
			a.hub.topics.give(t)
		}
	}
}

// wants reports whether any member reads tasks of the kind. The caller holds
// the hub's mu.
func (a *audience) wants(kind string) bool {
	for m := range a.members {
		if m.wants(kind) {
			return true
		}
	}
	return false
}

// fill lets the audience wait for seats in a topic, because of a ring or, with
// none, of a list of tasks. Who has started has been told what there was before:
// it follows from the ring on, or is shown a task of the list whatever has become
// of it. Anyone else is shown what has not ended. The caller holds the hub's mu.
func (a *audience) fill(t *topic, m mail, rung *progress.Moved) {
	t.full = true
	for reader, started := range a.members {
		s := &seat{member: reader, shown: started}
		if started && rung != nil {
			s.from = rung.Seq
			m.following = append(m.following, s)
		} else {
			m.joining = append(m.joining, s)
		}
	}
	t.wake(m)
}

// ring hears of every task.
func (a *audience) ring(moved progress.Moved) {
	if a.ringFull(moved) {
		return
	}
	a.hub.mu.Lock()
	defer a.hub.mu.Unlock()
	t, old := a.hub.topics[moved.Task]
	switch {
	case old && t.full:
		t.wake(mailOf(t, moved))
	case old || a.wants(moved.Kind):
		t = a.hub.topic(moved.Task)
		a.fill(t, mailOf(t, moved), &moved)
	}
}

// ringFull rings a topic that is full, as nearly all are. The topic cannot be
// given up in between.
func (a *audience) ringFull(m progress.Moved) bool {
	a.hub.mu.RLock()
	defer a.hub.mu.RUnlock()
	t, ok := a.hub.topics[m.Task]
	if !ok || !t.full {
		return false
	}
	t.wake(mailOf(t, m))
	return true
}
