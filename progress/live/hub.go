package live

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskherald/herald/progress"
)

// Hub sends tasks to readers as they move. Its methods may be called from any
// goroutine.
type Hub struct {
	o       Options
	crew    *crew
	pulse   pulse
	replays chan struct{} // holds a token for each replay that is under way
	past    past
	writers writers

	mu       sync.RWMutex // taken before that of a topic, which is before that of a queue
	topics   topics
	members  map[*member]struct{}
	audience audience
	closed   [reasons]int64 // readers, by why they ended

	frames atomic.Int64 // that were sent
}

// New makes a hub. It runs nothing until somebody reads.
func New(o Options) *Hub {
	h := &Hub{
		o: o.orDefaults(), crew: newCrew(), replays: make(chan struct{}, replayers),
		topics: topics{}, members: map[*member]struct{}{},
	}
	h.pulse.hub = h
	h.audience = audience{hub: h, members: map[*member]bool{}}
	return h
}

// Close ends every reader with 1001 and waits until all have gone, a few
// seconds at most, or as long as a write may wait. Later readers are turned away
// with 1001. The store must stay open until then.
func (h *Hub) Close() {
	h.crew.close()
	for _, m := range h.readers() {
		m.end(away, false)
	}
	late := time.AfterFunc(closeWait, func() {
		h.crew.cancel() // a store that stands still is not waited for
		for _, m := range h.readers() {
			m.drop()
		}
	})
	defer late.Stop()
	h.crew.wait()
	h.writers.dismiss(true)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.topics {
		t.hear(nil) // nobody works there any more
	}
	clear(h.topics)
}

// readers are all members.
func (h *Hub) readers() []*member {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Keys(h.members))
}

// enter takes a member in and starts it; its connection has to leave. It reports
// false when the hub is closed.
func (h *Hub) enter(m *member) bool {
	h.mu.Lock()
	if !h.crew.enter() {
		h.mu.Unlock()
		return false
	}
	h.members[m] = struct{}{}
	h.pulse.keep()
	h.mu.Unlock()
	h.start(m)
	return true
}

// leave forgets a member.
func (h *Hub) leave(m *member) {
	defer h.crew.leave()
	m.gone.Store(true)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.members, m)
	h.closed[m.queue.reason()]++
	if m.topic != nil {
		m.topic.wake(mail{})
	}
	h.audience.leave(m)
}

// start brings a member to what it reads.
func (h *Hub) start(m *member) {
	switch {
	case !m.single():
		h.crew.start(func() { m.attempt(h.audience.seat) })
	case m.sub.Since != nil:
		h.crew.start(func() { m.attempt(catchUp) })
	default:
		h.seat(&seat{member: m})
	}
}

// seat lets a member of one task wait for its seat.
func (h *Hub) seat(s *seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.member.gone.Load() {
		return // its topic would never hear that it left
	}
	t := h.topic(s.member.sub.Task)
	t.hear(h.o.Bell)
	s.member.topic = t
	if s.member.sub.Script != nil {
		t.scripts.Store(true)
	}
	t.wake(mail{joining: []*seat{s}})
}

// topic is that of a task, made if there is none. The caller holds mu.
func (h *Hub) topic(id progress.TaskID) *topic {
	t := h.topics[id]
	if t == nil {
		t = &topic{hub: h, id: id}
		h.topics[id] = t
	}
	return t
}

// topicsNow are all topics.
func (h *Hub) topicsNow() []*topic {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Values(h.topics))
}

// topicOf is the topic of a member that reads one task, nil before it is seated.
func (h *Hub) topicOf(m *member) *topic {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return m.topic
}

// Recheck asks at once whether the credentials of all readers are still good,
// as every round of pings does: call it after one was revoked. It gives up when
// ctx ends.
func (h *Hub) Recheck(ctx context.Context) {
	all := false
	for _, m := range h.readers() {
		if !m.recheck(ctx) {
			continue
		}
		if t := h.topicOf(m); t != nil {
			t.wake(mail{})
		}
		all = all || !m.single()
	}
	if all {
		spread(h.topicsNow(), func(t *topic) { t.wake(mail{}) })
	}
}
