package live

import (
	"context"
	"math"

	"github.com/taskherald/herald/progress"
)

// difference makes the lifecycle frames that lead from one state of a task to a
// later one, those after since. whole is false when some of the events are no
// longer kept. Those that are told aloud have their notices.
func difference(ctx context.Context, o *Options, from, now *progress.Task, since int64, aloud bool) (frames []*frame, whole bool, err error) {
	t := *from
	for t.Seq < now.Seq {
		events, err := o.Events(ctx, now.ID, t.Seq, pageSize)
		if err != nil {
			return nil, false, err
		}
		if len(events) == 0 {
			return nil, false, nil
		}
		for i := range events {
			e := &events[i]
			if e.Seq > now.Seq {
				break // of the next round
			}
			if e.Seq != t.Seq+1 {
				return nil, false, nil
			}
			t = progress.Apply(t, *e)
			if e.Seq <= since {
				continue
			}
			f := o.lifecycle(e, &t, now)
			if aloud {
				f.notice = &notice{o: o, event: e, now: now}
			}
			frames = append(frames, f)
		}
	}
	return frames, true, nil
}

// state is a task, given as it once was, as its events tell it up to a seq; nil
// if they are no longer kept.
func state(ctx context.Context, o *Options, t progress.Task, seq int64) (*progress.Task, error) {
	for t.Seq < seq {
		events, err := o.Events(ctx, t.ID, t.Seq, int(min(pageSize, seq-t.Seq)))
		if err != nil {
			return nil, err
		}
		if len(events) == 0 || events[0].Seq != t.Seq+1 {
			return nil, nil
		}
		for _, e := range events {
			t = progress.Apply(t, e)
		}
	}
	if seq > 0 {
		t.Lines = math.MaxInt64 // how many there were is not known
	}
	return &t, nil
}

// catchUp sends a member what it missed, as far as a replay goes, and then lets
// it wait for its seat. A topic is not held up by that.
func catchUp(ctx context.Context, m *member) error {
	h := m.hub
	select {
	case h.replays <- struct{}{}:
		defer func() { <-h.replays }()
	case <-h.crew.stopping:
		return nil
	}
	if m.gone.Load() {
		return nil
	}
	now, err := h.o.Task(ctx, m.sub.Task)
	if err != nil {
		return err
	}
	s := &seat{member: m}
	if since := *m.sub.Since; since <= now.Seq && m.sees(&now) {
		if err := h.replay(ctx, s, &now, since); err != nil {
			return err
		}
	}
	h.seat(s)
	return nil
}

// replay gives a seat what came after a seq. A seat that gets nothing, as the
// events are no longer kept, begins with a snapshot.
func (h *Hub) replay(ctx context.Context, s *seat, now *progress.Task, since int64) error {
	then, err := state(ctx, &h.o, h.past.before(now, since), since)
	if err != nil || then == nil {
		return err
	}
	h.past.keep(then)
	frames, whole, err := difference(ctx, &h.o, then, now, since, false)
	if err == nil && whole {
		s.resume(now, frames)
	}
	return err
}
