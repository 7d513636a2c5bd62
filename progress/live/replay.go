package live

import (
	"context"
	"math"

	"github.com/taskherald/herald/progress"
)

// difference makes the lifecycle frames that lead from one state of a task to a
// later one, those after since. whole is false when some of the events are no
// longer kept.
func difference(ctx context.Context, o *Options, from, now *progress.Task, since int64) (frames []*frame, whole bool, err error) {
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
			if e.Seq > since {
				frames = append(frames, lifecycle(e, &t, now))
			}
		}
	}
	return frames, true, nil
}

// state is a task as its events tell it up to a seq; nil if they are no longer
// kept.
func state(ctx context.Context, o *Options, id progress.TaskID, seq int64) (*progress.Task, error) {
	t := progress.Task{ID: id}
	for t.Seq < seq {
		events, err := o.Events(ctx, id, t.Seq, int(min(pageSize, seq-t.Seq)))
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
	h.replays <- struct{}{}
	defer func() { <-h.replays }()
	now, err := h.o.Task(ctx, m.sub.Task)
	if err != nil {
		return err
	}
	s := &seat{member: m}
	if since := *m.sub.Since; since <= now.Seq && m.sees(&now) {
		frames, whole, err := difference(ctx, &h.o, &progress.Task{ID: now.ID}, &now, since)
		if err != nil {
			return err
		}
		if whole {
			s.resume(&now, frames)
		}
	}
	h.seat(s)
	return nil
}
