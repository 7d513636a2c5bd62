package progress

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Apply folds one event into a task and returns the task that follows. The old
// one stays as it was. It trusts its events: they come from Decide, or from the
// store that kept them.
func Apply(t Task, e Event) Task {
	if info := e.Kind.row(); info != nil {
		fold(&t, &e, info)
	}
	return t
}

// fold is Apply in place, for an event whose row is known.
func fold(t *Task, e *Event, info *KindInfo) {
	if info.Milestone {
		t.Seq = e.Seq
	}
	if info.Visible {
		t.Version, t.UpdatedAt = e.Version, e.At
		t.Stalled, t.StallCause = "", "" // it moves
	}
	info.apply(t, e)
	t.count(t, e.At)
	if e.Data.Tell != "" {
		t.Wish = Wish{Control: e.Data.Tell, Step: e.Step, Seq: e.Seq}
	}
	t.show()
}

// Replay folds events, oldest first, into the task that they tell of.
func Replay(id TaskID, events []Event) Task {
	t := Task{ID: id}
	for _, e := range events {
		t = Apply(t, e)
	}
	return t
}

func applyCreated(t *Task, e *Event) {
	t.Spec, t.Run, t.Attempt, t.Status = e.Data.Spec, 1, 1, Pending
	t.CreatedAt, t.RunAt = e.At, e.At
	t.Steps = declared(e.Data.Steps)
}

func declared(plans []Plan) Steps {
	list := make([]Step, len(plans))
	for i, p := range plans {
		list[i] = newStep(p, i+1)
		list[i].Declared = true
	}
	return SetSteps(list)
}

func newStep(p Plan, order int) Step {
	return Step{Plan: p, Order: order, Status: StepPending}
}

func applyStarted(t *Task, e *Event) { t.Status, t.StartedAt = Running, e.At }

func applyPaused(t *Task, e *Event) {
	t.Status, t.Resting = Paused, e.Data.Own
	t.eachStep(StepRunning, func(s *Step) { s.Status, s.IdleSince = StepPaused, e.At })
}

func applyResumed(t *Task, e *Event) {
	t.eachStep(StepPaused, func(s *Step) { s.work(e.At) })
	t.Status, t.Resting = t.live(), false
}

// live is the status of a task that goes on and is not paused.
func (t *Task) live() Status {
	if t.Steps.Count(StepWaiting) > 0 {
		return Waiting
	}
	return Running
}

func applyCompleted(t *Task, e *Event) {
	finish(t, Completed, e)
	t.Percent = 100
}

func applyFailed(t *Task, e *Event) {
	interrupt(t, e, Fault{Type: "interrupted", Message: "the task failed before this step ended"})
	finish(t, Failed, e)
}

func applyCancelled(t *Task, e *Event) {
	interrupt(t, e, Fault{Type: "cancelled", Message: "the task was cancelled before this step ended"})
	finish(t, Cancelled, e)
}

// finish ends the run and frees its worker.
func finish(t *Task, s Status, e *Event) {
	t.Status, t.EndedAt = s, e.At
	t.End = &End{
		Step: e.Step, Result: e.Data.Result, Error: e.Data.Error, Reason: e.Data.Reason, By: e.By, Via: e.Via, Lapsed: e.Data.Lapsed,
	}
	t.Lease, t.LeaseUntil, t.Resting = "", time.Time{}, false
}

// interrupt fails every step that was under way.
func interrupt(t *Task, e *Event, why Fault) {
	for _, status := range []StepStatus{StepRunning, StepPaused, StepWaiting} {
		t.eachStep(status, func(s *Step) {
			closeStep(t, s, StepFailed, e.At)
			s.void(e)
			s.Error = &why
		})
	}
}

// eachStep changes every step that has the status.
func (t *Task) eachStep(status StepStatus, change func(*Step)) {
	t.Steps = t.Steps.each(status, change)
}

func applyRestarted(t *Task, e *Event) {
	var plans []Plan
	for s := range t.Steps.All() {
		if s.Declared {
			plans = append(plans, s.fresh())
		}
	}
	t.Steps = declared(plans)
	t.Run, t.Attempt, t.Retried = e.Data.Run, 1, 0
	awaitWorker(t, e)
	t.StartedAt, t.Clock = time.Time{}, Clock{}
	t.Message, t.Metrics, t.Metadata = "", nil, nil
	t.Percent = 0
}

