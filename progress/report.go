package progress

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// report takes a worker's facts: the task starts, the plan grows, a step
// begins, percents move, the step ends, the task ends, in that order.
func (d *draft) report(r Report) error {
	if err := r.check(); err != nil {
		return err
	}
	if r.Seq > 0 && r.Seq <= d.t.Reported[r.Worker] {
		return d.again(r)
	}
	if err := d.state(); err != nil {
		return err
	}
	d.at = later(d.past(r.At), d.t.UpdatedAt)
	if err := d.take(r); err != nil {
		return err
	}
	d.at = d.now
	d.contact(r.Worker, r.Seq)
	return nil
}

// again acknowledges a report that was taken before.
func (d *draft) again(r Report) error {
	if !d.t.Status.Ended() {
		d.contact(r.Worker, 0)
	}
	return nil
}

func (d *draft) take(r Report) error {
	if d.t.Status == Pending {
		d.emit(TaskStarted, 0, Data{})
	}
	n, err := d.locate(r)
	if err != nil {
		return err
	}
	if err := d.keepGate(n, r); err != nil {
		return err
	}
	if err := d.beginStep(n, r); err != nil {
		return err
	}
	d.substep(n, r)
	d.tick(n, r)
	d.endStep(n, r)
	d.endTask(n, r)
	return nil
}

