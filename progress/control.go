package progress

// Control is what a worker is told in the answer to its report.
type Control string

// The controls; ControlNone means carry on.
const (
	ControlNone    Control = ""
	ControlPause   Control = "pause"
	ControlResume  Control = "resume"
	ControlWait    Control = "wait"    // for a decision
	ControlProceed Control = "proceed" // approved
	ControlSkip    Control = "skip"    // leave out the step
	ControlFail    Control = "fail"    // the task has failed; stop
	ControlCancel  Control = "cancel"  // the task is not yours any more; stop
	ControlRestart Control = "restart" // start over
	ControlRetry   Control = "retry"   // try the step again
)

// Directive is a control and the step it is about, 0 for none.
type Directive struct {
	Control Control
	Step    int
}

// Direct says what the worker that sent the command has to do now. Before is
// the task as it was, after as it is; both are the same when the command was
// refused. Only Report and Heartbeat have an answer.
func Direct(before, after Task, c Command) Directive {
	lease, step := contact(after, c.Do)
	switch {
	case c.If.Run > 0 && c.If.Run < after.Run:
		return overtaken(after, lease, ControlRestart)
	case c.If.Attempt > 0 && c.If.Attempt < after.Attempt:
		return overtaken(after, lease, ControlRetry)
	case after.Status == Failed:
		return Directive{ControlFail, after.failedStep()}
	case after.Status == Cancelled:
		return Directive{Control: ControlCancel}
	case after.Status == Completed:
		return Directive{}
	case lease != "" && lease != after.Lease:
		return lost(before, after)
	case after.Status == Paused:
		return Directive{Control: ControlPause}
	}
	return directLive(before, after, step)
}

// overtaken answers a worker of an earlier run or attempt: it joins the new one,
// unless that has ended already or is somebody else's.
func overtaken(t Task, lease string, join Control) Directive {
	if t.Status.Ended() || (t.Lease != "" && t.Lease != lease) {
		return Directive{Control: ControlCancel}
	}
	if join == ControlRetry && (t.Wish.Control == ControlRetry || t.Wish.Control == ControlSkip) {
		return Directive{t.Wish.Control, t.Wish.Step}
	}
	return Directive{Control: join}
}

// lost answers a worker whose lease is no longer that of the task: it starts
// over if that is why, and stops otherwise.
func lost(before, t Task) Directive {
	again := t.Wish.Control == ControlRestart || t.Wish.Control == ControlRetry
	if again && unheard(before, t) {
		return Directive{t.Wish.Control, t.Wish.Step}
	}
	return Directive{Control: ControlCancel}
}

// unheard reports whether no worker has been in contact since the newest wish.
func unheard(before, t Task) bool {
	return t.Wish.Control != "" && !t.Wish.At.Before(before.HeartbeatAt)
}

// directLive answers on a task that goes on.
func directLive(before, after Task, step int) Directive {
	if step > 0 {
		switch s := after.Steps.At(step); {
		case s.Status == StepWaiting:
			return Directive{ControlWait, step}
		case s.Status == StepSkipped && s.Waived:
			return Directive{ControlSkip, step}
		}
	}
	if unheard(before, after) {
		return Directive{after.Wish.Control, after.Wish.Step}
	}
	if n := after.Steps.First(StepWaiting); n > 0 && after.Steps.First(StepRunning) == 0 {
		return Directive{ControlWait, n}
	}
	return Directive{}
}

// contact is what a worker's command says of itself: its lease, and the step
// that it speaks of, 0 for none.
func contact(t Task, c Change) (lease string, step int) {
	switch c := c.(type) {
	case Report:
		return c.Lease, t.find(c.Step)
	case Heartbeat:
		return c.Lease, 0
	}
	return "", 0
}

// find returns the order of the step that is meant, 0 if there is none.
func (t Task) find(r StepRef) int {
	if r.Name != "" {
		return t.Steps.Find(r.Name)
	}
	if r.Order < 0 || r.Order > t.Steps.Len() {
		return 0
	}
	return r.Order
}
