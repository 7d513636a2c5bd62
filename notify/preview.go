package notify

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
)

// Preview is who would be told of an event at a moment and who would not, and what would
// happen while nobody decides, if it asks. Nothing is written. The event and its task need
// not exist.
func (n *Notifier) Preview(ctx context.Context, t *progress.Task, e *progress.Event, at time.Time) (Trace, *Chain, error) {
	b := newBatch(n, nil)
	b.at = at
	var err error
	if b.roll, err = n.rolls.list(ctx, n.now()); err != nil {
		return Trace{}, nil, err
	}
	c, err := b.caseOf(ctx, t, e)
	if err != nil {
		return Trace{}, nil, err
	}
	r := round{task: t, event: e, at: at}
	for _, d := range Route(c) {
		b.decided(d, &r)
	}
	out := Trace{Task: t.ID, Seq: e.Seq, At: at, Kind: e.Kind, Rows: r.rows}
	if ch, ok := freeze(c, n.Remind); ok {
		return out, &ch, nil
	}
	return out, nil, nil
}

// Concerns reports whether somebody is called to the screen for an event: it is theirs or
// asks them, and they want to hear of it now.
func (n *Notifier) Concerns(t *progress.Task, e *progress.Event, who progress.Actor) bool {
	if !Concerns(t, e, who) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), troublePause)
	defer cancel()
	now := n.now()
	r, err := n.rolls.handy(ctx, now)
	if err != nil || r == nil {
		return true
	}
	m, class := r.manner(who.Person), ClassOf(e.Kind)
	_, hushed := m.Hush(class, m.Reader.Zone, now)
	return !hushed && m.way(Browser, class) != WayOff && m.muted(t, class, now) == nil
}
