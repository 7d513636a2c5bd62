package progress

import (
	"fmt"
	"slices"
	"time"
)

// decideAsk asks for an approval of a step, at its start or in its middle. The same
// question again is the same approval; another one voids what was asked before.
func decideAsk(d *draft, c Ask) error {
	if err := d.state(); err != nil {
		return err
	}
	if err := c.Gate.check("approval"); err != nil {
		return err
	}
	n := c.Step.in(d.t.Steps)
	if n == 0 && c.Step.Name != "" {
		return refuse(NotFound, "there is no step %q", c.Step.Name)
	}
	s, err := d.step(n)
	if err != nil {
		return err
	}
	if s.Status.Ended() {
		return refuse(Conflict, "cannot ask: step %d is %s", n, s.Status)
	}
	if before := d.t.Steps.firstGate(); before > 0 && before < n && s.Status == StepPending {
		return refusePast(d.t, before)
	}
	gate := c.Gate
	if s.Gate != nil && s.gated() && !askedAnew(s) {
		gate = *s.Gate // with its own expiry, risk and default
	}
	if digest(d.t, s, gate) != digest(d.t, s, c.Gate) {
		return refuse(Conflict, "step %d was declared with an approval of its own; report it running to ask for that", n)
	}
	if d.t.Status == Pending {
		d.emit(TaskStarted, 0, Data{})
	}
	d.need(n, gate)
	d.contact(&Beat{Deaf: true})
	return nil
}

// askedAnew reports whether the declared gate was passed, and what waits now is
// a question of the worker's own in mid-step.
func askedAnew(s Step) bool { return s.Status == StepWaiting && !s.StartedAt.IsZero() }

// refusePast refuses to pass a gate.
func refusePast(t Task, gate int) error {
	s := t.Steps.At(gate)
	if s.Status == StepWaiting {
		return refuse(Conflict, "step %d (%s) waits for a decision; nothing may pass it", gate, s.Name)
	}
	return refuse(Conflict, "step %d (%s) has not been approved; nothing may pass it: report it running to ask", gate, s.Name)
}

// need opens an approval, unless the same one is open or given already.
func (d *draft) need(n int, g Gate) {
	s := d.t.Steps.At(n)
	mark := digest(d.t, s, g)
	if old := s.Approval; old != nil && old.Digest == mark && (old.Status == ApprovalPending || old.Status == ApprovalApproved) {
		return
	}
	d.at = d.now
	if s.Approval != nil && s.Approval.Status == ApprovalPending {
		void := *s.Approval
		void.Status, void.DecidedBy, void.DecidedAt, void.Via = ApprovalVoid, d.c.By.Person, d.at, d.c.Via
		d.emit(ApprovalDecided, n, Data{Approval: &void})
	}
	a := &Approval{
		Gate: g, ID: approvalID(d.t, s, mark), Digest: mark, Status: ApprovalPending,
		AskedBy: d.c.By.Person, RequestedAt: d.at,
	}
	if g.ExpiresIn > 0 {
		a.ExpiresAt = d.at.Add(time.Duration(g.ExpiresIn) * time.Second)
	}
	d.emit(ApprovalNeeded, n, Data{Approval: a})
}

// decideVote counts what one person says of a step that waits.
func decideVote(d *draft, n int, v Vote) error {
	if n == 0 {
		n = d.t.decidable(d.c.By)
	}
	if n == 0 {
		return nothingWaits(d)
	}
	s, err := d.step(n)
	if err != nil {
		return err
	}
	if s.Status != StepWaiting {
		return s.decided()
	}
	if err := mayVote(d, *s.Approval, v); err != nil {
		return err
	}
	v.By, v.Via, v.At = d.c.By.Person, d.c.Via, d.at
	a := *s.Approval
	a.Votes = append(slices.Clone(a.Votes), v)
	countVote(d, n, a, v)
	return nil
}

func mayVote(d *draft, a Approval, v Vote) error {
	if err := d.state(); err != nil {
		return err
	}
	if a.expired(d.at) {
		return refuse(Conflict, "too late: the time to decide was up at %s", clock(a.ExpiresAt))
	}
	if d.c.If.Digest != "" && d.c.If.Digest != a.Digest {
		return refuse(Conflict, "what was asked has changed since; look at it again")
	}
	if err := MayDecide(a, d.c.By); err != nil {
		return err
	}
	if v.Option != "" && len(a.Options) == 0 {
		return invalid("option", "this approval offers none")
	}
	if v.Option != "" && !slices.Contains(a.Options, v.Option) {
		return invalid("option", "must be %s", Names(a.Options))
	}
	if was, ok := a.vote(d.c.By.Person); ok && was.Decision == v.Decision {
		return refuse(Conflict, "you have approved this already; %d of %d needed so far", a.yes(), a.Needed())
	}
	return nil
}

