package live

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskherald/herald/progress"
)

// topics are those of a hub, guarded by its mu.
type topics map[progress.TaskID]*topic

// give gives up a topic.
func (all topics) give(t *topic) {
	delete(all, t.id)
	t.hear(nil)
}

// topic is one task and who reads it. Everyone seated has been told all up to
// the state that was told last.
type topic struct {
	hub *Hub
	id  progress.TaskID

	full   bool   // guarded by the hub's mu; see audience
	deafen func() // guarded by the hub's mu; nil while nobody reads this task alone

	scripts atomic.Bool // somebody who reads a Script is or was here

	mu      sync.Mutex
	mail    mail
	due     bool // there is mail, or somebody left
	working bool
	ended   int64 // the version at which settled saw that the task has ended

	// Of the goroutine that works.
	told     *progress.Task // nil until it is known
	seats    seats
	failures int // loads in a row
}

// mail is what a topic has to see to.
type mail struct {
	moved     bool            // the task has
	path      []progress.Move // that led there, where it is known and somebody asks for it
	far       bool            // it is not known, as it was another process
	pulse     bool            // a ring may have been lost
	joining   []*seat         // who begins with a snapshot, or with what it missed
	following []*seat         // who begins with what a ring tells of a task that was not there, or had ended
}

func (m *mail) add(o mail) {
	m.moved, m.far, m.pulse = m.moved || o.moved, m.far || o.far, m.pulse || o.pulse
	m.path = append(m.path, o.path...)
	m.path = m.path[max(0, len(m.path)-longestPath):]
	m.joining = append(m.joining, o.joining...)
	m.following = append(m.following, o.following...)
}

// hear listens to a bell, or to none any more. The caller holds the hub's mu.
func (t *topic) hear(b Bell) {
	switch {
	case b != nil && t.deafen == nil:
		t.deafen = b.Listen(t.id, t.ring)
	case b == nil && t.deafen != nil:
		t.deafen()
		t.deafen = nil
	}
}

// ring hears of this task. What is told twice does a Script no harm; what is left
// to an audience that leaves would be lost to it.
func (t *topic) ring(m progress.Moved) {
	if t.scripts.Load() || !t.hub.audience.rung.Load() {
		t.wake(mailOf(t, m))
	}
}

// mailOf is the mail of a ring.
func mailOf(t *topic, m progress.Moved) mail {
	if !t.scripts.Load() {
		return mail{moved: true}
	}
	return mail{moved: true, path: m.Path, far: m.Path == nil}
}

// wake gives the topic mail, and a goroutine if it has none.
func (t *topic) wake(m mail) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mail.add(m)
	t.due = true
	if !t.working {
		t.working = t.hub.crew.start(t.work)
	}
}

// work sees to the mail until there is none.
func (t *topic) work() {
	for t.hub.crew.open() {
		m, ok := t.next()
		if !ok {
			if t.rest() {
				return
			}
			continue
		}
		if err := guarded(func() error { return t.round(t.hub.crew.ctx, &m) }); err != nil {
			t.fail(m, err)
			continue
		}
		t.failures = 0
		runtime.Gosched() // those who write come first: what they have not written yet would only be superseded
	}
}

func (t *topic) next() (m mail, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m, ok = t.mail, t.due
	t.mail, t.due = mail{}, false
	return m, ok
}

// rest ends the work, unless mail has come. A topic that nobody reads is given
// up. Under the hub's mu no ring and no reader comes in between.
func (t *topic) rest() bool {
	nobody := len(t.seats) == 0
	if nobody {
		t.hub.mu.Lock()
		defer t.hub.mu.Unlock()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.due {
		return false
	}
	t.working = false
	if nobody && t.hub.topics[t.id] == t {
		t.hub.topics.give(t)
	}
	return true
}

// settled reports whether the task has ended and has not moved since that was
// asked before, and all who read it alone know. Nobody works at it then.
func (t *topic) settled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	alone := func(s *seat) bool { return s.member.single() }
	if t.working || t.due || t.told == nil || !t.told.Status.Ended() || t.seats.anyone(alone) {
		return false
	}
	before := t.ended
	t.ended = t.told.Version
	return t.ended == before
}

// round brings everyone seated to the task's present state, and seats who waits.
func (t *topic) round(ctx context.Context, m *mail) error {
	if err := t.follow(ctx, m); err != nil {
		return err
	}
	now, err := t.look(ctx, m)
	if err != nil {
		return err
	}
	n, err := t.newsOf(ctx, now, m)
	if err != nil {
		return err
	}
	t.seats = slices.DeleteFunc(t.seats, func(s *seat) bool { return !s.tell(n) })
	t.told = now
	for _, s := range m.joining {
		if s.join(ctx, n) {
			t.seats = append(t.seats, s)
		}
	}
	return nil
}

// follow seats those who follow from a ring on. If more has been told already
// they join and are sent what came since. If the task was under way before, they
// have not been told, as an earlier ring is late or lost: they join and are shown
// it.
func (t *topic) follow(ctx context.Context, m *mail) error {
	if len(m.following) == 0 {
		return nil
	}
	seq := m.following[0].from
	from := progress.Task{ID: t.id}
	if t.told != nil && t.told.Seq <= seq {
		from = *t.told
	}
	then, err := state(ctx, &t.hub.o, from, seq)
	if err != nil {
		return err
	}
	if then != nil && then.Seq > 0 && !then.Status.Ended() {
		then = nil
	}
	if t.told == nil {
		t.told = then
	}
	if then != nil && t.told.Seq <= seq {
		t.seats = append(t.seats, m.following...)
		m.following = nil
		return nil
	}
	for _, s := range m.following {
		s.base = then
	}
	m.joining, m.following = append(m.joining, m.following...), nil
	return nil
}

// look is the task as it is, or as it was told if it cannot have moved.
func (t *topic) look(ctx context.Context, m *mail) (*progress.Task, error) {
	alone := func(s *seat) bool { return s.member.single() } // asked for the task just now
	if t.told != nil && !m.moved && !slices.ContainsFunc(m.joining, alone) {
		return t.told, nil
	}
	now, err := t.hub.o.Task(ctx, t.id)
	if err != nil {
		return nil, err
	}
	if t.told != nil && now.Version < t.told.Version {
		return t.told, nil // read before what was told was written
	}
	return &now, nil
}

// fail sees to the mail of a round that failed.
func (t *topic) fail(m mail, err error) {
	_, defect := errors.AsType[*panicked](err)
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		t.clear(m, missing)
	case defect:
		t.hub.o.Log.Error("a task could not be shown", "task", t.id, "error", err)
		t.clear(m, failed)
	default:
		t.hub.o.Log.Warn("a task could not be read; its readers wait", "task", t.id, "error", err)
		t.again(m)
	}
}

// clear ends who reads this task alone, and gives it up for who reads all.
func (t *topic) clear(m mail, e ending) {
	for _, s := range slices.Concat(t.seats, m.joining) {
		if s.member.single() {
			s.member.end(e, true)
		}
	}
	t.told, t.seats = nil, nil
}

// again waits a little, and puts the mail back.
func (t *topic) again(m mail) {
	pause := min(50*time.Millisecond<<min(t.failures, 10), patience)
	t.failures++
	select {
	case <-time.After(pause):
	case <-t.hub.crew.stopping:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	m.moved = true
	m.add(t.mail)
	t.mail, t.due = m, true
}
