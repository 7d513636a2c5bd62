package live

import "github.com/taskherald/herald/progress"

// Script is how another face tells of a task. Its reader is sent what it says
// instead of frames, for every change that was committed here, one by one; of
// those that were committed elsewhere, and were many at once, for the last.
// Its methods are called by one goroutine at a time and must not block.
type Script interface {
	// Begin is what a reader is told at its start.
	Begin(now *progress.Task) []Message

	// Then is what it is told when the task moves from one state to the next. The
	// reader is closed after the end of a run.
	Then(was, now *progress.Task) []Message

	// Trouble is what it is told before it is closed for another reason.
	Trouble(text string) Message
}

// Message is what a reader of a Script is sent: one JSON document. One that
// ticks may be left out where many wait, as the next makes up for it.
type Message struct {
	JSON  []byte
	Ticks bool
}

func (m Message) frame() *frame {
	header := textHeader(len(m.JSON))
	wire := append(header, m.JSON...)
	return &frame{kind: "message", wire: wire, json: wire[len(header):]}
}

// mostSaid is how many messages that tick may wait for a reader of a Script.
const mostSaid = 512

// longestPath is how many moves are kept for a topic that is behind; of those
// before only what they led to is told.
const longestPath = 4096

// states are those through which a task went on from one, along its path. They
// end with now, unless that is nil.
func states(from *progress.Task, path []progress.Move, now *progress.Task) []*progress.Task {
	var out []*progress.Task
	at := from
	for i := range path {
		m := &path[i]
		if m.Now.Version <= at.Version {
			continue
		}
		if last := lastTick(m); last != nil {
			out = append(out, last)
		}
		out = append(out, m.Now)
		at = m.Now
	}
	if now != nil && at.Version < now.Version {
		out = append(out, now)
	}
	return out
}

// lastTick is the task before a move that ended it, with what the same report
// said of its percent; nil if there was no such word.
func lastTick(m *progress.Move) *progress.Task {
	if !m.Now.Status.Ended() || m.Was.Status.Ended() {
		return nil
	}
	t, last := *m.Was, (*progress.Task)(nil)
	for _, e := range m.Events {
		t = progress.Apply(t, e)
		if e.Kind == progress.Ticked && !t.Status.Ended() {
			said := t
			last = &said
		}
	}
	return last
}

// perform tells the seat's reader what became of the task. It follows the path,
// behind which the task as it is may be ahead: the ring of that is yet to come.
// It reports whether the seat is still taken.
func (s *seat) perform(n *news) bool {
	for _, now := range states(s.at, n.path, s.ahead(n)) {
		for _, m := range s.member.sub.Script.Then(s.at, now) {
			s.say(m)
		}
		if s.over(now.Status.Ended()) {
			return false
		}
		s.at = now
	}
	return true
}

// ahead is the task as it is, if nothing else tells how it came to be so: it is
// so elsewhere, or has been since the pulse before, and the ring was lost.
func (s *seat) ahead(n *news) *progress.Task {
	lost := n.pulse && s.at.Version < s.late
	if n.pulse {
		s.late = n.now.Version
	}
	if n.far || lost {
		return n.now
	}
	return nil
}

// say queues a message.
func (s *seat) say(m Message) {
	if m.Ticks {
		s.tick(m.frame())
		return
	}
	s.member.send(m.frame())
}

// open tells a reader how the task stands when it comes.
func (s *seat) open(now *progress.Task) bool {
	s.shown, s.at = true, now
	for _, m := range s.member.sub.Script.Begin(now) {
		s.member.begin(m.frame())
	}
	return !s.over(now.Status.Ended())
}
