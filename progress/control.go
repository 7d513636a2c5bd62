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

// MarshalJSON writes null for ControlNone.
func (c Control) MarshalJSON() ([]byte, error) {
	if c == ControlNone {
		return []byte("null"), nil
	}
	return []byte(`"` + c + `"`), nil
}

// Directive is a control and the step it is about, 0 for none.
type Directive struct {
	Control Control
	Step    int
}

// Direct says what the worker that sent the command has to do now. Before is
// the task as it was, after as it is; both are the same when the command was
// refused. Only Report and Heartbeat have an answer.
//
// A wish is told to each worker that was in contact before it, once; the answer
// to a report that is sent again tells it again. What follows from the state
// (paused, waiting, cancelled, a step that was skipped) is told every time.
func Direct(before, after Task, c Command) Directive {
	w := sender(c.Do)
	switch {
	case c.If.Run > 0 && c.If.Run < after.Run:
		return overtaken(after, w, Directive{Control: ControlRestart})
	case c.If.Attempt > 0 && c.If.Attempt < after.Attempt:
		return overtaken(after, w, retrying(after))
	case after.Status == Failed:
		return Directive{ControlFail, after.failedStep()}
	case after.Status == Cancelled:
		return Directive{Control: ControlCancel}
	case after.Status == Completed:
		return completedAlready(before, w)
	case w.lease != "" && w.lease != after.Lease:
		return Directive{Control: ControlCancel}
	case after.Status == Paused && !after.Resting:
		return Directive{Control: ControlPause}
	}
	return directLive(before, after, w, c.If)
}

// overtaken answers a worker of an earlier run or attempt: it joins the new one,
// unless that has ended already or is somebody else's. Who had a lease claims
// the task again before it starts over.
func overtaken(t Task, w from, join Directive) Directive {
	if t.Status.Ended() || (t.Lease != "" && t.Lease != w.lease) {
		return Directive{Control: ControlCancel}
	}
	return join
}

// retrying is what this attempt does with the step that failed before it.
func retrying(t Task) Directive {
	if t.Retried > 0 && t.Steps.At(t.Retried).Waived {
		return Directive{ControlSkip, t.Retried}
	}
	return Directive{ControlRetry, t.Retried}
}

// completedAlready stops a worker whose task somebody else has completed. The
// one that completes it, and repeats its last report, needs no word.
func completedAlready(before Task, w from) Directive {
	last := w.seq > 0 && w.seq <= before.Workers[w.name].Seq
	if before.Status == Completed && !last {
		return Directive{Control: ControlCancel}
	}
	return Directive{}
}

// directLive answers on a task that goes on.
func directLive(before, after Task, w from, f Fence) Directive {
	if step := w.step.in(after.Steps); step > 0 {
		switch s := after.Steps.At(step); {
		case s.Status == StepWaiting:
			return Directive{ControlWait, step}
		case s.Status == StepSkipped && s.Waived:
			return Directive{ControlSkip, step}
		}
	}
	if before.unheard(w, f) {
		return Directive{after.Wish.Control, after.Wish.Step}
	}
	if n := after.Steps.First(StepWaiting); n > 0 && after.Steps.First(StepRunning) == 0 {
		return Directive{ControlWait, n}
	}
	return Directive{}
}

// unheard reports whether the worker has yet to be told of the newest wish, or
// repeats the report whose answer told it. A worker that was never in contact,
// or that knows the new run or attempt by number, needs no word.
func (t Task) unheard(w from, f Fence) bool {
	c, known := t.Workers[w.name]
	switch {
	case t.Wish.Control == "" || !known:
		return false
	case t.Wish.Control == ControlRestart && f.Run > 0, t.Wish.Control == ControlRetry && f.Attempt > 0:
		return false
	}
	return c.Heard < t.Wish.Seq || (w.seq > 0 && w.seq == c.By)
}

// from is what a worker's command says of itself.
type from struct {
	name  string
	lease string
	seq   int64
	step  StepRef
}

func sender(c Change) from {
	switch c := c.(type) {
	case Report:
		return from{c.Worker, c.Lease, c.Seq, c.Step}
	case Heartbeat:
		return from{name: c.Worker, lease: c.Lease}
	}
	return from{}
}

// in returns the order of the step that is meant, 0 if there is none.
func (r StepRef) in(s Steps) int {
	if r.Name != "" {
		return s.Find(r.Name)
	}
	if r.Order < 0 || r.Order > s.Len() {
		return 0
	}
	return r.Order
}
