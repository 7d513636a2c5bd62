package progress

// Status is what a task is doing.
type Status string

// The statuses of a task.
const (
	Pending   Status = "pending"   // waits for its worker
	Running   Status = "running"   // a worker is at it
	Paused    Status = "paused"    // held by a person
	Waiting   Status = "approval"  // waits for a decision
	Completed Status = "completed" // ended well
	Failed    Status = "failed"    // ended badly; may be retried
	Cancelled Status = "cancelled" // ended by a person
)

// Statuses lists every status of a task, in the order of its life.
func Statuses() []Status {
	return []Status{Pending, Running, Paused, Waiting, Completed, Failed, Cancelled}
}

// Ended reports whether only a restart or a retry can follow.
func (s Status) Ended() bool { return s == Completed || s == Failed || s == Cancelled }

// StepStatus is what a step is doing.
type StepStatus string

// The statuses of a step.
const (
	StepPending   StepStatus = "pending"
	StepRunning   StepStatus = "running"
	StepCompleted StepStatus = "completed"
	StepFailed    StepStatus = "failed"
	StepSkipped   StepStatus = "skipped"
	StepPaused    StepStatus = "paused"
	StepWaiting   StepStatus = "approval"
)

// Ended reports whether the step is over for this attempt.
func (s StepStatus) Ended() bool {
	return s == StepCompleted || s == StepFailed || s == StepSkipped
}

// open reports whether work on the step has begun and not ended.
func (s StepStatus) open() bool {
	return s == StepRunning || s == StepPaused || s == StepWaiting
}

// stepStatuses gives each status its place in a tally.
var stepStatuses = [...]StepStatus{
	StepPending, StepRunning, StepCompleted, StepFailed, StepSkipped, StepPaused, StepWaiting,
}

func (s StepStatus) index() int {
	for i, have := range stepStatuses {
		if s == have {
			return i
		}
	}
	return 0
}
