package live

import (
	"context"
	"slices"

	"github.com/taskherald/herald/progress"
)

// news is what a topic has to tell in a round: the frames that all who are
// seated share.
type news struct {
	was, now *progress.Task // was is nil if nothing was told before
	lines    []*frame       // for who reads the log
	life     []*frame
	tick     *frame          // nil if nothing ticked
	gap      bool            // the events in between are gone: a snapshot has to do
	whole    *frame          // the snapshot, once somebody needs it
	path     []progress.Move // that led to now, for who reads a Script
	far      bool            // there is more than the path tells
	pulse    bool            // there may be
}

// newsOf makes the frames that lead from what was told to the task as it is.
func (t *topic) newsOf(ctx context.Context, now *progress.Task, m *mail) (*news, error) {
	n := &news{was: t.told, now: now, path: m.path, far: m.far, pulse: m.pulse}
	if n.was == nil || n.was == now {
		return n, nil
	}
	if !t.seats.anyone(func(s *seat) bool { return s.member.sub.Script == nil }) {
		return n, nil
	}
	aloud := n.was.Seq < now.Seq && t.seats.aloud(&t.hub.o)
	life, whole, err := difference(ctx, &t.hub.o, n.was, now, n.was.Seq, aloud)
	if err != nil {
		return nil, err
	}
	n.life, n.gap = life, !whole
	if n.lines, err = t.linesOf(ctx, n); err != nil {
		return nil, err
	}
	if whole && n.ticked() {
		n.tick = t.hub.o.ticked(n.was, now)
	}
	return n, nil
}

// aloud reports whether anybody is told in words what happens.
func (all seats) aloud(o *Options) bool {
	return o.Notice != nil && o.Concerns != nil && all.anyone(func(s *seat) bool { return s.member.sub.Notices })
}

// linesOf makes the log frames, if anybody wants them.
func (t *topic) linesOf(ctx context.Context, n *news) ([]*frame, error) {
	var out []*frame
	last := n.was.Lines
	if last >= n.now.Lines || !t.seats.anyone(func(s *seat) bool { return s.member.sub.Logs }) {
		return nil, nil
	}
	for last < n.now.Lines {
		lines, err := t.hub.o.Lines(ctx, t.id, last, int(min(pageSize, n.now.Lines-last)))
		if err != nil {
			return nil, err
		}
		lines = slices.DeleteFunc(lines, func(l progress.LogLine) bool { return l.N > n.now.Lines }) // of the next round
		if len(lines) == 0 {
			break // they are no longer kept
		}
		out = append(out, logged(n.aside(), lines))
		last = lines[len(lines)-1].N
	}
	return out, nil
}

// place is where that stands which is no event, lines and directives: before the
// first terminal frame, because that is the last of many readers, else after all
// events.
func (n *news) place() int {
	for i, f := range n.life {
		if f.ends {
			return i
		}
	}
	return len(n.life)
}

// aside is the task as a frame at that place may show it. Its seq is that of the
// event before: whoever resumes after the frame must miss none.
func (n *news) aside() *progress.Task {
	t := *n.now
	switch i := n.place(); {
	case i > 0:
		t.Seq, t.Version = n.life[i-1].seq, n.life[i-1].version
	case n.was != nil && !n.gap:
		t.Seq, t.Version = n.was.Seq, n.was.Version
	}
	return &t
}

// ticked reports whether the lifecycle frames do not say it all.
func (n *news) ticked() bool {
	told := n.was.Version
	if len(n.life) > 0 {
		told = n.life[len(n.life)-1].version
	}
	return !n.now.Status.Ended() && (n.now.Version > told || n.now.Percent != n.was.Percent)
}

// snapshot is the task as it is.
func (n *news) snapshot(o *Options) *frame {
	if n.whole == nil {
		n.whole = o.snapshot(n.now)
	}
	return n.whole
}
