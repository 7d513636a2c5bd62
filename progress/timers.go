package progress

import "time"

// WaitForWorker is how long a restarted or retried task may wait for a worker
// before it says that none has taken it.
const WaitForWorker = 30 * time.Second

// NoWorker is the reason of a task that no worker takes.
const NoWorker = "no worker has taken this task yet"

// Wake is when a timer has to look at the task next, the zero time for never.
func (t Task) Wake() time.Time {
	_, at := t.Due()
	if quiets(&t) {
		return later(t.HeartbeatAt, t.UpdatedAt).Add(t.Spec.Grace) // people may have held it up
	}
	if t.Status == Pending && t.Stalled == "" && (t.Run > 1 || t.Attempt > 1) {
		return later(later(t.RunAt, t.HeartbeatAt).Add(WaitForWorker), t.LeaseUntil)
	}
	return at
}

// Overdue lists what the clock does to the task at that time.
func (t Task) Overdue(at time.Time) []Change {
	wake := t.Wake()
	if wake.IsZero() || at.Before(wake) {
		return nil
	}
	if quiets(&t) {
		return []Change{Lapse{}}
	}
	if t.Status == Pending {
		return []Change{Stall{Reason: NoWorker}}
	}
	step, _ := t.Due()
	return []Change{Expire{Step: step}}
}
