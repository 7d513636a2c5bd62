package progress

import (
	"fmt"
	"time"
)

// Cause is why a task does not move, for programs.
type Cause string

// The causes.
const (
	CauseNoWorker Cause = "no_worker" // no worker takes it
	CauseQuiet    Cause = "quiet"     // nothing was heard of its worker for Spec.StallAfter
	CauseOverrun  Cause = "overrun"   // a step takes longer than Plan.Late
)

// The bounds of Spec.StallAfter that people may ask for.
const (
	LeastStallAfter = 30 * time.Second
	MostStallAfter  = 7 * 24 * time.Hour
)

// leastLate is how long a step takes at least before it is late: a second more
// than usual is none that anybody has to hear of.
const leastLate = 30 * time.Second

// BeatEvery is how old the newest contact that the store keeps may become before
// the next is stored: 10 s, less for a task that may be quiet for under a minute.
func BeatEvery(t *Task) time.Duration {
	const most = 10 * time.Second
	if part := t.Spec.StallAfter / 6; part > 0 && part < most {
		return part
	}
	return most
}

// lastWord is when something was heard of the task: by its worker, or by people,
// who may have held it up.
func lastWord(t *Task) time.Time { return later(t.HeartbeatAt, t.UpdatedAt) }

// motion asks of a task whether it moves as it should.
type motion struct{ t *Task }

// quietAt is when a running task will have been quiet for too long, the zero time
// for never. A worker that never sends heartbeats may be quiet for as long as the
// step that it is at is known to take.
func (m motion) quietAt() time.Time {
	if m.t.Status != Running || m.t.Spec.StallAfter <= 0 || m.t.Stalled != "" && m.t.StallCause != CauseOverrun {
		return time.Time{}
	}
	return m.excused(lastWord(m.t).Add(m.t.Spec.StallAfter))
}

func (m motion) excused(at time.Time) time.Time {
	if last := m.t.Steps.total.late.last; last > 0 && !m.t.Beats {
		return later(at, time.UnixMicro(last).UTC())
	}
	return at
}

// lookAt is when a timer looks whether the task is quiet. The contact that is
// stored may be BeatEvery old: by then a newer one is stored, or there was none.
// It is rounded, so that most reports leave it as it is.
func (m motion) lookAt() time.Time {
	at := m.quietAt()
	if at.IsZero() {
		return at
	}
	every := BeatEvery(m.t)
	return m.excused(lastWord(m.t).Add(m.t.Spec.StallAfter + 2*every).Truncate(every))
}

// overrunAt is when the first running step will have taken too long, the zero
// time for never. A step of which that was said already is late again when
// something has moved and then nothing for as long as it takes.
func (m motion) overrunAt() time.Time {
	if m.t.Status != Running || m.t.Stalled != "" {
		return time.Time{}
	}
	var at time.Time
	if first := m.t.Steps.total.late.first; first > 0 {
		at = time.UnixMicro(first).UTC()
	}
	if again := m.t.Steps.total.late.again; again > 0 {
		at = sooner(at, m.t.UpdatedAt.Add(again))
	}
	return at
}

// stallAt is when a timer looks whether a running task still moves.
func (m motion) stallAt() time.Time {
	at := sooner(m.lookAt(), m.overrunAt())
	if at.IsZero() {
		return at
	}
	return later(at, m.t.Spared)
}

// sooner is the earlier of two times that are not zero.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// reached reports whether a time has come, if it ever does.
func reached(when, at time.Time) bool { return !when.IsZero() && !at.Before(when) }

// stall is what there is to say of a running task that does not move; false if it
// does, or if that was said.
func (m motion) stall(at time.Time) (Stall, bool) {
	switch {
	case at.Before(m.t.Spared):
	case reached(m.quietAt(), at):
		return Stall{Cause: CauseQuiet, Reason: "no word from its worker for " + lasting(at.Sub(m.t.HeartbeatAt))}, true
	case reached(m.overrunAt(), at):
		s := m.t.Steps.at(m.lateStep(at))
		return Stall{Cause: CauseOverrun, Step: s.Order, Reason: fmt.Sprintf(
			"step %q has taken %s, longer than 19 of 20 times before (%s)", s.Name, lasting(s.Active(at)), lasting(s.Late))}, true
	}
	return Stall{}, false
}