// countVote decides, or notes the vote while more are needed. A person who changes
// their mind counts once.
func countVote(d *draft, n int, a Approval, v Vote) {
	if v.Decision == ApprovalApproved && a.yes() < a.Needed() {
		d.emit(ApprovalVoted, n, Data{Approval: &a})
		return
	}
	a.Status, a.DecidedBy, a.DecidedAt, a.Via = v.Decision, v.By, v.At, v.Via
	a.Reason, a.Option = v.Reason, v.Option
	d.decide(n, a)
}

// decide stores a decision and does what follows from it.
func (d *draft) decide(n int, a Approval) {
	if a.Status == ApprovalApproved {
		d.emit(ApprovalDecided, n, Data{Approval: &a, Tell: ControlProceed})
		if s := d.t.Steps.At(n); s.Status == StepPending && d.t.Status != Paused {
			d.emit(StepStarted, n, Data{})
		}
		return
	}
	d.emit(ApprovalDecided, n, Data{Approval: &a})
	why := &Fault{Type: string(a.Status), Message: a.outcome()}
	switch a.OnReject {
	case RejectSkips:
		d.emit(StepPassed, n, Data{Reason: why.Message, Tell: ControlSkip})
	case RejectCancels:
		d.emit(TaskCancelled, n, Data{Reason: why.Message})
	default:
		d.emit(StepFell, n, Data{Error: why})
		d.emit(TaskFailed, n, Data{Error: why})
	}
}

// outcome says in one clause what became of an approval.
func (a Approval) outcome() string {
	if a.Status == ApprovalExpired {
		return "nobody decided before " + clock(a.ExpiresAt)
	}
	said := fmt.Sprintf("%s by %s at %s, via %s", a.Status, a.DecidedBy, clock(a.DecidedAt), a.Via)
	if a.Reason != "" {
		said += ": " + a.Reason
	}
	return said
}

// decided says why a step cannot be decided: somebody did, or nothing asks.
func (s *Step) decided() error {
	a := s.Approval
	if a == nil {
		return refuse(Conflict, "step %d does not wait for a decision: it is %s", s.Order, s.Status)
	}
	if a.Status == ApprovalVoid {
		return refuse(Conflict, "step %d no longer waits for a decision: it is %s", s.Order, s.Status)
	}
	return refuse(Conflict, "step %d is decided already: %s", s.Order, a.outcome())
}

// nothingWaits answers a decision that names no step when none waits: with the
// newest outcome, if there is one.
func nothingWaits(d *draft) error {
	var newest Step
	for s := range d.t.Steps.All() {
		if s.Approval != nil && (newest.Approval == nil || s.Approval.DecidedAt.After(newest.Approval.DecidedAt)) {
			newest = s
		}
	}
	if newest.Approval != nil {
		return newest.decided()
	}
	return refuse(Conflict, "nothing waits for a decision: the task is %s", d.t.Status)
}

// decideExpire ends an approval whose time is up by its default. Too early, too late
// or held, it does nothing.
func decideExpire(d *draft, n int) error {
	s, err := d.step(n)
	if err != nil {
		return err
	}
	if s.Status != StepWaiting || !s.Approval.expired(d.at) {
		return nil
	}
	a := *s.Approval
	a.Status, a.DecidedBy, a.DecidedAt, a.Via = ApprovalExpired, System, d.at, ViaTimer
	if a.Default == DefaultApprove {
		a.Status, a.Reason = ApprovalApproved, "nobody decided in time"
	}
	d.decide(n, a)
	return nil
}

// expired reports whether the approval's time is up.
func (a Approval) expired(at time.Time) bool {
	lapse, ok := a.Lapses()
	return a.Status == ApprovalPending && ok && !at.Before(lapse)
}

// Due is when the first approval of the task expires, and its step; 0 and the
// zero time if none does.
func (t Task) Due() (step int, at time.Time) {
	if t.Steps.First(StepWaiting) == 0 {
		return 0, time.Time{}
	}
	for s := range t.Steps.All() {
		if s.Status != StepWaiting {
			continue
		}
		if lapse, ok := s.Approval.Lapses(); ok && (at.IsZero() || lapse.Before(at)) {
			step, at = s.Order, lapse
		}
	}
	return step, at
}

// Asking is the order of the step that waits for a decision about the approval of
// that id; ok is false for one that nobody can decide any more.
func (t Task) Asking(approval string) (step int, ok bool) {
	step = t.Steps.first(
		func(t *tally) bool { return t.status[StepWaiting.index()] > 0 },
		func(s *Step) bool { return s.Status == StepWaiting && s.Approval.ID == approval })
	return step, step > 0
}