// fresh is the plan of a step as it was before it began.
func (s Step) fresh() Plan {
	p := s.Plan
	p.Substeps = slices.Clone(p.Substeps)
	for i := range p.Substeps {
		p.Substeps[i].Status = ""
	}
	return p
}

func applyRetried(t *Task, e *Event) {
	t.Attempt, t.Retried = e.Data.Attempt, e.Step
	t.eachStep(StepFailed, func(s *Step) {
		if s.AllowFailure && s.Order != e.Step && !s.gated() {
			return
		}
		s.anew()
	})
	awaitWorker(t, e)
	t.Percent = t.counted()
}

// anew makes a step pending again. An approval that was given holds.
func (s *Step) anew() {
	fresh := Step{Plan: s.fresh(), Order: s.Order, Status: StepPending, Declared: s.Declared, UpdatedAt: s.UpdatedAt}
	if s.approved() {
		fresh.Approval = s.Approval
	}
	*s = fresh
}

// awaitWorker makes a task wait for a worker, with new inputs if there are any.
func awaitWorker(t *Task, e *Event) {
	t.Status, t.RunAt, t.EndedAt, t.End = Pending, e.At, time.Time{}, nil
	t.Given, t.Result, t.Fault, t.Workers = nil, nil, nil, known(t.Workers, t.Wish)
	t.Worker, t.Lease, t.LeaseUntil, t.Beats, t.Wish, t.Resting = "", "", time.Time{}, false, Wish{}, false
	if e.Data.Inputs == nil {
		return
	}
	spec := *t.Spec
	spec.Inputs = e.Data.Inputs
	t.Spec = &spec
	forgetApprovals(t)
}

// forgetApprovals makes every step that has not begun ask again: what was
// approved was approved for other inputs.
func forgetApprovals(t *Task) {
	t.eachStep(StepPending, func(s *Step) { s.Approval = nil })
}

func applyStepStarted(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	s.Status, s.StartedAt, s.UpdatedAt, s.Attempt, s.From = StepRunning, e.At, e.At, t.Attempt, t.Worked(e.At)
	if e.Data.Late > 0 {
		s.Late = e.Data.Late
	}
	t.Steps = t.Steps.with(s)
}

func applyStepDone(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	closeStep(t, &s, StepCompleted, e.At)
	s.Percent = 100
	s.Substeps = slices.Clone(s.Substeps)
	for i := range s.Substeps {
		s.Substeps[i].Status = StepCompleted
	}
	t.Steps = t.Steps.with(s)
}

func applyStepFell(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	closeStep(t, &s, StepFailed, e.At)
	s.void(e)
	s.Error = e.Data.Error
	t.Steps = t.Steps.with(s)
	if t.Status == Waiting {
		t.Status = t.live()
	}
}

func applyStepPassed(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	closeStep(t, &s, StepSkipped, e.At)
	s.Error, s.Waived = nil, e.Data.Tell == ControlSkip
	t.Steps = t.Steps.with(s)
}

// work takes up a step that was idle.
func (s *Step) work(at time.Time) {
	s.Status, s.UpdatedAt = StepRunning, at
	if !s.IdleSince.IsZero() {
		s.Idle += at.Sub(s.IdleSince)
		s.IdleSince = time.Time{}
	}
}

// closeStep closes a step where its run is.
func closeStep(t *Task, s *Step, status StepStatus, at time.Time) {
	if s.StartedAt.IsZero() {
		s.From = t.Worked(at)
	}
	s.end(status, at)
}

// end closes a step; one that never began took no time.
func (s *Step) end(status StepStatus, at time.Time) {
	s.work(at)
	s.Status, s.EndedAt = status, at
	if s.StartedAt.IsZero() {
		s.StartedAt = at
	}
}

// void closes an approval that nobody needs any more.
func (s *Step) void(e *Event) {
	if s.Approval == nil || s.Approval.Status != ApprovalPending {
		return
	}
	a := *s.Approval
	a.Status, a.DecidedBy, a.DecidedAt, a.Via = ApprovalVoid, e.By, e.At, e.Via
	s.Approval = &a
}

func applyApprovalNeeded(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	s.Approval, s.UpdatedAt = e.Data.Approval, e.At
	s.Status = StepWaiting
	if s.IdleSince.IsZero() {
		s.IdleSince = e.At
	}
	t.Steps = t.Steps.with(s)
	if t.Status != Paused {
		t.Status = Waiting
	}
}

func applyApprovalVoted(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	s.Approval, s.UpdatedAt = e.Data.Approval, e.At
	t.Steps = t.Steps.with(s)
}