// lateStep is the first step that takes too long at that time, of those of which
// it was not said if there are any.
func (m motion) lateStep(at time.Time) int {
	us := at.UnixMicro()
	n := m.t.Steps.first(
		func(b *tally) bool { return b.late.first > 0 && b.late.first <= us },
		func(s *Step) bool { return watched(s) && !s.Overran && lateAt(s) <= us })
	if n > 0 {
		return n
	}
	since := at.Sub(m.t.UpdatedAt)
	return m.t.Steps.first(
		func(b *tally) bool { return b.late.again > 0 && b.late.again <= since },
		func(s *Step) bool { return watched(s) && s.Overran && patience(s) <= since })
}

// watched reports whether it is known how long the step takes, and it is at it.
func watched(s *Step) bool { return s.Status == StepRunning && s.Late > 0 && s.Percent < 100 }

// patience is how long the step may take.
func patience(s *Step) time.Duration { return max(s.Late, leastLate) }

// lateAt is when a running step will have taken too long, in microseconds.
func lateAt(s *Step) int64 { return s.StartedAt.Add(s.Idle + patience(s)).UnixMicro() }

// lateness sums up the running steps of a block of which it is known how long
// they take. Times are in microseconds, 0 for none.
type lateness struct {
	first int64         // when the first is late of which that was not said
	last  int64         // when the last is
	again time.Duration // the least patience with those of which it was
}

func (l *lateness) add(s *Step) {
	one := lateness{last: lateAt(s)}
	if s.Overran {
		one.again = patience(s)
	} else {
		one.first = one.last
	}
	l.merge(&one)
}

func (l *lateness) merge(o *lateness) {
	l.first, l.last, l.again = least(l.first, o.first), max(l.last, o.last), least(l.again, o.again)
}

// least is the smaller of two numbers that are not 0.
func least[N ~int64](a, b N) N {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// lasting is a time in words, rounded down: 45 seconds, 12 minutes, 3 hours.
func lasting(d time.Duration) string {
	if d < time.Second {
		return "less than a second"
	}
	n, unit := d/time.Second, "second"
	switch {
	case d >= 48*time.Hour:
		n, unit = d/(24*time.Hour), "day"
	case d >= 2*time.Hour:
		n, unit = d/time.Hour, "hour"
	case d >= time.Minute:
		n, unit = d/time.Minute, "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprint(int64(n), " ", unit)
}

// decideStall says it once, until something moves again.
func decideStall(d *draft, c Stall) {
	if c.Cause == CauseQuiet || c.Cause == CauseOverrun {
		restall(d, c)
		return
	}
	if d.t.Stalled == "" {
		d.emit(TaskStalled, 0, Data{Reason: c.Reason, Cause: CauseNoWorker})
	}
}

// restall looks anew whether a running task moves, and spares one whose worker
// could not be heard while the server was away.
func restall(d *draft, c Stall) {
	is, ok := motion{&d.t}.stall(d.now)
	if !ok || is.Cause != c.Cause {
		return
	}
	if until := moment((motion{&d.t}).spare(is.Cause, c.Up)); d.now.Before(until) {
		d.emit(Beaten, 0, Data{Beat: &Beat{Spare: until}})
		return
	}
	d.emit(TaskStalled, is.Step, Data{Reason: is.Reason, Cause: is.Cause})
}

// spare is until when nothing is said of a task of which nothing was heard since
// the server is up: its worker first gets the time that it always has.
func (m motion) spare(c Cause, up time.Time) time.Time {
	if up.IsZero() || lastWord(m.t).After(up) {
		return time.Time{}
	}
	if c == CauseOverrun {
		return up.Add(leastLate)
	}
	return up.Add(m.t.Spec.StallAfter)
}

func applyStalled(t *Task, e *Event) {
	t.Stalled, t.StallCause = e.Data.Reason, e.Data.Cause
	if e.Data.Cause == CauseOverrun {
		s := t.Steps.At(e.Step)
		s.Overran = true
		t.Steps = t.Steps.with(s)
	}
}

// Begins is the name of the step that a report may begin, "" if it begins none.
func Begins(t *Task, r *Report) string {
	n := r.Step.in(t.Steps)
	switch {
	case n == 0:
		return r.Step.Name
	case t.Steps.at(n).Status == StepPending:
		return t.Steps.at(n).Name
	}
	return ""
}
