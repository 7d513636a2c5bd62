package progress

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// decideReport takes a worker's facts: the task starts, the plan grows, a step
// begins, percents move, the step ends, the task ends, in that order.
func decideReport(d *draft, r Report) error {
	if err := r.check(); err != nil {
		return err
	}
	if r.Seq > 0 && r.Seq <= d.t.Workers[r.Worker].Seq {
		acknowledge(d, r)
		return nil
	}
	if err := d.state(); err != nil {
		return err
	}
	if d.t.Status == Completed && !lapsed(&d.t) {
		return d.wrongState(VerbReport)
	}
	r.Result = given(r.Result)
	if r.ends() && d.t.Wish.Control == ControlRestart && d.t.unheard(sender(r), d.c.If) {
		d.contact(&Beat{Worker: r.Worker, Seq: r.Seq})
		return nil // the end of something in an earlier run; its worker hears of the restart by the answer
	}
	if !reopen(d, r) {
		return nil
	}
	d.at = later(d.past(r.At), d.t.UpdatedAt)
	if err := (&reporting{draft: d, r: r}).take(); err != nil {
		return err
	}
	d.at = d.now
	d.contact(&Beat{Worker: r.Worker, Seq: r.Seq})
	return nil
}

// ends reports whether the report ends a step or the task.
func (r Report) ends() bool { return r.Status.Ended() || r.StepStatus.Ended() }

// acknowledge answers a report that was taken before.
func acknowledge(d *draft, r Report) {
	if !d.t.Status.Ended() {
		d.contact(&Beat{Worker: r.Worker, Seq: r.Seq})
	}
}

// reporting is a draft that takes a report about one step, or about none.
type reporting struct {
	*draft
	r Report
	n int // the step's order, 0 for none
}

func (d *reporting) take() (err error) {
	if d.t.Status == Pending {
		d.emit(TaskStarted, 0, Data{})
	}
	if d.n, err = d.locate(); err != nil {
		return err
	}
	if err := d.keepGate(); err != nil {
		return err
	}
	goOn(d)
	if err := d.beginStep(); err != nil {
		return err
	}
	d.substep()
	d.tick()
	d.endStep()
	d.endTask()
	rest(d)
	return nil
}