func applyApprovalDecided(t *Task, e *Event) {
	s := t.Steps.At(e.Step)
	s.Approval, s.UpdatedAt = e.Data.Approval, e.At
	if s.Status == StepWaiting {
		passGate(t, &s, e)
	}
	t.Steps = t.Steps.with(s)
	if t.Status == Waiting {
		t.Status = t.live()
	}
}

// passGate lets a step go on that waited: to its start, into its middle, or into
// the pause of its task.
func passGate(t *Task, s *Step, e *Event) {
	s.work(e.At)
	switch {
	case s.StartedAt.IsZero():
		s.Status = StepPending
		s.Idle = 0
	case t.Status == Paused:
		s.Status, s.IdleSince = StepPaused, e.At
	}
}

func applyPlanChanged(t *Task, e *Event) {
	for _, p := range e.Data.Steps {
		t.Steps = t.Steps.append(newStep(p, 0))
	}
	if e.Data.Substep != nil {
		setSubstep(t, e.Step, *e.Data.Substep)
	}
	if len(e.Data.Steps) > 0 {
		t.Percent = t.counted()
	}
}

func setSubstep(t *Task, order int, sub Substep) {
	s := t.Steps.At(order)
	s.Substeps = slices.Clone(s.Substeps)
	i := slices.IndexFunc(s.Substeps, func(have Substep) bool { return have.Name == sub.Name })
	if i < 0 {
		i = len(s.Substeps)
		s.Substeps = append(s.Substeps, sub)
	}
	s.Substeps[i] = sub
	if !s.Given {
		s.Percent = max(s.Percent, substepPercent(s.Substeps))
	}
	t.Steps = t.Steps.with(s)
}

func applyTicked(t *Task, e *Event) {
	tick := e.Data.Tick
	if tick.StepPercent != nil {
		s := t.Steps.At(e.Step)
		s.Percent, s.Given, s.UpdatedAt = *tick.StepPercent, true, e.At
		t.Steps = t.Steps.with(s)
	}
	if tick.Percent != nil {
		t.Given = tick.Percent
	}
	if tick.Message != nil {
		t.Message = *tick.Message
	}
	t.Metrics = merged(t.Metrics, tick.Metrics)
	t.Metadata = merged(t.Metadata, tick.Metadata)
	if tick.Result != nil {
		t.Result = tick.Result
	}
	if tick.Error != nil {
		t.Fault = tick.Error
	}
}

func merged(have, more map[string]json.RawMessage) map[string]json.RawMessage {
	if len(more) == 0 {
		return have
	}
	out := make(map[string]json.RawMessage, len(have)+len(more))
	maps.Copy(out, have)
	maps.Copy(out, more)
	return out
}

func applyBeaten(t *Task, e *Event) {
	b := e.Data.Beat
	if !b.Spare.IsZero() {
		t.Spared = b.Spare
		return
	}
	t.HeartbeatAt, t.Beats = e.At, t.Beats || b.Alone
	if b.Worker != "" {
		t.Worker = b.Worker
	}
	if b.Lease != "" {
		t.Lease = b.Lease
	}
	if !b.Until.IsZero() {
		t.LeaseUntil = b.Until
	}
	if !b.Deaf {
		note(t, b)
	}
}

// note keeps what a worker has said, and that it is told of the newest wish by
// the answer.
func note(t *Task, b *Beat) {
	was := t.Workers[b.Worker]
	is := was
	is.Here = true
	is.Seq = max(was.Seq, b.Seq)
	if was.Heard < t.Wish.Seq {
		is.Heard, is.By = t.Wish.Seq, b.Seq
	}
	if is == was {
		return
	}
	workers := make(map[string]Contact, len(t.Workers)+1)
	maps.Copy(workers, t.Workers)
	workers[b.Worker] = is
	t.Workers = workers
}

// known are the workers of the attempt that is over, and those that have yet to
// hear of an earlier wish. They begin to count anew.
func known(workers map[string]Contact, w Wish) map[string]Contact {
	var out map[string]Contact
	for name, c := range workers {
		if !c.Here && c.Heard >= w.Seq {
			continue
		}
		if out == nil {
			out = make(map[string]Contact, len(workers))
		}
		out[name] = Contact{Heard: c.Heard}
	}
	return out
}

func applyLogged(t *Task, e *Event) { t.Lines += int64(len(e.Data.Lines)) }
