package progress

import "time"

// WaitForWorker is how long a restarted or retried task may wait for a worker
// before it says that none has taken it.
const WaitForWorker = 30 * time.Second

// NoWorker is the reason of a task that no worker takes.
const NoWorker = "no worker has taken this task yet"

// Wake is when a timer has to look at the task next, the zero time for never. Of
// a task whose worker is heard it is a little later than Overdue: see BeatEvery.
func (t Task) Wake() time.Time {
	switch {
	case quiets(&t):
		return lastWord(&t).Add(t.Spec.Grace)
	case t.Status == Running:
		return motion{&t}.stallAt()
	case t.Status == Pending && t.Stalled == "" && (t.Run > 1 || t.Attempt > 1):
		return later(lastWord(&t).Add(WaitForWorker), t.LeaseUntil)
	}
	_, at := t.Due()
	return at
}

// Overdue lists what the clock does to the task at that time.
func (t Task) Overdue(at time.Time) []Change {
	if t.Status == Running && !quiets(&t) {
		if s, ok := (motion{&t}).stall(at); ok {
			return []Change{s}
		}
		return nil
	}
	if !reached(t.Wake(), at) {
		return nil
	}
	switch t.Status {
	case Running:
		return []Change{Lapse{}}
	case Pending:
		return []Change{Stall{Cause: CauseNoWorker, Reason: NoWorker}}
	}
	step, _ := t.Due()
	return []Change{Expire{Step: step}}
}