// check says what is wrong with a report in itself.
func (r Report) check() error {
	steps := []StepStatus{"", StepPending, StepRunning, StepCompleted, StepFailed, StepSkipped}
	tasks := []Status{"", Running, Completed, Failed, Cancelled}
	switch {
	case r.Seq < 0:
		return invalid("seq", "must be 1 or more")
	case r.Step.Order < 0:
		return invalid("step", "must be 1 or more, or a name")
	case !slices.Contains(steps, r.StepStatus):
		return invalid("step_status", "must be pending, running, completed, failed or skipped, not %q", r.StepStatus)
	case !slices.Contains(tasks, r.Status):
		return invalid("status", "must be running, completed, failed or cancelled, not %q", r.Status)
	case r.SubstepDone != nil && blank(r.Substep):
		return invalid("substep", "must name the substep that substep_done is about")
	case r.Result != nil && !json.Valid(r.Result):
		return invalid("result", "must be JSON")
	}
	if err := checkPercent("progress", r.Progress); err != nil {
		return err
	}
	return checkPercent("step_progress", r.StepProgress)
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// locate finds the step that the report is about, 0 for none. A new name is
// appended to the plan.
func (d *draft) locate(r Report) (int, error) {
	if r.Step.None() {
		return d.implied(r)
	}
	if n := d.t.find(r.Step); n > 0 {
		return n, nil
	}
	if r.Step.Name == "" {
		return 0, invalid("step", "there is no step %d; the task has %d", r.Step.Order, d.t.Steps.Len())
	}
	plan := Plan{Name: r.Step.Name, Typical: r.Typical}
	if err := plan.check("step"); err != nil {
		return 0, err
	}
	d.number(r) // a number that comes with a longer plan may be lower
	d.emit(PlanChanged, d.t.Steps.Len()+1, Data{Steps: []Plan{plan}})
	return d.t.Steps.Len(), nil
}

// implied is the step of a report that names none: the one that is under way,
// when the report speaks of a step at all.
func (d *draft) implied(r Report) (int, error) {
	if r.StepProgress == nil && r.StepStatus == "" && r.Substep == "" {
		return 0, nil
	}
	running, paused := d.t.Steps.Count(StepRunning), d.t.Steps.Count(StepPaused)
	if running+paused != 1 {
		return 0, invalid("step", "say which step; %d are under way", running+paused)
	}
	return max(d.t.Steps.First(StepRunning), d.t.Steps.First(StepPaused)), nil
}

// touches reports whether the report moves work on its step.
func (r Report) touches() bool {
	return r.StepProgress != nil || r.Substep != "" || r.StepStatus == StepRunning || r.StepStatus == StepCompleted
}

// keepGate refuses a report that goes past a gate nobody has decided. Steps
// before it, and steps that were under way when it was asked, may go on.
func (d *draft) keepGate(n int, r Report) error {
	gate := d.t.Steps.firstGate()
	if gate == 0 {
		return nil
	}
	past := r.Status == Completed
	switch {
	case n == 0:
		idle := d.t.Steps.Count(StepWaiting) > 0 && d.t.Steps.Count(StepRunning) == 0
		past = past || idle && r.Progress != nil && *r.Progress > d.t.Percent
	case d.t.Steps.At(n).gated():
		past = past || n > gate && r.touches() || !d.t.Steps.At(n).mayReport(r)
	case n > gate && d.t.Steps.At(n).Status == StepPending:
		past = past || r.touches()
	}
	if past {
		return refuse(Conflict, "step %d (%s) waits for a decision; nothing may pass it", gate, d.t.Steps.At(gate).Name)
	}
	return nil
}

// mayReport says what a worker may say of a step that is not decided: that it
// comes to it, or that it failed.
func (s Step) mayReport(r Report) bool {
	switch r.StepStatus {
	case StepFailed:
		return true
	case StepRunning, StepPending, "":
		return s.Status == StepPending || r.StepProgress == nil && r.Substep == ""
	}
	return false
}

// beginStep starts the step, or asks for its approval.
func (d *draft) beginStep(n int, r Report) error {
	if n == 0 {
		return nil
	}
	s := d.t.Steps.At(n)
	if s.Status.Ended() {
		return s.refuseEnded(r)
	}
	if r.StepStatus == StepPending && s.Status != StepPending {
		return refuse(Conflict, "step %d is %s already", n, s.Status)
	}
	if s.Status != StepPending || !r.touches() && r.StepStatus != StepFailed {
		return nil
	}
	if s.gated() && r.StepStatus != StepFailed {
		d.need(n, *s.Gate)
		return nil
	}
	d.moveOn()
	d.emit(StepStarted, n, Data{})
	return nil
}

// refuseEnded refuses another status for a step that has ended. A late percent
// is harmless, and a step that was skipped is answered by a control.
func (s Step) refuseEnded(r Report) error {
	if r.StepStatus == "" || r.StepStatus == s.Status || s.Status == StepSkipped {
		return nil
	}
	return refuse(Conflict, "step %d has ended already: it is %s", s.Order, s.Status)
}

// moveOn completes the steps that stand at 100: their worker goes on to the
// next.
func (d *draft) moveOn() {
	for n := d.t.Steps.firstFull(); n > 0; n = d.t.Steps.firstFull() {
		d.emit(StepDone, n, Data{})
	}
}

// under reports whether the step takes what a report says of its work.
func (d *draft) under(n int) bool {
	if n == 0 {
		return false
	}
	s := d.t.Steps.At(n).Status
	return s == StepRunning || s == StepPaused
}

func (d *draft) substep(n int, r Report) {
	if r.Substep == "" || !d.under(n) {
		return
	}
	sub := Substep{Name: r.Substep, Status: StepRunning}
	if r.SubstepDone != nil {
		sub.Status = ""
		if *r.SubstepDone {
			sub.Status = StepCompleted
		}
	}
	if slices.Contains(d.t.Steps.At(n).Substeps, sub) {
		return
	}
	d.emit(PlanChanged, n, Data{Substep: &sub})
}

// number takes the reporter's own percent of the task.
func (d *draft) number(r Report) {
	if p := r.Progress; p != nil && (d.t.Given == nil || *p != *d.t.Given) {
		d.emit(Ticked, 0, Data{Tick: &Tick{Percent: p}})
	}
}

// tick moves what a report moves without a milestone, if anybody could see it.
func (d *draft) tick(n int, r Report) {
	t := &Tick{
		Metrics: news(d.t.Metrics, r.Metrics), Metadata: news(d.t.Metadata, r.Metadata),
		Percent: d.higher(r.Progress),
	}
	if d.under(n) && r.StepProgress != nil && *r.StepProgress > d.t.Steps.At(n).Percent {
		t.StepPercent = r.StepProgress
	}
	if r.Message != nil && *r.Message != d.t.Message {
		t.Message = r.Message
	}
	if r.Status != Completed && !bytes.Equal(r.Result, d.t.Result) {
		t.Result = r.Result
	}
	if r.Status != Failed && r.StepStatus != StepFailed {
		t.Error = r.Error
	}
	if t.says() {
		d.emit(Ticked, n, Data{Tick: t})
	}
}

// higher is the reporter's number if it changes anything: the first one does,
// and one above what is shown.
func (d *draft) higher(p *float64) *float64 {
	if p == nil || d.t.Given != nil && *p <= d.t.Percent {
		return nil
	}
	return p
}

// says reports whether the tick moves anything.
func (t *Tick) says() bool {
	return t.Percent != nil || t.StepPercent != nil || t.Message != nil || t.Result != nil ||
		t.Error != nil || len(t.Metrics) > 0 || len(t.Metadata) > 0
}

// news is what of more is not in have already.
func news(have, more map[string]json.RawMessage) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	for k, v := range more {
		if was, ok := have[k]; ok && bytes.Equal(was, v) {
			continue
		}
		if out == nil {
			out = make(map[string]json.RawMessage, len(more))
		}
		out[k] = v
	}
	return out
}

