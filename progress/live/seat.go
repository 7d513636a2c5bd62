package live

import (
	"context"
	"slices"

	"github.com/taskherald/herald/progress"
)

// seat is a member in a topic. It belongs to the goroutine that works there.
type seat struct {
	member *member
	from   int64  // lifecycle frames up to this seq are not for it
	shown  bool   // the member knows how the task stands, or has to, and may see it
	ticks  []node // of the progress frames that wait; made for the first
	turn   int    // how many there have been
	heard  *order // the newest directive that it was told, nil for none

	// Of one whose reader reads a Script.
	at   *progress.Task // how it knows the task
	late int64          // the version at the last round of the pulse

	// Of one that resumes.
	base   *progress.Task // up to which it was sent what it missed
	missed bool           // that was something
}

// seats are those that are taken in a topic.
type seats []*seat

// anyone reports whether somebody fits who is shown the task.
func (all seats) anyone(fits func(*seat) bool) bool {
	return slices.ContainsFunc(all, func(s *seat) bool { return s.shown && fits(s) })
}

// tell brings the seat from what was told to the news. It reports whether the
// seat is still taken.
func (s *seat) tell(n *news) bool {
	m := s.member
	if m.gone.Load() {
		return false
	}
	switch sees := m.sees(n.now); {
	case !sees && m.single():
		m.end(hidden, true)
		return false
	case !sees:
		s.shown = false
		return true
	case m.sub.Script != nil:
		return s.perform(n)
	case !s.shown || n.gap:
		return s.begin(n)
	}
	return s.deliver(n)
}

// deliver queues the news. The terminal frame, with its notice, is the last for who
// reads one task, even if the task has gone on already.
func (s *seat) deliver(n *news) bool {
	m, place := s.member, n.place()
	s.events(n.life[:place])
	if m.sub.Logs {
		for _, f := range n.lines {
			m.send(f)
		}
	}
	s.direct(n)
	if place < len(n.life) && m.single() {
		n.life[place].to(m)
		m.end(done, false)
		return false
	}
	s.events(n.life[place:])
	if n.tick != nil {
		s.tick(n.tick)
	}
	return true
}

// tick queues a progress frame, in place of the oldest that waits if there are
// as many as may. One that is written with others costs next to nothing, so who
// is only a little late misses none; who reads all has one a task.
func (s *seat) tick(f *frame) {
	if s.ticks == nil {
		s.ticks = make([]node, s.member.mostTicks())
	}
	s.member.put(&s.ticks[s.turn%len(s.ticks)], f, true)
	s.turn++
}

// events queues the lifecycle frames that are for the seat.
func (s *seat) events(life []*frame) {
	for _, f := range life {
		if f.seq > s.from {
			f.to(s.member)
		}
	}
}

// join seats who waited. It reports whether the seat is taken.
func (s *seat) join(ctx context.Context, n *news) bool {
	m := s.member
	switch sees := m.sees(n.now); {
	case m.gone.Load():
		return false
	case !sees && m.single():
		m.end(hidden, true)
		return false
	case !sees:
		s.shown = false
		return true
	case s.base != nil:
		return s.rejoin(ctx, n)
	case m.sub.Script != nil:
		return s.open(n.now)
	}
	return s.begin(n)
}

// begin shows the task as it is. Who reads all is not shown tasks that ended
// before, but hears what becomes of them.
func (s *seat) begin(n *news) bool {
	m, ended := s.member, n.now.Status.Ended()
	quiet := ended && !m.single() && !s.shown
	s.shown, s.from = true, n.now.Seq
	if quiet {
		return true
	}
	var last *frame
	if ended {
		last = terminal(n.now)
	}
	m.begin(n.snapshot(&m.hub.o))
	s.direct(&news{now: n.now})
	if last != nil {
		m.begin(last)
	}
	return !s.over(ended)
}

// over ends a member whose one task has ended.
func (s *seat) over(ended bool) bool {
	if ended && s.member.single() {
		s.member.end(done, false)
		return true
	}
	return false
}

// resume sends what a member missed up to a state of the task.
func (s *seat) resume(now *progress.Task, frames []*frame) {
	s.base, s.missed = now, len(frames) > 0
	for _, f := range frames {
		s.member.begin(f)
	}
}

// rejoin sends what came after resume, and how it stands.
func (s *seat) rejoin(ctx context.Context, n *news) bool {
	m, base := s.member, s.base
	s.base = nil
	frames, whole, err := difference(ctx, &m.hub.o, base, n.now, base.Seq, false)
	switch {
	case err != nil:
		m.end(failed, true)
		return false
	case !whole:
		return s.begin(n)
	}
	for _, f := range frames {
		m.begin(f)
	}
	now := n.now
	if now.Version < base.Version {
		now = base // it was read later
	}
	s.shown, s.from = true, now.Seq
	ended := now.Status.Ended()
	if !ended || (!s.missed && len(frames) == 0) {
		m.begin(m.hub.o.ticked(now, now))
	}
	if s.over(ended) {
		return false
	}
	s.direct(&news{now: now})
	return true
}

// direct tells a worker what it has to do now, if that is new to it: each wish
// once, and what follows from the task's state once while it lasts.
func (s *seat) direct(n *news) {
	o := s.order(n.now)
	if o != nil && (s.heard == nil || *s.heard != *o) {
		s.member.send(controlled(n.aside(), *o, stepOf(o.Step, n.now, n.now)))
	}
	s.heard = o
}

// order is what the seat's worker has to do now, nil for nothing. A completed
// task says so itself.
func (s *seat) order(now *progress.Task) *order {
	name := s.member.sub.Worker
	if name == "" || now.Status == progress.Completed {
		return nil
	}
	if _, known := now.Workers[name]; !known && !s.member.single() {
		return nil // of all the tasks those are meant that it works on
	}
	d := progress.Direct(*now, *now, progress.Command{Task: now.ID, Do: progress.Heartbeat{Worker: name}})
	if d.Control == progress.ControlNone {
		return nil
	}
	o := &order{Directive: d, run: now.Run, attempt: now.Attempt}
	if d == (progress.Directive{Control: now.Wish.Control, Step: now.Wish.Step}) {
		o.wish = now.Wish.Seq
	}
	return o
}