// check says what is wrong with a report in itself.
func (r Report) check() error {
	steps := []StepStatus{"", StepPending, StepRunning, StepCompleted, StepFailed, StepSkipped}
	tasks := []Status{"", Running, Paused, Completed, Failed, Cancelled}
	switch {
	case r.Seq < 0:
		return invalid("seq", "must be 1 or more")
	case r.Step.Order < 0:
		return invalid("step", "must be 1 or more, or a name")
	case !slices.Contains(steps, r.StepStatus):
		return invalid("step_status", "must be pending, running, completed, failed or skipped, not %q", r.StepStatus)
	case !slices.Contains(tasks, r.Status):
		return invalid("status", "must be running, paused, completed, failed or cancelled, not %q", r.Status)
	case r.SubstepDone != nil && blank(r.Substep):
		return invalid("substep", "must name the substep that substep_done is about")
	case !validJSON(r.Result):
		return invalid("result", "must be JSON")
	case r.Error != nil && !validJSON(r.Error.Details):
		return invalid("error.details", "must be JSON")
	case !validObject(r.Metrics):
		return invalid("metrics", "must be a JSON object")
	case !validObject(r.Metadata):
		return invalid("metadata", "must be a JSON object")
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
func (d *reporting) locate() (int, error) {
	if d.r.Step.None() {
		return d.implied()
	}
	if n := d.r.Step.in(d.t.Steps); n > 0 {
		return n, nil
	}
	if d.r.Step.Name == "" {
		return 0, invalid("step", "there is no step %d; the task has %d", d.r.Step.Order, d.t.Steps.Len())
	}
	if blank(d.r.Step.Name) {
		return 0, invalid("step", "must be an order or a name, not blank")
	}
	plan := Plan{Name: d.r.Step.Name, Typical: d.r.Typical, Late: d.r.Late}
	d.number() // a number that comes with a longer plan may be lower
	d.emit(PlanChanged, d.t.Steps.Len()+1, Data{Steps: []Plan{plan}})
	return d.t.Steps.Len(), nil
}

// implied is the step of a report that names none: the one that is under way,
// when the report speaks of a step at all.
func (d *reporting) implied() (int, error) {
	if d.r.StepProgress == nil && d.r.StepStatus == "" && d.r.Substep == "" {
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
func (d *reporting) keepGate() error {
	gate := d.t.Steps.firstGate()
	if gate == 0 {
		return nil
	}
	past := d.r.Status == Completed || d.idleAtGate()
	if d.n > 0 {
		s := d.t.Steps.at(d.n)
		later := d.n > gate && s.Status == StepPending && (d.r.touches() || d.r.StepStatus.Ended())
		past = past || later || (s.gated() && !s.mayReport(d.r))
	}
	if past {
		return refusePast(d.t, gate)
	}
	return nil
}

// idleAtGate reports whether the report's own number rises although nothing is
// under way but waiting.
func (d *reporting) idleAtGate() bool {
	p := d.r.Progress
	return p != nil && *p > d.t.Percent && d.t.Steps.Count(StepWaiting) > 0 && d.t.Steps.Count(StepRunning) == 0
}

// mayReport says what a worker may say of a step that is not decided: that it
// comes to it, or that it failed.
func (s *Step) mayReport(r Report) bool {
	switch r.StepStatus {
	case StepFailed:
		return true
	case StepRunning, StepPending, "":
		return s.Status == StepPending || r.StepProgress == nil && r.Substep == ""
	}
	return false
}

// beginStep starts the step, or asks for its approval.
func (d *reporting) beginStep() error {
	if d.n == 0 {
		return nil
	}
	s := d.t.Steps.at(d.n)
	if s.Status.Ended() {
		return s.refuseEnded(d.r)
	}
	if d.r.StepStatus == StepPending && s.Status != StepPending {
		return refuse(Conflict, "step %d is %s already", d.n, s.Status)
	}
	if s.Status != StepPending || !d.r.touches() && d.r.StepStatus != StepFailed {
		return nil
	}
	d.moveOn()
	if s.gated() && d.r.StepStatus != StepFailed {
		d.need(d.n, *s.Gate)
		return nil
	}
	var data Data
	if d.r.Late != s.Late {
		data.Late = d.r.Late
	}
	d.emit(StepStarted, d.n, data)
	return nil
}

// refuseEnded refuses another status for a step that has ended. A late percent
// is harmless, and a step that was skipped is answered by a control.
func (s *Step) refuseEnded(r Report) error {
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
func (d *reporting) under() bool {
	if d.n == 0 {
		return false
	}
	s := d.t.Steps.at(d.n).Status
	return s == StepRunning || s == StepPaused
}

func (d *reporting) substep() {
	if d.r.Substep == "" || !d.under() {
		return
	}
	sub := Substep{Name: d.r.Substep, Status: StepRunning}
	if d.r.SubstepDone != nil {
		sub.Status = ""
		if *d.r.SubstepDone {
			sub.Status = StepCompleted
		}
	}
	if slices.Contains(d.t.Steps.at(d.n).Substeps, sub) {
		return
	}
	d.emit(PlanChanged, d.n, Data{Substep: &sub})
}

// number takes the reporter's own percent of the task.
func (d *reporting) number() {
	if p := d.r.Progress; p != nil && (d.t.Given == nil || *p != *d.t.Given) {
		d.emit(Ticked, 0, Data{Tick: &Tick{Percent: p}})
	}
}

// tick moves what a report moves without a milestone, if anybody could see it.
func (d *reporting) tick() {
	t := &Tick{
		Metrics: news(d.t.Metrics, d.r.Metrics), Metadata: news(d.t.Metadata, d.r.Metadata),
		Percent: d.higher(),
	}
	if d.under() && d.r.StepProgress != nil && *d.r.StepProgress > d.t.Steps.at(d.n).Percent {
		t.StepPercent = d.r.StepProgress
	}
	if d.r.Message != nil && *d.r.Message != d.t.Message {
		t.Message = d.r.Message
	}
	if d.r.Status != Completed && !bytes.Equal(d.r.Result, d.t.Result) {
		t.Result = d.r.Result
	}
	if d.r.Status != Failed && d.r.StepStatus != StepFailed && !d.r.Error.same(d.t.Fault) {
		t.Error = d.r.Error
	}
	if t.says() {
		d.emit(Ticked, d.n, Data{Tick: t})
	}
}

// higher is the reporter's number if it changes anything: the first one does,
// and one above what is shown.
func (d *reporting) higher() *float64 {
	p := d.r.Progress
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

// sameJSON reports whether a value is as it was, or as the store keeps it.
func sameJSON(was, is json.RawMessage) bool {
	if bytes.Equal(was, is) {
		return true
	}
	kept, err := json.Marshal(is)
	return err == nil && bytes.Equal(was, kept)
}

// news is what of more is not in have already.
func news(have, more map[string]json.RawMessage) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	for k, v := range more {
		if was, ok := have[k]; ok && sameJSON(was, v) {
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
func (d *reporting) endStep() {
	if d.n == 0 || d.t.Steps.at(d.n).Status.Ended() {
		return
	}
	switch d.r.StepStatus {
	case StepCompleted:
		d.emit(StepDone, d.n, Data{})
	case StepSkipped:
		d.emit(StepPassed, d.n, Data{})
	case StepFailed:
		d.emit(StepFell, d.n, Data{Error: d.blame()})
	}
}

// blame is why something failed: what the report says, or an earlier one said.
func (d *reporting) blame() *Fault {
	if d.r.Error != nil {
		return d.r.Error
	}
	return d.t.Fault
}

// endTask ends the task if the report says so, or if its step failed and
// nothing says that the task goes on without it.
func (d *reporting) endTask() {
	result := d.r.Result
	if result == nil {
		result = d.t.Result
	}
	fell := d.r.StepStatus == StepFailed && d.t.Steps.at(d.n).fatal(d.r.Status)
	switch {
	case d.r.Status == Completed:
		d.completeSteps()
		d.emit(TaskCompleted, 0, Data{Result: result})
	case d.r.Status == Cancelled:
		d.emit(TaskCancelled, 0, Data{Result: result, Error: d.blame()})
	case d.r.Status == Failed && d.r.StepStatus != StepFailed:
		d.emit(TaskFailed, d.failStep(), Data{Error: d.blame(), Result: result})
	case d.r.Status == Failed, fell:
		d.emit(TaskFailed, d.n, Data{Error: d.blame(), Result: result})
	}
}

// fatal reports whether the step has failed and its task with it: unless the
// worker says that the task runs on, or the plan allows it. A gate that nobody
// opened always is: nothing could follow it.
func (s *Step) fatal(task Status) bool {
	return s.Status == StepFailed && (s.gated() || (task == "" && !s.AllowFailure))
}

// completeSteps completes every step that was under way: its task is done.
func (d *draft) completeSteps() {
	for _, status := range []StepStatus{StepRunning, StepPaused} {
		for n := d.t.Steps.First(status); n > 0; n = d.t.Steps.First(status) {
			d.emit(StepDone, n, Data{})
		}
	}
}

// failStep fails the step at which a task failed: the one of the report unless
// it had ended, else the current one if it was under way. It returns its order,
// 0 for none.
func (d *reporting) failStep() int {
	n := d.n
	if n == 0 {
		n = d.t.Current()
	}
	if n == 0 || d.t.Steps.at(n).Status.Ended() || (d.n == 0 && !d.t.Steps.at(n).Status.open()) {
		return 0
	}
	d.emit(StepFell, n, Data{Error: d.blame()})
	return n
}