// endStep ends the step that the report says has ended.
func (d *draft) endStep(n int, r Report) {
	if n == 0 || d.t.Steps.At(n).Status.Ended() {
		return
	}
	switch r.StepStatus {
	case StepCompleted:
		d.emit(StepDone, n, Data{})
	case StepSkipped:
		d.emit(StepPassed, n, Data{})
	case StepFailed:
		d.emit(StepFell, n, Data{Error: d.blame(r)})
	}
}

// blame is why something failed: what the report says, or an earlier one said.
func (d *draft) blame(r Report) *Fault {
	if r.Error != nil {
		return r.Error
	}
	return d.t.Fault
}

// endTask ends the task if the report says so, or if its step failed and
// nothing says that the task goes on without it.
func (d *draft) endTask(n int, r Report) {
	result := r.Result
	if result == nil {
		result = d.t.Result
	}
	fell := r.StepStatus == StepFailed && r.Status == "" && !d.t.Steps.At(n).AllowFailure
	switch {
	case r.Status == Completed:
		d.completeSteps()
		d.emit(TaskCompleted, 0, Data{Result: result})
	case r.Status == Cancelled:
		d.emit(TaskCancelled, 0, Data{Result: result, Error: d.blame(r)})
	case r.Status == Failed && r.StepStatus != StepFailed:
		n = d.failStep(n, r)
		d.emit(TaskFailed, n, Data{Error: d.blame(r), Result: result})
	case r.Status == Failed, fell:
		d.emit(TaskFailed, n, Data{Error: d.blame(r), Result: result})
	}
}

// completeSteps completes every step that was under way: its task is done.
func (d *draft) completeSteps() {
	for _, status := range []StepStatus{StepRunning, StepPaused} {
		for n := d.t.Steps.First(status); n > 0; n = d.t.Steps.First(status) {
			d.emit(StepDone, n, Data{})
		}
	}
}

// failStep fails the step at which a task failed: the one of the report, else
// the current one, if it was under way. It returns its order, 0 for none.
func (d *draft) failStep(n int, r Report) int {
	if n == 0 {
		n = d.t.Current()
	}
	if n == 0 || !d.t.Steps.At(n).Status.open() {
		return 0
	}
	d.emit(StepFell, n, Data{Error: d.blame(r)})
	return n
}
